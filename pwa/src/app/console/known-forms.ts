/** Every form that a programme's contacts may be written in, for what is exported of them. */
import type { Form } from "../../forms/index.ts";
import type { Engine } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import type { LoadForm } from "../programme-forms.ts";

/** The hub's own and all versions that were published, by hash, in the reader's language; as far as they are here. */
export async function knownForms(
  engine: Engine,
  enrolment: Id,
  loadForm: LoadForm,
): Promise<Map<string, Form>> {
  const published = await engine.published(enrolment);
  const hashes = published
    .filter(({ type }) => type === "form")
    .map(({ values }) => String(values.get("form_hash")));
  const loading = [loadForm(), ...hashes.map((hash) => loadForm(enrolment, { id: "", hash }))];
  const known = new Map<string, Form>();
  for (const [at, loaded] of (await Promise.allSettled(loading)).entries()) {
    if (loaded.status === "rejected") continue;
    const { form } = loaded.value;
    // Where that version cannot be shown here another one comes.
    if (at === 0 || form.hash === hashes[at - 1]) known.set(form.hash, form);
  }
  return known;
}
