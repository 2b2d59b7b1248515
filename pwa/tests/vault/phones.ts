/** Phones that back their vault up to a real hub, and phones that read it again by the recovery key alone. */
import { expect } from "vitest";

import { type Bytes } from "../../src/sync/bytes.ts";
import type { EngineEnvironment } from "../../src/sync/face.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import {
  type Backup,
  createBackup,
  findBackup,
  restoreVault,
} from "../../src/vault/backup/index.ts";
import { createVault, type Vault } from "../../src/vault/index.ts";
import type { RealHub } from "./real-hub.ts";
import { World } from "./world.ts";

/** Stands nowhere on a hub. */
export const WORDS = "a long walk to Zanzibar";

export interface Phone {
  readonly world: World;
  readonly vault: Vault;
  readonly backup: Backup;
}

export interface Phones {
  /** What a backup of that phone goes by. */
  readonly lines: (world: World, over?: Partial<EngineEnvironment>) => EngineEnvironment;
  readonly tab: (world: World) => ReturnType<World["tab"]>;
  readonly backedUp: (recovery: Bytes) => Promise<Phone>;
  readonly restored: (recovery: Bytes) => Promise<Phone>;
}

export function phonesAt(hub: RealHub): Phones {
  /** Of all phones: two edits are never at one moment. */
  let time = Date.UTC(2026, 2, 1);

  const lines: Phones["lines"] = (world, over = {}) => {
    const { locks, after } = world.tab();
    const online = new EventTarget();
    return {
      fetch,
      origin: hub.origin,
      locks,
      now: () => time,
      randomBytes,
      after,
      online,
      ...over,
    };
  };
  const tab: Phones["tab"] = (world) => ({ ...world.tab(), now: () => (time += 1000) });

  return {
    lines,
    tab,
    async backedUp(recovery) {
      const world = new World();
      const vault = await createVault(tab(world), "passphrase");
      await vault.ways.setWay("recovery", "passphrase", recovery);
      const backup = createBackup(vault, lines(world));
      await backup.turnOn();
      return { world, vault, backup };
    },
    async restored(recovery) {
      const world = new World();
      await findBackup(lines(world), recovery);
      const vault = await restoreVault(tab(world), "another", recovery);
      const phone = { world, vault, backup: createBackup(vault, lines(world)) };
      await exchange(phone);
      return phone;
    },
  };
}

export async function exchange({ backup }: Phone): Promise<void> {
  await backup.now();
  expect(backup.status.value).toMatchObject({ problem: undefined, waiting: 0, refused: 0 });
}

export async function texts({ vault }: Phone): Promise<string[]> {
  const listed = await vault.notes.list();
  const read = await Promise.all(listed.map(async ({ id }) => vault.notes.read(id)));
  return read.map(({ text }) => text).sort();
}

export async function noteOf({ vault }: Phone): Promise<string> {
  const [note] = await vault.notes.list();
  return note?.id ?? "";
}

export function addressOf(input: Parameters<typeof fetch>[0]): string {
  return typeof input === "string" ? input : "";
}
