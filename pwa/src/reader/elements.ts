/** Elements made by script: text goes in as text. */
import { sayIn } from "./say.ts";

type Tags = HTMLElementTagNameMap;

export function make<Tag extends keyof Tags>(
  tag: Tag,
  className = "",
  ...children: (Node | string)[]
): Tags[Tag] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...children);
  return element;
}

/** An element that says something in the page's language, with its mark where that is English. */
export function saying<Tag extends keyof Tags>(
  tag: Tag,
  text: () => string,
  className = "",
): Tags[Tag] {
  const element = make(tag, className);
  sayIn(element, text);
  return element;
}

/** `picture` stands before the words. */
export function pressable(
  label: () => string,
  act: () => void,
  options: { readonly className?: string; readonly picture?: Node } = {},
): HTMLButtonElement {
  const button = make("button", options.className ?? "button");
  button.type = "button";
  if (options.picture !== undefined) button.append(options.picture, " ");
  button.append(saying("span", label));
  button.addEventListener("click", act);
  return button;
}
