/** Text into the page's own elements, with its mark where it is not in the page's language. */
import { heard } from "../i18n/index.ts";

export function sayIn(element: HTMLElement, text: () => string): void {
  const said = heard(text);
  element.textContent = said.text;
  element.classList.toggle("fallback", said.lang !== undefined);
  if (said.lang === undefined) {
    // It may have said something in English before.
    element.removeAttribute("lang");
    element.removeAttribute("dir");
    return;
  }
  element.lang = said.lang;
  element.dir = "ltr";
  const mark = document.createElement("small");
  mark.className = "mark";
  mark.textContent = said.lang.toUpperCase();
  element.append(" ", mark);
}

/**
 * A calm line above the foot, with a button or without one; the same `name` says it once,
 * and gives nothing then.
 */
export function notice(name: string, text: () => string, press?: Press): HTMLElement | undefined {
  const foot = document.querySelector("footer.foot");
  if (foot?.querySelector(`[data-notice="${name}"]`) !== null) return undefined;
  const box = document.createElement("div");
  box.className = "notice";
  box.dataset["notice"] = name;
  box.setAttribute("role", "status");
  foot.prepend(box);
  const line = document.createElement("p");
  box.append(line);
  sayIn(line, text);
  if (press !== undefined) box.append(button(press));
  return box;
}

export interface Press {
  readonly label: () => string;
  readonly act: () => void;
}

function button({ label, act }: Press): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button";
  sayIn(element, label);
  element.addEventListener("click", () => {
    element.disabled = true;
    act();
  });
  return element;
}
