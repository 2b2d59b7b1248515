/** What there is to be seen of a programme, of what its coordinator's device holds. */
import { type Hex, toHex } from "../bytes.ts";
import type { Reader } from "../client/keys.ts";
import type { Role } from "../identifiers.ts";
import {
  type KeptInvite,
  keptInvites,
  logEntries,
  type LogEntry,
  removals,
} from "./administration.ts";
import { type DeviceCount, DeviceCounting } from "./contacts.ts";
import { type Desk, secretOf } from "./desk.ts";
import { filedRecords, openedRevisions } from "./filed.ts";

export interface SeenDevice {
  readonly device: Hex;
  readonly lane: Hex;
  readonly role: Role;
  readonly revoked: boolean;
  /** This device itself. */
  readonly isOwn: boolean;
  /** False for one that no coordinator who is still here let in, by an invite of theirs. */
  readonly isVouchedFor: boolean;
  /** Of the invite that it came with. */
  readonly note: string;
}

/** Not used yet. `expiry` in Unix seconds. */
export interface OpenInvite {
  readonly invite: Hex;
  readonly role: Role;
  readonly expiry: number;
  readonly note: string;
}

export interface Seen {
  readonly devices: readonly SeenDevice[];
  readonly invites: readonly OpenInvite[];
  /** The newest first. */
  readonly log: readonly LogEntry[];
  /** Who took something out of there: nobody should. */
  readonly removals: readonly Hex[];
  /** What has come of each coordinator's own records: a number that is missing was held back, or lost. */
  readonly numbers: readonly DeviceCount[];
  /** False while the programme's secrets are not here: nobody can be let in from here yet. */
  readonly isReady: boolean;
  /** A new card that the hub has not got yet. */
  readonly isRotating: boolean;
  /** There is a card for which not all is sealed yet that was written before it. */
  readonly isSealing: boolean;
  /** A sheet has to be printed, and nobody said yet that it is on paper. */
  readonly owesSheet: boolean;
}

/** `desk`: of `admin`. */
export async function seenAt(reader: Reader, desk: Desk): Promise<Seen> {
  const records = await filedRecords(reader, desk);
  const kept = [...keptInvites(records, desk.certificates).values()];
  const counting = new DeviceCounting();
  for (const { head } of await openedRevisions(reader, desk)) {
    counting.add({ verified: true, head });
  }
  const { held, card } = desk;
  const isReady = (await secretOf(desk)) !== undefined;
  return {
    devices: devicesOf(desk, kept),
    invites: kept.filter((each) => isOpen(each, card.generation)).map(openInvite),
    log: logEntries(records),
    removals: removals(records),
    numbers: counting.counts(desk.certificates),
    isReady,
    isRotating: held.rotation !== undefined,
    isSealing: isReady && (held.resealed ?? 1) < card.generation,
    owesSheet: held.owes > 0,
  };
}

function devicesOf(desk: Desk, kept: readonly KeptInvite[]): SeenDevice[] {
  const own = toHex(desk.device.device);
  return [...desk.certificates]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([device, { lane, role, revoked }]) => {
      const invite = kept.find((each) => each.device === device);
      const isOwn = device === own;
      const isVouchedFor = isOwn || invite !== undefined;
      return {
        device,
        lane: toHex(lane),
        role,
        revoked,
        isOwn,
        isVouchedFor,
        note: invite?.note ?? "",
      };
    });
}

/** One that was made under an older card lets nobody in any more. */
function isOpen({ device, generation }: KeptInvite, present: number): boolean {
  return device === undefined && generation === present;
}

function openInvite({ invite, role, expiry, note }: KeptInvite): OpenInvite {
  return { invite: toHex(invite), role, expiry, note };
}
