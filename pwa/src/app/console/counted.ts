/** A programme's contacts as they are counted, with the forms that they were written in. */
import { ContactTable, questionsOf } from "../../counts/index.ts";
import type { SeenContact } from "../../sync/coordinator/contacts.ts";
import type { Id } from "../../vault/index.ts";
import type { LoadedForm } from "../pack.ts";
import type { LoadForm } from "../programme-forms.ts";
import { Labels } from "./labels.ts";

export interface Counted {
  readonly contacts: readonly SeenContact[];
  readonly table: ContactTable;
  /** By hash: those that some contact was written in, as far as they are here. */
  readonly forms: ReadonlyMap<string, LoadedForm>;
  readonly labels: Labels;
}

export async function countedOf(
  contacts: readonly SeenContact[],
  enrolment: Id,
  loadForm: LoadForm,
): Promise<Counted> {
  const wanted = new Map(contacts.map(({ form, formHash }) => [formHash, form]));
  const forms = new Map<string, LoadedForm>();
  for (const [hash, id] of wanted) {
    const loaded = await loadForm(enrolment, { id, hash }).catch(() => undefined);
    // Where that version is not here another one comes, which asked other questions.
    if (loaded?.form.hash === hash) forms.set(hash, loaded);
  }
  const questions = questionsOf([...forms.values()].map(({ form }) => form));
  return {
    contacts,
    table: await ContactTable.inSlices(contacts, questions, pause),
    forms,
    labels: new Labels([...forms.values()]),
  };
}

/** What was pressed meanwhile comes first. */
async function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
