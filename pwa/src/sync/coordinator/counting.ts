/** How far devices have counted, by what lies here, where no screen has it open. */
import { equal, type Hex, toHex } from "../bytes.ts";
import type { Certificate } from "../enrolment.ts";
import type { KeyPacket } from "../exchange.ts";
import { collectionId } from "../identifiers.ts";
import type { Store } from "../store.ts";
import { Book } from "./book.ts";
import type { Desk } from "./desk.ts";
import { pagesAt, pulledLines } from "./intake.ts";
import { encodePulled, type Pulled, wholePages } from "./pages.ts";

/**
 * The highest counter that was seen of each of these devices. Only what is in their lanes is opened: all of a large
 * programme would take a minute.
 */
export async function lastOf(
  store: Store,
  { enrolment, device, certificates, held }: Desk,
  devices: readonly Certificate[],
): Promise<ReadonlyMap<Hex, number>> {
  const isOfLanes = ({ owner }: KeyPacket): boolean => {
    const lane = certificates.get(toHex(owner))?.lane;
    return lane !== undefined && devices.some((each) => equal(each.lane, lane));
  };
  const packets: KeyPacket[] = [];
  for await (const page of pulledPages(store, enrolment)) {
    packets.push(...page.packets.filter(isOfLanes));
  }
  const collection = await collectionId(device.programme, "contacts");
  const book = new Book({ programme: device.programme, collection });
  const seeds = held.secrets.map(({ sealing_seed }) => sealing_seed);
  await book.trust([...certificates.values()], seeds);
  await book.take("packets", [encodePulled({ packets, revisions: [] })]);
  const keys = new Set(packets.map(({ key }) => toHex(key)));
  let number = 0;
  for await (const page of pulledPages(store, enrolment)) {
    const revisions = page.revisions.filter(({ key }) => keys.has(toHex(key)));
    number += 1;
    await book.take(String(number), [encodePulled({ packets: [], revisions })]);
  }
  // Nobody is told of the contacts; the book counts by whom it believes now.
  book.told(0);
  return new Map(book.counted().devices.map(({ device: each, last }) => [each, last]));
}

async function* pulledPages(store: Store, enrolment: Hex): AsyncGenerator<Pulled> {
  for (const line of pulledLines(store, enrolment)) {
    const pages = await pagesAt(async (address) => store.readRow(address), line);
    for (const page of wholePages(pages ?? [])) yield page;
  }
}
