/** A table read for a form, a little at a time, so that the page goes on answering; and what its free text may tell. */
import { type Form, keyed, MOST_REPEATS } from "../../forms/index.ts";
import { type Cells, type ReadContact, Reading } from "../../imports/index.ts";
import type { Engine, FormName } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import type { LoadForm } from "../programme-forms.ts";
import { type Finding, findRevealing } from "../revealing.ts";

/** A form that contacts can be brought in for: in the page's language, then in all others that it is known in. */
export type Worded = readonly [Form, ...Form[]];

/** In a cell of free text. */
export interface Revealed {
  readonly row: number;
  readonly column: number;
  readonly finding: Finding;
}

export interface ReadTable {
  readonly reading: Reading;
  readonly revealed: readonly Revealed[];
}

/** The one that new contacts are written in first, then the others that stand, then the hub's own. */
export async function formsToChoose(
  engine: Engine,
  enrolment: Id,
  load: LoadForm,
): Promise<readonly Worded[]> {
  const found = new Map<string, Worded>();
  const published = await engine.published(enrolment);
  const standing = published.filter(({ type, isStanding }) => type === "form" && isStanding);
  for (const { values } of standing) {
    const name: FormName = { id: textOf(values, "form"), hash: textOf(values, "form_hash") };
    const { form: first } = await load(enrolment, name);
    // One that this version of the app cannot show: the newest that it can came in its place.
    if (first.hash !== name.hash || found.has(name.hash)) continue;
    const others = tagsOf(values).map(async (tag) => (await load(enrolment, name, tag)).form);
    found.set(name.hash, [first, ...(await Promise.all(others))]);
  }
  const own = await Promise.all([load(), load(undefined, undefined, "en")]).catch(() => []);
  const [first, english] = own.map(({ form }) => form);
  if (first !== undefined && english !== undefined && !found.has(first.hash)) {
    found.set(first.hash, [first, english]);
  }
  return [...found.values()];
}

/** `done`: told how many rows are read. Undefined once `isWanted` says no more. */
export async function readSlowly(
  forms: Worded,
  { header, rows }: Cells,
  done: (rows: number) => void,
  isWanted: () => boolean,
): Promise<ReadTable | undefined> {
  const reading = new Reading(forms, header);
  const revealed: Revealed[] = [];
  const free = freeText(forms[0]);
  const column = (key: string): number => reading.columns.findIndex((each) => each.key === key) + 1;
  let seen = 0;
  let rested = performance.now();
  for (const [at, row] of rows.entries()) {
    reading.read(row);
    for (const contact of reading.contacts.slice(seen)) {
      for (const [key, finding] of revealedIn(contact, free)) {
        revealed.push({ row: contact.row, column: column(key), finding });
      }
    }
    seen = reading.contacts.length;
    if (performance.now() - rested < SLICE_MILLISECONDS) continue;
    done(at + 1);
    await rest();
    if (!isWanted()) return undefined;
    rested = performance.now();
  }
  return { reading, revealed };
}

/** Short enough that a finger on the screen is answered. */
const SLICE_MILLISECONDS = 30;

async function rest(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve));
}

function revealedIn(
  { values }: ReadContact,
  free: ReadonlySet<string>,
): readonly (readonly [key: string, finding: Finding])[] {
  return Object.entries(values).flatMap(([key, value]) =>
    free.has(key) && typeof value === "string"
      ? findRevealing(value).map((finding) => [key, finding] as const)
      : [],
  );
}

function freeText({ fields }: Form): ReadonlySet<string> {
  const all = keyed(fields, () => MOST_REPEATS);
  const free = all.filter(({ field }) => field.type === "text" && field.appearance !== "week");
  return new Set(free.map(({ key }) => key));
}

type PublishedValues = Awaited<ReturnType<Engine["published"]>>[number]["values"];

function textOf(values: PublishedValues, name: string): string {
  const value = values.get(name);
  return typeof value === "string" ? value : "";
}

/** Of the languages that a published form has words in. */
function tagsOf(values: PublishedValues): readonly string[] {
  const texts = textOf(values, "texts");
  try {
    const said: unknown = JSON.parse(texts === "" ? "{}" : texts);
    return [...new Set([textOf(values, "language"), ...Object.keys(said ?? {})])];
  } catch {
    return [textOf(values, "language")];
  }
}
