/** Contacts as lines to leave with: JSON lines, or a table. Values are exactly what was typed. */
import { keyed, MOST_REPEATS } from "../forms/index.ts";
import type { SeenContact } from "../sync/coordinator/contacts.ts";
import {
  cell,
  type Cell,
  type Column,
  column,
  type Head,
  json,
  type Json,
  NOTICE,
} from "./cells.ts";
import { newestFirst, ordered, practiceColumn, Questions } from "./columns.ts";
import { type Frame, type Layout, versionOf } from "./layout.ts";

const ABOUT: readonly Column[] = [
  column("record", { note: "The contact's id." }),
  column("device", { note: "The device that wrote it." }),
  column("number", { type: "integer", note: "That device's count." }),
  column("form", { note: "The form's id." }),
  column("form_hash", { note: "The form's version, by hash." }),
  column("form_version", { note: "The form's version, where it is known." }),
  column("flags", {
    note:
      "provisional: nobody let the device in yet. revoked: the device was put out. late: written after that. " +
      "undecided: two devices disagree. deleted-elsewhere: deleted on one device, changed on another.",
  }),
  column("undecided", { note: "Every value of the fields where two devices disagree, as JSON." }),
];

/** Lines without line ends, after the notice's. */
export interface JsonLines {
  readonly notice: string;
  /** The names that the lines use, as columns for the codebook. */
  readonly names: Head;
  readonly line: (contact: SeenContact) => string;
}

export function jsonLines(frame: Frame): JsonLines {
  const { isPractice } = frame;
  const order = orderOf(frame);
  const columns = [...practiceColumn(isPractice), ...ABOUT, ...fieldsOf(frame, order)];
  const line = (contact: SeenContact): string => {
    const { fields, undecided } = contact;
    const odd = flags(contact);
    const version = versionOf(contact, frame);
    const told = new Map<string, Json>(isPractice ? [["practice", true]] : []);
    told.set("record", contact.record);
    told.set("device", contact.device);
    told.set("number", contact.counter);
    told.set("form", contact.form);
    told.set("form_hash", contact.formHash);
    told.set("form_version", version === "" ? null : version);
    const names = ordered(fields.keys(), order);
    told.set("fields", new Map(names.map((name) => [name, fields.get(name) ?? null])));
    if (undecided.size > 0) told.set("undecided", undecided);
    if (odd.length > 0) told.set("flags", odd);
    return json(told);
  };
  const names = { name: "records", columns, notice: "" };
  return { notice: json(new Map([["notice", NOTICE]])), names, line };
}

/** A row each. */
export function recordLayout(frame: Frame): Layout {
  const { isPractice } = frame;
  const fields = fieldsOf(frame, orderOf(frame));
  // Beside the answers: a field's name never begins with `_`.
  const about = ABOUT.map((each) => ({ ...each, name: `_${each.name}` }));
  const columns = [...practiceColumn(isPractice), ...about, ...fields];
  const rows = (contact: SeenContact): Cell[][][] => {
    const answers = fields.map(({ name }) => cell(contact.fields.get(name)));
    return [[[...(isPractice ? ["true"] : []), ...aboutCells(contact, frame), ...answers]]];
  };
  return { sheets: [{ name: "records", columns, notice: NOTICE }], rows };
}

/** What is odd about a contact; nothing for most. */
export function flags(contact: SeenContact): string[] {
  const odd = {
    provisional: contact.standing === "provisional",
    revoked: contact.standing === "revoked",
    late: contact.late,
    undecided: contact.undecided.size > 0,
    "deleted-elsewhere": contact.deletedElsewhere,
  };
  return Object.entries(odd).flatMap(([name, isThere]) => (isThere ? [name] : []));
}

/** Every value of the fields where two devices disagree. */
export function undecidedCell({ undecided }: SeenContact): string {
  return undecided.size === 0 ? "" : json(undecided);
}

function aboutCells(contact: SeenContact, frame: Frame): Cell[] {
  const { record, device, counter, form, formHash } = contact;
  const odd = flags(contact).join(" ");
  const version = versionOf(contact, frame);
  return [record, device, counter, form, formHash, version, odd, undecidedCell(contact)];
}

/** Of every field that some contact has: in the order of the newest form, then by name. */
function fieldsOf({ forms, names }: Frame, order: readonly string[]): Column[] {
  const questions = new Questions(forms.values());
  return ordered(names, order).map((name) => questions.column(name));
}

function orderOf({ forms }: Frame): string[] {
  const keys = newestFirst(forms.values()).flatMap(({ fields }) =>
    keyed(fields, () => MOST_REPEATS),
  );
  return [...new Set(keys.map(({ key }) => key))];
}
