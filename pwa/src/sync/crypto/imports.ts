/** The record of a contact that was made elsewhere: the same for the same row, and to the hub as random as any other. */
import { type Bytes, toHex } from "../bytes.ts";
import { sha256 } from "../canonical.ts";
import { derive } from "./derivation.ts";

/** `seed`: the programme's private sealing key, of any generation. `identity`: what tells the row from all others. */
export async function importedRecord(seed: Bytes, identity: string): Promise<Bytes> {
  const named = toHex(await sha256(new TextEncoder().encode(identity)));
  return derive(seed, `sojourn/1/import ${named}`, 16);
}
