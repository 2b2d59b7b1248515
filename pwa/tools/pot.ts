/** Messages as a gettext template, sorted by where they stand first. */
import { ExtractionError, type Message } from "./extract.ts";

interface Entry {
  readonly first: Message;
  plural: string | undefined;
  readonly references: string[];
  readonly comments: Set<string>;
}

const HEADER = [
  "# What the browser side says. Written by `npm run messages`; do not edit.",
  'msgid ""',
  'msgstr ""',
  '"Content-Type: text/plain; charset=UTF-8\\n"',
  '"Content-Transfer-Encoding: 8bit\\n"',
].join("\n");

/** Throws `ExtractionError` where one message has two plurals. */
export function writePot(messages: readonly Message[]): string {
  const entries = new Map<string, Entry>();
  for (const message of messages) add(entries, message);
  return [HEADER, ...[...entries.values()].map(format)].join("\n\n") + "\n";
}

function add(entries: Map<string, Entry>, message: Message): void {
  const { context, msgid, plural, file, line } = message;
  const key = `${context ?? ""}\u0004${msgid}`;
  const entry = entries.get(key) ?? {
    first: message,
    plural,
    references: [],
    comments: new Set<string>(),
  };
  if (entry.plural !== undefined && plural !== undefined && entry.plural !== plural) {
    throw new ExtractionError(`${file}:${line}: "${msgid}" has another plural elsewhere`);
  }
  entry.plural ??= plural;
  entry.references.push(`${file}:${line}`);
  for (const comment of message.comments) entry.comments.add(comment);
  entries.set(key, entry);
}

function format({ first: { context, msgid }, plural, references, comments }: Entry): string {
  const placeholders = /\{\w+\}/.test(msgid + (plural ?? ""));
  return [
    ...[...comments].map((comment) => `#. ${comment}`),
    ...references.map((reference) => `#: ${reference}`),
    ...(placeholders ? ["#, python-brace-format"] : []),
    ...(context === undefined ? [] : [`msgctxt ${quote(context)}`]),
    `msgid ${quote(msgid)}`,
    ...(plural === undefined
      ? ['msgstr ""']
      : [`msgid_plural ${quote(plural)}`, 'msgstr[0] ""', 'msgstr[1] ""']),
  ].join("\n");
}

function quote(text: string): string {
  const escaped = text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\t/g, "\\t");
  return `"${escaped}"`;
}
