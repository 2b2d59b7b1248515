/**
 * Contacts in the layout that Kobo and ODK tools give a form's submissions in, to go on with there: group and name as
 * a path, a select_multiple also split into a column of 0 and 1 for each choice, and a table of its own for each
 * repeat, whose rows name the row that they belong to.
 */
import { type Field, type Form, isEmpty, keyOf, named } from "../forms/index.ts";
import type { SeenContact } from "../sync/coordinator/contacts.ts";
import type { Value } from "../sync/index.ts";
import { cell, type Cell, type Column, column, NOTICE } from "./cells.ts";
import { newestFirst, practiceColumn, Questions } from "./columns.ts";
import { type Frame, type Layout, versionOf } from "./layout.ts";
import { flags, undecidedCell } from "./records.ts";

const ABOUT: readonly Column[] = [
  column("_uuid", { note: "The contact's id." }),
  column("__version__", { note: "The form's version, where it is known." }),
  column("_form_hash", { note: "The form's version, by hash." }),
  column("_device", { note: "The device that wrote it." }),
  column("_number", { type: "integer", note: "That device's count." }),
  column("_flags", { note: "What is odd about the contact." }),
  column("_undecided", { note: "Every value of the fields where two devices disagree, as JSON." }),
  column("_index", { type: "integer", note: "The number of the row in this table." }),
];
const ABOUT_REPEAT: readonly Column[] = [
  column("_index", { type: "integer", note: "The number of the row in this table." }),
  column("_parent_table_name", { note: "The table that the row belongs to." }),
  column("_parent_index", {
    type: "integer",
    note: "The row there that it belongs to, by its _index.",
  }),
  column("_submission__uuid", { note: "That row's _uuid." }),
];

/** Where a field stands. */
interface Place {
  readonly name: string;
  /** The name of the one that it is in, if any. */
  readonly repeat: string;
  readonly columns: readonly Column[];
  /** Of a select_multiple. */
  readonly choices: readonly string[];
}

/** The table of a form's contacts, named by its id, then one for each repeat, by its name. All are of that form. */
export function submissionLayout(frame: Frame, form: string): Layout {
  const places = placesOf([...frame.forms.values()].filter(({ id }) => id === form));
  const outside = places.filter(({ repeat }) => repeat === "");
  const repeats = [...new Set(places.map(({ repeat }) => repeat))].filter((name) => name !== "");
  const inside = repeats.map((name) => places.filter(({ repeat }) => repeat === name));
  const others = othersOf(frame.names, places);
  const practice = practiceColumn(frame.isPractice);
  const marks = frame.isPractice ? ["true"] : [];
  const columnsOf = (held: readonly Place[]): Column[] => held.flatMap(({ columns }) => columns);
  const main = [
    ...practice,
    ...columnsOf(outside),
    ...others.map((name) => column(name)),
    ...ABOUT,
  ];
  const sheets = [
    { name: form, columns: main, notice: NOTICE },
    ...inside.map((held, at) => ({
      name: repeats[at] ?? "",
      columns: [...practice, ...columnsOf(held), ...ABOUT_REPEAT],
      notice: NOTICE,
    })),
  ];
  let index = 0;
  const counts = repeats.map(() => 0);
  const rows = (contact: SeenContact): Cell[][][] => {
    index += 1;
    const { fields } = contact;
    const own = [
      ...marks,
      ...outside.flatMap((place) => cellsOf(place, fields.get(place.name))),
      ...others.map((name) => cell(fields.get(name))),
      ...aboutCells(contact, frame, index),
    ];
    const repeated = inside.map((held, sheet) =>
      Array.from({ length: timesOf(contact, held) }, (_, at) => {
        const number = (counts[sheet] ?? 0) + 1;
        counts[sheet] = number;
        const cells = held.flatMap((place) =>
          cellsOf(place, fields.get(keyOf(place.name, at + 1))),
        );
        return [...marks, ...cells, number, form, index, uuidOf(contact)];
      }),
    );
    return [[own], ...repeated];
  };
  return { sheets, rows };
}

/** How often a repeat is there: up to the last time that has an answer. */
function timesOf({ fields }: SeenContact, inside: readonly Place[]): number {
  const names = new Set(inside.map(({ name }) => name));
  const times = [...fields.keys()].map(named).filter(({ name }) => names.has(name));
  return Math.max(0, ...times.map(({ at }) => at));
}

/** In the order of the newest version, then what only older ones ask. A field stands where the newest has it. */
function placesOf(forms: readonly Form[]): Place[] {
  const versions = newestFirst(forms);
  const questions = new Questions(versions);
  const found = new Map<string, Place>();
  for (const form of versions) {
    for (const [field, groups] of walked(form.fields, [])) {
      const { name, type } = field;
      if (found.has(name)) continue;
      const path = [...groups, field].map((each) => each.name).join("/");
      const own = questions.column(name, path);
      const split = type === "select_multiple" ? questions.choices(name) : [];
      found.set(name, {
        name,
        repeat: groups.find((each) => each.type === "repeat")?.name ?? "",
        columns: [own, ...split.map(([choice, label]) => splitColumn(own, choice, label))],
        choices: split.map(([choice]) => choice),
      });
    }
  }
  return [...found.values()];
}

/** What has a value, with all that it is in. */
function walked(
  fields: readonly Field[],
  groups: readonly Field[],
): (readonly [Field, readonly Field[]])[] {
  return fields.flatMap((field) => {
    if (field.type === "note") return [];
    if (field.type !== "group" && field.type !== "repeat") return [[field, groups] as const];
    return walked(field.fields, [...groups, field]);
  });
}

function splitColumn(
  { name, question, form, version }: Column,
  choice: string,
  label: string,
): Column {
  const choices = [["1", label]] as const;
  return column(`${name}/${choice}`, { question, type: "integer", choices, form, version });
}

/** The answer, and 1 or 0 for each choice where there is one. */
function cellsOf({ choices }: Place, value: Value | undefined): Cell[] {
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
  return [
    cell(value),
    ...choices.map((name) => (isEmpty(value) ? "" : Number(chosen.includes(name)))),
  ];
}

/** What no known version asks, or not in the place where this contact has it: kept under its bare name. */
function othersOf(names: readonly string[], places: readonly Place[]): string[] {
  const repeated = new Map(places.map(({ name, repeat }) => [name, repeat !== ""]));
  return names
    .filter((key) => {
      const { name, at } = named(key);
      return repeated.get(name) !== at > 0;
    })
    .sort();
}

function aboutCells(contact: SeenContact, frame: Frame, index: number): Cell[] {
  return [
    uuidOf(contact),
    versionOf(contact, frame),
    contact.formHash,
    contact.device,
    contact.counter,
    flags(contact).join(" "),
    undecidedCell(contact),
    index,
  ];
}

/** RFC 9562, section 4. */
function uuidOf({ record }: SeenContact): string {
  return record.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
