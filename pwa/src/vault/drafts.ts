/**
 * What is being typed, one row a draft. Only its first writing touches the index; the next ones write
 * the row alone, so that a key press costs one small row.
 */
import { type Bytes, fromHex, type Hex, toHex } from "../sync/bytes.ts";
import type { Part } from "../sync/canonical.ts";
import { id, labelled, list, natural, oneOf, optional, text, tuple } from "../sync/decoding.ts";
import { MalformedError } from "../sync/errors.ts";
import { value, type Value, type Values } from "../sync/revisions.ts";
import type { Change, Entry, Store } from "../sync/store.ts";
import { Source } from "../sync/watched.ts";
import type { Read } from "./collector.ts";
import type { Environment } from "./environment.ts";
import {
  ChangedElsewhereError,
  DamagedError,
  StorageFailedError,
  UnknownRowError,
  type VaultCode,
  VaultError,
} from "./errors.ts";
import type { Draft, Drafts, DraftSubject } from "./face.ts";
import { KEEPSAKE_KINDS } from "./keepsakes.ts";

/** Between two writings of one draft; the first of a pause is written at once. */
const COALESCE_MILLISECONDS = 250;

/** What drafts need of the vault beyond a store. */
interface Rows extends Store {
  readSealed(address: Hex): Promise<Read>;
  overwrite(
    address: Hex,
    content: () => { expected: Bytes; parts: readonly Part[] } | undefined,
  ): Promise<Bytes | undefined>;
}

/** A draft that this tab has begun or opened. */
interface Held {
  readonly id: Hex;
  readonly subject: DraftSubject;
  /** Where it lies: another row than `id` once another tab took that one over. */
  address: Hex;
  /** What this tab last wrote or read there; `undefined` before the first writing. */
  ciphertext: Bytes | undefined;
  /** Typed, not on disk yet. */
  waiting: Typed | undefined;
}

interface Typed {
  readonly values: Values;
  readonly changed: number;
}

export class VaultDrafts implements Drafts {
  readonly trouble = new Source<VaultCode | undefined>(undefined);
  readonly #rows: Rows;
  readonly #environment: Environment;
  readonly #held = new Map<Hex, Held>();
  #written = 0;
  #cancel: (() => void) | undefined;
  #flushing: Promise<void> | undefined;

  constructor(rows: Rows, environment: Environment) {
    this.#rows = rows;
    this.#environment = environment;
  }

