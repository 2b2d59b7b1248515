/** What can be counted: the questions of every version of a programme's form, each once. */
import { type Form, keyed } from "../forms/index.ts";

/** `many`: a contact counts in each of its answers, so that the rows add up to nothing. */
export interface Question {
  readonly name: string;
  readonly many: boolean;
  /** By name, in order. */
  readonly choices: readonly string[];
}

/** The row of whoever gave no answer, or one that no form knows. */
export const NO_ANSWER = "";

/** In the order of the newest version; what only older ones ask, or let choose, comes after. */
export function questionsOf(forms: readonly Form[]): Question[] {
  const found = new Map<string, { many: boolean; choices: Set<string> }>();
  for (const form of [...forms].sort(newestFirst)) {
    // What stands in a repeat is answered any number of times: such tables would count answers, not contacts.
    for (const { field } of keyed(form.fields, () => 0)) {
      const { type, name, choices } = field;
      if (type !== "select_one" && type !== "select_multiple") continue;
      const question = found.get(name) ?? { many: false, choices: new Set<string>() };
      question.many ||= type === "select_multiple";
      for (const choice of form.choices.get(choices) ?? []) question.choices.add(choice.name);
      found.set(name, question);
    }
  }
  return [...found].map(([name, { many, choices }]) => ({ name, many, choices: [...choices] }));
}

/** What can be asked of a question: a contact may have given none of its answers, also where it has many. */
export function answersOf({ choices }: Pick<Question, "choices">): readonly string[] {
  return [...choices, NO_ANSWER];
}

/** The rows of a question's table: all contacts are in one of them, but where a contact has many answers. */
export function rowsOf({ many, choices }: Question): readonly string[] {
  return many ? choices : answersOf({ choices });
}

function newestFirst(a: Form, b: Form): number {
  if (a.version !== b.version) return a.version < b.version ? 1 : -1;
  return a.hash < b.hash ? -1 : 1;
}
