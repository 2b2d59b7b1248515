import { expect, test } from "vitest";

import { bucketsOf } from "../../src/sync/audit.ts";
import { toHex } from "../../src/sync/bytes.ts";
import { fieldsOf, list, natural, text } from "../../src/sync/decoding.ts";
import { cases, hex } from "./vectors.ts";

test.each(cases("audit", "valid"))("heads are summed alike: %s", (_, each) => {
  const summed = bucketsOf(each("heads", list(hex)));
  const wanted = each(
    "buckets",
    list((value, path) => {
      const field = fieldsOf(value, path);
      return {
        bucket: field("bucket", natural),
        count: field("count", natural),
        sum: field("sum", text),
      };
    }),
  );
  expect(summed.map((bucket) => ({ ...bucket, sum: toHex(bucket.sum) }))).toEqual(wanted);
});
