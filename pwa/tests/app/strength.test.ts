import { dictionary } from "@zxcvbn-ts/language-common";
import { expect, test } from "vitest";

import common from "../../src/app/strength/common-passwords.json" with { type: "json" };
import { strengthOf } from "../../src/app/strength/estimate.ts";
import { suggestPassphrase } from "../../src/vault/index.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";

test("the commonest passwords are the first of the library's list", () => {
  const first = dictionary["passwords-common"].slice(0, 3000).join(" ");
  expect(common).toBe(first);
});

test.each([
  ["password", "none"],
  ["12345678", "none"],
  ["Password123", "none"],
  ["aaaaaaaaaaaa", "none"],
  ["monkeydragon", "none"],
  ["monkey77tulip", "weak"],
  ["seven small boats at anchor", "strong"],
  ["", "none"],
])("%s is %s", (typed, strength) => {
  expect(strengthOf(typed)).toBe(strength);
});

test("what we suggest is always strong, and the longest takes no time", () => {
  expect(strengthOf(suggestPassphrase(randomBytes))).toBe("strong");
  expect(strengthOf("ab ".repeat(10_000))).toBeDefined();
});
