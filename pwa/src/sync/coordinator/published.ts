/** What coordinators published, from a coordinator's own copy of `members`. */
import type { Hex } from "../bytes.ts";
import type { Certificate } from "../enrolment.ts";
import type { Published } from "../face.ts";
import type { Value } from "../revisions.ts";
import { type Filed, textOf, valueOf } from "./filed.ts";

/** The newest first. Everything counts as seen: whoever publishes is not told of it. */
export function publishedIn(
  records: readonly Filed[],
  certificates: ReadonlyMap<Hex, Certificate>,
): Published[] {
  return (
    records
      // Nothing here is edited: beside a tombstone stands what somebody sealed anew with its old signature.
      .filter(({ merged }) => !merged.deleted && !merged.deleted_elsewhere)
      .map((filed) => publishedOf(filed, certificates))
      .sort((a, b) => b.published - a.published || (a.id < b.id ? -1 : 1))
  );
}

function publishedOf(filed: Filed, certificates: ReadonlyMap<Hex, Certificate>): Published {
  const values = new Map<string, Value>();
  for (const [name, [first]] of filed.merged.fields) {
    if (first !== undefined) values.set(name, first.value);
  }
  const when = valueOf(filed, "published");
  return {
    id: filed.record,
    type: textOf(filed, "type"),
    published: typeof when === "number" ? when : 0,
    isStanding: filed.authors.every((author) => certificates.get(author)?.revoked === false),
    isSeen: true,
    values,
  };
}
