/** What the converter converts. Units are named as `Intl.NumberFormat` names them. */
export interface Quantity {
  readonly name: "length" | "weight" | "temperature" | "volume";
  readonly units: Readonly<Record<string, Scale>>;
}

/** A value in the quantity's base unit is `factor * value + offset`. */
interface Scale {
  readonly factor: number;
  readonly offset?: number;
}

export const QUANTITIES: readonly Quantity[] = [
  {
    name: "length",
    units: {
      kilometer: { factor: 1000 },
      mile: { factor: 1609.344 },
      meter: { factor: 1 },
      yard: { factor: 0.9144 },
      foot: { factor: 0.3048 },
      inch: { factor: 0.0254 },
      centimeter: { factor: 0.01 },
      millimeter: { factor: 0.001 },
    },
  },
  {
    name: "weight",
    units: {
      kilogram: { factor: 1 },
      pound: { factor: 0.45359237 },
      ounce: { factor: 0.028349523125 },
      gram: { factor: 0.001 },
      stone: { factor: 6.35029318 },
    },
  },
  {
    name: "temperature",
    units: {
      celsius: { factor: 1 },
      fahrenheit: { factor: 5 / 9, offset: -160 / 9 },
    },
  },
  {
    name: "volume",
    units: {
      liter: { factor: 1 },
      gallon: { factor: 3.785411784 },
      "fluid-ounce": { factor: 0.0295735295625 },
      milliliter: { factor: 0.001 },
    },
  },
];

export function quantityOf(unit: string): Quantity | undefined {
  return QUANTITIES.find(({ units }) => unit in units);
}

/** Undefined when the two do not measure the same thing. */
export function convert(value: number, from: string, to: string): number | undefined {
  const units = quantityOf(from)?.units;
  const [source, target] = [units?.[from], units?.[to]];
  if (source === undefined || target === undefined) return undefined;
  const base = source.factor * value + (source.offset ?? 0);
  return (base - (target.offset ?? 0)) / target.factor;
}
