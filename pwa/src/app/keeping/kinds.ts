/** The private records that a form alone writes: what each kind is called, what it asks, how it is sorted. */
import { formatMonth, gettext } from "../../i18n/index.ts";
import type { KeepsakeKind, Values } from "../../vault/index.ts";
import { daysAfter, dayOrder, localDay, monthsAfter, monthOf } from "./days.ts";
import { type Field, numberOf, textOf } from "./fields.ts";

export type FormKind = Exclude<KeepsakeKind, "offer" | "copy">;

export interface Kind {
  readonly heading: () => string;
  readonly lead?: () => string;
  readonly fields: readonly Field[];
  /** What its list sorts by. */
  readonly order: (values: Values) => number;
}

const CURRENCY: Field = {
  name: "currency",
  input: "line",
  label: () => gettext("Currency"),
  hint: () => gettext("As you call it, for example: baht, USD."),
};

const AMOUNT: Field = {
  name: "amount",
  input: "amount",
  label: () => gettext("Amount"),
  needed: true,
};

const DATE: Field = { name: "date", input: "day", label: () => gettext("Day"), needed: true };

const MONTH: Field = {
  name: "month",
  input: "choice",
  label: () => gettext("For the pay of which month?"),
  needed: true,
  choices: () => {
    const now = monthOf(localDay(Date.now()));
    const months = Array.from({ length: 25 }, (_, back) => monthsAfter(now, 1 - back));
    return months.map((month) => [month, formatMonth(month)] as const);
  },
};

function byMonth(values: Values): number {
  return dayOrder(`${textOf(values, "month")}-01`);
}

export const KINDS: Readonly<Record<FormKind, Kind>> = {
  day: {
    heading: () => gettext("A day of work"),
    fields: [
      DATE,
      { name: "start", input: "time", label: () => gettext("Work began at"), needed: true },
      {
        name: "end",
        input: "time",
        label: () => gettext("Work ended at"),
        hint: () => gettext("After midnight is fine: the next morning is counted."),
        needed: true,
      },
      { name: "pause", input: "count", label: () => gettext("Breaks, in minutes") },
      {
        name: "note",
        input: "long",
        label: () => gettext("What happened, if you want"),
      },
    ],
    order: (values) => dayOrder(textOf(values, "date")),
  },
  wage: {
    heading: () => gettext("My pay"),
    lead: () => gettext("What you were promised. From it the phone works out what is owed."),
    fields: [
      AMOUNT,
      {
        name: "per",
        input: "choice",
        label: () => gettext("For how long?"),
        needed: true,
        choices: () => [
          ["hour", gettext("For an hour")],
          ["day", gettext("For a day")],
          ["month", gettext("For a month")],
        ],
      },
      CURRENCY,
      {
        name: "from",
        input: "day",
        label: () => gettext("From which day?"),
        hint: () => gettext("Leave it empty if it was so from the beginning."),
      },
    ],
    order: (values) => dayOrder(textOf(values, "from")),
  },
  payment: {
    heading: () => gettext("Money I got"),
    fields: [DATE, MONTH, AMOUNT, CURRENCY, { name: "note", input: "line", label: whoPaid }],
    order: byMonth,
  },
  deduction: {
    heading: () => gettext("Money taken out of my pay"),
    fields: [
      DATE,
      MONTH,
      AMOUNT,
      CURRENCY,
      {
        name: "note",
        input: "line",
        label: () => gettext("What for? What did they say?"),
      },
    ],
    order: byMonth,
  },
  plan: {
    heading: () => gettext("Safety plan"),
    lead: () => gettext("Write what you like, and leave out what you like. Only you can read it."),
    fields: [
      { name: "trusted", input: "line", label: () => gettext("Someone I trust") },
      { name: "reach", input: "long", label: () => gettext("How I reach this person") },
      {
        name: "code",
        input: "line",
        label: () => gettext("A word between us"),
        hint: () => gettext("When I say or write it, this person knows that I need help."),
      },
      {
        name: "take",
        input: "long",
        label: () => gettext("What I take with me"),
        hint: () => gettext("For example papers, money, keys, medicine, the phone's charger."),
      },
      { name: "go", input: "long", label: () => gettext("Where I can go") },
      {
        name: "decide",
        input: "long",
        label: () => gettext("What I decide"),
        hint: () => gettext("For example: If they take my phone, I go to my neighbour."),
      },
    ],
    order: () => 0,
  },
  date: {
    heading: () => gettext("A date to remember"),
    fields: [
      { name: "name", input: "line", label: () => gettext("What is it?"), needed: true },
      { ...DATE, label: () => gettext("When is it?") },
      {
        name: "before",
        input: "count",
        label: () => gettext("How many days before shall My notes tell you?"),
        hint: () => gettext("It is told only here, when you open My notes. No message comes."),
      },
      { name: "note", input: "long", label: () => gettext("What I have to do") },
    ],
    order: (values) => dayOrder(daysAfter(textOf(values, "date"), -numberOf(values, "before"))),
  },
};

export function isFormKind(kind: string): kind is FormKind {
  return kind in KINDS;
}

function whoPaid(): string {
  return gettext("Who paid, and how");
}
