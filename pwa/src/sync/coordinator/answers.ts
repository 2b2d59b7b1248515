/** What a hub answers to coordinators alone (docs/protocol.md section 4). */
import { type Bytes, type Hex, toHex } from "../bytes.ts";
import {
  boolean,
  fieldsOf,
  hash,
  id,
  list,
  natural,
  sealingKey,
  signingKey,
  text,
} from "../decoding.ts";
import type { Card } from "../enrolment.ts";

/** An enrolment as a coordinator finds it. `day`: of its arrival at the hub, ISO 8601 (`2026-03-01`). */
export interface PendingEnrolment {
  readonly invite: Bytes;
  readonly signing_key: Bytes;
  readonly sealing_key: Bytes;
  readonly mac: Bytes;
  readonly day: string;
}

/** Throws MalformedError. */
export function decodeProgrammeName(value: unknown): Pick<Card, "name" | "practice"> {
  const field = fieldsOf(value, "$");
  return { name: field("name", text), practice: field("practice", boolean) };
}

/** Throws MalformedError. */
export function decodePending(value: unknown): PendingEnrolment[] {
  const one = (each: unknown, path: string): PendingEnrolment => {
    const field = fieldsOf(each, path);
    return {
      invite: field("invite", id),
      signing_key: field("signing_key", signingKey),
      sealing_key: field("sealing_key", sealingKey),
      mac: field("mac", hash),
      day: field("day", text),
    };
  };
  return fieldsOf(value, "$")("enrolments", list(one));
}

/** Device → the last day on which something of it came, ISO 8601. Throws MalformedError. */
export function decodeHeard(value: unknown): Map<Hex, string> {
  const one = (each: unknown, path: string): [Hex, string] => {
    const field = fieldsOf(each, path);
    return [toHex(field("device", id)), field("day", text)];
  };
  return new Map(fieldsOf(value, "$")("devices", list(one)));
}

/** How often readers gave one of the fixed answers about a page, in tens rounded down. */
export interface ToldFeedback {
  readonly locale: string;
  readonly slug: string;
  readonly answer: string;
  readonly count: number;
}

/** Throws MalformedError. */
export function decodeFeedback(value: unknown): ToldFeedback[] {
  const one = (each: unknown, path: string): ToldFeedback => {
    const field = fieldsOf(each, path);
    return {
      locale: field("locale", text),
      slug: field("slug", text),
      answer: field("answer", text),
      count: field("count", natural),
    };
  };
  return fieldsOf(value, "$")("feedback", list(one));
}
