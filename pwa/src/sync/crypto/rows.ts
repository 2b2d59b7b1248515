/** Rows: what a vault keeps, each padded and sealed to its address, so that none can stand in another's place. */
import type { Bytes } from "../bytes.ts";
import { encode } from "../canonical.ts";
import * as aead from "./aead.ts";
import { pad, unpad } from "./padding.ts";

/** `address`: 16 bytes that tell nothing. */
export async function sealRow(rowsKey: CryptoKey, address: Bytes, content: Bytes): Promise<Bytes> {
  return aead.seal(rowsKey, pad(content), encode(["sojourn/1/row", address]));
}

/** Throws OpeningError. */
export async function openRow(rowsKey: CryptoKey, address: Bytes, value: Bytes): Promise<Bytes> {
  return unpad(await aead.openSealed(rowsKey, value, encode(["sojourn/1/row", address])));
}
