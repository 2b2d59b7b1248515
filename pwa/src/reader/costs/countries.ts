/** The rules of the two countries chosen stand first, and the others wait. */

/** On the page itself where it has them (`section.fees`), else the links to the pages that do. */
export function showCountries(form: HTMLFormElement): void {
  const chosen = ["from", "to"].flatMap((name) => {
    const select = form.elements.namedItem(name);
    return select instanceof HTMLSelectElement && select.value !== "" ? [select.value] : [];
  });
  const sections = Array.from(document.querySelectorAll<HTMLElement>("section.fees"));
  arrange(sections, chosen, ({ id }) => id.replace("fees-", ""), "world");
  const list = document.querySelector(".rules-by-country ul.countries");
  const items = Array.from(list?.querySelectorAll<HTMLElement>("li") ?? []);
  arrange(items, chosen, codeOfLink);
}

/** With nothing chosen everything is shown. `always` names what holds for every country. */
function arrange(
  elements: readonly HTMLElement[],
  chosen: readonly string[],
  codeOf: (element: HTMLElement) => string,
  always?: string,
): void {
  const first = [...chosen].reverse();
  for (const element of elements) {
    const code = codeOf(element);
    element.hidden = chosen.length > 0 && code !== always && !chosen.includes(code);
  }
  for (const code of first) {
    const element = elements.find((each) => codeOf(each) === code);
    const siblings = elements.filter((each) => each.parentElement === element?.parentElement);
    if (element !== undefined) siblings[0]?.parentElement?.insertBefore(element, firstOf(siblings));
  }
}

/** The one that stands first on the page now. */
function firstOf(elements: readonly HTMLElement[]): HTMLElement | null {
  return elements.reduce<HTMLElement | null>(
    (first, each) =>
      first === null || each.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING
        ? each
        : first,
    null,
  );
}

function codeOfLink(item: HTMLElement): string {
  const { pathname = "" } = item.querySelector("a") ?? {};
  return /\/([a-z]{2})(?:\.html)?$/.exec(pathname)?.[1] ?? "";
}
