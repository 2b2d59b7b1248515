/**
 * Writes tests/vectors/packet_from_browser.json: key packets that the browser's libraries sealed and
 * signed, for the Python side to verify and open. Sealing is random, so every run writes other bytes.
 */
import { readFile, writeFile } from "node:fs/promises";

import { type Bytes, fromHex, toHex } from "../src/sync/bytes.ts";
import { packetInfo, sealPacket } from "../src/sync/crypto/packets.ts";
import { importPrivateKey } from "../src/sync/crypto/signing.ts";
import { fieldsOf, list, text } from "../src/sync/decoding.ts";
import { type KeyPacket, packetId, packetMessage } from "../src/sync/exchange.ts";

const VECTORS = new URL("../../tests/vectors/", import.meta.url);
/** What does not depend on who sealed: taken over from the Python side's packets. */
const GIVEN = [
  "name",
  "programme",
  "collection",
  "content_key",
  "sealing_seed",
  "sealing_key",
  "author_signing_key",
  "author_private_key",
];

export async function main(): Promise<void> {
  const read: unknown = JSON.parse(await readFile(new URL("packet.json", VECTORS), "utf-8"));
  const valid = await Promise.all(fieldsOf(read, "$")("valid", list(sealedAgain)));
  const description = "as packet.json, sealed and signed by the browser's libraries";
  const written = `${JSON.stringify({ description, valid, invalid: [] }, null, 1)}\n`;
  await writeFile(new URL("packet_from_browser.json", VECTORS), written);
}

async function sealedAgain(value: unknown, path: string): Promise<Record<string, unknown>> {
  const field = fieldsOf(value, path);
  const bytes = (name: string): Bytes => fromHex(field(name, text));
  const party = (name: string): Bytes => fromHex(field("packet", fieldsOf)(name, text));
  const place = { programme: bytes("programme"), collection: bytes("collection") };
  const packet = await sealPacket(bytes("content_key"), place, {
    owner: party("owner"),
    author: party("author"),
    authorKey: await importPrivateKey(bytes("author_private_key")),
    recipient: party("recipient"),
    sealingKey: bytes("sealing_key"),
  });
  return {
    ...Object.fromEntries(GIVEN.map((name) => [name, field(name, text)])),
    info: toHex(packetInfo(place, packet)),
    message: toHex(packetMessage(place.programme, place.collection, packet)),
    packet_id: toHex(await packetId(place.programme, place.collection, packet)),
    packet: hexed(packet),
  };
}

function hexed(packet: KeyPacket): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(packet).map(([name, value]: [string, Bytes | number]) => [
      name,
      typeof value === "number" ? value : toHex(value),
    ]),
  );
}
