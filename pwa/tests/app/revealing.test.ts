import { expect, test } from "vitest";

import { findRevealing } from "../../src/app/revealing.ts";
import { text } from "../../src/sync/decoding.ts";
import { cases, unread } from "../sync/vectors.ts";

test.each(cases("revealing", "valid").map(([, each]) => [each("text", text), each] as const))(
  "what may tell who somebody is, is seen, and nothing else: %s",
  (typed, each) => {
    expect(findRevealing(typed)).toEqual(each("found", unread));
  },
);
