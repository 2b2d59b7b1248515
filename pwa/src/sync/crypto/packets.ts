/** Key packets: a content key sealed to one recipient and signed by whoever sealed it. */
import { type Bytes, equal } from "../bytes.ts";
import { encode } from "../canonical.ts";
import { OpeningError } from "../errors.ts";
import { type KeyPacket, packetMessage } from "../exchange.ts";
import { keyId } from "./content-keys.ts";
import * as sealing from "./sealing.ts";
import { sign, verify } from "./signing.ts";

/** Where a packet belongs. */
export interface PacketPlace {
  readonly programme: Bytes;
  readonly collection: Bytes;
}

/** From whom and to whom. `recipient` is the id of what `sealingKey` belongs to, a device or the programme. */
export interface PacketParties {
  readonly owner: Bytes;
  readonly author: Bytes;
  readonly authorKey: CryptoKey;
  readonly recipient: Bytes;
  readonly sealingKey: Bytes;
}

export async function sealPacket(
  contentKey: Bytes,
  place: PacketPlace,
  { owner, author, authorKey, recipient, sealingKey }: PacketParties,
): Promise<KeyPacket> {
  const names = { key: await keyId(contentKey), owner, recipient, author };
  const sealed = await sealing.seal(sealingKey, contentKey, packetInfo(place, names));
  const unsigned = { ...names, suite: sealing.SUITE, sealed };
  const message = packetMessage(place.programme, place.collection, unsigned);
  return { ...unsigned, signature: await sign(authorKey, message) };
}

/** Throws BadSignatureError. Whether the author may sign for the owner is the caller's question. */
export async function verifyPacket(
  packet: KeyPacket,
  { programme, collection }: PacketPlace,
  authorSigningKey: Bytes,
): Promise<void> {
  await verify(authorSigningKey, packet.signature, packetMessage(programme, collection, packet));
}

/** The content key. Throws OpeningError, also for another suite and for a key that is not the one named. */
export async function openPacket(
  packet: KeyPacket,
  place: PacketPlace,
  seed: Bytes,
): Promise<Bytes> {
  if (packet.suite !== sealing.SUITE) throw new OpeningError();
  const contentKey = await sealing.openSealed(seed, packet.sealed, packetInfo(place, packet));
  if (contentKey.length !== 32 || !equal(await keyId(contentKey), packet.key)) {
    throw new OpeningError();
  }
  return contentKey;
}

/** HPKE's `info`. */
export function packetInfo(
  { programme, collection }: PacketPlace,
  { key, owner, author, recipient }: Pick<KeyPacket, "key" | "owner" | "author" | "recipient">,
): Bytes {
  return encode(["sojourn/1/packet", programme, collection, key, owner, author, recipient]);
}
