/** What Python and TypeScript both pass. */
import { readFileSync } from "node:fs";

export function vectors(name: string): unknown {
  const path = new URL(`../../../tests/vectors/${name}`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf-8"));
}
