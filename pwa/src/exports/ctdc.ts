/**
 * Contacts in the shape of CTDC's global synthetic dataset: its 27 columns, of what our own contact form asks.
 *
 * CTDC-shaped and aligned with IC-TIP by concept; nobody has certified it. Columns and values: The Global Synthetic
 * Data Codebook, version 2, February 2024, as its CSV writes them. A flag is 1 or empty: empty is not known, never no.
 * Only contacts whose official status is that an authority has identified the person, and nothing is guessed: what our
 * form does not ask stays empty.
 */
import { choicesOf, type Form, keyed } from "../forms/index.ts";
import type { SeenContact } from "../sync/coordinator/contacts.ts";
import { type Cell, type Column, column, NOTICE } from "./cells.ts";
import { newestFirst, practiceColumn } from "./columns.ts";
import type { Frame, Layout } from "./layout.ts";

const STATUS = "official_status";
const IDENTIFIED = "identified";
/** The fields that a form must have, by name, with their types. */
const NEEDED: Readonly<Record<string, string>> = {
  week: "text",
  gender: "select_one",
  sector: "select_one",
  [STATUS]: "select_one",
  exploitation_form: "select_one",
  indicators_deception: "select_multiple",
  indicators_coercion: "select_multiple",
  indicators_conditions: "select_multiple",
  indicators_control: "select_multiple",
};
const GENDERS: Readonly<Record<string, string>> = {
  man: "Man",
  woman: "Woman",
  other: "Trans/Transgender/NonConforming",
};
type Answers = Readonly<Record<string, readonly string[]>>;
const LABOUR: Answers = { exploitation_form: ["labour", "household", "begging", "crime"] };
/** Each flag is 1 where one of these answers was given. A type of labour also needs `isForcedLabour`. */
const FLAGS: Readonly<Record<string, Answers>> = {
  meansDebtBondageEarnings: { indicators_coercion: ["cr04"], indicators_control: ["cd02", "cd14"] },
  meansThreats: {
    indicators_coercion: ["cr06", "cr07", "cr08", "cr09"],
    indicators_control: ["cd09", "cd10", "cd11", "cd13", "cd15"],
  },
  meansAbusePsyPhySex: { indicators_coercion: ["cr01"], indicators_control: ["cd04"] },
  meansFalsePromises: {
    indicators_deception: "dr01 dr02 dr03 dr04 dr05 dr06 dr07 dr08 dr09 dr10".split(" "),
  },
  meansDrugsAlcohol: {},
  meansDenyBasicNeeds: { indicators_coercion: ["cr05", "cr10"], indicators_control: ["cd03"] },
  meansExcessiveWorkHours: { indicators_conditions: ["ex01"] },
  meansWithholdDocs: { indicators_coercion: ["cr03"], indicators_control: ["cd01"] },
  isForcedLabour: LABOUR,
  isSexualExploit: { exploitation_form: ["sexual"] },
  isOtherExploit: { exploitation_form: ["marriage", "conflict", "organs", "other"] },
  typeOfLabourAgriculture: { sector: ["farming"] },
  typeOfLabourConstruction: { sector: ["building"] },
  typeOfLabourDomesticWork: { sector: ["domestic"], exploitation_form: ["household"] },
  typeOfLabourHospitality: { sector: ["hospitality"] },
  typeOfSexProstitution: {},
  typeOfSexPornography: {},
  recruiterRelationIntimatePartner: {},
  recruiterRelationFriend: {},
  recruiterRelationFamily: {},
  recruiterRelationOther: {},
};
const NOT_ASKED = "Our contact form does not ask this: always empty.";
const WEEK = /^(20[0-9]{2})-W[0-9]{2}$/;

/** In CTDC's order. */
const COLUMNS: readonly Column[] = [
  column("yearOfRegistration", { type: "integer", note: "Of the contact's week, an ISO week." }),
  column("gender", {
    type: "select_one",
    choices: Object.entries(GENDERS).map(([name, told]) => [told, `gender: ${name}`] as const),
  }),
  column("ageBroad", { note: "Our contact form has no such age bands: always empty." }),
  ...["citizenship", "CountryOfExploitation", "traffickMonths"].map((name) =>
    column(name, { note: NOT_ASKED }),
  ),
  ...Object.entries(FLAGS).map(flagColumn),
];

