import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { decodeForm, type Form } from "../../src/forms/index.ts";
import { readCells, Reading, UnreadableError } from "../../src/imports/index.ts";
import { fromHex, toHex } from "../../src/sync/bytes.ts";
import { importedRecord } from "../../src/sync/crypto/imports.ts";

interface Given {
  readonly forms: readonly Record<string, unknown>[];
  readonly today: string;
  readonly sealing_seed: string;
}
interface Table {
  readonly why: string;
  readonly data: string;
  readonly separator: string;
  readonly columns: unknown;
  readonly contacts: readonly { readonly identity: string }[];
  readonly faults: unknown;
  readonly record?: string;
}
interface Refused {
  readonly why: string;
  readonly data: string;
  readonly code: string;
  readonly number: number;
}

const path = new URL("../../../tests/vectors/import.json", import.meta.url);
const vectors = JSON.parse(readFileSync(path, "utf-8")) as {
  readonly valid: readonly [Given, ...Table[]];
  readonly invalid: readonly Refused[];
};
const [given, ...tables] = vectors.valid;
const forms = given.forms.map((form) => decodeForm(form)) as [Form, ...Form[]];

describe("a table of contacts made elsewhere", () => {
  test.each(tables)("$why", async ({ data, separator, columns, contacts, faults, record }) => {
    const cells = readCells(fromHex(data));
    const reading = new Reading(forms, cells.header, given.today);
    for (const row of cells.rows) reading.read(row);
    expect(cells.separator).toBe(separator);
    expect(reading.columns).toEqual(columns);
    expect(reading.contacts).toEqual(contacts);
    expect(reading.faults).toEqual(faults);
    const [first] = reading.contacts;
    if (first === undefined || record === undefined) return;
    const seed = fromHex(given.sealing_seed);
    expect(toHex(await importedRecord(seed, first.identity))).toBe(record);
  });

  test.each(vectors.invalid)("is refused: $why", ({ data, code, number }) => {
    let refused: unknown;
    try {
      readCells(fromHex(data));
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(UnreadableError);
    expect(refused).toMatchObject({ code, number });
  });
});
