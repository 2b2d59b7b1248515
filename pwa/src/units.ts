/**
 * The unit converter that *leave quickly* goes to: it has to be worth looking at.
 *
 * Fills `form#converter` (hidden until then) and answers as one types. The page gives the four
 * groups' names in `data-length`, `data-weight`, `data-temperature`, `data-volume`; the units' own
 * names come from the browser. It keeps nothing and knows nothing of the rest of the site.
 */
import { parseDecimal } from "./i18n/digits.ts";
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

function unitFormat(unit: string): Intl.NumberFormat {
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumSignificantDigits: PRECISION,
  });
}

function nameOf(unit: string): string {
  const part = unitFormat(unit)
    .formatToParts(2)
    .find(({ type }) => type === "unit");
  return part?.value ?? unit;
}

function options({ units }: Quantity): HTMLOptionElement[] {
  return Object.keys(units).map((unit) => new Option(nameOf(unit), unit));
}

function groups(names: DOMStringMap): HTMLOptGroupElement[] {
  return QUANTITIES.map((quantity) => {
    const group = document.createElement("optgroup");
    group.label = names[quantity.name] ?? "";
    group.append(...options(quantity));
    return group;
  });
}

function start({ form, amount, from, to, result }: Converter): void {
  const answer = (): void => {
    const value = parseDecimal(amount.value);
    const converted = value === undefined ? undefined : convert(value, from.value, to.value);
    result.value = converted === undefined ? "" : unitFormat(to.value).format(converted);
  };
  const chooseFrom = (): void => {
    const quantity = quantityOf(from.value);
    if (quantity !== undefined && quantityOf(to.value) !== quantity) {
      to.textContent = "";
      to.append(...options(quantity));
    }
    to.value = USUAL[from.value] ?? to.value;
    answer();
  };

  from.textContent = "";
  from.append(...groups(form.dataset));
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
