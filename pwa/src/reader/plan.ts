/** What to fetch of a pack, in which order, and how far it has come. */
import type { PackIndex, PartOf } from "./pack-index.ts";

/** First what makes the most pages open. */
const ORDER = ["pages/core", "messages", "pages/", "help", "form/", "app/", "console/"];

export interface Progress {
  readonly held: number;
  readonly total: number;
  readonly bytes_held: number;
  readonly bytes_total: number;
}

export function missingParts(index: PackIndex, holds: (hash: string) => boolean): PartOf[] {
  return index.parts
    .filter(({ hash }) => !holds(hash))
    .sort((a, b) => rank(a.subject) - rank(b.subject));
}

export function progressOf(index: PackIndex, holds: (hash: string) => boolean): Progress {
  const held = index.parts.filter(({ hash }) => holds(hash));
  return {
    held: held.length,
    total: index.parts.length,
    bytes_held: bytesOf(held),
    bytes_total: bytesOf(index.parts),
  };
}

/** The parts that nothing names any more. */
export function unused(held: readonly string[], indexes: readonly PackIndex[]): string[] {
  const named = new Set(indexes.flatMap(({ parts }) => parts.map(({ hash }) => hash)));
  return held.filter((hash) => !named.has(hash));
}

function rank(subject: string): number {
  const at = ORDER.findIndex((prefix) => subject.startsWith(prefix));
  return at < 0 ? ORDER.length : at;
}

function bytesOf(parts: readonly PartOf[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}
