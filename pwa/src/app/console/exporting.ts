/**
 * Files that leave: contacts are read on the page some at a time, the file is made by a thread, and kept in memory
 * alone until it is handed over.
 */
import type { Asked, Bytes, Sheet } from "../../exports/index.ts";
import { scriptUrl } from "../../reader/policy.ts";
import { inOrder, type SeenContact } from "../../sync/coordinator/contacts.ts";
import type { ExportAnswer, ExportMessage } from "./export-thread.ts";
import threadUrl from "./export-thread.ts?worker&url";

/** Contacts that go to the thread together: some ten milliseconds on a phone. */
const AT_ONCE = 500;

export interface Exported {
  readonly file: Blob;
  /** Contacts in it: of some formats not all that were given. */
  readonly count: number;
}

interface Around {
  /** Told how many contacts were taken. */
  readonly progress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Every field that any of them has. Rejects when `signal` is aborted. */
export async function namesIn(
  contacts: readonly SeenContact[],
  signal: AbortSignal,
): Promise<string[]> {
  const names = new Set<string>();
  for await (const some of slices(contacts, signal)) {
    for (const { fields } of some) for (const name of fields.keys()) names.add(name);
  }
  return [...names];
}

/** Rejects where the thread ends, or when `signal` is aborted. */
export async function exportedFile(
  contacts: readonly SeenContact[],
  asked: Asked,
  { progress, signal }: Around,
): Promise<Exported> {
  return inThread(async (ask) => {
    // A large file made of bytes at once is copied at once, and the page stands still for it.
    const parts = [blobOf((await ask({ asked })).parts)];
    let done = 0;
    for await (const some of sorted(contacts, signal)) {
      // One that is deleted meanwhile has no answers any more.
      const held = some.map(copyOf).filter(({ fields }) => fields.size > 0);
      parts.push(blobOf((await ask({ contacts: held })).parts));
      done += some.length;
      progress(done);
    }
    const last = await ask({ end: true });
    signal.throwIfAborted();
    return { file: blobOf([...parts, ...last.parts]), count: last.count };
  });
}

/** Rejects where the thread ends. */
export async function spreadsheet(sheets: readonly Sheet[]): Promise<Blob> {
  return inThread(async (ask) => blobOf((await ask({ sheets })).parts));
}

/** Of no kind that a browser would open by itself. */
export function blobOf(parts: readonly (Bytes | Blob)[]): Blob {
  return new Blob([...parts], { type: "application/octet-stream" });
}

async function inThread<T>(
  work: (ask: (message: ExportMessage) => Promise<ExportAnswer>) => Promise<T>,
): Promise<T> {
  // The type of the constructor in TypeScript's library knows no TrustedScriptURL yet.
  const thread = new Worker(scriptUrl(threadUrl), { type: "module" });
  const ask = async (message: ExportMessage): Promise<ExportAnswer> =>
    new Promise((resolve, reject) => {
      thread.onmessage = ({ data }: MessageEvent<ExportAnswer>) => resolve(data);
      thread.onerror = () => reject(new Error("the thread ended"));
      thread.postMessage(message);
    });
  try {
    return await work(ask);
  } finally {
    thread.terminate();
  }
}

/** Between two of them the page answers whoever uses it. */
async function* slices(
  contacts: readonly SeenContact[],
  signal: AbortSignal,
): AsyncGenerator<readonly SeenContact[]> {
  for (let start = 0; start < contacts.length; start += AT_ONCE) {
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    yield contacts.slice(start, start + AT_ONCE);
  }
}

/** In the order of every export. Each device's are sorted alone: all at once would stop a slow computer. */
async function* sorted(
  contacts: readonly SeenContact[],
  signal: AbortSignal,
): AsyncGenerator<readonly SeenContact[]> {
  const byDevice = new Map<string, Keyed[]>();
  for await (const some of slices(contacts, signal)) {
    for (const contact of some) {
      const keyed = keyedBy(contact);
      const others = byDevice.get(keyed.device);
      if (others === undefined) byDevice.set(keyed.device, [keyed]);
      else others.push(keyed);
    }
  }
  for (const [, own] of [...byDevice].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const ordered = own.sort(inOrder).map(({ contact }) => contact);
    yield* slices(ordered, signal);
  }
}

type Keyed = Pick<SeenContact, "device" | "counter" | "record"> & { readonly contact: SeenContact };

/** Asked once for what it is mostly sorted by. */
function keyedBy(contact: SeenContact): Keyed {
  const { device, counter } = contact;
  return {
    device,
    counter,
    // Reading it costs more than all the rest, and it is hardly ever asked for.
    get record() {
      return contact.record;
    },
    contact,
  };
}

/** What may go to a thread: the sheet's own contacts are views of it. */
function copyOf(contact: SeenContact): SeenContact {
  const { record, device, counter, form, formHash, deletedElsewhere, standing, late } = contact;
  const plain = { record, device, counter, form, formHash, deletedElsewhere, standing, late };
  return { ...plain, fields: new Map(contact.fields), undecided: new Map(contact.undecided) };
}
