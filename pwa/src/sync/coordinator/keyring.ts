/** The content keys of `contacts`, opened with the programme's private keys: 9 ms each, and so kept once they are. */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import { openPacket, type PacketPlace, verifyPacket } from "../crypto/packets.ts";
import { publicKey } from "../crypto/sealing.ts";
import type { Certificate } from "../enrolment.ts";
import { SyncError } from "../errors.ts";
import type { KeyPacket } from "../exchange.ts";
import { sealingKeyId } from "../identifiers.ts";

/**
 * A packet that opened. `signed`: whether its author signed it; `unknown` while there is no certificate to ask,
 * and for ever true or false then, since a device's id is a hash of its signing key.
 */
export interface OpenedKey {
  readonly key: Bytes;
  readonly contentKey: Bytes;
  readonly owner: Bytes;
  readonly author: Bytes;
  readonly signed: Signed;
}

type Parties = Pick<OpenedKey, "owner" | "author">;

export const SIGNED = ["unknown", "yes", "no"] as const;
export type Signed = (typeof SIGNED)[number];

/** A key as it is believed now. `verified`: a certified device that may vouches for it. */
export interface KnownKey {
  readonly contentKey: Bytes;
  readonly owner: Bytes;
  readonly verified: boolean;
}

/** What of some packets opened, and to whom the others are sealed. */
export interface PacketsOpened {
  readonly keys: readonly OpenedKey[];
  readonly others: readonly Bytes[];
}

export class Keyring {
  readonly #place: PacketPlace;
  readonly #opened = new Map<Hex, OpenedKey[]>();
  /** Somebody vouches by now for a key that was known before: what stands under it counts otherwise. */
  isTurned = false;
  #certificates: ReadonlyMap<Hex, Certificate> = new Map();
  #seeds: ReadonlyMap<Hex, Bytes> = new Map();

  constructor(place: PacketPlace) {
    this.#place = place;
  }

  /** `seeds`: the programme's private sealing keys, of every generation. */
  async trust(certificates: ReadonlyMap<Hex, Certificate>, seeds: readonly Bytes[]): Promise<void> {
    const named = seeds.map(async (seed): Promise<[Hex, Bytes]> => {
      return [toHex(await sealingKeyId(await publicKey(seed))), seed];
    });
    this.#certificates = certificates;
    this.#seeds = new Map(await Promise.all(named));
  }

  /** Whether a packet sealed to this recipient can be opened here. */
  opens(recipient: Bytes): boolean {
    return this.#seeds.has(toHex(recipient));
  }

  /** Whether its author can be asked whether it signed. */
  knows(author: Bytes): boolean {
    return this.#certificates.has(toHex(author));
  }

  add(opened: OpenedKey): void {
    const key = toHex(opened.key);
    const before = this.get(opened.key);
    const others = (this.#opened.get(key) ?? []).filter((each) => !isOf(each, opened));
    this.#opened.set(key, [...others, opened]);
    if (before !== undefined && before.verified !== this.get(opened.key)?.verified) {
      this.isTurned = true;
    }
  }

  /** `undefined` for a key of which no packet opened yet. */
  get(key: Bytes): KnownKey | undefined {
    const opened = this.#opened.get(toHex(key)) ?? [];
    const vouched = opened.find((each) => this.#isVouchedFor(each));
    const known = vouched ?? opened[0];
    return known && { ...known, verified: vouched !== undefined };
  }

  /** Opens the first packet of each key that opens, of those that verify first. */
  async open(packets: readonly KeyPacket[]): Promise<PacketsOpened> {
    const keys: OpenedKey[] = [];
    const others = new Map<Hex, Bytes>();
    const ours = new Map<Hex, { packet: KeyPacket; signed: Signed }[]>();
    for (const packet of packets) {
      if (!this.opens(packet.recipient)) {
        others.set(toHex(packet.recipient), packet.recipient);
        continue;
      }
      const key = toHex(packet.key);
      ours.set(key, [...(ours.get(key) ?? []), { packet, signed: await this.#signed(packet) }]);
    }
    for (const found of ours.values()) {
      found.sort((a, b) => Number(this.#isGood(b)) - Number(this.#isGood(a)));
      for (const { packet, signed } of found) {
        const opened = await this.#open(packet, signed);
        if (opened === undefined) continue;
        keys.push(opened);
        this.add(opened);
        break;
      }
    }
    return { keys, others: [...others.values()] };
  }

  async #open(packet: KeyPacket, signed: Signed): Promise<OpenedKey | undefined> {
    const { key, owner, author } = packet;
    const before = this.#opened.get(toHex(key))?.find((each) => isOf(each, packet));
    if (before !== undefined) return { ...before, signed };
    try {
      const seed = this.#seeds.get(toHex(packet.recipient)) ?? new Uint8Array(32);
      const contentKey = await openPacket(packet, this.#place, seed);
      return { key, contentKey, owner, author, signed };
    } catch (error) {
      if (error instanceof SyncError) return undefined;
      throw error;
    }
  }

  async #signed(packet: KeyPacket): Promise<Signed> {
    const author = this.#certificates.get(toHex(packet.author));
    if (author === undefined) return "unknown";
    return verifyPacket(packet, this.#place, author.signing_key).then(
      () => "yes",
      () => "no",
    );
  }

  #isGood({ packet, signed }: { packet: KeyPacket; signed: Signed }): boolean {
    return this.#isVouchedFor({ ...packet, signed });
  }

  /** An owner for itself; a coordinator for anyone, until it is revoked. */
  #isVouchedFor({
    owner,
    author,
    signed,
  }: Pick<OpenedKey, "owner" | "author" | "signed">): boolean {
    const [by, of] = [this.#certificates.get(toHex(author)), this.#certificates.get(toHex(owner))];
    if (signed !== "yes" || by === undefined || of === undefined) return false;
    return equal(author, owner) || (by.role === "coordinator" && !by.revoked);
  }
}

function isOf(a: Parties, b: Parties): boolean {
  return equal(a.owner, b.owner) && equal(a.author, b.author);
}
