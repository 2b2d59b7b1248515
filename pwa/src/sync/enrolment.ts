/** How a device enters a programme: invites, cards, certificates, tokens (docs/protocol.md, sections 3 and 4). */
import { type Bytes, equal, toHex } from "./bytes.ts";
import { decode, digest, encode, fromText, sha256, toText } from "./canonical.ts";
import { derive } from "./crypto/derivation.ts";
import { sign, verify } from "./crypto/signing.ts";
import {
  boolean,
  bytesBetween,
  fieldsOf,
  hash,
  id,
  labelled,
  list,
  natural,
  oneOf,
  optional,
  positive,
  sealingKey as decodeSealingKey,
  signature as decodeSignature,
  signingKey as decodeSigningKey,
  text,
} from "./decoding.ts";
import { BadSignatureError, MalformedError } from "./errors.ts";
import { deviceId, type Role } from "./identifiers.ts";

const ROLES = ["worker", "coordinator", "relay"] as const;

/** What an invite link's fragment holds. `hub` is an origin; `expiry` is in Unix seconds. */
export interface Invite {
  readonly hub: string;
  readonly invite: Bytes;
  readonly programme: Bytes;
  readonly signing_key_hash: Bytes;
  readonly role: Role;
  readonly expiry: number;
  readonly secret: Bytes;
}

/** What a programme's signing key says of the programme's own keys. */
export interface Card {
  readonly programme: Bytes;
  readonly generation: number;
  readonly sealing_key: Bytes;
  readonly signing_key: Bytes;
  readonly practice: boolean;
  readonly name: string;
  readonly signature: Bytes;
  /** Of a later generation: by its own signing key, beside that of the one before. */
  readonly own_signature?: Bytes | undefined;
}

/** What the programme's signing key says of a device. The highest `n` wins; `revoked` never goes back. */
export interface Certificate {
  readonly programme: Bytes;
  readonly device: Bytes;
  readonly lane: Bytes;
  readonly role: Role;
  readonly signing_key: Bytes;
  readonly sealing_key: Bytes;
  readonly n: number;
  readonly revoked: boolean;
  readonly last_counter: number;
  readonly signature: Bytes;
}

/** A device asks to enter. `mac` proves to a coordinator, not to the hub, that it held the invite. */
export interface Enrolment {
  readonly invite: Bytes;
  readonly claim: Bytes;
  readonly signing_key: Bytes;
  readonly sealing_key: Bytes;
  readonly mac: Bytes;
}

/** `token` is provisional: it pushes, until there is a certificate. `cards`: the newest last. */
export interface Enrolled {
  readonly device: Bytes;
  readonly token: string;
  readonly cards: readonly Card[];
  readonly certificates: readonly Certificate[];
}

/** `cards`: the newest last. */
export interface Certificates {
  readonly cards: readonly Card[];
  readonly certificates: readonly Certificate[];
}

/** `expires` is in Unix seconds. */
export interface TokenGrant {
  readonly token: string;
  readonly expires: number;
}

export function inviteLink(invite: Invite): string {
  const { hub, programme, signing_key_hash, role, expiry, secret } = invite;
  const parts = [hub, invite.invite, programme, signing_key_hash, role, expiry, secret];
  return `${hub}/join#${toText(encode(["sojourn/1/invite", ...parts]))}`;
}

/** From a link, or from its fragment alone. Throws MalformedError. */
export function parseInvite(link: string): Invite {
  const fragment = link.trim().split("#").at(-1) ?? "";
  const parts = labelled(decode(fromText(fragment)), "sojourn/1/invite", 7);
  const [hub, invite, programme, signingKeyHash, role, expiry, secret] = parts;
  return {
    hub: origin(hub, "$[1]"),
    invite: id(invite, "$[2]"),
    programme: id(programme, "$[3]"),
    signing_key_hash: hash(signingKeyHash, "$[4]"),
    role: oneOf(...ROLES)(role, "$[5]"),
    expiry: natural(expiry, "$[6]"),
    secret: hash(secret, "$[7]"),
  };
}

/** The first coordinator's invite, made before the programme has keys. */
export function isFounding({ signing_key_hash }: Pick<Invite, "signing_key_hash">): boolean {
  return signing_key_hash.every((byte) => byte === 0);
}

/** What the device shows to the hub, which holds its SHA-256. */
export async function claimOf(secret: Bytes): Promise<Bytes> {
  return derive(secret, "sojourn/1/invite-claim");
}

/** What the hub never sees; coordinators keep it in `admin`. */
export async function macKeyOf(secret: Bytes): Promise<Bytes> {
  return derive(secret, "sojourn/1/invite-mac");
}

