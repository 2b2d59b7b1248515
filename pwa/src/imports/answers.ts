/**
 * What a cell answers: text as a record holds it. What fits no form stays as it was written, for `validate` to name.
 * Mirrors `server/imports/answers.py`.
 */
import { type Field, isDate, type Value, weekOf } from "../forms/index.ts";
import { asciiDigits } from "../i18n/digits.ts";
import { trimmed } from "./cells.ts";
import type { Wording } from "./columns.ts";

/** Of a cell that is not empty. */
export function valueOf(wording: Wording, field: Field, text: string): Value {
  if (field.type === "select_one") return wording.choice(field, text) ?? text;
  if (field.type === "select_multiple") return several(wording, field, text);
  if (field.type === "integer") return integer(text);
  if (field.type === "decimal") return decimal(text);
  if (field.type === "date") return DAY.exec(asciiDigits(text))?.[1] ?? text;
  if (field.type === "time") return time(text);
  if (field.appearance === "week") return week(text);
  return typed(text);
}

/** Of a column that is one choice's; undefined for what says neither. */
export function isChosen(text: string): boolean | undefined {
  const said = asciiDigits(text).toLowerCase();
  if (["1", "true", "yes", "x"].includes(said)) return true;
  return ["0", "false", "no"].includes(said) ? false : undefined;
}

const INTEGER = /^0*([0-9]{1,16})(?:\.0+)?$/;
const DECIMAL = /^0*([0-9]+)(?:[.,]([0-9]+))?$/;
/** Whether a comma before three figures groups thousands nobody can say. */
const UNCLEAR = /^[0-9]+,[0-9]{3}$/;
const DAY = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?$/;
const TIME = /^([0-9]{1,2}):([0-9]{2})(?::[0-9.]+(?:Z|[+-][0-9:]+)?)?$/;
const WEEK = /^([0-9]{4})-?[wW]([0-9]{1,2})$/;
/** What Sojourn's own exports put an apostrophe before (`server/exports/cells.py`), and when they do not. */
const FORMULA = /^[' ]*[=+\-@\t\r\n\0＝＋－＠]/;
const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/;
const BETWEEN = [/[;|\n]/, /[;|\n,]/, /[;|\n,]? /];

/** One, or several with semicolons, bars, commas or spaces between: the first reading in which all are known. */
function several(wording: Wording, field: Field, text: string): string[] {
  const readings = [[text], ...BETWEEN.map((between) => partsOf(between, text))];
  for (const parts of readings) {
    const found = parts.flatMap((each) => wording.choice(field, each) ?? []);
    if (found.length === parts.length) return found;
  }
  const parts = readings.find(({ length }) => length > 1) ?? [text];
  return parts.map((each) => wording.choice(field, each) ?? each);
}

function partsOf(between: RegExp, text: string): string[] {
  return text
    .split(between)
    .map(trimmed)
    .filter((part) => part !== "");
}

function integer(text: string): Value {
  const found = INTEGER.exec(asciiDigits(text))?.[1];
  return found === undefined ? text : Number(found);
}

function decimal(text: string): Value {
  const typed = asciiDigits(text);
  const [, whole, places = ""] = DECIMAL.exec(typed) ?? [];
  if (whole === undefined || UNCLEAR.test(typed)) return text;
  const told = places.replace(/0+$/, "");
  return told === "" ? whole : `${whole}.${told}`;
}

function time(text: string): Value {
  const [, hours, minutes] = TIME.exec(asciiDigits(text)) ?? [];
  return hours === undefined ? text : `${hours.padStart(2, "0")}:${minutes}`;
}

/** An ISO week, also from a day: what is nearer than a week is not kept. */
function week(text: string): Value {
  const typed = asciiDigits(text);
  const day = DAY.exec(typed)?.[1];
  if (day !== undefined && isDate(day)) {
    const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
    return weekOf(new Date(year, month - 1, date));
  }
  const [, year, number = ""] = WEEK.exec(typed) ?? [];
  return year === undefined ? text : `${year}-W${number.padStart(2, "0")}`;
}

/** Without the apostrophe that keeps a spreadsheet from reckoning with it. */
function typed(text: string): string {
  const bare = text.replace(/^'/, "");
  return bare !== text && FORMULA.test(bare) && !NUMBER.test(bare) ? bare : text;
}
