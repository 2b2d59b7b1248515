import { expect, test } from "vitest";

import { encode, fromText, toText } from "../../src/sync/canonical.ts";
import { isoWeek } from "../../src/sync/crypto/content-keys.ts";
import { MalformedError } from "../../src/sync/errors.ts";
import { decodePlaintext, encodePlaintext } from "../../src/sync/revisions.ts";

test.each([
  ["2026-01-01", "2026-W01"],
  ["2027-01-03", "2026-W53"],
  ["2027-01-04", "2027-W01"],
  ["2024-12-30", "2025-W01"],
  ["2026-03-01", "2026-W09"],
])("%s is in the ISO week %s", (day, week) => {
  expect(isoWeek(Date.parse(`${day}T12:00:00Z`))).toBe(week);
});

test("a fraction is never written, since nobody could read it", () => {
  expect(() => encode(["label", [1, 1.5]])).toThrow(RangeError);
  expect(() => encode(["label", 2 ** 53])).toThrow(RangeError);
});

test("base64url is read in its one form only", () => {
  for (const text of ["", "AA", "-_-_", "AAEC"]) expect(toText(fromText(text))).toBe(text);
  for (const text of ["A", "AA==", "AB", "+/+/", "A A"]) {
    expect(() => fromText(text)).toThrow(MalformedError);
  }
});

test("half a surrogate pair becomes a mark, and the rest of what was typed is kept", () => {
  const [device, stamp] = [new Uint8Array(16), { counter: 1 }];
  const alternatives = [{ value: "a\ud83dz", device, ...stamp }];
  const fields = [{ name: "area", alternatives }];
  const raw = encodePlaintext({ author: device, counter: 1, past: [], fields });
  expect(decodePlaintext(raw).fields[0]?.alternatives[0]?.value).toBe("a\ufffdz");
});
