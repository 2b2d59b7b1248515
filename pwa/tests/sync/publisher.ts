/** A coordinator's device: publishes into a hub in memory, as `sync/client` does. */
import { randomBytes } from "../../src/sync/identifiers.ts";
import type { Bytes } from "../../src/sync/bytes.ts";
import { sealBody, signContent } from "../../src/sync/crypto/bodies.ts";
import { keyId, newContentKey } from "../../src/sync/crypto/content-keys.ts";
import { sealPacket } from "../../src/sync/crypto/packets.ts";
import { publicKey } from "../../src/sync/crypto/sealing.ts";
import * as sealing from "../../src/sync/crypto/sealing.ts";
import { importPrivateKey, newKeyPair } from "../../src/sync/crypto/signing.ts";
import type { Certificate } from "../../src/sync/enrolment.ts";
import { packetId } from "../../src/sync/exchange.ts";
import { type Head, headOf, successor, tombstone } from "../../src/sync/merge.ts";
import { decodePlaintext, encodePlaintext, revOf, type Value } from "../../src/sync/revisions.ts";
import type { MemoryHub } from "./hub.ts";

export class Publisher {
  readonly #hub: MemoryHub;
  readonly #signing: CryptoKey;
  readonly certificate: Certificate;
  contentKey: Bytes = newContentKey();
  #counter = 0;

  private constructor(hub: MemoryHub, signing: CryptoKey, certificate: Certificate) {
    this.#hub = hub;
    this.#signing = signing;
    this.certificate = certificate;
  }

  /** Certified, as a coordinator where nothing else is said; phones learn of it when they next ask. */
  static async make(
    hub: MemoryHub,
    role: "worker" | "coordinator" = "coordinator",
  ): Promise<Publisher> {
    const pair = await newKeyPair();
    const asking = {
      signing_key: pair.publicKey,
      sealing_key: await publicKey(sealing.newSeed()),
    };
    const certificate = await hub.programme.certify(asking, randomBytes(16), { role });
    hub.certificates.push(certificate);
    return new Publisher(hub, await importPrivateKey(pair.privateKey), certificate);
  }

  async revoke(): Promise<void> {
    const { certificate } = this;
    const revoked = await this.#hub.programme.certify(certificate, certificate.lane, {
      n: 2,
      revoked: true,
      role: certificate.role,
      lastCounter: this.#counter,
    });
    this.#hub.certificates = this.#hub.certificates.map((each) =>
      each === certificate ? revoked : each,
    );
  }

  /** Seals its key to every device that is certified. */
  async share(): Promise<void> {
    const { id, members } = this.#hub.programme;
    const { device } = this.certificate;
    const place = { programme: id, collection: members };
    for (const to of this.#hub.certificates) {
      const parties = { owner: device, author: device, authorKey: this.#signing };
      const packet = await sealPacket(this.contentKey, place, {
        ...parties,
        recipient: to.device,
        sealingKey: to.sealing_key,
      });
      this.#hub.members.push({ name: await packetId(id, members, packet), packet });
    }
  }

  /** `instead`: what it is put in place of; without fields that is withdrawn. */
  async publish(
    fields: Readonly<Record<string, Value>> | undefined,
    { instead, signer = this.#signing }: { instead?: Head | undefined; signer?: CryptoKey } = {},
  ): Promise<Head> {
    const heads = instead === undefined ? [] : [instead];
    const { device } = this.certificate;
    this.#counter += 1;
    const { supersedes, plaintext } =
      fields === undefined
        ? tombstone(heads, device, this.#counter)
        : successor(heads, device, this.#counter, new Map(Object.entries(fields)));
    const content = encodePlaintext(plaintext);
    const record = instead === undefined ? randomBytes(16) : this.#records.get(instead);
    if (record === undefined) throw new Error("not published here");
    const isGone = fields === undefined;
    const { members } = this.#hub.programme;
    const key = await keyId(this.contentKey);
    const about = { record, supersedes, key, tombstone: isGone };
    const signed = await signContent(signer, members, about, content);
    const revision = await sealBody(this.contentKey, members, about, signed);
    const rev = await revOf(members, revision);
    this.#hub.members.push({ name: rev, revision });
    const head = headOf(rev, revision, decodePlaintext(content));
    this.#records.set(head, record);
    return head;
  }

  /** In another's record, under a key that both have. */
  async replace(other: Publisher, instead: Head, text: string | undefined): Promise<void> {
    const record = other.#records.get(instead);
    if (record !== undefined) this.#records.set(instead, record);
    this.contentKey = other.contentKey;
    await this.publish(text === undefined ? undefined : { type: "notice", text, published: 9 }, {
      instead,
    });
  }

  readonly #records = new Map<Head, Bytes>();
}