  begin(subject: DraftSubject): Hex {
    const id = toHex(this.#environment.randomBytes(16));
    this.#held.set(id, { id, subject, address: id, ciphertext: undefined, waiting: undefined });
    return id;
  }

  save(id: Hex, values: Values): void {
    const held = this.#held.get(id);
    if (held === undefined) throw new UnknownRowError();
    // A fraction could be written and never read: said at once, to whoever wrote the form.
    for (const [name, each] of Object.entries(values)) value(each, name);
    held.waiting = { values, changed: this.#environment.now() };
    this.#schedule();
  }

  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    // What was typed while a writing was on its way goes with the next one.
    while (this.#waiting().length > 0 || this.#flushing !== undefined) {
      this.#flushing ??= this.#writeAll().finally(() => {
        this.#flushing = undefined;
      });
      await this.#flushing;
    }
  }

  /** As `flush`; how it went stands in `trouble`. */
  flushSoon(): void {
    this.flush().catch(() => undefined);
  }

  async list(): Promise<Draft[]> {
    const own = [...this.#held.values()];
    const theirs = this.#rows
      .entries("draft")
      .map(({ address }) => address)
      .filter((address) => !own.some((held) => held.address === address));
    const ids = [...own.map(({ id }) => id), ...theirs];
    const read = await Promise.all(ids.map(async (id) => this.#readOrSkip(id)));
    const found = read.filter((draft) => draft !== undefined);
    return found.sort((a, b) => b.changed - a.changed);
  }

  async read(id: Hex): Promise<Draft> {
    const held = this.#held.get(id);
    if (held?.waiting !== undefined) return { id, ...held.subject, ...held.waiting };
    const address = this.placeOf(id);
    const { ciphertext, content } = await this.#rows.readSealed(address);
    const { subject, values, changed } = decodeDraft(content);
    if (held === undefined) {
      this.#held.set(id, { id, subject, address, ciphertext, waiting: undefined });
    }
    return { id, ...subject, values, changed };
  }

  async delete(id: Hex): Promise<void> {
    await this.#rows.change((change) => change.delete(id));
  }

  /** Its row: another one than `id` once another tab took that one over. */
  placeOf(id: Hex): Hex {
    return this.#held.get(id)?.address ?? id;
  }

  /** Its row was deleted by this tab, with what became of it: nothing of it is written again. */
  forget(address: Hex): void {
    for (const [id, held] of this.#held) {
      if (id === address || held.address === address) this.#held.delete(id);
    }
  }

  /** The keys are gone: forgets what was typed. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#held.clear();
  }

  #waiting(): Held[] {
    return [...this.#held.values()].filter(({ waiting }) => waiting !== undefined);
  }

  #schedule(): void {
    if (this.#cancel !== undefined) return;
    const since = this.#environment.now() - this.#written;
    const rest = Math.min(Math.max(COALESCE_MILLISECONDS - since, 0), COALESCE_MILLISECONDS);
    this.#cancel = this.#environment.after(rest, () => {
      this.#cancel = undefined;
      this.flushSoon();
    });
  }

  async #writeAll(): Promise<void> {
    this.#written = this.#environment.now();
    try {
      for (const held of this.#waiting()) await this.#write(held);
      this.trouble.set(undefined);
    } catch (error) {
      this.trouble.set(error instanceof VaultError ? error.code : "storage-failed");
      throw error instanceof VaultError ? error : new StorageFailedError({ cause: error });
    }
  }

  async #write(held: Held): Promise<void> {
    if (held.ciphertext === undefined) return this.#writeFirst(held);
    let written: Typed | undefined;
    try {
      const ciphertext = await this.#rows.overwrite(held.address, () => {
        written = this.#isHeld(held) ? held.waiting : undefined;
        const expected = held.ciphertext;
        if (written === undefined || expected === undefined) return undefined;
        return { expected, parts: draftParts(held.subject, written) };
      });
      if (ciphertext !== undefined) this.#wrote(held, written, ciphertext);
    } catch (error) {
      if (!(error instanceof ChangedElsewhereError)) throw error;
      // Another tab went on with this draft, or finished it: what was typed here becomes one of its own.
      held.address = toHex(this.#environment.randomBytes(16));
      held.ciphertext = undefined;
      await this.#writeFirst(held);
    }
  }

  async #writeFirst(held: Held): Promise<void> {
    const written = await this.#rows.change((change: Change) => {
      const { waiting } = held;
      if (waiting === undefined || !this.#isHeld(held)) return undefined;
      const parts = draftParts(held.subject, waiting);
      change.put(entryOf(held.address, waiting.changed), parts);
      return waiting;
    });
    if (written === undefined) return;
    const { ciphertext } = await this.#rows.readSealed(held.address);
    this.#wrote(held, written, ciphertext);
  }

  /** Not deleted while it waited for its turn. */
  #isHeld(held: Held): boolean {
    return this.#held.get(held.id) === held;
  }

  #wrote(held: Held, written: Typed | undefined, ciphertext: Bytes): void {
    held.ciphertext = ciphertext;
    if (held.waiting === written) held.waiting = undefined;
  }

  async #readOrSkip(id: Hex): Promise<Draft | undefined> {
    try {
      return await this.read(id);
    } catch (error) {
      // Begun and nothing typed, deleted by another tab, or unreadable: nothing to go on with.
      if (error instanceof UnknownRowError || error instanceof DamagedError) return undefined;
      throw error;
    }
  }
}

function entryOf(address: Hex, changed: number): Entry {
  return { address, type: "draft", state: "", collection: "", order: changed, small: null };
}

function draftParts(
  { kind, form, enrolment, edits }: DraftSubject,
  { values, changed }: Typed,
): readonly Part[] {
  return [
    "draft",
    1,
    kind,
    form === undefined ? null : [form.id, form.hash],
    enrolment === undefined ? null : fromHex(enrolment),
    edits === undefined ? null : fromHex(edits),
    changed,
    Object.entries(values).map(([name, held]): Part => [name, held]),
  ];
}

function decodeDraft(row: unknown): Typed & { subject: DraftSubject } {
  try {
    const [version, kind, form, enrolment, edits, changed, values] = labelled(row, "draft", 7);
    if (version !== 1) throw new MalformedError("$[1]");
    const formName = optional(decodeForm)(form, "$[3]");
    const forEnrolment = optional(id)(enrolment, "$[4]");
    const ofWhat = optional(id)(edits, "$[5]");
    const subject: DraftSubject = {
      kind: oneOf("note", "contact", "notice", "referral", ...KEEPSAKE_KINDS)(kind, "$[2]"),
      ...(formName === undefined ? {} : { form: formName }),
      ...(forEnrolment === undefined ? {} : { enrolment: toHex(forEnrolment) }),
      ...(ofWhat === undefined ? {} : { edits: toHex(ofWhat) }),
    };
    return {
      subject,
      changed: natural(changed, "$[6]"),
      values: Object.fromEntries(list(decodeValue)(values, "$[7]")),
    };
  } catch (cause) {
    throw new DamagedError({ cause });
  }
}

function decodeForm(found: unknown, path: string): { id: string; hash: string } {
  const [formId, hash] = tuple(found, path, 2);
  return { id: text(formId, `${path}[0]`), hash: text(hash, `${path}[1]`) };
}

function decodeValue(found: unknown, path: string): [string, Value] {
  const [name, held] = tuple(found, path, 2);
  return [text(name, `${path}[0]`), value(held, `${path}[1]`)];
}
