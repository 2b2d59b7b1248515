/**
 * The ways into a vault: each a slot of the header with the vault key in it. The vault key itself is not
 * kept while a vault is open; so whoever adds a way shows once more that they can open it.
 */
import type { Bytes } from "../sync/bytes.ts";
import {
  encodeHeader,
  exportKey,
  fillSlot,
  SLOT_SIZE,
  SLOTS,
  type SlotKind,
  type VaultHeader,
} from "../sync/crypto/vault.ts";
import { backupKeys } from "../sync/backups.ts";
import type { Change } from "../sync/store.ts";
import { keepKeys } from "./backup/keeping.ts";
import type { Database } from "./database.ts";
import type { Environment } from "./environment.ts";
import { NoSlotError, TakenError } from "./errors.ts";
import type { ExportWays, Secret, Ways, WaysPresent } from "./face.ts";
import { freeSlot, type Root, type Slots } from "./layout.ts";
import { found, readHeader, slotKeyOf, slotOf, slotsOfSecond, vaultKeyOf } from "./slots.ts";
import { counted } from "./tries.ts";

export interface HeaderChange {
  readonly header: VaultHeader;
  readonly root: Root;
  /** Of a vault that begins with it. */
  readonly rows?: readonly (readonly [Bytes, Bytes])[];
}

/** What else changes with it, in the same transaction. */
type Besides = (change: Change) => void;

/** What the ways need of the vault. */
export interface Header {
  readonly root: Root;
  readonly rootAddress: Bytes;
  /** Header and root in one transaction; `work` runs again when another tab was faster. */
  changeHeader(
    work: (header: VaultHeader, root: Root) => Promise<HeaderChange>,
    besides?: Besides,
  ): Promise<void>;
}

export class VaultWays implements Ways {
  readonly #vault: Header;
  readonly #environment: Environment;
  readonly #database: Database;

  constructor(vault: Header, environment: Environment, database: Database) {
    this.#vault = vault;
    this.#environment = environment;
    this.#database = database;
  }

  get present(): WaysPresent {
    const { ways, second } = this.#vault.root;
    return {
      recovery: ways.recovery !== undefined,
      passkey: ways.passkey !== undefined,
      second: second?.kind,
    };
  }

  async prove(present: Secret): Promise<void> {
    await this.#proven(present, () => Promise.resolve());
  }

  async changePassphrase(present: Secret, next: string): Promise<void> {
    await this.#proven(present, async (vaultKey, header) => {
      const slotKey = await slotKeyOf(this.#environment, header, next);
      await this.#vault.changeHeader(async (now, root) => {
        const { passphrase } = root.ways;
        await refuseTaken(now, slotKey, [passphrase]);
        return { header: await fillSlot(now, passphrase, slotKey, vaultKey), root };
      });
    });
  }

  async setWay(way: "recovery" | "passkey", present: Secret, secret: Bytes): Promise<void> {
    await this.#proven(present, async (vaultKey, header) => {
      const added = way === "recovery" ? { recovery: secret } : { passkey: secret };
      const slotKey = await slotKeyOf(this.#environment, header, added);
      const keys = way === "recovery" ? await backupKeys(secret) : undefined;
      const { randomBytes } = this.#environment;
      const besides: Besides = (change) => {
        if (keys !== undefined) keepKeys(change, keys, randomBytes);
      };
      await this.#vault.changeHeader(async (now, root) => {
        const slot = root.ways[way] ?? freeSlot(root);
        const ways = { ...root.ways, [way]: slot };
        return {
          header: await fillSlot(now, slot, slotKey, vaultKey),
          root: { ...root, ways },
        };
      }, besides);
    });
  }

  async removeWay(way: "recovery" | "passkey"): Promise<void> {
    const besides: Besides = (change) => {
      if (way === "recovery") keepKeys(change, undefined, this.#environment.randomBytes);
    };
    await this.#vault.changeHeader((header, root) => {
      const slot = root.ways[way];
      const ways = { ...root.ways, [way]: undefined };
      const gone = slot === undefined ? [] : [slot];
      return Promise.resolve({ header: this.#cleared(header, gone), root: { ...root, ways } });
    }, besides);
  }

  async setSecond(passphrase: string, kind: SlotKind): Promise<void> {
    const header = await readHeader(this.#database);
    const slotKey = await slotKeyOf(this.#environment, header, passphrase);
    const { randomBytes } = this.#environment;
    await this.#vault.changeHeader(async (now, root) => {
      const { slots } = root;
      const [slot] = kind === "open" ? slots.second : slots.wiping;
      if (slot === undefined) throw new NoSlotError();
      const cleared = this.#cleared(now, slotsOfOthers(slots));
      await refuseTaken(cleared, slotKey, []);
      const next = { ...root, second: { kind, slot } };
      if (kind === "wipe") {
        // Its key opens nothing: the slot tells what to do, and is as long as any other.
        return {
          header: await fillSlot(cleared, slot, slotKey, randomBytes(32), kind),
          root: next,
        };
      }
      const made = await found(cleared, slotsOfSecond(slots), slotKey, randomBytes);
      return { header: made.header, root: next, rows: made.rows };
    });
  }

  async removeSecond(): Promise<void> {
    await this.#vault.changeHeader((header, root) =>
      Promise.resolve({
        header: this.#cleared(header, slotsOfOthers(root.slots)),
        root: { ...root, second: undefined },
      }),
    );
  }

  async exportWays(present: Secret): Promise<ExportWays> {
    const { ways } = this.#vault.root;
    const own: unknown[] = [ways.passphrase, ways.recovery, ways.passkey];
    const others = ALL_SLOTS.filter((slot) => !own.includes(slot));
    return this.#proven(present, async (vaultKey, header) => {
      const key = await exportKey(vaultKey);
      return { header: encodeHeader(this.#cleared(header, others)), key };
    });
  }

  async #proven<T>(
    present: Secret,
    work: (vaultKey: Bytes, header: VaultHeader) => Promise<T>,
  ): Promise<T> {
    const header = await readHeader(this.#database);
    const vaultKey = await counted(this.#environment, this.#database, async () =>
      vaultKeyOf(
        header,
        await slotKeyOf(this.#environment, header, present),
        this.#vault.rootAddress,
      ),
    );
    try {
      return await work(vaultKey, header);
    } finally {
      vaultKey.fill(0);
    }
  }

  #cleared(header: VaultHeader, gone: readonly number[]): VaultHeader {
    const { randomBytes } = this.#environment;
    const slots = header.slots.map((slot, at) =>
      gone.includes(at) ? randomBytes(SLOT_SIZE) : slot,
    );
    return { ...header, slots };
  }
}

const ALL_SLOTS: readonly number[] = Array.from({ length: SLOTS }, (_, number) => number);

/** All that a second passphrase, and the vault behind it, may have filled. */
function slotsOfOthers({ second, wiping }: Slots): number[] {
  return [...second, ...wiping];
}

/** Two slots that open with one secret would hide each other. */
async function refuseTaken(
  header: VaultHeader,
  slotKey: Bytes,
  own: readonly number[],
): Promise<void> {
  const opened = await slotOf(header, slotKey);
  if (opened !== undefined && !own.includes(opened.number)) throw new TakenError();
}
