/** What waits to be sent: revisions without a receipt of this epoch, and the packets of their keys. */
import { type Bytes, equal, type Hex } from "../bytes.ts";
import type { Change, Store } from "../store.ts";
import { heldKey } from "./held.ts";
import { keyLines } from "./keys.ts";
import {
  type HeldKey,
  type HeldPacket,
  keyEntry,
  type KeyLine,
  keyParts,
  revisionEntry,
  type RevisionLine,
} from "./layout.ts";
import { revisionLines } from "./reading.ts";

/** Handed to a relay of this epoch it is not handed over again; to another one it is. */
export function isQueued({ state, receipt }: RevisionLine, epoch: Bytes | undefined): boolean {
  if (state === "on-hub" || state === "attention") return false;
  return receipt === undefined || epoch === undefined || !equal(receipt.epoch, epoch);
}

export function isUnsent({ sent, refused }: HeldPacket): boolean {
  return !sent && refused === undefined;
}

/** A try to reach the hub failed: from now on what it would have carried waits. */
export async function markTried(store: Store, enrolment: Hex): Promise<void> {
  const isFresh = (line: RevisionLine): boolean =>
    line.enrolment === enrolment && line.state === "on-this-phone";
  if (!revisionLines(store).some(isFresh)) return;
  await store.change((change) => {
    for (const line of revisionLines(change).filter(isFresh)) {
      change.mark(revisionEntry({ ...line, state: "waiting" }));
    }
  });
}

/** After another epoch: everything that is held goes into the outbox again. Nothing is deleted. */
export async function queueAgain(change: Change, enrolment: Hex): Promise<void> {
  for (const line of revisionLines(change)) {
    if (line.enrolment !== enrolment || line.state === "attention") continue;
    const state = line.state === "on-this-phone" ? line.state : "waiting";
    change.mark(revisionEntry({ ...line, state, receipt: undefined }));
  }
  const keys = keyLines(change, enrolment).filter(({ state }) => state !== "received");
  for (const line of keys) await packetsAgain(change, line);
}

export async function packetsAgain(change: Change, line: KeyLine): Promise<void> {
  const key = await heldKey(async (address) => change.read(address), line.address);
  if (key === undefined) return;
  const packets = key.packets.map(({ packet }) => ({ packet, sent: false, refused: undefined }));
  putKey(change, line, { ...key, packets });
}

export function putKey(change: Change, line: KeyLine, key: HeldKey): void {
  const state = key.packets.some(isUnsent) ? "waiting" : "sent";
  change.put(keyEntry({ ...line, state }), keyParts(key));
}
