/** What is saved of a contact that is being changed. */
import { type Contact, type Engine, SyncError } from "../sync/index.ts";
import type { Id, Values } from "../vault/index.ts";

/** Undefined when it is deleted, or so long deleted that not even the deletion is here any more. */
export async function readSaved(engine: Engine, contact: Id): Promise<Values | undefined> {
  try {
    const found = await engine.readContact(contact);
    return found.deleted ? undefined : firstValues(found);
  } catch (error) {
    if (error instanceof SyncError && error.code === "unknown-record") return undefined;
    throw error;
  }
}

/** The last contact of an enrolment; nothing where it does not open: no reason not to write the next one. */
export async function readLast(engine: Engine, enrolment: Id): Promise<Values> {
  const [last] = engine.contacts(enrolment);
  if (last === undefined) return {};
  return (await readSaved(engine, last.id).catch(() => undefined)) ?? {};
}

/** A contact's values; of one that two phones changed, what is shown first. */
function firstValues({ fields }: Contact): Values {
  return Object.fromEntries([...fields].map(([name, [value = null]]) => [name, value]));
}
