/** A programme's reports, made once and kept in `admin`, and the threshold below which they tell nothing. Mirrors `sync/client/reporting.py`. */
import { MalformedError } from "../errors.ts";
import type { Value } from "../revisions.ts";
import { type Filed, ofType, textOf, valueOf } from "./filed.ts";

export interface Reports {
  /** What each tells, as JSON, by its period. */
  readonly kept: ReadonlyMap<string, string>;
  /** Undefined where none was set. */
  readonly threshold: number | undefined;
}

/** Below this, what a hidden row can be is no question any more. */
export const LOWEST_THRESHOLD = 3;
/** Above this nothing is told at all. */
export const HIGHEST_THRESHOLD = 1000;

export function reportsIn(records: readonly Filed[]): Reports {
  const kept = new Map<string, string>();
  // Where two coordinators made one at once, the first stands: by their clocks, else by record.
  for (const filed of ofType(records, "report").sort(inOrder)) {
    const period = textOf(filed, "period");
    if (!kept.has(period)) kept.set(period, textOf(filed, "content"));
  }
  const thresholds = ofType(records, "threshold")
    .sort(inOrder)
    .map((filed) => valueOf(filed, "threshold"))
    .filter((each): each is number => typeof each === "number" && each >= LOWEST_THRESHOLD);
  return { kept, threshold: thresholds.at(-1) };
}

/** `who` a device, as text; `when` in Unix seconds. */
export function reportFields(
  period: string,
  content: string,
  { who, when }: { who: string; when: number },
): Record<string, Value> {
  return { type: "report", period, content, who, when };
}

/** For reports that are not made yet. `why` as it was written; `when` in Unix seconds. Throws MalformedError. */
export function thresholdFields(
  threshold: number,
  why: string,
  when: number,
): Record<string, Value> {
  if (!isThreshold(threshold)) throw new MalformedError("threshold", "a number that hides enough");
  if (why.trim() === "") throw new MalformedError("why", "a reason");
  return { type: "threshold", threshold, why: why.trim(), when };
}

export function isThreshold(number: number): boolean {
  return Number.isInteger(number) && number >= LOWEST_THRESHOLD && number <= HIGHEST_THRESHOLD;
}

function inOrder(a: Filed, b: Filed): number {
  const [first, second] = [valueOf(a, "when"), valueOf(b, "when")].map((when) =>
    typeof when === "number" ? when : 0,
  );
  return (first ?? 0) - (second ?? 0) || (a.record < b.record ? -1 : 1);
}
