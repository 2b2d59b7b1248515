/** A programme with its hub, and phones that are enrolled there: what the engine's tests begin with. */
import { expect } from "vitest";

import { randomBytes } from "../../src/sync/identifiers.ts";
import { createEngine, type Engine } from "../../src/sync/index.ts";
import { createVault, type Vault } from "../../src/vault/index.ts";
import { settle, World } from "../vault/world.ts";
import { MemoryHub } from "./hub.ts";
import { ORIGIN, Programme } from "./programme.ts";

export const FORM = { id: "contact", hash: "ab".repeat(32) };

export interface Phone {
  readonly vault: Vault;
  readonly engine: Engine;
  readonly enrolment: string;
}

/** As Chromium's `navigator.connection`. */
export class Line extends EventTarget {
  type: string | undefined;
  saveData = false;

  become(change: Partial<Pick<Line, "type" | "saveData">>): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event("change"));
  }
}

export class Scene {
  /** The browser of the phones made from now on; another world is another phone's. */
  world = new World();
  readonly programme: Programme;
  readonly hub: MemoryHub;
  readonly online = new EventTarget();
  /** What the browser says of its line; `undefined`: nothing. */
  connection: Line | undefined;
  /** Of 256: what is drawn for every pause. */
  drawn = 128;

  private constructor(programme: Programme) {
    this.programme = programme;
    this.hub = new MemoryHub(programme);
  }

  static async make(): Promise<Scene> {
    return new Scene(await Programme.make());
  }

  engineOf(vault: Vault): Engine {
    const { locks, now, after } = this.world.tab();
    const { fetch } = this.hub;
    const { online } = this;
    return createEngine(vault, {
      fetch,
      origin: ORIGIN,
      locks,
      now,
      randomBytes: (length) => (length === 1 ? Uint8Array.of(this.drawn) : randomBytes(length)),
      after,
      online,
      connection: this.connection,
    });
  }

  async phone(lane?: Uint8Array<ArrayBuffer>): Promise<Phone> {
    const vault = await createVault(this.world.tab(), "passphrase");
    const engine = this.engineOf(vault);
    const { invite, link } = await this.programme.invite();
    await this.hub.register(invite, lane);
    const { id } = await engine.enrol(link);
    return { vault, engine, enrolment: id };
  }

  async certified(): Promise<Phone> {
    const made = await this.phone();
    await this.hub.certifyAll();
    await made.engine.syncNow();
    return made;
  }

  /** What a coordinator reads on the hub. */
  async areas(): Promise<unknown[]> {
    const read = await this.programme.read(this.hub.packets, this.hub.revisions);
    return read.map(
      ({ fields }) => fields.find(({ name }) => name === "area")?.alternatives[0]?.value,
    );
  }
}

export async function log({ engine, enrolment }: Phone, area: string): Promise<string> {
  return engine.logContact({ enrolment, form: FORM, values: { area } });
}

export async function expectStates(
  engine: Engine,
  enrolment: string,
  states: string[],
): Promise<void> {
  await settle();
  expect(engine.contacts(enrolment).map(({ state }) => state)).toEqual(states);
}