/** What a form lacks. `version`: empty where it is not here. */
export interface Missing {
  readonly form: string;
  readonly version: string;
  readonly fields: readonly string[];
}

/** What the forms of these contacts lack: nothing, or there is no such file of them. Those set apart do not matter. */
export function missingIn(
  contacts: Iterable<SeenContact>,
  forms: ReadonlyMap<string, Form>,
): Missing[] {
  const unknown = new Set<string>();
  const used = new Set<Form>();
  for (const contact of contacts) {
    if (!isCounted(contact)) continue;
    const form = forms.get(contact.formHash);
    if (form === undefined) unknown.add(contact.form);
    else used.add(form);
  }
  const missing: Missing[] = [...unknown]
    .sort()
    .map((form) => ({ form, version: "", fields: Object.keys(NEEDED) }));
  for (const form of newestFirst(used)) {
    const fields = lackingIn(form);
    if (fields.length > 0) missing.push({ form: form.id, version: form.version, fields });
  }
  return missing;
}

/** Contacts that reports do not count are not in it either. */
export function ctdcLayout({ isPractice }: Frame): Layout {
  const marks = isPractice ? ["true"] : [];
  const columns = [...practiceColumn(isPractice), ...COLUMNS];
  const rows = (contact: SeenContact): Cell[][][] => {
    const isThere = isCounted(contact) && contact.fields.get(STATUS) === IDENTIFIED;
    return [isThere ? [[...marks, ...rowOf(contact)]] : []];
  };
  return { sheets: [{ name: "ctdc", columns, notice: NOTICE }], rows };
}

/** As sync/client/publication.py counts. */
function isCounted({ standing, late, undecided, deletedElsewhere }: SeenContact): boolean {
  return standing !== "provisional" && !late && !deletedElsewhere && undecided.size === 0;
}

function rowOf(contact: SeenContact): Cell[] {
  const week = contact.fields.get("week");
  const year = typeof week === "string" ? WEEK.exec(week)?.[1] : undefined;
  const gender = contact.fields.get("gender");
  return [
    year === undefined ? "" : Number(year),
    typeof gender === "string" ? (GENDERS[gender] ?? "") : "",
    ...["", "", "", ""],
    ...Object.entries(FLAGS).map(([name, answers]) => flagOf(contact, name, answers)),
  ];
}

function flagOf(contact: SeenContact, name: string, answers: Answers): Cell {
  const isType = name.startsWith("typeOfLabour");
  return isGiven(contact, answers) && (!isType || isGiven(contact, LABOUR)) ? 1 : "";
}

function isGiven({ fields }: SeenContact, answers: Answers): boolean {
  return Object.entries(answers).some(([field, names]) => {
    const value = fields.get(field);
    const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
    return names.some((name) => chosen.includes(name));
  });
}

function lackingIn(form: Form): string[] {
  // What stands in a repeat is asked any number of times: it says nothing of the contact.
  const asked = new Map(keyed(form.fields, () => 0).map(({ field }) => [field.name, field]));
  const lacking = Object.entries(NEEDED)
    .filter(([name, type]) => asked.get(name)?.type !== type)
    .map(([name]) => name);
  const status = asked.get(STATUS);
  if (lacking.includes(STATUS) || status === undefined) return lacking;
  const isThere = choicesOf(form, status).some(({ name }) => name === IDENTIFIED);
  return isThere ? lacking : [...lacking, `${STATUS}: ${IDENTIFIED}`];
}

function flagColumn([name, answers]: readonly [string, Answers]): Column {
  const told = Object.entries(answers).map(([field, names]) => `${field}: ${names.join(" ")}`);
  if (told.length === 0) return column(name, { type: "integer", note: NOT_ASKED });
  const more = name.startsWith("typeOfLabour") ? ["and isForcedLabour"] : [];
  return column(name, { type: "integer", choices: [["1", [...told, ...more].join("; ")]] });
}
