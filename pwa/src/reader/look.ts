/** Text size and colours, as the person wants them on this phone. */
import { forget, phone, remember } from "./memory.ts";

/** The select, and what it sets: `leave.ts` sets the same before the first paint of the next page. */
const CHOICES = [
  { select: "text-size", attribute: "data-size", name: "sojourn-size", usual: "normal" },
  { select: "colours", attribute: "data-colours", name: "sojourn-colours", usual: "auto" },
] as const;

export async function startLook(place: HTMLElement): Promise<void> {
  for (const { select, attribute, name, usual } of CHOICES) {
    const box = place.querySelector<HTMLSelectElement>(`#${select}`);
    if (box === null) continue;
    const html = document.documentElement;
    box.value = html.getAttribute(attribute) ?? usual;
    box.addEventListener("change", () => {
      if (box.value === usual) {
        html.removeAttribute(attribute);
        forget(phone, name);
      } else {
        html.setAttribute(attribute, box.value);
        remember(phone, name, box.value);
      }
    });
  }
  place.hidden = false;
  return Promise.resolve();
}
