/** A programme's reports, made once and kept in `admin`, and the threshold below which they tell nothing. Mirrors `sync/client/reporting.py`. */
import type { Hex } from "../bytes.ts";
import type { Certificate } from "../enrolment.ts";
import { MalformedError } from "../errors.ts";
import type { Value } from "../revisions.ts";
import { type Filed, ofType, textOf, valueOf } from "./filed.ts";

type Certificates = ReadonlyMap<Hex, Pick<Certificate, "revoked">>;

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

/** Of which period a report's content tells; undefined for what is no report. */
export type PeriodOf = (content: string) => string | undefined;

export function reportsIn(
  records: readonly Filed[],
  certificates: Certificates,
  periodOf: PeriodOf,
): Reports {
  const kept = new Map<string, string>();
  const isOut = (filed: Filed): number => Number(isOfRevoked(filed, certificates));
  // Where two coordinators made one at once, the first stands: by their clocks, else by record. But before those of
  // whoever was put out since, who can date theirs as they like.
  const made = ofType(records, "report").sort(inOrder);
  for (const filed of made.sort((a, b) => isOut(a) - isOut(b))) {
    const [period, content] = [textOf(filed, "period"), textOf(filed, "content")];
    if (!kept.has(period) && periodOf(content) === period) kept.set(period, content);
  }
  const thresholds = thresholdsIn(records, certificates)
    .sort(inOrder)
    .map((filed) => valueOf(filed, "threshold"))
    .filter((each): each is number => typeof each === "number" && each >= LOWEST_THRESHOLD);
  return { kept, threshold: thresholds.at(-1) };
}

/** When a number has to be said to be set, in Unix seconds, so that it stands whatever clock the others had. */
export function afterThresholds(
  records: readonly Filed[],
  certificates: Certificates,
  now: number,
): number {
  const set = thresholdsIn(records, certificates).map((filed) => whenOf(filed) + 1);
  return Math.max(now, ...set);
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

/** Those of whoever was put out since count no more. */
function thresholdsIn(records: readonly Filed[], certificates: Certificates): Filed[] {
  return ofType(records, "threshold").filter((filed) => !isOfRevoked(filed, certificates));
}

function isOfRevoked({ authors }: Filed, certificates: Certificates): boolean {
  return authors.some((author) => certificates.get(author)?.revoked === true);
}

function inOrder(a: Filed, b: Filed): number {
  return whenOf(a) - whenOf(b) || (a.record < b.record ? -1 : 1);
}

function whenOf(filed: Filed): number {
  const when = valueOf(filed, "when");
  return typeof when === "number" ? when : 0;
}
