/** What is taken from the outbox, by name, and what a receipt says of it. */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import { encode } from "../canonical.ts";
import { type KeyPacket, packetId, type Pushed } from "../exchange.ts";
import { type Revision, revOf } from "../revisions.ts";
import type { Change, Store } from "../store.ts";
import { collectionOf, deviceAt, type DeviceChange, deviceLineAt, epochOf } from "./devices.ts";
import { heldKey, heldRevision } from "./held.ts";
import { keyLines } from "./keys.ts";
import { type HeldPacket, type HeldRevision, type RevisionLine, revisionParts } from "./layout.ts";
import { isQueued, isUnsent, putKey } from "./outbox.ts";
import { ownLines } from "./reading.ts";

/** The reason of a revision whose bytes are not what they were when it was saved. */
export const DAMAGED = "damaged";

/** So many are read at once: one after the other takes much longer. */
const SLICE = 64;

export interface PacketItem {
  readonly kind: "packet";
  /** The packet id, in hex. */
  readonly name: Hex;
  readonly packet: KeyPacket;
  readonly size: number;
}

export interface RevisionItem {
  readonly kind: "revision";
  readonly name: Hex;
  readonly line: RevisionLine;
  readonly revision: Revision;
  readonly size: number;
}

export type Item = PacketItem | RevisionItem;

/** Its bytes are not what they were when it was saved: it never goes to a hub. */
export interface DamagedItem {
  readonly kind: "damaged";
  readonly line: RevisionLine;
}

/** What a hub said of items: their names, and why not. */
export interface Verdict {
  readonly taken: ReadonlySet<Hex>;
  readonly refused: ReadonlyMap<Hex, string>;
}

export function verdictOf({ stored, known, refused }: Pushed): Verdict {
  return {
    taken: new Set([...stored, ...known].map(toHex)),
    refused: new Map(refused.map(({ rev, why }) => [toHex(rev), why])),
  };
}

/** All that waits, packets first, then revisions, oldest first. */
export async function* outbox(store: Store, address: Hex): AsyncGenerator<Item | DamagedItem> {
  const device = await deviceAt(store, address);
  const collection = collectionOf(deviceLineAt(store, address));
  const read = async (row: Hex): Promise<unknown> => store.readRow(row);
  for (const line of keyLines(store, address).filter(({ state }) => state === "waiting")) {
    const key = await heldKey(read, line.address);
    for (const { packet } of key?.packets.filter(isUnsent) ?? []) {
      const name = toHex(await packetId(device.programme, collection, packet));
      yield { kind: "packet", name, packet, size: packet.sealed.length + 256 };
    }
  }
  const epoch = epochOf(device);
  const queued = ownLines(store, address).filter((line) => isQueued(line, epoch));
  queued.sort((a, b) => a.saved - b.saved);
  for (let at = 0; at < queued.length; at += SLICE) {
    const slice = queued.slice(at, at + SLICE);
    yield* await Promise.all(slice.map(async (line) => revisionItem(read, collection, line)));
  }
}

async function revisionItem(
  read: (row: Hex) => Promise<unknown>,
  collection: Bytes,
  line: RevisionLine,
): Promise<RevisionItem | DamagedItem> {
  const held = await heldRevision(read, line.address);
  if (held === undefined || !(await isWhole(collection, held, line))) {
    return { kind: "damaged", line };
  }
  const { revision } = held;
  const size = encode(revisionParts(held)).length + 64;
  return { kind: "revision", name: line.rev, line, revision, size };
}

export async function settlePackets(
  change: Change,
  held: DeviceChange,
  verdict: Verdict,
): Promise<void> {
  const collection = collectionOf(held.line);
  for (const line of keyLines(change, held.line.address)) {
    if (line.state !== "waiting") continue;
    const key = await heldKey(async (address) => change.read(address), line.address);
    if (key === undefined) continue;
    const packets = await Promise.all(
      key.packets.map(async (packet) => {
        const name = await packetId(held.device.programme, collection, packet.packet);
        return settledPacket(packet, toHex(name), verdict);
      }),
    );
    putKey(change, line, { ...key, packets });
  }
}

function settledPacket(held: HeldPacket, name: Hex, { taken, refused }: Verdict): HeldPacket {
  if (taken.has(name)) return { ...held, sent: true, refused: undefined };
  const why = refused.get(name);
  return why === undefined ? held : { ...held, refused: why };
}

async function isWhole(
  collection: Bytes,
  { rev, revision }: HeldRevision,
  line: RevisionLine,
): Promise<boolean> {
  return equal(await revOf(collection, revision), rev) && toHex(rev) === line.rev;
}
