/** The enrolments in a store: found, read, changed. */
import { type Bytes, equal, fromHex, type Hex } from "../bytes.ts";
import { decodeCursor, encodeCursor } from "../exchange.ts";
import type { Change, Store } from "../store.ts";
import { NotPossibleError } from "../errors.ts";
import {
  type Device,
  deviceEntry,
  type DeviceLine,
  deviceLine,
  deviceParts,
  readDevice,
} from "./device-layout.ts";

export function deviceLines(store: Pick<Store, "entries">): DeviceLine[] {
  return store.entries("enrolment").map(deviceLine);
}

/** Throws `not-enrolled` when there is none (any more). */
export function deviceLineAt(store: Pick<Store, "entries">, address: Hex): DeviceLine {
  const line = deviceLines(store).find((each) => each.address === address);
  if (line === undefined) throw new NotPossibleError("not-enrolled");
  return line;
}

export async function deviceAt(store: Store, address: Hex): Promise<Device> {
  return readDevice(await store.readRow(address));
}

/** An enrolment inside a change, to be put back changed. */
export class DeviceChange {
  readonly #change: Change;
  line: DeviceLine;
  device: Device;

  private constructor(change: Change, line: DeviceLine, device: Device) {
    this.#change = change;
    this.line = line;
    this.device = device;
  }

  static async read(change: Change, address: Hex): Promise<DeviceChange> {
    const line = deviceLineAt(change, address);
    return new DeviceChange(change, line, readDevice(await change.read(address)));
  }

  put(device: Partial<Device>, line: Partial<DeviceLine> = {}): void {
    this.device = { ...this.device, ...device };
    this.line = { ...this.line, counter: this.device.counter, ...line };
    this.#change.put(deviceEntry(this.line), deviceParts(this.device));
  }
}

/** The epoch in which the device last stood, if it ever read or sent. */
export function epochOf({ cursors }: Pick<Device, "cursors">): Bytes | undefined {
  const cursor = cursors.at(-1);
  return cursor === undefined ? undefined : decodeCursor(cursor).epoch;
}

export function collectionOf(line: Pick<DeviceLine, "collection">): Bytes {
  return fromHex(line.collection);
}

/** One cursor for each epoch met, the present one last. */
export function withCursor(cursors: readonly Bytes[], cursor: Bytes): Bytes[] {
  const { epoch } = decodeCursor(cursor);
  const others = cursors.filter((each) => !equal(decodeCursor(each).epoch, epoch));
  return [...others, cursor];
}

/** Before everything of an epoch: what is pulled from there is all of it. */
export function startOf(epoch: Bytes): Bytes {
  return encodeCursor({ epoch, sequence: 0, mark: new Uint8Array(8) });
}
