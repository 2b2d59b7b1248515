/** What waits, into a file; and what an import said of it, back into the states. */
import { type Bytes, equal, type Hex } from "../bytes.ts";
import { type Bundle, decodeBundleReceipt, encodeBundle } from "../bundles.ts";
import { importPrivateKey } from "../crypto/signing.ts";
import { NotPossibleError, ProblemError } from "../errors.ts";
import { BYTES_LIMIT, decodeCursor, type Push, REVISIONS_LIMIT } from "../exchange.ts";
import type { Change, Store } from "../store.ts";
import { collectionOf, deviceAt, DeviceChange, deviceLineAt, epochOf } from "./devices.ts";
import { type Item, outbox, settlePackets, type Verdict, verdictOf } from "./items.ts";
import { revisionEntry } from "./layout.ts";
import { revisionLines } from "./reading.ts";

/** Below the hub's limit, since names and lengths take some room too. */
const PUSH_BYTES = BYTES_LIMIT - 256 * 1024;

/** A file of all that waits; `undefined` where nothing does. Changes nothing on this device. */
export async function bundle(store: Store, address: Hex): Promise<Bytes | undefined> {
  const device = await deviceAt(store, address);
  const collection = collectionOf(deviceLineAt(store, address));
  const pushes = await pushesOf(store, address);
  if (pushes.length === 0) return undefined;
  const { invite, claim, signing_key, sealing_key, mac, certificate } = device;
  const whole: Bundle = {
    programme: device.programme,
    device: device.device,
    enrolment:
      certificate === undefined ? { invite, claim, signing_key, sealing_key, mac } : undefined,
    certificate,
    pushes: pushes.map((push) => [collection, push]),
  };
  return encodeBundle(whole, await importPrivateKey(device.private_key));
}

/**
 * Takes the file that an import wrote, as a receipt of no more worth than a relay's. Throws MalformedError,
 * `not-enrolled` for another device's, `epoch-changed` for another life of the hub's database. How many
 * contacts it names.
 */
export async function takeReceipt(
  store: Store,
  address: Hex,
  file: Bytes,
  now: number,
): Promise<number> {
  const { programme, device, receipts } = await decodeBundleReceipt(file);
  return store.change(async (change) => {
    const held = await DeviceChange.read(change, address);
    if (!equal(programme, held.device.programme) || !equal(device, held.device.device)) {
      throw new NotPossibleError("not-enrolled");
    }
    const collection = collectionOf(held.line);
    const known = epochOf(held.device);
    let taken = 0;
    for (const [place, pushed] of receipts) {
      if (!equal(place, collection)) continue;
      const { epoch } = decodeCursor(pushed.cursor);
      if (known !== undefined && !equal(known, epoch)) throw new ProblemError("epoch-changed");
      const verdict = verdictOf(pushed);
      await settlePackets(change, held, verdict);
      taken += settle(change, address, verdict, { epoch, now });
    }
    return taken;
  });
}

function settle(
  change: Change,
  address: Hex,
  { taken, refused }: Verdict,
  { epoch, now }: { epoch: Bytes; now: number },
): number {
  const receipt = { by: "file", epoch, at: now, sequence: undefined, day: undefined } as const;
  const lines = revisionLines(change).filter(
    ({ enrolment, state }) =>
      enrolment === address && (state === "on-this-phone" || state === "waiting"),
  );
  for (const line of lines) {
    const reason = refused.get(line.rev);
    if (taken.has(line.rev)) {
      change.mark(revisionEntry({ ...line, state: "waiting", receipt }));
    } else if (reason !== undefined && reason !== "unknown-key") {
      change.mark(revisionEntry({ ...line, state: "attention", reason }));
    }
  }
  return lines.filter(({ rev }) => taken.has(rev)).length;
}

/** Each within what a hub takes at once. */
async function pushesOf(store: Store, address: Hex): Promise<Push[]> {
  const pushes: Item[][] = [];
  let [size, last]: [number, Item[] | undefined] = [0, undefined];
  for await (const item of outbox(store, address)) {
    if (item.kind === "damaged") continue;
    if (last === undefined || last.length >= REVISIONS_LIMIT || size + item.size > PUSH_BYTES) {
      last = [];
      size = 0;
      pushes.push(last);
    }
    last.push(item);
    size += item.size;
  }
  return pushes.map((items) => ({
    packets: items.flatMap((item) => (item.kind === "packet" ? [item.packet] : [])),
    revisions: items.flatMap((item) => (item.kind === "revision" ? [item.revision] : [])),
  }));
}
