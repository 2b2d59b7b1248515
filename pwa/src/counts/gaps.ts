/** Where help was asked for and did not come: two views, in each of which a contact may be in several rows. */
import { NO_ANSWER, type Question, rowsOf } from "./questions.ts";
import type { ContactTable, Filter } from "./table.ts";

/** `asked`: for what, and nobody was referred. `referred`: to what, and it did not come to it. `unknown`: nobody knows yet. */
export type GapName = "asked" | "referred" | "unknown";

export interface Gap {
  readonly name: GapName;
  /** Its rows are those of this question, without no answer and without what asks for nothing. */
  readonly question: Question;
  readonly answers: NonNullable<Filter["answers"]>;
}

const NEEDS = "needs";
const REFERRAL = "referral_type";
const OUTCOME = "outcome";
const REACHED = "accepted";
const UNKNOWN = "unknown";
const NOTHING = "none";

/** None of those for which the forms ask too little. */
export function gapsOf(contacts: ContactTable): Gap[] {
  const [needs, referral, outcome] = [NEEDS, REFERRAL, OUTCOME].map((name) =>
    contacts.question(name),
  );
  const gaps: Gap[] = [];
  if (needs !== undefined && referral !== undefined) {
    const question = { ...needs, choices: needs.choices.filter((choice) => choice !== NOTHING) };
    gaps.push({ name: "asked", question, answers: new Map([[REFERRAL, [NO_ANSWER]]]) });
  }
  if (referral !== undefined && outcome !== undefined) {
    const open = [UNKNOWN, NO_ANSWER];
    const failed = rowsOf(outcome).filter((row) => row !== REACHED && !open.includes(row));
    const question = { ...referral, many: true };
    gaps.push({ name: "referred", question, answers: new Map([[OUTCOME, failed]]) });
    gaps.push({ name: "unknown", question, answers: new Map([[OUTCOME, open]]) });
  }
  return gaps;
}

/** What a gap's contacts are, of those that the filter lets through. */
export function filterOf(gap: Gap, filter: Filter): Filter {
  const answers = new Map(filter.answers);
  for (const [name, rows] of gap.answers) {
    const wanted = answers.get(name);
    answers.set(name, wanted === undefined ? rows : rows.filter((row) => wanted.includes(row)));
  }
  return { ...filter, answers };
}

/** Contacts in each of the gap's rows, in the order of its question's choices. */
export function countGap(contacts: ContactTable, gap: Gap, filter: Filter): number[] {
  const { name, choices } = gap.question;
  const counts = contacts.count(name, contacts.select(filterOf(gap, filter)));
  const rows = contacts.question(name)?.choices ?? [];
  return choices.map((choice) => counts[rows.indexOf(choice)] ?? 0);
}
