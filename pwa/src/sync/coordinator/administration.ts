/** What coordinators keep in `admin`: the programme's secrets, invites, the log (docs/protocol.md, other records). */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import { fromText, toText } from "../canonical.ts";
import { type Card, type Certificate, enrolmentMac } from "../enrolment.ts";
import type { PendingEnrolment } from "./answers.ts";
import { SyncError } from "../errors.ts";
import { deviceId, type Role } from "../identifiers.ts";
import type { Value } from "../revisions.ts";
import { type Filed, ofType, textOf, valueOf } from "./filed.ts";
import type { ProgrammeSecret } from "./layout.ts";

/** A coordinator's own record of an invite. `device`: whom it has let in, if anyone. `expiry` in Unix seconds. */
export interface KeptInvite {
  readonly filed: Filed;
  readonly invite: Bytes;
  readonly role: Role;
  readonly lane: Bytes;
  readonly expiry: number;
  readonly macKey: Bytes;
  readonly device: Hex | undefined;
  readonly note: string;
  /** Of the card under which it was made: under another it lets nobody in, since whoever left may know its key. */
  readonly generation: number;
}

/** What coordinators did; `export` also where a record of the command line names no deed. */
export const DEEDS = [
  "export",
  "import",
  "invite",
  "withdraw",
  "revoke",
  "rotate",
  "sheet",
  "restore",
] as const;
export type Deed = (typeof DEEDS)[number];
/** Records that are their own entries in the log. */
const TELLING = ["report", "threshold"] as const;

/** `who`: the device that signed it, whatever it says. `when` in Unix seconds, by its clock. */
export interface LogEntry {
  readonly record: Hex;
  readonly who: Hex;
  /** As it stands there, where it is none of ours; `report` and `threshold` for those records themselves. */
  readonly deed: string;
  readonly when: number;
  readonly why: string;
  /** The device, or the invite, that it is about; "" for none. */
  readonly about: Hex;
  /** Contacts in an export, or in an import. */
  readonly count: number | undefined;
  /** The quarter of a report; "" for none. */
  readonly period: string;
  /** The number below which reports tell nothing from then on. */
  readonly threshold: number | undefined;
  /** Of an export, as the command line names it; "" for none. */
  readonly format: string;
  /** Somebody changed or took back what is only ever added to. */
  readonly isChanged: boolean;
}

export type WhyNot =
  "unknown-invite" | "invite-used" | "invite-ended" | "invite-expired" | "wrong-secret";

export function inviteFields(invite: Omit<KeptInvite, "filed" | "device">): Record<string, Value> {
  return {
    type: "invite",
    invite: toText(invite.invite),
    role: invite.role,
    lane: toText(invite.lane),
    expiry: invite.expiry,
    mac_key: toText(invite.macKey),
    generation: invite.generation,
    ...(invite.note === "" ? {} : { note: invite.note }),
  };
}

export function seedsFields(secrets: readonly ProgrammeSecret[]): Record<string, Value> {
  const ordered = [...secrets].sort((a, b) => a.generation - b.generation);
  return {
    type: "seeds",
    signing_keys: ordered.map((each) => toText(each.signing_key)),
    sealing_seeds: ordered.map((each) => toText(each.sealing_seed)),
  };
}

/** `who` is put in where it is written. */
export function logFields(
  deed: Deed,
  when: number,
  more: Readonly<Record<string, Value>> = {},
): Record<string, Value> {
  return { type: "log", what: deed, when, why: "", ...more };
}

/** By invite id. An invite of a coordinator who was revoked since lets nobody in, nor one taken back. */
export function keptInvites(
  records: readonly Filed[],
  certificates: ReadonlyMap<Hex, Certificate>,
): Map<Hex, KeptInvite> {
  const kept = new Map<Hex, KeptInvite>();
  for (const filed of ofType(records, "invite")) {
    if (valueOf(filed, "withdrawn") === true) continue;
    const isOurs = filed.authors.every((author) => certificates.get(author)?.revoked === false);
    const invite = isOurs ? decoded(() => keptInvite(filed)) : undefined;
    if (invite !== undefined) kept.set(toHex(invite.invite), invite);
  }
  return kept;
}

/** Whom, by the log, a coordinator who stays put out: whoever left may have the key that signs certificates. */
export function loggedOut(
  records: readonly Filed[],
  certificates: ReadonlyMap<Hex, Certificate>,
): Set<Hex> {
  const told = ofType(records, "log").filter(
    (filed) =>
      textOf(filed, "what") === "revoke" &&
      filed.authors.every((author) => certificates.get(author)?.revoked === false),
  );
  return new Set(told.map((filed) => logEntry(filed, "log").about));
}

/** The secrets of every generation, oldest first, and the record that holds them. */
export interface FoundSecrets {
  readonly filed: Filed;
  readonly secrets: readonly ProgrammeSecret[];
}

