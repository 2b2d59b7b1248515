/**
 * The unit converter that *leave quickly* goes to: it has to be worth looking at.
 *
 * Fills `form#converter` (hidden until then) and answers as one types. The page gives the four
 * groups' names in `data-length`, `data-weight`, `data-temperature`, `data-volume`, and how units are
 * written in `data-units`, in figures of `data-digits`, for browsers that do not know the language. It
 * keeps nothing and knows nothing of the rest of the site.
 */
import { parseDecimal } from "./i18n/digits.ts";
import { inOwnDigits, isUnknown } from "./i18n/own.ts";
import { convert, QUANTITIES, type Quantity, quantityOf } from "./units/quantities.ts";

const PRECISION = 6;
/** What each unit is first converted to. */
const USUAL: Readonly<Record<string, string>> = {
  kilometer: "mile",
  mile: "kilometer",
  meter: "foot",
  yard: "meter",
  foot: "meter",
  inch: "centimeter",
  centimeter: "inch",
  millimeter: "inch",
  kilogram: "pound",
  pound: "kilogram",
  ounce: "gram",
  gram: "ounce",
  stone: "kilogram",
  celsius: "fahrenheit",
  fahrenheit: "celsius",
  liter: "gallon",
  gallon: "liter",
  "fluid-ounce": "milliliter",
  milliliter: "fluid-ounce",
};

interface Converter {
  readonly form: HTMLFormElement;
  readonly amount: HTMLInputElement;
  readonly from: HTMLSelectElement;
  readonly to: HTMLSelectElement;
  readonly result: HTMLOutputElement;
}

function find(): Converter | undefined {
  const form = document.querySelector<HTMLFormElement>("form#converter");
  const amount = document.querySelector<HTMLInputElement>("input#amount");
  const from = document.querySelector<HTMLSelectElement>("select#from");
  const to = document.querySelector<HTMLSelectElement>("select#to");
  const result = document.querySelector<HTMLOutputElement>("output#result");
  if (!form || !amount || !from || !to || !result) return undefined;
  return { form, amount, from, to, result };
}

/** How the page's language writes an amount of a unit: `{0} kilometers`. */
type Patterns = Readonly<Record<string, string>>;

/** Browsers carry no unit names for some of our languages, so the page brings them. */
function patternsOf({ dataset }: HTMLFormElement): Patterns {
  const isNeeded = isUnknown(document.documentElement.lang);
  return isNeeded ? (JSON.parse(dataset["units"] ?? "{}") as Patterns) : {};
}

function ownFigure(value: number): string {
  const figure = new Intl.NumberFormat("en", { maximumSignificantDigits: PRECISION }).format(value);
  const digits = document.querySelector<HTMLFormElement>("form#converter")?.dataset["digits"];
  return digits === undefined ? figure : inOwnDigits(figure, digits);
}

function write(value: number, unit: string, patterns: Patterns): string {
  const lang = document.documentElement.lang;
  const precise = { maximumSignificantDigits: PRECISION };
  const pattern = patterns[unit];
  if (pattern !== undefined) {
    return pattern.replace("{0}", ownFigure(value));
  }
  const named = { ...precise, style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat(lang, named).format(value);
}

function nameOf(unit: string, patterns: Patterns): string {
  const pattern = patterns[unit];
  if (pattern !== undefined) return pattern.replace("{0}", "").trim();
  const named = { style: "unit", unit, unitDisplay: "long" } as const;
  const parts = new Intl.NumberFormat(document.documentElement.lang, named).formatToParts(2);
  return parts.find(({ type }) => type === "unit")?.value ?? unit;
}

function options({ units }: Quantity, patterns: Patterns): HTMLOptionElement[] {
  return Object.keys(units).map((unit) => new Option(nameOf(unit, patterns), unit));
}

function groups(names: DOMStringMap, patterns: Patterns): HTMLOptGroupElement[] {
  return QUANTITIES.map((quantity) => {
    const group = document.createElement("optgroup");
    group.label = names[quantity.name] ?? "";
    group.append(...options(quantity, patterns));
    return group;
  });
}

function start({ form, amount, from, to, result }: Converter): void {
  const patterns = patternsOf(form);
  const answer = (): void => {
    const value = parseDecimal(amount.value, form.dataset["group"]);
    const converted = value === undefined ? undefined : convert(value, from.value, to.value);
    result.value = converted === undefined ? "" : write(converted, to.value, patterns);
  };
  const chooseFrom = (): void => {
    const quantity = quantityOf(from.value);
    if (quantity !== undefined && quantityOf(to.value) !== quantity) {
      to.textContent = "";
      to.append(...options(quantity, patterns));
    }
    to.value = USUAL[from.value] ?? to.value;
    answer();
  };

  from.textContent = "";
  from.append(...groups(form.dataset, patterns));
  from.addEventListener("change", chooseFrom);
  to.addEventListener("change", answer);
  amount.addEventListener("input", answer);
  form.addEventListener("submit", (event) => event.preventDefault());
  if (amount.value === "") amount.value = "1";
  form.hidden = false;
  chooseFrom();
}

const converter = find();
if (converter !== undefined) start(converter);
