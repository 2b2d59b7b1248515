/** *Is everything on the hub?*: what is held is asked for by its name, and what is not there is queued again. */
import { type Bytes, equal, fromHex, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import {
  decodeCursor,
  decodeMissing,
  decodePushed,
  packetId,
  type Pushed,
  QUESTION_LIMIT,
} from "../exchange.ts";
import type { HubCheck } from "../face.ts";
import type { Change, Store } from "../store.ts";
import { collectionOf, deviceAt, deviceLineAt, epochOf } from "./devices.ts";
import { heldKey } from "./held.ts";
import { keyLines } from "./keys.ts";
import { type KeyLine, revisionEntry, type RevisionLine } from "./layout.ts";
import { packetsAgain } from "./outbox.ts";
import { recordsOf, revisionLines } from "./reading.ts";
import type { Session } from "./session.ts";

/** Asks about what `isAsked` chooses; `now` in milliseconds. */
export async function check(
  store: Store,
  session: Session,
  now: () => number,
  isAsked: (line: RevisionLine) => boolean = () => true,
): Promise<HubCheck> {
  const { address } = session;
  const asked = revisionLines(store).filter((line) => line.enrolment === address && isAsked(line));
  const keys = await sentPackets(store, address);
  const names = [...asked.map(({ rev }) => rev), ...keys.flatMap(([, packets]) => packets)];
  const collection = collectionOf(deviceLineAt(store, address));
  const missing = await missingOf(session, collection, names);
  const { receipt: by, cursor, day } = await whoAnswers(session, collection);
  const { epoch, sequence } = decodeCursor(cursor);
  const receipt = { by: "hub", epoch, at: now(), sequence, day } as const;
  // In another epoch the next exchange queues everything again by itself.
  const known = epochOf(await deviceAt(store, address));
  const isTold = by === "hub" && known !== undefined && equal(known, epoch);
  await store.change(async (change) => {
    for (const line of linesAgain(change, asked)) {
      if (missing.has(line.rev)) {
        const state = line.state === "on-hub" ? "waiting" : line.state;
        change.mark(revisionEntry({ ...line, state, receipt: undefined }));
      } else if (isTold && line.state !== "attention" && line.receipt?.by !== "hub") {
        change.mark(revisionEntry({ ...line, state: "on-hub", receipt }));
      }
    }
    for (const [line, packets] of keys) {
      if (packets.some((name) => missing.has(name))) await packetsAgain(change, line);
    }
  });
  const records = recordsOf(asked);
  const absent = records.filter(({ lines }) => lines.some(({ rev }) => missing.has(rev)));
  return { by, asked: records.length, missing: absent.length };
}

/** As they are now: another tab may have changed or deleted some while the hub was asked. */
function linesAgain(change: Change, asked: readonly RevisionLine[]): RevisionLine[] {
  const addresses = new Set(asked.map(({ address }) => address));
  return revisionLines(change).filter(({ address }) => addresses.has(address));
}

/** Of this device's own keys, with the names of those that a receipt named. */
async function sentPackets(store: Store, address: Hex): Promise<[KeyLine, Hex[]][]> {
  const { programme } = await deviceAt(store, address);
  const collection = collectionOf(deviceLineAt(store, address));
  const lines = keyLines(store, address).filter(({ state }) => state === "sent");
  return Promise.all(
    lines.map(async (line): Promise<[KeyLine, Hex[]]> => {
      const key = await heldKey(async (row) => store.readRow(row), line.address);
      const sent = key?.packets.filter(({ sent: isSent }) => isSent) ?? [];
      const names = sent.map(async ({ packet }) => packetId(programme, collection, packet));
      return [line, (await Promise.all(names)).map(toHex)];
    }),
  );
}

/** Of these revisions and packets, those that the hub neither holds nor knows as superseded. */
export async function missingOf(
  session: Session,
  collection: Bytes,
  names: readonly Hex[],
): Promise<ReadonlySet<Hex>> {
  const path = `collections/${toText(collection)}/missing`;
  const found = new Set<Hex>();
  for (let from = 0; from < names.length; from += QUESTION_LIMIT) {
    const revs = names.slice(from, from + QUESTION_LIMIT).map(fromHex);
    const { missing } = await session.ask(
      { method: "POST", path, body: { revs }, answerBytes: revs.length * 40 },
      decodeMissing,
    );
    for (const name of missing) found.add(toHex(name));
  }
  return found;
}

/** A push of nothing: its receipt says who answers, and where the collection stands. */
async function whoAnswers(session: Session, collection: Bytes): Promise<Pushed> {
  const path = `collections/${toText(collection)}/changes`;
  const body = { packets: [], revisions: [] };
  return session.ask({ method: "POST", path, body }, decodePushed);
}
