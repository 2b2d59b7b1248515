/**
 * Opened revisions of contacts as a coordinator's device keeps them beside what was pulled, so that opening
 * them again costs no key and no proof: they are sealed with the vault's own key, and by nobody else.
 */
import { type Bytes, equal } from "../bytes.ts";
import { decode, encode, type Part } from "../canonical.ts";
import { array, boolean, hash, id, list, positive, text, tuple } from "../decoding.ts";
import type { Head } from "../merge.ts";
import { type Alternative, type Field, type Stamp, value } from "../revisions.ts";

/** One opened revision. `key`: of its content key; whose that is, is asked anew each time. */
export interface Reading {
  readonly key: Bytes;
  readonly record: Bytes;
  readonly head: Head;
}

export function encodeReading({ key, record, head }: Reading): Bytes {
  const { author, counter, past, fields } = head.plaintext;
  return encode([
    key,
    record,
    head.rev,
    head.tombstone,
    head.supersedes,
    author,
    counter,
    past.map((stamp) => [stamp.device, stamp.counter]),
    fields.map((field) => fieldParts(field, { device: author, counter })),
  ]);
}

/** Throws MalformedError. */
export function decodeReading(raw: Bytes): Reading {
  const parts = tuple(decode(raw), "$", 9);
  const [key, record, rev, tombstone, supersedes] = parts;
  const [author, counter, past, fields] = parts.slice(5);
  const own: Stamp = { device: id(author, "$[5]"), counter: positive(counter, "$[6]") };
  return {
    key: id(key, "$[0]"),
    record: id(record, "$[1]"),
    head: {
      rev: hash(rev, "$[2]"),
      tombstone: boolean(tombstone, "$[3]"),
      supersedes: list(hash)(supersedes, "$[4]"),
      plaintext: {
        author: own.device,
        counter: own.counter,
        past: list(stamp)(past, "$[7]"),
        fields: array(fields, "$[8]").map((field) => readField(field, own)),
      },
    },
  };
}

/** Two parts where the one value is this revision's own, as nearly all are; else all alternatives, and nothing. */
function fieldParts({ name, alternatives }: Field, own: Stamp): Part {
  const [first, ...others] = alternatives;
  if (others.length === 0 && first?.counter === own.counter && equal(first.device, own.device)) {
    return [name, first.value];
  }
  return [name, alternatives.map((each) => [each.value, each.device, each.counter]), null];
}

function readField(found: unknown, own: Stamp): Field {
  const [name, content, others] = array(found, "$[8]");
  const isOwn = others === undefined;
  return {
    name: text(name, "$[8]"),
    alternatives: isOwn
      ? [{ value: value(content, "$[8]"), ...own }]
      : list(alternative)(content, "$[8]"),
  };
}

function alternative(found: unknown, path: string): Alternative {
  const [content, device, counter] = tuple(found, path, 3);
  return {
    value: value(content, path),
    device: id(device, path),
    counter: positive(counter, path),
  };
}

function stamp(found: unknown, path: string): Stamp {
  const [device, counter] = tuple(found, path, 2);
  return { device: id(device, path), counter: positive(counter, path) };
}
