/** What a part holds: pages, messages or a form, as JSON. */
import { PackError } from "./errors.ts";

export interface PartPage {
  readonly title: string;
  readonly main: string;
}

export interface Part {
  readonly pages?: ReadonlyMap<string, PartPage>;
  readonly messages?: unknown;
  readonly form?: unknown;
}

/** Reads a part whose hash has been found right. Fields that we do not know are passed over. */
export function decodePart(bytes: BufferSource): Part {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (!isObject(value)) throw new PackError("a part is no object");
  const { pages, messages, form } = value;
  return {
    ...(pages === undefined ? {} : { pages: decodePages(pages) }),
    ...(messages === undefined ? {} : { messages }),
    ...(form === undefined ? {} : { form }),
  };
}

/** Whether a part of that subject holds pages: `pages/core`, `help-1`. */
export function hasPages(subject: string): boolean {
  return /^(pages|help)\b/.test(subject);
}

/** The catalog inside a part `messages`. */
export function domainOf(part: Part): unknown {
  return isObject(part.messages) ? part.messages["domain"] : undefined;
}

function decodePages(pages: unknown): ReadonlyMap<string, PartPage> {
  if (!isObject(pages)) throw new PackError("pages");
  return new Map(Object.entries(pages).map(([path, page]) => [path, decodePage(page)]));
}

function decodePage(page: unknown): PartPage {
  if (!isObject(page)) throw new PackError("page");
  const { title, main } = page;
  if (typeof title !== "string" || typeof main !== "string") throw new PackError("page");
  return { title, main };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
