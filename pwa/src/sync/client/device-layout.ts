/** An enrolment in a device's store: its row, and its line of the index. */
import { type Bytes, type Hex } from "../bytes.ts";
import type { Part } from "../canonical.ts";
import {
  array,
  bytes,
  hash,
  id,
  integer,
  labelled,
  list,
  natural,
  oneOf,
  optional,
  text,
  tuple,
} from "../decoding.ts";
import type { Card, Certificate } from "../enrolment.ts";
import { HUB_CODES, MalformedError } from "../errors.ts";
import type { Sends, Standing } from "../face.ts";
import type { Told } from "../forgetting.ts";
import type { Role } from "../identifiers.ts";
import type { Entry } from "../store.ts";
import {
  cardParts,
  certificateParts,
  readCard,
  readCertificate,
  readWholeCard,
  wholeCardParts,
} from "./certificate-layout.ts";
import { VERSION } from "./layout.ts";

const STANDINGS = ["asked", "provisional", "certified", "revoked", "refused"] as const;
const SENDS = ["always", "saver", "wifi"] as const;
const REFUSALS = [...HUB_CODES, "bad-invite"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** An enrolment: this device in one programme. */
export interface Device {
  readonly hub: string;
  readonly programme: Bytes;
  readonly role: Role;
  readonly invite: Bytes;
  /** What the invite says of the programme's signing key. */
  readonly signing_key_hash: Bytes;
  /** The request, sent again as it is while there is no certificate. */
  readonly claim: Bytes;
  readonly mac: Bytes;
  readonly device: Bytes;
  readonly signing_key: Bytes;
  /** PKCS#8. */
  readonly private_key: Bytes;
  readonly sealing_key: Bytes;
  readonly seed: Bytes;
  readonly card: Card | undefined;
  /** Of a coordinator: those that led to this one, in order. A hub that was put back from before it is led on. */
  readonly cards: readonly Card[];
  readonly certificate: Certificate | undefined;
  readonly token: string | undefined;
  /** One for each epoch met, the present one last. */
  readonly cursors: readonly Bytes[];
  /** The last one used in `contacts`. */
  readonly counter: number;
  /** When the certificates were last read, in milliseconds. */
  readonly certified: number;
}

export interface DeviceLine {
  readonly address: Hex;
  readonly standing: Standing;
  readonly collection: Hex;
  readonly counter: number;
  readonly refusal: Refusal | undefined;
  readonly lastSync: number | undefined;
  readonly sends: Sends;
  /** By the hub itself, with the last page. */
  readonly told: Told | undefined;
}

export function deviceEntry(line: DeviceLine): Entry {
  return {
    address: line.address,
    type: "enrolment",
    state: line.standing,
    collection: line.collection,
    order: line.counter,
    small: [line.refusal ?? null, line.lastSync ?? null, line.sends, toldParts(line.told)],
  };
}

export function deviceLine({ address, state, collection, order, small }: Entry): DeviceLine {
  // The first releases wrote two parts, later ones three.
  const [refusal, lastSync, sends, told] = array(small, "$");
  return {
    address,
    standing: oneOf(...STANDINGS)(state, "$.state"),
    collection,
    counter: order,
    refusal: optional(oneOf(...REFUSALS))(refusal, "$[0]"),
    lastSync: optional(natural)(lastSync, "$[1]"),
    sends: optional(oneOf(...SENDS))(sends, "$[2]") ?? "saver",
    told: optional(readTold)(told, "$[3]"),
  };
}

/** As the first releases wrote it, until there is a later card. */
export function deviceParts(device: Device): readonly Part[] {
  const { card, cards } = device;
  const isFirst = card?.own_signature === undefined && cards.length === 0;
  const parts = [
    [device.hub, device.programme, device.role, device.invite, device.signing_key_hash],
    [device.claim, device.mac],
    [device.device, device.signing_key, device.private_key, device.sealing_key, device.seed],
    card === undefined ? null : isFirst ? cardParts(card) : wholeCardParts(card),
    device.certificate === undefined ? null : certificateParts(device.certificate),
    device.token ?? null,
    device.cursors,
    device.counter,
    device.certified,
  ];
  return isFirst
    ? ["enrolment", VERSION, ...parts]
    : ["enrolment", 2, ...parts, cards.map(wholeCardParts)];
}

export function readDevice(row: unknown): Device {
  const isFirst = array(row, "$").length === 11;
  const [version, ...parts] = labelled(row, "enrolment", isFirst ? 10 : 11);
  if (integer(version, "$[1]") !== (isFirst ? VERSION : 2)) {
    throw new MalformedError("$[1]", "version 1 or 2");
  }
  const [invited, asked, keys, card, certificate, token, cursors, counter, certified] = parts;
  const [hub, programme, role, invite, signingKeyHash] = tuple(invited, "$[2]", 5);
  const [claim, mac] = tuple(asked, "$[3]", 2);
  const [device, signingKey, privateKey, sealingKey, seed] = tuple(keys, "$[4]", 5);
  return {
    hub: text(hub, "$[2][0]"),
    programme: id(programme, "$[2][1]"),
    role: oneOf("worker", "coordinator")(role, "$[2][2]"),
    invite: id(invite, "$[2][3]"),
    signing_key_hash: hash(signingKeyHash, "$[2][4]"),
    claim: hash(claim, "$[3][0]"),
    mac: hash(mac, "$[3][1]"),
    device: id(device, "$[4][0]"),
    signing_key: bytes(signingKey, "$[4][1]"),
    private_key: bytes(privateKey, "$[4][2]"),
    sealing_key: bytes(sealingKey, "$[4][3]"),
    seed: bytes(seed, "$[4][4]"),
    card: optional(isFirst ? readCard : readWholeCard)(card, "$[5]"),
    cards: isFirst ? [] : list(readWholeCard)(parts[9], "$[11]"),
    certificate: optional(readCertificate)(certificate, "$[6]"),
    token: optional(text)(token, "$[7]"),
    cursors: list(hash)(cursors, "$[8]"),
    counter: natural(counter, "$[9]"),
    certified: natural(certified, "$[10]"),
  };
}

function toldParts(told: Told | undefined): Part {
  return told === undefined ? null : [told.epoch, told.day, told.safe, told.keep_days];
}

function readTold(value: unknown, path: string): Told {
  const [epoch, day, safe, keepDays] = tuple(value, path, 4);
  return {
    epoch: id(epoch, path),
    day: natural(day, path),
    safe: natural(safe, path),
    keep_days: natural(keepDays, path),
  };
}
