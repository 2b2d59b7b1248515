/** A report as it is kept: `encode` and `decode` of sync/client/publication.py. */
import type { Publication, PublishedRow, PublishedTable } from "./publication.ts";

/** JSON with sorted keys. */
export function encodePublication({ period, tables, threshold, total }: Publication): string {
  const told = tables.map(({ question, rows }) => ({ question, rows }));
  return JSON.stringify({ period, tables: told, threshold, total });
}

/** `undefined` for what is no report. */
export function decodePublication(content: string): Publication | undefined {
  try {
    return publicationIn(JSON.parse(content));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function publicationIn(raw: unknown): Publication | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const { period, tables, threshold, total } = raw as Record<string, unknown>;
  if (typeof period !== "string" || typeof threshold !== "number") return undefined;
  if (!isCount(total) || !Array.isArray(tables)) return undefined;
  const read = tables.map(tableIn).filter((table) => table !== undefined);
  return read.length === tables.length ? { period, threshold, total, tables: read } : undefined;
}

function tableIn(raw: unknown): PublishedTable | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const { question, rows } = raw as Record<string, unknown>;
  if (typeof question !== "string" || !Array.isArray(rows)) return undefined;
  return rows.every(isRow) ? { question, rows } : undefined;
}

function isRow(raw: unknown): raw is PublishedRow {
  if (!Array.isArray(raw)) return false;
  const [name, count, ...others] = raw as readonly unknown[];
  return typeof name === "string" && isCount(count) && others.length === 0;
}

function isCount(raw: unknown): raw is number | null {
  return raw === null || typeof raw === "number";
}
