/**
 * How a programme begins, and how it is taken up again from its printed sheet. What is made is in the vault before
 * the hub hears of it, so that a kill at any point goes on where it was.
 */
import { type Bytes, concat, equal, type Hex, toHex } from "../bytes.ts";
import { sha256, toText } from "../canonical.ts";
import { deviceAt, DeviceChange, deviceLines } from "../client/devices.ts";
import { refusalOf } from "../client/enrolling.ts";
import type { Hub } from "../client/hub.ts";
import { type Device, deviceEntry, deviceParts } from "../client/device-layout.ts";
import { readerOf } from "../client/reading.ts";
import { Session } from "../client/session.ts";
import * as sealing from "../crypto/sealing.ts";
import {
  importPrivateKey,
  newKeyPair,
  privateKeyOf,
  publicKeyOf,
  scalarOf,
} from "../crypto/signing.ts";
import {
  type Card,
  type Certificate,
  claimOf,
  decodeCertificates,
  type Invite,
  isFounding,
  signCard,
  signCertificate,
  verifyOwn,
} from "../enrolment.ts";
import { BadSignatureError, MalformedError } from "../errors.ts";
import { collectionId, deviceId, randomBytes } from "../identifiers.ts";
import type { Change, Store } from "../store.ts";
import { logFields, seedsFields } from "./administration.ts";
import { decodeProgrammeName } from "./answers.ts";
import { deskAt, fits, heldAt, putHeld } from "./desk.ts";
import { file } from "./filing.ts";
import type { Held, ProgrammeSecret } from "./layout.ts";

/** A programme's id, its signing key's number, its sealing seed: all that has to be on paper. */
export const SHEET_BYTES = 16 + 32 + 32;

/** The programme's keys and this device's, into the vault; or where this invite put them before. */
export async function keepFounding(store: Store, invite: Invite): Promise<Hex> {
  const pair = await newKeyPair();
  const secret = {
    generation: 1,
    signing_key: pair.privateKey,
    sealing_seed: sealing.newSeed(),
  };
  const fresh = {
    ...(await newDevice(invite.hub, invite.programme)),
    invite: invite.invite,
    claim: await claimOf(invite.secret),
  };
  return keep(store, fresh, { secrets: [secret], owes: 1 }, (held) =>
    equal(held.invite, invite.invite),
  );
}

/** Of the newest generation. */
export async function sheetOf(programme: Bytes, secret: ProgrammeSecret): Promise<Bytes> {
  return concat(programme, await scalarOf(secret.signing_key), secret.sealing_seed);
}

/** What is on a sheet. Throws MalformedError. */
export async function readSheet(
  sheet: Bytes,
): Promise<{ readonly programme: Bytes; readonly secret: ProgrammeSecret }> {
  if (sheet.length !== SHEET_BYTES) throw new MalformedError("$", "a programme's sheet");
  const signingKey = await privateKeyOf(sheet.slice(16, 48));
  const secret = { generation: 1, signing_key: signingKey, sealing_seed: sheet.slice(48) };
  return { programme: sheet.slice(0, 16), secret };
}

/** What is on a sheet, into the vault, with a certificate that this device gives itself. Throws MalformedError. */
export async function keepSheet(store: Store, origin: string, sheet: Bytes): Promise<Hex> {
  const { programme, secret } = await readSheet(sheet);
  const made = await newDevice(origin, programme);
  const fresh = {
    ...made,
    signing_key_hash: await sha256(await publicKeyOf(secret.signing_key)),
    certificate: await ownCertificate(made, secret),
  };
  const named = equal.bind(undefined, programme);
  return keep(store, fresh, { secrets: [secret], owes: 0 }, (held) => named(held.programme));
}

/** Gives the programme to the hub, or takes it up there. Throws what the hub refused, after keeping it. */
export async function begin(store: Store, hub: Hub, address: Hex, now: number): Promise<void> {
  const device = await deviceAt(store, address);
  await (isFounding(device) ? found : takeUp)(store, hub, address, now);
}

async function found(store: Store, hub: Hub, address: Hex, now: number): Promise<void> {
  await refusing(store, address, async () => {
    const device = await deviceAt(store, address);
    const path = `programmes/${toText(device.programme)}`;
    if (device.card === undefined) {
      const named = await hub.ask({ method: "GET", path }, decodeProgrammeName);
      await sign(store, address, named);
    }
    const { claim, card, certificate } = await deviceAt(store, address);
    const body = { claim, card, certificate };
    await hub.ask({ method: "POST", path: `${path}/founding`, body }, () => undefined);
    await store.change(async (change) => {
      const hash = await sha256(card?.signing_key ?? new Uint8Array());
      await enter(change, address, { signing_key_hash: hash });
      const { secrets } = await heldAt(change, address);
      await fileIn(change, address, seedsFields(secrets), now);
    });
  });
}

