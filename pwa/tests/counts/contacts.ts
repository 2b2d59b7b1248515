/** Contacts as a coordinator sees them, made of their answers alone. */
import type { Value } from "../../src/sync/index.ts";
import type { SeenContact } from "../../src/sync/coordinator/contacts.ts";

export interface Odd {
  readonly standing?: SeenContact["standing"];
  readonly late?: boolean;
  readonly undecided?: boolean;
  readonly deleted_elsewhere?: boolean;
}

export function contact(fields: Readonly<Record<string, Value>>, odd: Odd = {}): SeenContact {
  return {
    record: "00",
    device: "00",
    counter: 1,
    form: "contact",
    formHash: "",
    fields: new Map(Object.entries(fields)),
    undecided: new Map(odd.undecided === true ? [["place", ["border", "coast"]]] : []),
    deletedElsewhere: odd.deleted_elsewhere ?? false,
    standing: odd.standing ?? "certified",
    late: odd.late ?? false,
  };
}