/** Of each record that holds some, the most first. */
export function foundSecrets(
  records: readonly Filed[],
  certificates: ReadonlyMap<Hex, Certificate>,
): FoundSecrets[] {
  const found = ofType(records, "seeds")
    .filter(({ authors }) => authors.every((each) => certificates.get(each)?.revoked === false))
    .map((filed) => ({ filed, secrets: decoded(() => secretsIn(filed)) ?? [] }));
  return found.sort((a, b) => b.secrets.length - a.secrets.length);
}

/** Who took something out of `admin`, where nothing is ever taken out. */
export function removals(records: readonly Filed[]): Hex[] {
  const isRemoved = ({ merged }: Filed): boolean => merged.deleted || merged.deleted_elsewhere;
  return records
    .filter(isRemoved)
    .flatMap(({ heads }) =>
      heads.filter(({ tombstone }) => tombstone).map(({ plaintext }) => toHex(plaintext.author)),
    );
}

/** The newest first. */
export function logEntries(records: readonly Filed[]): LogEntry[] {
  return ["log", ...TELLING]
    .flatMap((type) => ofType(records, type).map((filed) => logEntry(filed, type)))
    .sort((a, b) => b.when - a.when || (a.record < b.record ? -1 : 1));
}

/**
 * Why a device is not let in, or undefined. Role and expiry are from the coordinator's own record. The day is the
 * hub's word: no proof, but no reason to let in what even the hub says came too late.
 */
export async function whyNot(
  pending: PendingEnrolment,
  invite: KeptInvite | undefined,
  { programme, generation }: Pick<Card, "programme" | "generation">,
): Promise<WhyNot | undefined> {
  if (invite === undefined) return "unknown-invite";
  const device = toHex(await deviceId(pending.signing_key));
  if (invite.device !== undefined && invite.device !== device) return "invite-used";
  if (invite.generation !== generation) return "invite-ended";
  if (pending.day > new Date(invite.expiry * 1000).toISOString().slice(0, 10)) {
    return "invite-expired";
  }
  const { role, expiry } = invite;
  const asked = { programme, invite: pending.invite, role, expiry };
  const { signing_key, sealing_key } = pending;
  const mac = await enrolmentMac(invite.macKey, asked, signing_key, sealing_key);
  return equal(mac, pending.mac) ? undefined : "wrong-secret";
}

function keptInvite(filed: Filed): KeptInvite | undefined {
  const role = textOf(filed, "role");
  const expiry = valueOf(filed, "expiry");
  const device = textOf(filed, "device");
  const generation = valueOf(filed, "generation");
  if (role !== "worker" && role !== "coordinator" && role !== "relay") return undefined;
  if (typeof expiry !== "number") return undefined;
  return {
    filed,
    invite: fromText(textOf(filed, "invite")),
    role,
    lane: fromText(textOf(filed, "lane")),
    expiry,
    macKey: fromText(textOf(filed, "mac_key")),
    device: device === "" ? undefined : toHex(fromText(device)),
    note: textOf(filed, "note"),
    // The first releases did not say it, and had one alone.
    generation: typeof generation === "number" ? generation : 1,
  };
}

function secretsIn(filed: Filed): ProgrammeSecret[] | undefined {
  const keys = textsOf(filed, "signing_keys");
  const seeds = textsOf(filed, "sealing_seeds");
  if (keys.length !== seeds.length) return undefined;
  return keys.map((key, at) => ({
    generation: at + 1,
    signing_key: fromText(key),
    sealing_seed: fromText(seeds[at] ?? ""),
  }));
}

function textsOf(filed: Filed, name: string): readonly string[] {
  const value = valueOf(filed, name);
  return typeof value === "object" && value !== null ? value : [];
}

function logEntry(filed: Filed, type: string): LogEntry {
  const [when, count, threshold] = ["when", "count", "threshold"].map((name) => {
    const value = valueOf(filed, name);
    return typeof value === "number" ? value : undefined;
  });
  const [head] = filed.heads;
  return {
    record: filed.record,
    who: filed.authors[0] ?? "",
    deed: type === "log" ? textOf(filed, "what") || "export" : type,
    when: when ?? 0,
    why: textOf(filed, "why"),
    about: decoded(() => toHex(fromText(textOf(filed, "about")))) ?? "",
    count,
    period: textOf(filed, "period"),
    threshold,
    format: textOf(filed, "format"),
    isChanged: filed.heads.length !== 1 || head?.supersedes.length !== 0,
  };
}

/** A record that says nonsense is none. */
function decoded<T>(reading: () => T): T | undefined {
  try {
    return reading();
  } catch (error) {
    if (error instanceof SyncError) return undefined;
    throw error;
  }
}
