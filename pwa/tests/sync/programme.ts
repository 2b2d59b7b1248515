/** A programme's keys as a coordinator holds them: makes invites and certificates, reads contacts. */
import { type Bytes, equal } from "../../src/sync/bytes.ts";
import { encode, sha256 } from "../../src/sync/canonical.ts";
import { openBody } from "../../src/sync/crypto/bodies.ts";
import { openPacket } from "../../src/sync/crypto/packets.ts";
import * as sealing from "../../src/sync/crypto/sealing.ts";
import { importPrivateKey, newKeyPair, sign } from "../../src/sync/crypto/signing.ts";
import { type Card, type Certificate, type Invite, inviteLink } from "../../src/sync/enrolment.ts";
import type { KeyPacket } from "../../src/sync/exchange.ts";
import {
  collectionId,
  deviceId,
  randomBytes,
  type Role,
  sealingKeyId,
} from "../../src/sync/identifiers.ts";
import { decodePlaintext, type Plaintext, type Revision } from "../../src/sync/revisions.ts";

export const ORIGIN = "https://hub.example";

export interface Asking {
  readonly signing_key: Bytes;
  readonly sealing_key: Bytes;
}

export class Programme {
  readonly id = randomBytes(16);
  readonly collection: Bytes;
  readonly members: Bytes;
  readonly card: Card;
  readonly #privateKey: CryptoKey;
  readonly #seed: Bytes;

  private constructor(
    [collection, members]: readonly [Bytes, Bytes],
    id: Bytes,
    card: Card,
    key: CryptoKey,
    seed: Bytes,
  ) {
    this.id = id;
    this.collection = collection;
    this.members = members;
    this.card = card;
    this.#privateKey = key;
    this.#seed = seed;
  }

  static async make(): Promise<Programme> {
    const programme = randomBytes(16);
    const { publicKey, privateKey } = await newKeyPair();
    const key = await importPrivateKey(privateKey);
    const seed = sealing.newSeed();
    const sealingKey = await sealing.publicKey(seed);
    const parts = [programme, 1, sealingKey, publicKey, true, "Border"] as const;
    const card = {
      programme,
      generation: 1,
      sealing_key: sealingKey,
      signing_key: publicKey,
      practice: true,
      name: "Border",
      signature: await sign(key, encode(["sojourn/1/card", ...parts])),
    };
    const collection = await collectionId(programme, "contacts");
    const members = await collectionId(programme, "members");
    return new Programme([collection, members], programme, card, key, seed);
  }

  /** A coordinator has left: the next card, signed by this one's key and by its own. */
  async rotated(): Promise<Programme> {
    const { publicKey, privateKey } = await newKeyPair();
    const key = await importPrivateKey(privateKey);
    const seed = sealing.newSeed();
    const sealingKey = await sealing.publicKey(seed);
    const generation = this.card.generation + 1;
    const message = encode([
      "sojourn/1/card",
      ...([this.id, generation, sealingKey, publicKey, true, "Border"] as const),
    ]);
    const card = {
      ...this.card,
      generation,
      sealing_key: sealingKey,
      signing_key: publicKey,
      signature: await sign(this.#privateKey, message),
      own_signature: await sign(key, message),
    };
    return new Programme([this.collection, this.members], this.id, card, key, seed);
  }

  async invite(expiry = 4_000_000_000): Promise<{ invite: Invite; link: string }> {
    const invite: Invite = {
      hub: ORIGIN,
      invite: randomBytes(16),
      programme: this.id,
      signing_key_hash: await sha256(this.card.signing_key),
      role: "worker",
      expiry,
      secret: randomBytes(32),
    };
    return { invite, link: inviteLink(invite) };
  }

  async certify(
    { signing_key, sealing_key }: Asking,
    lane: Bytes,
    {
      n = 1,
      revoked = false,
      role = "worker",
      lastCounter = 0,
    }: { n?: number; revoked?: boolean; role?: Role; lastCounter?: number } = {},
  ): Promise<Certificate> {
    const device = await deviceId(signing_key);
    const names = { programme: this.id, device, lane, role };
    const certificate = {
      ...names,
      signing_key,
      sealing_key,
      n,
      revoked,
      last_counter: lastCounter,
    };
    const message = encode(["sojourn/1/device", ...Object.values(certificate)]);
    return { ...certificate, signature: await sign(this.#privateKey, message) };
  }

  /** The programme's private sealing key. */
  get seed(): Bytes {
    return this.#seed;
  }

  /** What a coordinator reads of some revisions. Throws when one does not open. */
  async read(
    packets: readonly KeyPacket[],
    revisions: readonly Revision[],
  ): Promise<readonly Plaintext[]> {
    const recipient = await sealingKeyId(this.card.sealing_key);
    return Promise.all(
      revisions.map(async (revision) => {
        const packet = packets.find(
          (each) => equal(each.key, revision.key) && equal(each.recipient, recipient),
        );
        if (packet === undefined) throw new Error("no packet to the programme");
        const place = { programme: this.id, collection: this.collection };
        const key = await openPacket(packet, place, this.#seed);
        return decodePlaintext(await openBody(key, this.collection, revision));
      }),
    );
  }
}
