/** A spreadsheet that becomes a form, by a call of the hub that keeps nothing (docs/protocol.md, POST /api/v1/forms). */
import { decodeForm, type Form } from "../../forms/index.ts";
import type { ProgrammeForm } from "../programme-forms.ts";

/** What its answers look like; `text`: anything that somebody writes. */
export type Why = "name" | "number" | "address" | "document" | "birth" | "day" | "text";

export interface Pointed {
  readonly field: string;
  readonly why: Why;
}

/**
 * `why` is English, `code` stands for the common ones, with what they are `about`; sheet and cell are "" where nothing
 * so near can be named.
 */
export interface Fault {
  readonly sheet: string;
  readonly cell: string;
  readonly why: string;
  readonly code: string;
  readonly about: Readonly<Record<string, string>>;
}

/** `texts`, by language tag and text: what the form says in other languages than its own, `language`. */
export interface Converted {
  readonly form: Form;
  /** Canonical JSON, of which the form's hash is the SHA-256. */
  readonly content: string;
  readonly language: string;
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly pointed: readonly Pointed[];
}

/** The hub gave no answer that could be used: there is none, it is busy, or the file is too large. */
export class ConversionError extends Error {
  override readonly name = "ConversionError";
}

interface Answer {
  readonly faults: readonly Fault[];
  readonly content: string;
  readonly hash: string;
  readonly language: string;
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pointed: readonly Pointed[];
}

/**
 * The form, or what is wrong with the spreadsheet. `language`: the tag of that of the labels that do not say theirs.
 * Throws ConversionError.
 */
export async function convertSheet(
  sheet: Blob,
  language: string,
): Promise<Converted | readonly Fault[]> {
  try {
    const answer = await ask({ sheet: await base64Of(sheet), language });
    if (answer.faults.length > 0) return answer.faults;
    const form = { ...decodeForm(JSON.parse(answer.content)), hash: answer.hash };
    const texts = Object.entries(answer.texts).map(
      ([tag, said]) => [tag, new Map(Object.entries(said))] as const,
    );
    return { ...answer, form, texts: new Map(texts) };
  } catch {
    throw new ConversionError();
  }
}

async function ask(asked: { sheet: string; language: string }): Promise<Answer> {
  const response = await fetch(new URL("/api/v1/forms", location.origin), {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify(asked),
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
  });
  if (!response.ok) throw new ConversionError();
  return (await response.json()) as Answer;
}

async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** As `form_fields` of sync/client/members.py, with the reasons for what could tell who somebody is. */
export function formFields(
  { form, content, language, texts }: Converted,
  { standard, placed }: ProgrammeForm,
  reasons: ReadonlyMap<string, string>,
): Record<string, string> {
  const said = Object.fromEntries([...texts].map(([tag, each]) => [tag, Object.fromEntries(each)]));
  return {
    type: "form",
    form: form.id,
    form_hash: form.hash,
    version: form.version,
    content,
    language,
    ...(texts.size === 0 ? {} : { texts: JSON.stringify(said) }),
    ...(standard === "" ? {} : { standard, placed: placed.map((at) => at ?? "-").join(" ") }),
    ...(reasons.size === 0 ? {} : { reasons: JSON.stringify(Object.fromEntries(reasons)) }),
  };
}
