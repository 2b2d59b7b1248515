/**
 * To another life of the hub's database, what it lacks of all that is here: it may be that nobody else has it any more.
 * It is asked first, since most of it is there: a name takes 34 bytes, a contact a thousand. What is of a device that
 * the hub does not know yet goes back once it does: see refusals.ts.
 */
import type { Hex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import { missingOf } from "../client/checking.ts";
import { readerOf } from "../client/reading.ts";
import type { Session } from "../client/session.ts";
import type { PacketPlace } from "../crypto/packets.ts";
import { decodePushed, QUESTION_LIMIT, type Why } from "../exchange.ts";
import type { Store } from "../store.ts";
import { deskAt } from "./desk.ts";
import { moveOn, namesAt, pagesAt, placeOf, pulledLines } from "./intake.ts";
import { partOf, pulledEntry, type PulledLine, wholePages } from "./pages.ts";
import { refusalsAt } from "./refusals.ts";

export async function handBack(store: Store, session: Session): Promise<void> {
  const lines = pulledLines(store, session.address).filter(({ state }) => state === "back");
  if (lines.length === 0) return;
  const refusals = refusalsAt(store, await deskAt(readerOf(store), session.address, "admin"));
  const place = await placeOf(session);
  const left = lines.filter(({ address }) => !refusals.has(address));
  for await (const named of inQuestions(store, place, left)) {
    const all = named.flatMap(({ names }) => names);
    const lacking = await missingOf(session, place.collection, all);
    const isThere = ({ names }: Named): boolean => !names.some((name) => lacking.has(name));
    await settle(store, session.address, named.filter(isThere));
    for (const { line } of named.filter((each) => !isThere(each))) {
      const given = await give(store, session, { place, line, lacking });
      if (given === "refused") refusals.add(line.address);
      else if (given === "read") await settle(store, session.address, [{ line }]);
    }
  }
}

interface Named {
  readonly line: PulledLine;
  readonly names: readonly Hex[];
}

/** As many rows as one question asks for; a row is far below that. */
async function* inQuestions(
  store: Store,
  place: PacketPlace,
  lines: readonly PulledLine[],
): AsyncGenerator<readonly Named[]> {
  let some: Named[] = [];
  let count = 0;
  for (const line of lines) {
    const names = await namesAt(store, place, line);
    if (some.length > 0 && count + names.length > QUESTION_LIMIT) {
      yield some;
      [some, count] = [[], 0];
    }
    some.push({ line, names });
    count += names.length;
  }
  if (some.length > 0) yield some;
}

/**
 * What the hub lacks of a row, in the pages in which it came. `read`: the cursor is past it. `given`: others wrote
 * meanwhile, so that it comes from the hub once more, and the row is asked for again after that. `refused`: some of it,
 * since the hub does not know the device or the key. Of a damaged row there is nothing to give.
 */
async function give(
  store: Store,
  session: Session,
  { place, line, lacking }: { place: PacketPlace; line: PulledLine; lacking: ReadonlySet<Hex> },
): Promise<"read" | "given" | "refused"> {
  const path = `collections/${toText(place.collection)}/changes`;
  const pages = await pagesAt(async (address) => store.readRow(address), line);
  let isRead = true;
  let isRefused = false;
  for (const page of wholePages(pages ?? [])) {
    const body = await partOf(place, page, (name) => lacking.has(name));
    if (body.packets.length + body.revisions.length === 0) continue;
    const pushed = await session.ask({ method: "POST", path, body }, decodePushed);
    isRefused ||= pushed.refused.some(({ why }) => MAY_COME.includes(why));
    const isMoved = await store.change(async (change) => moveOn(change, session.address, pushed));
    isRead &&= isMoved;
  }
  if (isRefused) return "refused";
  return isRead ? "read" : "given";
}

/** Of a device, or under a key, that the hub does not know yet. */
const MAY_COME: readonly Why[] = ["bad-packet", "unknown-key"];

/** Nothing of these has to go back any more. */
async function settle(
  store: Store,
  enrolment: Hex,
  rows: readonly Pick<Named, "line">[],
): Promise<void> {
  const addresses = new Set(rows.map(({ line }) => line.address));
  if (addresses.size === 0) return;
  await store.change((change) => {
    for (const line of pulledLines(change, enrolment)) {
      if (line.state !== "back" || !addresses.has(line.address)) continue;
      change.mark(pulledEntry({ ...line, state: "held" }));
    }
  });
}
