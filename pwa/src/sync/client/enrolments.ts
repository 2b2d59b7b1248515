/** Enrolments as the interface sees them, and the end of one. */
import { type Hex, toHex } from "../bytes.ts";
import { fingerprint } from "../enrolment.ts";
import { NotPossibleError } from "../errors.ts";
import { keptDays } from "../forgetting.ts";
import type { EnrolmentSummary } from "../face.ts";
import { array, id } from "../decoding.ts";
import type { Change, Entry, Store } from "../store.ts";
import { deviceAt, deviceLineAt } from "./devices.ts";
import { keyLines } from "./keys.ts";
import { certificateLine } from "./certificate-layout.ts";
import { type Device, type DeviceLine } from "./device-layout.ts";
import { packetEnrolment } from "./layout.ts";
import { forgetMembers } from "./members.ts";
import { revisionLines } from "./reading.ts";

export async function enrolmentSummary(
  store: Store,
  { address, standing, refusal, sends, told }: DeviceLine,
): Promise<EnrolmentSummary> {
  const device = await deviceAt(store, address);
  const keepDays = told === undefined || device.role !== "worker" ? undefined : keptDays(told);
  return { id: address, standing, refusal, sends, keepDays, ...(await shownOf(device)) };
}

/** With contacts in it `not-empty`. */
export async function forgetEmpty(store: Store, enrolment: Hex): Promise<void> {
  await store.change((change) => {
    const { address } = deviceLineAt(change, enrolment);
    if (revisionLines(change).some((line) => line.enrolment === address)) {
      throw new NotPossibleError("not-empty");
    }
    forget(change, address);
  });
}

/** With its contacts. `not-empty` where one of them was not confirmed by the hub, or is none of `seen`. */
export async function forgetAll(
  store: Store,
  enrolment: Hex,
  seen: ReadonlySet<Hex>,
): Promise<void> {
  await store.change((change) => {
    const { address } = deviceLineAt(change, enrolment);
    const own = revisionLines(change).filter((line) => line.enrolment === address);
    if (!own.every(({ state, rev }) => state === "on-hub" && seen.has(rev))) {
      throw new NotPossibleError("not-empty");
    }
    for (const line of own) change.delete(line.address);
    forget(change, address);
  });
}

/** With what hangs on it. */
function forget(change: Change, enrolment: Hex): void {
  forgetMembers(change, enrolment);
  change.delete(enrolment);
  for (const { address } of keyLines(change, enrolment)) change.delete(address);
  for (const entry of change.entries("packet")) {
    if (packetEnrolment(entry) === enrolment) change.delete(entry.address);
  }
  for (const type of COORDINATORS_ROWS) {
    for (const { address, small } of change.entries(type)) {
      if (firstOf(small) === enrolment) change.delete(address);
    }
  }
  for (const line of change.entries("certificate").map(certificateLine)) {
    if (line.enrolment === enrolment) change.delete(line.address);
  }
}

/** They all name their enrolment first. */
const COORDINATORS_ROWS = [
  "programme",
  "feed",
  "feedkey",
  "filed",
  "intake",
  "pulled",
  "opened",
] as const;

function firstOf(small: Entry["small"]): Hex {
  const [enrolment] = array(small, "$");
  return toHex(id(enrolment, "$[0]"));
}

async function shownOf(
  device: Device,
): Promise<Omit<EnrolmentSummary, "id" | "standing" | "refusal" | "sends" | "keepDays">> {
  const { hub, programme, role, card } = device;
  return {
    hub,
    programme: toHex(programme),
    role,
    device: toHex(device.device),
    name: card?.name ?? "",
    practice: card?.practice ?? false,
    fingerprint: card === undefined ? "" : await fingerprint(card),
  };
}
