/** Workers' devices as a coordinator meets them: certificates, packets to the programme, revisions. */
import { type Bytes, toHex } from "../../../src/sync/bytes.ts";
import type { Opened } from "../../../src/sync/coordinator/contacts.ts";
import { sealBody } from "../../../src/sync/crypto/bodies.ts";
import { newContentKey } from "../../../src/sync/crypto/content-keys.ts";
import { sealPacket } from "../../../src/sync/crypto/packets.ts";
import * as sealing from "../../../src/sync/crypto/sealing.ts";
import { importPrivateKey, newKeyPair } from "../../../src/sync/crypto/signing.ts";
import type { Certificate } from "../../../src/sync/enrolment.ts";
import type { KeyPacket } from "../../../src/sync/exchange.ts";
import {
  collectionId,
  deviceId,
  randomBytes,
  sealingKeyId,
} from "../../../src/sync/identifiers.ts";
import { type Head, headOf, successor, tombstone } from "../../../src/sync/merge.ts";
import { encodePlaintext, revOf, type Revision, type Value } from "../../../src/sync/revisions.ts";

/** A programme's sealing key, and the place of its contacts. */
export class Desk {
  readonly seed = sealing.newSeed();
  readonly programme = randomBytes(16);
  collection: Bytes = new Uint8Array(16);
  sealingKey: Bytes = new Uint8Array(0);

  static async make(): Promise<Desk> {
    const desk = new Desk();
    desk.collection = await collectionId(desk.programme, "contacts");
    desk.sealingKey = await sealing.publicKey(desk.seed);
    return desk;
  }
}

export interface Written {
  readonly revision: Revision;
  readonly head: Head;
}

export class Worker {
  readonly #desk: Desk;
  readonly #signing: CryptoKey;
  readonly signingKey: Bytes;
  readonly device: Bytes;
  readonly lane: Bytes;
  contentKey = newContentKey();
  counter = 0;

  private constructor(
    desk: Desk,
    signing: CryptoKey,
    signingKey: Bytes,
    device: Bytes,
    lane: Bytes,
  ) {
    this.#desk = desk;
    this.#signing = signing;
    this.signingKey = signingKey;
    this.device = device;
    this.lane = lane;
  }

  static async make(desk: Desk, lane = randomBytes(16)): Promise<Worker> {
    const { publicKey, privateKey } = await newKeyPair();
    const signing = await importPrivateKey(privateKey);
    return new Worker(desk, signing, publicKey, await deviceId(publicKey), lane);
  }

  /** Nobody asks here whether the programme signed it. `last`: of a revoked one. */
  certificate(last?: number): Certificate {
    const { device, lane, signingKey } = this;
    return {
      programme: this.#desk.programme,
      device,
      lane,
      role: "worker",
      signing_key: signingKey,
      sealing_key: new Uint8Array(1216),
      n: last === undefined ? 1 : 2,
      revoked: last !== undefined,
      last_counter: last ?? 0,
      signature: new Uint8Array(64),
    };
  }

  async packet(): Promise<KeyPacket> {
    const { programme, collection, sealingKey } = this.#desk;
    return sealPacket(
      this.contentKey,
      { programme, collection },
      {
        owner: this.device,
        author: this.device,
        authorKey: this.#signing,
        recipient: await sealingKeyId(sealingKey),
        sealingKey,
      },
    );
  }

  /** A new record where there are no heads; without fields a deletion. */
  async write(
    fields: Readonly<Record<string, Value>> | undefined,
    heads: readonly Head[] = [],
    record = randomBytes(16),
  ): Promise<Written> {
    this.counter += 1;
    const { supersedes, plaintext } =
      fields === undefined
        ? tombstone(heads, this.device, this.counter)
        : successor(heads, this.device, this.counter, new Map(Object.entries(fields)));
    const { collection } = this.#desk;
    const unsealed = { record, supersedes, tombstone: fields === undefined };
    const content = encodePlaintext(plaintext);
    const revision = await sealBody(this.contentKey, collection, unsealed, content);
    return { revision, head: headOf(await revOf(collection, revision), revision, plaintext) };
  }

  opened({ revision, head }: Written, verified = true): Opened {
    return { record: revision.record, owner: this.device, verified, head };
  }
}

export function believed(
  ...certificates: readonly Certificate[]
): ReadonlyMap<string, Certificate> {
  return new Map(certificates.map((each) => [toHex(each.device), each]));
}
