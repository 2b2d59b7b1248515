/** Requests about one backup, with its own token, and what can be asked of it as a whole. */
import {
  type BackupKeys,
  type BackupOffer,
  type BackupRoom,
  decodeBackupOffer,
  decodeBackupRoom,
} from "../../sync/backups.ts";
import { toText } from "../../sync/canonical.ts";
import type { Asked, Hub } from "../../sync/client/hub.ts";

export class Bearer {
  readonly #hub: Hub;
  readonly keys: BackupKeys;

  constructor(hub: Hub, keys: BackupKeys) {
    this.#hub = hub;
    this.keys = keys;
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
