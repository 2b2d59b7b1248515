/** What is saved of a contact that is being changed. */
import { type Contact, type Engine, SyncError } from "../sync/index.ts";
import type { Id, Values } from "../vault/index.ts";

/** `left`: it is not on this phone any more, safe with the programme, or so long deleted that nothing tells it. */
export type Gone = "deleted" | "left";

export async function readSaved(engine: Engine, contact: Id): Promise<Values | Gone> {
  try {
    const found = await engine.readContact(contact);
    return found.deleted ? "deleted" : firstValues(found);
  } catch (error) {
    if (error instanceof SyncError && error.code === "unknown-record") return "left";
    throw error;
  }
}

/** The last contact of an enrolment; nothing where it does not open: no reason not to write the next one. */
export async function readLast(engine: Engine, enrolment: Id): Promise<Values> {
  const [last] = engine.contacts(enrolment);
  if (last === undefined) return {};
  const saved = await readSaved(engine, last.id).catch(() => "left" as const);
  return typeof saved === "string" ? {} : saved;
}

/** A contact's values; of one that two phones changed, what is shown first. */
function firstValues({ fields }: Contact): Values {
  return Object.fromEntries([...fields].map(([name, [value = null]]) => [name, value]));
}