/** Shows the certificate that came from a sheet to the hub, and takes the programme's card from there. */
async function takeUp(store: Store, hub: Hub, address: Hex, now: number): Promise<void> {
  await refusing(store, address, async () => {
    const { programme, device } = await deviceAt(store, address);
    const path = `programmes/${toText(programme)}/certificates`;
    const session = new Session(store, hub, address);
    const { cards } = await session.ask({ method: "GET", path }, decodeCertificates);
    const { secrets } = await heldAt(readerOf(store), address);
    const card = await ownCard(cards, programme, secrets);
    await store.change(async (change) => {
      await enter(change, address, { card });
      const entry = logFields("restore", Math.floor(now / 1000), { who: toText(device) });
      await fileIn(change, address, entry, now);
    });
  });
}

/** The newest one, of the keys that the sheet has: nobody else can have signed it with them. */
async function ownCard(
  cards: readonly Card[],
  programme: Bytes,
  secrets: readonly ProgrammeSecret[],
): Promise<Card> {
  const card = cards.at(-1);
  const [secret] = secrets;
  const isOurs = card !== undefined && secret !== undefined && equal(card.programme, programme);
  if (!isOurs || !(await fits(secret, card))) throw new BadSignatureError();
  await verifyOwn(card);
  return card;
}

async function sign(
  store: Store,
  address: Hex,
  named: Pick<Card, "name" | "practice">,
): Promise<void> {
  await store.change(async (change) => {
    const held = await DeviceChange.read(change, address);
    const [secret] = (await heldAt(change, address)).secrets;
    if (held.device.card !== undefined || secret === undefined) return;
    const { programme } = held.device;
    const keys = {
      sealing_key: await sealing.publicKey(secret.sealing_seed),
      signing_key: await publicKeyOf(secret.signing_key),
    };
    const key = await importPrivateKey(secret.signing_key);
    const card = await signCard(key, { programme, generation: 1, ...keys, ...named });
    held.put({ card, certificate: await ownCertificate(held.device, secret) });
  });
}

async function ownCertificate(
  { programme, signing_key, sealing_key }: Device,
  secret: ProgrammeSecret,
): Promise<Certificate> {
  const key = await importPrivateKey(secret.signing_key);
  const about = { programme, lane: randomBytes(16), role: "coordinator", n: 1 } as const;
  const keys = { signing_key, sealing_key };
  return signCertificate(key, { ...about, ...keys, revoked: false, last_counter: 0 });
}

async function enter(change: Change, address: Hex, device: Partial<Device>): Promise<void> {
  const held = await DeviceChange.read(change, address);
  held.put(device, { standing: "certified", refusal: undefined });
}

async function fileIn(
  change: Change,
  address: Hex,
  changes: ReturnType<typeof seedsFields>,
  now: number,
): Promise<void> {
  const desk = await deskAt(change, address, "admin");
  await file(change, desk, { record: randomBytes(16), changes }, now);
}

async function refusing(store: Store, address: Hex, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal !== undefined) {
      await store.change(async (change) => {
        (await DeviceChange.read(change, address)).put({}, { standing: "refused", refusal });
      });
    }
    throw error;
  }
}

async function keep(
  store: Store,
  fresh: Device,
  made: Held,
  isSame: (held: Device) => boolean,
): Promise<Hex> {
  const collection = toHex(await collectionId(fresh.programme, "contacts"));
  return store.change(async (change) => {
    for (const { address, standing } of deviceLines(change)) {
      const held = await DeviceChange.read(change, address);
      if (held.device.role !== "coordinator" || !isSame(held.device)) continue;
      // What was typed from a wrong or an older sheet, and whoever was put out, stands in nobody's way.
      const hasEntered = standing === "certified" || standing === "provisional";
      const isOfThese = equal(held.device.signing_key_hash, fresh.signing_key_hash);
      if (!hasEntered && (standing === "revoked" || !isOfThese)) continue;
      if (standing === "refused") held.put({}, { standing: "asked", refusal: undefined });
      return address;
    }
    const address = change.newAddress();
    const line = { address, standing: "asked", collection, counter: 0, sends: "always" } as const;
    const nothing = { refusal: undefined, lastSync: undefined, told: undefined };
    change.put(deviceEntry({ ...line, ...nothing }), deviceParts(fresh));
    putHeld(change, address, made);
    return address;
  });
}

async function newDevice(hub: string, programme: Bytes): Promise<Device> {
  const { publicKey, privateKey } = await newKeyPair();
  const seed = sealing.newSeed();
  return {
    hub,
    programme,
    role: "coordinator",
    invite: new Uint8Array(16),
    signing_key_hash: new Uint8Array(32),
    claim: new Uint8Array(32),
    mac: new Uint8Array(32),
    device: await deviceId(publicKey),
    signing_key: publicKey,
    private_key: privateKey,
    sealing_key: await sealing.publicKey(seed),
    seed,
    card: undefined,
    cards: [],
    certificate: undefined,
    token: undefined,
    cursors: [],
    counter: 0,
    certified: 0,
  };
}
