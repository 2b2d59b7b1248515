/** What a backup gives to the interface: types only. */
import type { BackupOffer, BackupRoom } from "../../sync/backups.ts";
import type { SyncCode } from "../../sync/errors.ts";
import type { Held, Sends } from "../../sync/face.ts";
import type { Watched } from "../../sync/watched.ts";

/** Counts are of notes and keepsakes. */
export interface BackupStatus {
  readonly on: boolean;
  /** There is a copy on the hub. */
  readonly made: boolean;
  /** The vault holds what a backup needs: its recovery key was made or typed here. */
  readonly hasKeys: boolean;
  readonly sends: Sends;
  /** On the hub as they are here. */
  readonly kept: number;
  readonly waiting: number;
  /** Too long for a backup, or refused: on this phone alone. */
  readonly refused: number;
  /** A copy on the hub is still to be deleted. */
  readonly leaving: boolean;
  readonly busy: boolean;
  readonly lastSync: number | undefined;
  readonly problem: SyncCode | undefined;
  readonly held: Held | undefined;
  /** As the hub said last; `undefined` before. */
  readonly room: BackupRoom | undefined;
}

/** Backs up an open vault to the hub that the app was opened from, whenever it can, by itself. */
export interface Backup {
  readonly status: Watched<BackupStatus>;
  /** Whether this hub takes backups. Rejects as a request does. */
  offer(): Promise<BackupOffer>;
  /** On from now on. Settles when it is kept; `status` says how it goes. */
  turnOn(): Promise<void>;
  /** `deleteCopy`: what is on the hub goes too, as soon as the hub can be reached. */
  turnOff(deleteCopy: boolean): Promise<void>;
  /** After `unknown`: the hub has lost it, or another phone has ended it. All is sent again. */
  makeAgain(): Promise<void>;
  setSends(sends: Sends): Promise<void>;
  /** Exchanges now, whatever `sends` says: a person asked. Never rejects. */
  now(): Promise<void>;
  start(): void;
  stop(): void;
}
