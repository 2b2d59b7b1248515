/** One enrolment's turn: enrolled if it is not yet, then what is new there, then what waits here. */
import type { Hex } from "../bytes.ts";
import type * as CoordinatorRoom from "../coordinator/index.ts";
import type { Certificates } from "../enrolment.ts";
import { ProblemError } from "../errors.ts";
import type { HubCheck, Sealing } from "../face.ts";
import type { Store } from "../store.ts";
import { Line } from "./batches.ts";
import { check } from "./checking.ts";
import type { Device } from "./device-layout.ts";
import { deviceAt, DeviceChange, deviceLineAt } from "./devices.ts";
import { askToEnter, beginsAProgramme } from "./enrolling.ts";
import { forgetOld } from "./forgetting.ts";
import type { Hub } from "./hub.ts";
import { queueLost } from "./lasting.ts";
import type { RevisionLine } from "./layout.ts";
import { believeKept, pullMembers } from "./members.ts";
import { openKept, pull } from "./pulling.ts";
import { revisionLines } from "./reading.ts";
import { push } from "./sending.ts";
import { Session } from "./session.ts";
import { isStale, learnCertificates, standingOf } from "./trust.ts";

export class Exchange {
  readonly #store: Store;
  readonly #hub: Hub;
  readonly #now: () => number;
  readonly #sealing: (address: Hex, progress: Sealing | undefined) => void;
  readonly #down = new Line();
  readonly #up = new Line();

  /** `sealing`: told how far the content keys of an enrolment are sealed to a new card, and once that is over. */
  constructor(
    store: Store,
    hub: Hub,
    now: () => number,
    sealing: (address: Hex, progress: Sealing | undefined) => void,
  ) {
    this.#store = store;
    this.#hub = hub;
    this.#now = now;
    this.#sealing = sealing;
  }

  /** Somebody came back: see Hub. */
  look(): void {
    this.#hub.look();
  }

  async enter(address: Hex): Promise<void> {
    const [store, hub] = [this.#store, this.#hub];
    const device = await deviceAt(store, address);
    if (!beginsAProgramme(device)) return askToEnter(store, hub, address);
    const { begin } = await loadCoordinator();
    return begin(store, hub, address, this.#now());
  }

  /** For a coordinator's own requests, outside an exchange. */
  session(address: Hex): Session {
    return new Session(this.#store, this.#hub, address);
  }

  async check(address: Hex): Promise<HubCheck> {
    return check(this.#store, new Session(this.#store, this.#hub, address), this.#now);
  }

  async all(address: Hex): Promise<void> {
    const [store, now] = [this.#store, this.#now];
    if (this.#standing(address) === "refused") return;
    if (this.#standing(address) === "asked") await this.enter(address);
    const session = new Session(store, this.#hub, address);
    const { certified, certificate, role } = await this.#unrevoked(address);
    try {
      const isCoordinator = role === "coordinator";
      let offered: Certificates | undefined;
      if (isStale(certified, certificate !== undefined, now(), isCoordinator)) {
        offered = await learnCertificates(store, session, now());
        await openKept(store, address, now());
      }
      const { certificate: own } = await this.#unrevoked(address);
      if (!isCoordinator) await this.#contacts(session, own !== undefined);
      else if (own !== undefined) await this.#administer(session, offered);
      // Last, since contacts come first.
      if (own !== undefined) await this.#members(session);
    } catch (error) {
      if (isRevoked(error)) await this.#showRevoked(address);
      throw error;
    }
    await store.change(async (change) => {
      const held = await DeviceChange.read(change, address);
      // Also after a `revoked` that no signature bore out: the hub answers as before.
      held.put({}, { lastSync: now(), standing: standingOf(held.device.certificate) });
    });
  }

  /** Whether the programme has a new card: what is sent from here on is sealed to that one. */
  async #pull(session: Session): Promise<boolean> {
    const generation = await pull(this.#store, session, this.#now, this.#down);
    const { card } = await deviceAt(this.#store, session.address);
    return generation !== undefined && card !== undefined && generation > card.generation;
  }

  /** Of a worker's lane. Only a device with a certificate may read; one without sends what it has. */
  async #contacts(session: Session, mayRead: boolean): Promise<void> {
    const [store, now, { address }] = [this.#store, this.#now, session];
    if (!mayRead) await queueLost(store, session);
    else if (await this.#pull(session)) {
      await learnCertificates(store, session, now());
      await openKept(store, address, now());
      await this.#unrevoked(address);
    }
    // What was carried by hand: now the hub itself says whether it arrived.
    if (revisionLines(store).some(isCarried(address))) {
      await check(store, session, now, isCarried(address));
    }
    await push(store, session, now, this.#up);
    await forgetOld(store, address, now());
  }

  async #administer(session: Session, offered: Certificates | undefined): Promise<void> {
    const { administer } = await loadCoordinator();
    const lines = { down: this.#down, up: this.#up };
    const progress = (done: number, of: number): void => {
      this.#sealing(session.address, { done, of });
    };
    try {
      await administer(this.#store, session, this.#now, lines, { offered, progress });
    } finally {
      this.#sealing(session.address, undefined);
    }
  }

  /** What came may be of a coordinator whose certificate this device has not read yet. */
  async #members(session: Session): Promise<void> {
    const [store, now] = [this.#store, this.#now];
    if (await pullMembers(store, session, now, this.#down)) {
      await learnCertificates(store, session, now());
    }
    await believeKept(store, session.address, now());
  }

  /** Throws where the programme's key itself has revoked the device: then the hub is not even asked. */
  async #unrevoked(address: Hex): Promise<Device> {
    const device = await deviceAt(this.#store, address);
    if (device.certificate?.revoked === true) throw new ProblemError("revoked");
    return device;
  }

  /** What the hub says is shown, and no more: anybody who has the hub can say it, for a while or by mistake. */
  async #showRevoked(address: Hex): Promise<void> {
    if (this.#standing(address) === "revoked") return;
    await this.#store.change(async (change) => {
      (await DeviceChange.read(change, address)).put({}, { standing: "revoked" });
    });
  }

  #standing(address: Hex): ReturnType<typeof deviceLineAt>["standing"] {
    return deviceLineAt(this.#store, address).standing;
  }
}

function isCarried(address: Hex): (line: RevisionLine) => boolean {
  return ({ enrolment, receipt }) => enrolment === address && receipt?.by === "file";
}

export function isRevoked(error: unknown): boolean {
  return error instanceof ProblemError && error.code === "revoked";
}

/** A coordinator's code, which nobody else loads. */
export async function loadCoordinator(): Promise<typeof CoordinatorRoom> {
  return import("../coordinator/index.ts");
}
