/** What a change was begun over, kept in its draft: a lock, or a restart, must not make another's change look like one made here. */
import type { Values } from "../vault/index.ts";

/** Beside the values in a draft: what was saved when it began. No field can be called so. */
const BASE = ":base";

/** `base` undefined: of something new. */
export function withBase(values: Values, base: Values | undefined): Values {
  return base === undefined ? values : { ...values, [BASE]: JSON.stringify(base) };
}

/** `undefined` too where the draft was begun before drafts kept it. */
export function baseOf(draft: Values): Values | undefined {
  const base = draft[BASE];
  return typeof base === "string" ? (JSON.parse(base) as Values) : undefined;
}
