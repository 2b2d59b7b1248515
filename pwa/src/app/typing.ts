/** A number with a point while it is typed: what stands in its field, and what it means. */
import { noChange } from "lit";
import { Directive, directive, type PropertyPart } from "lit/directive.js";
import { setCommittedValue } from "lit/directive-helpers.js";

import type { Value } from "../forms/index.ts";
import { decimalText } from "./answer-text.ts";
import { decimalOf } from "./answering.ts";

/**
 * What is to stand in the field; undefined to leave what does. In the language of the page `1.5` may be on its way
 * to `1.500.000`: as long as what was typed means the value, nobody's typing is touched.
 */
export function redrawn(typed: string, value: Value | undefined): string | undefined {
  if (decimalOf(typed) === value) return undefined;
  return typeof value === "string" ? decimalText(value) : String(value ?? "");
}

class Typed extends Directive {
  render(value: Value | undefined): unknown {
    return value;
  }

  override update(part: PropertyPart, [value]: [Value | undefined]): unknown {
    const text = redrawn((part.element as HTMLInputElement).value, value);
    if (text === undefined) return noChange;
    // What was written there last is not what stands there: somebody typed.
    setCommittedValue(part);
    return text;
  }
}

/** Of an input's `.value`. */
export const typed = directive(Typed);
