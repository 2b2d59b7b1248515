/** From an invite to an enrolment: kept before it is sent, so that a lost answer costs nothing. */
import { equal, type Hex, toHex } from "../bytes.ts";
import { newKeyPair } from "../crypto/signing.ts";
import * as sealing from "../crypto/sealing.ts";
import { enrolmentOf, firstCard, type Invite, isFounding, parseInvite } from "../enrolment.ts";
import {
  BadSignatureError,
  InviteError,
  MalformedError,
  PASSING_CODES,
  ProblemError,
} from "../errors.ts";
import { collectionId, deviceId } from "../identifiers.ts";
import type { Store } from "../store.ts";
import { deviceAt, DeviceChange, deviceLines } from "./devices.ts";
import type { Hub } from "./hub.ts";
import { type Device, deviceEntry, deviceParts, type Refusal } from "./device-layout.ts";
import { enrolled } from "./session.ts";

/** Throws InviteError for what cannot be used here. `now` in milliseconds. */
export function readInvite(fragment: string, origin: string, now: number): Invite {
  let invite: Invite;
  try {
    invite = parseInvite(fragment);
  } catch (error) {
    if (error instanceof MalformedError) throw new InviteError("malformed");
    throw error;
  }
  if (invite.hub !== origin) throw new InviteError("wrong-hub");
  // A relay has no browser.
  if (invite.role === "relay") throw new InviteError("malformed");
  if (isFounding(invite) && invite.role !== "coordinator") throw new InviteError("malformed");
  if (invite.expiry * 1000 <= now) throw new InviteError("expired");
  return invite;
}

/** Puts a new device with its keys into the store, or finds the one that this invite made before. */
export async function keepInvite(store: Store, invite: Invite): Promise<Hex> {
  const fresh = await newDevice(invite);
  const collection = toHex(await collectionId(invite.programme, "contacts"));
  return store.change(async (change) => {
    for (const { address, standing } of deviceLines(change)) {
      const held = await DeviceChange.read(change, address);
      if (!equal(held.device.invite, invite.invite)) continue;
      if (standing === "refused") held.put({}, { standing: "asked", refusal: undefined });
      return address;
    }
    const address = change.newAddress();
    const line = { address, standing: "asked", collection, counter: 0, sends: "saver" } as const;
    const entry = deviceEntry({
      ...line,
      refusal: undefined,
      lastSync: undefined,
      told: undefined,
    });
    change.put(entry, deviceParts(fresh));
    return address;
  });
}

/** With a founding invite, or from a programme's printed sheet: what this device has, nobody has to give it. */
export function beginsAProgramme({ signing_key_hash, certificate }: Device): boolean {
  return certificate !== undefined || isFounding({ signing_key_hash });
}

/** Throws what the hub refused, after keeping it; UnreachableError leaves it to be asked again. */
export async function askToEnter(store: Store, hub: Hub, address: Hex): Promise<void> {
  const device = await deviceAt(store, address);
  try {
    const { token, cards } = await enrolled(hub, device);
    const card = await firstCard(cards, device);
    await store.change(async (change) => {
      const held = await DeviceChange.read(change, address);
      held.put({ token, card }, { standing: "provisional", refusal: undefined });
    });
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    await store.change(async (change) => {
      (await DeviceChange.read(change, address)).put({}, { standing: "refused", refusal });
    });
    throw refusal === "bad-invite" ? new InviteError("wrong-key") : error;
  }
}

/** Why the hub will not have it; `undefined` for what passes. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof BadSignatureError) return "bad-invite";
  return error instanceof ProblemError && !PASSING_CODES.has(error.code) ? error.code : undefined;
}

async function newDevice(invite: Invite): Promise<Device> {
  const { publicKey, privateKey } = await newKeyPair();
  const seed = sealing.newSeed();
  const sealingKey = await sealing.publicKey(seed);
  const asked = await enrolmentOf(invite, publicKey, sealingKey);
  return {
    hub: invite.hub,
    programme: invite.programme,
    role: invite.role,
    invite: invite.invite,
    signing_key_hash: invite.signing_key_hash,
    claim: asked.claim,
    mac: asked.mac,
    device: await deviceId(publicKey),
    signing_key: publicKey,
    private_key: privateKey,
    sealing_key: sealingKey,
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
