/** A device's standing with one hub: its token, got anew whenever the hub does not know it. */
import type { Hex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import { importPrivateKey } from "../crypto/signing.ts";
import {
  type Certificate,
  decodeChallenge,
  decodeEnrolled,
  decodeTokenGrant,
  type Enrolled,
  signToken,
} from "../enrolment.ts";
import { ProblemError } from "../errors.ts";
import type { Store } from "../store.ts";
import { deviceAt, DeviceChange } from "./devices.ts";
import type { Asked, Hub } from "./hub.ts";
import type { Device } from "./device-layout.ts";

export class Session {
  readonly #store: Store;
  readonly #hub: Hub;
  readonly address: Hex;

  constructor(store: Store, hub: Hub, address: Hex) {
    this.#store = store;
    this.#hub = hub;
    this.address = address;
  }

  async device(): Promise<Device> {
    return deviceAt(this.#store, this.address);
  }

  /** With this device's token. Nothing local is deleted or locked for what a hub answers here. */
  async ask<T>(asked: Omit<Asked, "token">, decoded: (answer: unknown) => T): Promise<T> {
    const { token } = await deviceAt(this.#store, this.address);
    try {
      return await this.#hub.ask({ ...asked, token: token ?? (await this.renew()) }, decoded);
    } catch (error) {
      if (!(error instanceof ProblemError) || !TOKEN_CODES.includes(error.code)) throw error;
      return this.#hub.ask({ ...asked, token: await this.renew() }, decoded);
    }
  }

  /** A token for this device's certificate, or a provisional one for its invite. */
  async renew(): Promise<string> {
    const device = await deviceAt(this.#store, this.address);
    const { certificate } = device;
    const token =
      certificate === undefined
        ? (await enrolled(this.#hub, device)).token
        : await certifiedToken(this.#hub, device, certificate);
    await this.#store.change(async (change) => {
      (await DeviceChange.read(change, this.address)).put({ token });
    });
    return token;
  }
}

/** Sent twice it gives the same device and a new token. The card in the answer is not verified here. */
export async function enrolled(hub: Hub, device: Device): Promise<Enrolled> {
  const { programme, invite, claim, signing_key, sealing_key, mac } = device;
  const body = { invite, claim, signing_key, sealing_key, mac };
  const path = `programmes/${toText(programme)}/enrolments`;
  return hub.ask({ method: "POST", path, body }, decodeEnrolled);
}

const TOKEN_CODES: readonly string[] = ["no-token", "wrong-token"];

async function certifiedToken(
  hub: Hub,
  { hub: origin, device, private_key }: Device,
  certificate: Certificate,
): Promise<string> {
  const challenge = await hub.ask({ method: "POST", path: "challenge" }, decodeChallenge);
  const privateKey = await importPrivateKey(private_key);
  const signature = await signToken(privateKey, origin, challenge, device);
  const body = { certificate, challenge, signature };
  const { token } = await hub.ask({ method: "POST", path: "token", body }, decodeTokenGrant);
  return token;
}
