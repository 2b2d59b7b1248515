/** Requests about one backup, with its own token, and what can be asked of it as a whole. */
import {
  type BackupKeys,
  type BackupOffer,
  type BackupRoom,
  decodeBackupOffer,
  decodeBackupRoom,
} from "../../sync/backups.ts";
import { type Bytes, equal } from "../../sync/bytes.ts";
import { toText } from "../../sync/canonical.ts";
import type { Asked, Hub } from "../../sync/client/hub.ts";
import type { Store } from "../../sync/store.ts";
import { putSettings, type Settings, settingsOf } from "./layout.ts";

/** The backup was turned off, or begun anew, in the middle of a round: no fault, and the round is over. */
export class EndedError extends Error {}

export class Bearer {
  readonly #hub: Hub;
  readonly keys: BackupKeys;
  readonly #device: Bytes;

  /** `device`: of the settings that the round began with; another one for each collection. */
  constructor(hub: Hub, keys: BackupKeys, device: Bytes = new Uint8Array(0)) {
    this.#hub = hub;
    this.keys = keys;
    this.#device = device;
  }

  /**
   * For whatever a round writes, in the same change: what it heard from the hub holds for the collection that it
   * began with, and for no other. Throws EndedError.
   */
  settingsIn(lines: Pick<Store, "entries">): Settings {
    const settings = settingsOf(lines);
    if (settings?.on !== true || !equal(settings.device, this.#device)) throw new EndedError();
    return settings;
  }

  /** Throws EndedError. */
  async keep(store: Store, to: Partial<Settings>): Promise<void> {
    await store.change((change) => putSettings(change, { ...this.settingsIn(change), ...to }));
  }

  async ask<T>(asked: Omit<Asked, "token">, decoded: (answer: unknown) => T): Promise<T> {
    return this.#hub.ask({ ...asked, token: toText(this.keys.token) }, decoded);
  }

  /** Makes it, or finds that it is there. */
  async make(): Promise<BackupRoom> {
    return this.ask({ method: "PUT", path: pathOf(this.keys) }, decodeBackupRoom);
  }

  /** `unknown` where there is none. */
  async look(): Promise<BackupRoom> {
    return this.ask({ method: "GET", path: pathOf(this.keys) }, decodeBackupRoom);
  }
}

export async function offerOf(hub: Hub): Promise<BackupOffer> {
  return hub.ask({ method: "GET", path: "backups" }, decodeBackupOffer);
}

/** All of it is gone at once. */
export async function deleteCopy(
  hub: Hub,
  keys: Pick<BackupKeys, "collection" | "token">,
): Promise<void> {
  const asked = { method: "DELETE", path: pathOf(keys), token: toText(keys.token) } as const;
  await hub.ask(asked, () => undefined);
}

function pathOf({ collection }: Pick<BackupKeys, "collection">): string {
  return `backups/${toText(collection)}`;
}
