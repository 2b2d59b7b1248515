/** What lists of rows are drawn from: made once for as long as the index says the same. */
import { once } from "../sync/once.ts";
import type { Entry } from "../sync/store.ts";
import type { IndexLine } from "./face.ts";

/** Highest order first. */
export const latestFirst = once((entries: readonly Entry[]): readonly Entry[] =>
  [...entries].sort((a, b) => b.order - a.order),
);

/** The same object until the row is written again. */
export const lineOf = once(({ address, order }: Entry): IndexLine => ({ id: address, order }));
