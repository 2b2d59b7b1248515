/** New records of `admin` and `members`: signed, sealed, and in the outbox in the change that makes them. */
import { type Bytes, fromHex, type Hex, toHex } from "../bytes.ts";
import { sealBody, signContent } from "../crypto/bodies.ts";
import { isoWeek, keyId, newContentKey } from "../crypto/content-keys.ts";
import { sealPacket } from "../crypto/packets.ts";
import { importPrivateKey } from "../crypto/signing.ts";
import { type Head, successor, tombstone } from "../merge.ts";
import { encodePlaintext, revOf, type Value } from "../revisions.ts";
import type { Change } from "../store.ts";
import { type Desk, putFeed, recipientsOf } from "./desk.ts";
import { feedKeyAt, feedKeyLines, filedLines } from "./filed.ts";
import { type FeedKey, feedKeyEntry, feedKeyParts, filedEntry, filedParts } from "./layout.ts";

/** Of a new record where there are no heads; without changes it is withdrawn. */
export interface Draft {
  readonly record: Bytes;
  readonly changes: Readonly<Record<string, Value>> | undefined;
  readonly heads?: readonly Head[];
}

/** Puts it into the outbox. `now` in milliseconds. */
export async function file(change: Change, desk: Desk, draft: Draft, now: number): Promise<void> {
  const { device, collection, enrolment } = desk;
  const contentKey = await currentKey(change, desk, now);
  const { record, changes, heads = [] } = draft;
  const counter = desk.feed.counter + 1;
  const { supersedes, plaintext } =
    changes === undefined
      ? tombstone(heads, device.device, counter)
      : successor(heads, device.device, counter, new Map(Object.entries(changes)));
  const key = await keyId(contentKey);
  const about = { record, supersedes, key, tombstone: changes === undefined };
  const signer = await importPrivateKey(device.private_key);
  const content = await signContent(signer, collection, about, encodePlaintext(plaintext));
  const revision = await sealBody(contentKey, collection, about, content);
  const rev = await revOf(collection, revision);
  const replaced = new Set(supersedes.map(toHex));
  for (const line of filedLines(change, desk)) {
    if (replaced.has(line.rev)) change.delete(line.address);
  }
  const named = {
    collection: toHex(collection),
    enrolment,
    record: toHex(record),
    rev: toHex(rev),
  };
  const line = { ...named, address: change.newAddress(), state: "waiting", came: now } as const;
  change.put(filedEntry(line), filedParts({ rev, revision }));
  desk.feed = { ...desk.feed, counter };
  putFeed(change, desk);
}

/** Seals a content key that this device can open to those of `missing` (id → sealing key) that cannot open it yet. */
export async function sealTo(
  change: Change,
  desk: Desk,
  key: Hex,
  missing: ReadonlyMap<Hex, Bytes>,
): Promise<void> {
  const line = feedKeyLines(change, desk).find((each) => each.key === key);
  if (line === undefined) return;
  const held = await feedKeyAt(change, line);
  if (held === undefined) return;
  const reached = reachedBy(held);
  if (held.owner !== undefined) reached.add(toHex(held.owner));
  const wanted = [...missing].filter(([recipient]) => !reached.has(recipient));
  if (wanted.length === 0 || held.contentKey === undefined) return;
  const packets = [...held.packets, ...(await sealed(desk, held, wanted))];
  change.put(feedKeyEntry({ ...line, state: "waiting" }), feedKeyParts({ ...held, packets }));
}

/** By whomever it was sealed. */
export function reachedBy({ packets }: FeedKey): Set<Hex> {
  return new Set(packets.map(({ packet }) => toHex(packet.recipient)));
}

/** In `members` a new one not with the week, since there it costs every device a packet. */
async function currentKey(change: Change, desk: Desk, now: number): Promise<Bytes> {
  const wanted = await recipientsOf(desk, toHex(desk.device.device));
  const line = feedKeyLines(change, desk).find(({ key }) => key === desk.feed.key);
  const held = line && (await feedKeyAt(change, line));
  if (line !== undefined && held?.contentKey !== undefined && !isOver(desk, held, wanted, now)) {
    await sealTo(change, desk, line.key, wanted);
    return held.contentKey;
  }
  const contentKey = newContentKey();
  const key = await keyId(contentKey);
  const made: FeedKey = { contentKey, owner: desk.device.device, verified: true, packets: [] };
  const packets = await sealed(desk, made, [...wanted]);
  const named = { collection: toHex(desk.collection), enrolment: desk.enrolment, key: toHex(key) };
  change.put(
    feedKeyEntry({ ...named, address: change.newAddress(), state: "waiting" }),
    feedKeyParts({ ...made, packets }),
  );
  desk.feed = { ...desk.feed, key: toHex(key), week: isoWeek(now) };
  return contentKey;
}

/** Somebody who may no longer read would read it, or another week has begun. */
function isOver(desk: Desk, held: FeedKey, wanted: ReadonlyMap<Hex, Bytes>, now: number): boolean {
  const reached = [...reachedBy(held)];
  if (desk.name === "members") {
    return reached.some((recipient) => {
      const certificate = desk.certificates.get(recipient);
      // Nor one of a card of before: whoever left may have its keys.
      return certificate === undefined ? !wanted.has(recipient) : certificate.revoked;
    });
  }
  return desk.feed.week !== isoWeek(now) || !reached.every((each) => wanted.has(each));
}

async function sealed(
  { device, collection }: Desk,
  { contentKey, owner }: FeedKey,
  wanted: readonly (readonly [Hex, Bytes])[],
): Promise<FeedKey["packets"]> {
  const place = { programme: device.programme, collection };
  const authorKey = await importPrivateKey(device.private_key);
  const parties = { owner: owner ?? device.device, author: device.device, authorKey };
  return Promise.all(
    wanted.map(async ([recipient, sealingKey]) => {
      const to = { ...parties, recipient: fromHex(recipient), sealingKey };
      const packet = await sealPacket(contentKey ?? new Uint8Array(32), place, to);
      return { packet, sent: false };
    }),
  );
}
