/**
 * Golden stores: what a released version wrote to the disk, byte for byte. Every later version opens
 * them. `node tools/run.js tools/golden-store.ts` writes one for the present layout, and one more where that
 * gains a type of row; once released none is ever written again.
 */
import { argon2id } from "hash-wasm";
import { openDB } from "idb";

import { fromHex, toHex } from "../../src/sync/bytes.ts";
import { answering, type Answers, type BookReader } from "../../src/sync/coordinator/reader.ts";
import { type Decoder, fieldsOf, list, text, tuple } from "../../src/sync/decoding.ts";
import type { Environment } from "../../src/vault/index.ts";
import { disk, type World } from "./world.ts";

export const PASSPHRASE = "seven small boats at anchor";

/** From layout 2 on a store opens by these too, and has a second vault. */
export const RECOVERY = { recovery: Uint8Array.from({ length: 20 }, (_, at) => at) };
export const PASSKEY = { passkey: Uint8Array.from({ length: 32 }, (_, at) => at) };
export const SECOND = "an ordinary morning by the sea";

/** A picture of a paper, in the stores that have one. */
export const COPY = {
  content: Uint8Array.from({ length: 3000 }, (_, at) => at & 255),
  thumbnail: Uint8Array.from({ length: 30 }, (_, at) => at),
};

/** What the coordinator's store has of a report. */
export const REPORT = JSON.stringify({ period: "2026-Q3", tables: [] });

/** As the console's thread. `opening` hears of every row that is not opened already. */
export function bookReader(opening: () => void = () => undefined): BookReader {
  const answer = answering();
  return {
    ask: async <Q extends Parameters<BookReader["ask"]>[0]>(question: Q) => {
      if (question.ask === "take" && question.pulled !== undefined) opening();
      return answer(structuredClone(question)) as Promise<Answers[Q["ask"]]>;
    },
    end: () => undefined,
  };
}

export interface Golden {
  readonly layout: number;
  readonly header: string;
  readonly rows: readonly (readonly [address: string, ciphertext: string])[];
}

/** A tab with the real Argon2id, at its least cost. */
export function realTab(world: World): Environment {
  return {
    ...world.tab(),
    derivation: {
      argon2id: async (password, salt, { memory_kib, passes }) => {
        const cost = { memorySize: memory_kib, iterations: passes, parallelism: 1, hashLength: 32 };
        return fromHex(await argon2id({ password, salt, ...cost, outputType: "hex" }));
      },
      calibrate: () => Promise.resolve({ memory_kib: 19_456, passes: 2 }),
    },
  };
}

export async function takeGolden(layout: number): Promise<Golden> {
  const { header, rows } = await disk();
  const taken = [...rows].map(([address, row]): [string, string] => [address, toHex(row)]);
  return { layout, header: toHex(header[0] ?? new Uint8Array()), rows: taken };
}

/** As the version that wrote it left it: the same stores, in a database of its own number. */
export async function putGolden({ layout, header, rows }: Golden): Promise<void> {
  const database = await openDB("notes", layout, {
    upgrade: (made) => {
      made.createObjectStore("header");
      made.createObjectStore("rows");
      if (layout >= 2) made.createObjectStore("tries");
    },
  });
  await database.put("header", fromHex(header), "header");
  for (const [address, row] of rows) await database.put("rows", fromHex(row), fromHex(address));
  database.close();
}

export function decodeGolden(value: unknown): Golden {
  const field = fieldsOf(value, "$");
  return {
    layout: field("layout", (found) => Number(found)),
    header: field("header", text),
    rows: field("rows", list(pair)),
  };
}

const pair: Decoder<[string, string]> = (value, path) => {
  const [address, row] = tuple(value, path, 2);
  return [text(address, path), text(row, path)];
};