/** `invite.secret` is not needed: coordinators have the mac key alone. */
export async function enrolmentMac(
  macKey: Bytes,
  { programme, invite, role, expiry }: Pick<Invite, "programme" | "invite" | "role" | "expiry">,
  signingKey: Bytes,
  sealingKey: Bytes,
): Promise<Bytes> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", macKey, algorithm, false, ["sign"]);
  const message = encode([
    "sojourn/1/enrol",
    programme,
    invite,
    role,
    expiry,
    signingKey,
    sealingKey,
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}

export async function enrolmentOf(
  invite: Invite,
  signingKey: Bytes,
  sealingKey: Bytes,
): Promise<Enrolment> {
  const macKey = await macKeyOf(invite.secret);
  return {
    invite: invite.invite,
    claim: await claimOf(invite.secret),
    signing_key: signingKey,
    sealing_key: sealingKey,
    mac: await enrolmentMac(macKey, invite, signingKey, sealingKey),
  };
}

/** `privateKey`: of the card's own signing key for generation 1, of the one before for the next. */
export async function signCard(
  privateKey: CryptoKey,
  card: Omit<Card, "signature">,
): Promise<Card> {
  return { ...card, signature: await sign(privateKey, cardMessage(card)) };
}

/** `before`: the key of the generation before; `own`: of the card's own. */
export async function signNextCard(
  before: CryptoKey,
  own: CryptoKey,
  card: Omit<Card, "signature" | "own_signature">,
): Promise<Card> {
  return { ...(await signCard(before, card)), own_signature: await sign(own, cardMessage(card)) };
}

/** `signingKey`: of the key that must have signed it. Throws BadSignatureError. */
export async function verifyCard(card: Card, signingKey: Bytes): Promise<void> {
  await verify(signingKey, card.signature, cardMessage(card));
}

/** The card's own key stands for it, whatever its generation. Throws BadSignatureError. */
export async function verifyOwn(card: Card): Promise<void> {
  await verify(card.signing_key, card.own_signature ?? card.signature, cardMessage(card));
}

/**
 * The newest card that a chain of signatures leads to from the one held; what does not fit is passed over. One
 * generation after the other: a card that skips some is taken only where nothing leads there.
 */
export async function follow(held: Card, offered: readonly Card[]): Promise<Card> {
  let card = held;
  for (const next of [...offered].sort((a, b) => a.generation - b.generation)) {
    if (next.generation <= card.generation || !equal(next.programme, card.programme)) continue;
    const signed = Promise.all([verifyCard(next, card.signing_key), verifyOwn(next)]);
    if (await holds(signed)) card = next;
  }
  return card;
}

/**
 * Of the cards that an enrolling device is shown: the one of the programme and the key that the invite names, signed
 * by that very key, and where it leads. Throws BadSignatureError.
 */
export async function firstCard(
  offered: readonly Card[],
  { programme, signing_key_hash }: Pick<Invite, "programme" | "signing_key_hash">,
): Promise<Card> {
  for (const card of offered) {
    const named = await sha256(card.signing_key);
    if (!equal(card.programme, programme) || !equal(named, signing_key_hash)) continue;
    await verifyOwn(card);
    return follow(card, offered);
  }
  throw new BadSignatureError();
}

/** False for a signature that does not verify. */
export async function holds(verification: Promise<unknown>): Promise<boolean> {
  try {
    await verification;
    return true;
  } catch (error) {
    if (error instanceof BadSignatureError) return false;
    throw error;
  }
}

/** Five groups of four hex digits, for two people to compare. */
export async function fingerprint(
  card: Pick<Card, "programme" | "signing_key" | "sealing_key">,
): Promise<string> {
  const { programme, signing_key, sealing_key } = card;
  const raw = await digest(["sojourn/1/fingerprint", programme, signing_key, sealing_key]);
  const groups = toHex(raw.subarray(0, 10)).match(/.{4}/g);
  return (groups ?? []).join(" ");
}

/** Throws BadSignatureError, also when the device's id is not that of its signing key. */
export async function verifyCertificate(
  certificate: Certificate,
  programmeSigningKey: Bytes,
): Promise<void> {
  if (!equal(await deviceId(certificate.signing_key), certificate.device)) {
    throw new BadSignatureError();
  }
  await verify(programmeSigningKey, certificate.signature, certificateMessage(certificate));
}

/** `privateKey`: the programme's. */
export async function signCertificate(
  privateKey: CryptoKey,
  certificate: Omit<Certificate, "signature" | "device">,
): Promise<Certificate> {
  const whole = { ...certificate, device: await deviceId(certificate.signing_key) };
  return { ...whole, signature: await sign(privateKey, certificateMessage(whole)) };
}

function certificateMessage(certificate: Omit<Certificate, "signature">): Bytes {
  const { programme, device, lane, role, signing_key, sealing_key } = certificate;
  const { n, revoked, last_counter } = certificate;
  const keys = [signing_key, sealing_key];
  return encode([
    "sojourn/1/device",
    programme,
    device,
    lane,
    role,
    ...keys,
    n,
    revoked,
    last_counter,
  ]);
}

/** Whether a verified certificate takes the place of the one held: the highest n wins, revoked stays. */
export function newer(held: Certificate | undefined, offered: Certificate): boolean {
  return held === undefined || (offered.n > held.n && (offered.revoked || !held.revoked));
}

/** What a device signs to get a token; `hub`: its origin, as its invites name it. */
export function tokenMessage(hub: string, challenge: Bytes, device: Bytes): Bytes {
  return encode(["sojourn/1/token", hub, challenge, device]);
}

export async function signToken(
  privateKey: CryptoKey,
  hub: string,
  challenge: Bytes,
  device: Bytes,
): Promise<Bytes> {
  return sign(privateKey, tokenMessage(hub, challenge, device));
}

/** Throws MalformedError. */
export function decodeCard(value: unknown, path = "$"): Card {
  const field = fieldsOf(value, path);
  const card: Card = {
    programme: field("programme", id),
    generation: field("generation", positive),
    sealing_key: field("sealing_key", decodeSealingKey),
    signing_key: field("signing_key", decodeSigningKey),
    practice: field("practice", boolean),
    name: field("name", text),
    signature: field("signature", decodeSignature),
    own_signature: field("own_signature", optional(decodeSignature)),
  };
  if (Array.from(card.name).length > 200) throw new MalformedError(`${path}.name`, "at most 200");
  return card;
}

/** Throws MalformedError. */
export function decodeCertificate(value: unknown, path = "$"): Certificate {
  const field = fieldsOf(value, path);
  return {
    programme: field("programme", id),
    device: field("device", id),
    lane: field("lane", id),
    role: field("role", oneOf(...ROLES)),
    signing_key: field("signing_key", decodeSigningKey),
    sealing_key: field("sealing_key", decodeSealingKey),
    n: field("n", positive),
    revoked: field("revoked", boolean),
    last_counter: field("last_counter", natural),
    signature: field("signature", decodeSignature),
  };
}

/** Throws MalformedError. */
export function decodeEnrolled(value: unknown): Enrolled {
  const field = fieldsOf(value, "$");
  return {
    device: field("device", id),
    token: field("token", text),
    cards: [...field("cards", cardsBefore), field("card", decodeCard)],
    certificates: field("certificates", list(decodeCertificate)),
  };
}

/** Throws MalformedError. */
export function decodeCertificates(value: unknown): Certificates {
  const field = fieldsOf(value, "$");
  const card = field("card", optional(decodeCard));
  const before = field("cards", cardsBefore);
  return {
    cards: card === undefined ? before : [...before, card],
    certificates: field("certificates", list(decodeCertificate)),
  };
}

/** Hubs of the first releases do not name them. */
function cardsBefore(value: unknown, path: string): readonly Card[] {
  return optional(list(decodeCard))(value, path) ?? [];
}

function cardMessage(card: Omit<Card, "signature">): Bytes {
  const { programme, generation, sealing_key, signing_key, practice, name } = card;
  return encode([
    "sojourn/1/card",
    programme,
    generation,
    sealing_key,
    signing_key,
    practice,
    name,
  ]);
}

/** Throws MalformedError. */
export function decodeChallenge(value: unknown): Bytes {
  return fieldsOf(value, "$")("challenge", bytesBetween(16, 256));
}

/** Throws MalformedError. */
export function decodeTokenGrant(value: unknown): TokenGrant {
  const field = fieldsOf(value, "$");
  return { token: field("token", text), expires: field("expires", natural) };
}

/** scheme://host[:port], lower case, nothing else. */
function origin(value: unknown, path: string): string {
  const found = text(value, path);
  if (
    !/^https?:\/\/[^\s/?#@\\]+$/.test(found) ||
    found !== found.toLowerCase() ||
    !isAddress(found)
  ) {
    throw new MalformedError(path, "an origin");
  }
  return found;
}

function isAddress(found: string): boolean {
  try {
    return new URL(found).port !== "0";
  } catch {
    return false;
  }
}
