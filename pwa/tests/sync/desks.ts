/** Coordinators' browsers before a real hub. */
import { cpSync, rmSync } from "node:fs";

import { expect, vi } from "vitest";

import type { Coordinator } from "../../src/sync/coordinator/index.ts";
import type { Engine } from "../../src/sync/index.ts";
import { createVault, type Vault } from "../../src/vault/index.ts";
import { World } from "../vault/world.ts";
import type { RealHub } from "./real-hub.ts";

export interface Browser {
  readonly engine: Engine;
  readonly vault: Vault;
  readonly world: World;
}

export interface Desk extends Browser {
  readonly enrolment: string;
  readonly coordinator: Coordinator;
}

/** A worker's phone. */
export interface Phone extends Browser {
  readonly enrolment: string;
}

export interface Desks {
  opened: () => Promise<Browser>;
  /** A worker with an invite, whom nobody let in yet. */
  entered: (desk: Pick<Desk, "coordinator">) => Promise<Phone>;
  /** A worker whom this one let in. */
  worker: (desk: Desk) => Promise<Phone>;
  founded: (name: string, ...options: string[]) => Promise<Desk>;
  /** Another coordinator, whom this one let in. */
  beside: (desk: Desk, note: string) => Promise<Desk>;
  /** Keeps a copy of the hub as it is now. */
  kept: (name: string) => Promise<void>;
  putBack: (name: string) => Promise<void>;
}

export function desksAt(hub: RealHub): Desks {
  const opened = async (): Promise<Browser> => {
    const world = new World();
    const vault = await createVault(world.tab(), "passphrase");
    return { vault, world, engine: hub.engine(world, vault) };
  };
  const founded = async (name: string, ...options: string[]): Promise<Desk> => {
    const link = await hub.programme(name, ...options);
    const { vault, engine, world } = await opened();
    const { id } = await engine.enrol(link);
    await synced(engine);
    return { vault, engine, world, enrolment: id, coordinator: await engine.coordinator(id) };
  };
  const beside = async (desk: Desk, note: string): Promise<Desk> => {
    const made = await opened();
    const link = await desk.coordinator.invite("coordinator", { days: 3, note });
    const { id } = await made.engine.enrol(link);
    await synced(desk.engine);
    await synced(made.engine);
    return { ...made, enrolment: id, coordinator: await made.engine.coordinator(id) };
  };
  const entered: Desks["entered"] = async ({ coordinator }) => {
    const phone = await opened();
    const link = await coordinator.invite("worker", { days: 3, note: "" });
    const { id } = await phone.engine.enrol(link);
    return { ...phone, enrolment: id };
  };
  const worker: Desks["worker"] = async (desk) => {
    const phone = await entered(desk);
    await synced(desk.engine);
    return phone;
  };
  const kept = async (name: string): Promise<void> => {
    await hub.stop();
    cpSync(`${hub.folder}/data`, `${hub.folder}/${name}`, { recursive: true });
    await hub.start();
  };
  const putBack = async (name: string): Promise<void> => {
    await hub.stop();
    rmSync(`${hub.folder}/data`, { recursive: true });
    cpSync(`${hub.folder}/${name}`, `${hub.folder}/data`, { recursive: true });
    await hub.start();
  };
  return { opened, founded, beside, entered, worker, kept, putBack };
}

/** A line that carries so many answers: what is asked after them the hub does, and nobody here knows. */
export class CutLine {
  #carried = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get isCut(): boolean {
    return this.#carried > this.#most;
  }

  readonly fetch: typeof fetch = async (...asked) => {
    const answer = await fetch(...asked);
    this.#carried += 1;
    if (this.isCut) throw new TypeError("killed");
    return answer;
  };
}

/** A while later: certificates are asked for once a minute. */
export async function anew({ engine }: Pick<Desk, "engine">): Promise<void> {
  const now = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 61_000);
  await synced(engine).finally(() => {
    now.mockRestore();
  });
}

export async function synced(engine: Engine): Promise<void> {
  await engine.syncNow();
  expect(engine.status.value.problem).toBeUndefined();
}
