/**
 * Whether what the hub said it had stored is there still. A pull cursor tells that a copy from before was put back, in
 * the same epoch, where it is from after that copy; a device that has only sent since has none, but it has receipts.
 */
import { type Bytes, equal, type Hex } from "../bytes.ts";
import { decodeCursor } from "../exchange.ts";
import type { Change, Store } from "../store.ts";
import { missingOf } from "./checking.ts";
import {
  collectionOf,
  deviceAt,
  DeviceChange,
  deviceLineAt,
  epochOf,
  startOf,
  withCursor,
} from "./devices.ts";
import { queueAgain } from "./outbox.ts";
import { revisionLines } from "./reading.ts";
import type { Session } from "./session.ts";

/** Asked before the cursor of this epoch goes on. */
export async function hasLost(store: Store, session: Session, epoch: Bytes): Promise<boolean> {
  const { cursors } = await deviceAt(store, session.address);
  return hasLostBeyond(store, session, cursors, epoch);
}

/** As `hasLost`, of whoever keeps elsewhere how far it has read. */
export async function hasLostBeyond(
  store: Store,
  session: Session,
  cursors: readonly Bytes[],
  epoch: Bytes,
): Promise<boolean> {
  const cursor = cursors.find((each) => equal(decodeCursor(each).epoch, epoch));
  const read = cursor === undefined ? 0 : decodeCursor(cursor).sequence;
  return lacksLast(store, session, epoch, read);
}

/** Of a device that may only send: nobody ever looks at its cursor. */
export async function queueLost(store: Store, session: Session): Promise<void> {
  const epoch = epochOf(await deviceAt(store, session.address));
  if (epoch === undefined || !(await lacksLast(store, session, epoch, 0))) return;
  await store.change(async (change) => beginAnew(change, session.address, epoch));
}

/** Everything goes there again, and is read from the start. */
export async function beginAnew(change: Change, enrolment: Hex, epoch: Bytes): Promise<void> {
  await queueAgain(change, enrolment);
  const held = await DeviceChange.read(change, enrolment);
  held.put({ cursors: withCursor(held.device.cursors, startOf(epoch)) });
}

/** Whether the hub lacks the last that a receipt of this epoch names above a number; where there is none, no. */
async function lacksLast(
  store: Store,
  session: Session,
  epoch: Bytes,
  above: number,
): Promise<boolean> {
  let last: { readonly rev: Hex; readonly sequence: number } | undefined;
  for (const { enrolment, receipt, rev } of revisionLines(store)) {
    if (enrolment !== session.address || receipt?.sequence === undefined) continue;
    const { by, sequence } = receipt;
    if (by === "file" || !equal(receipt.epoch, epoch)) continue;
    if (sequence > (last?.sequence ?? above)) last = { rev, sequence };
  }
  if (last === undefined) return false;
  const collection = collectionOf(deviceLineAt(store, session.address));
  return (await missingOf(session, collection, [last.rev])).size > 0;
}
