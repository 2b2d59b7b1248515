import { describe, expect, test } from "vitest";

import { randomBytes } from "../../src/sync/identifiers.ts";
import { checkDigit } from "../../src/vault/check-digits.ts";
import {
  parseRecovery,
  recoveryGroups,
  suggestPassphrase,
  wrongGroup,
} from "../../src/vault/index.ts";
import { canonicalPassphrase } from "../../src/vault/suggestion.ts";

function inScript(text: string, zero: number): string {
  return text.replace(/\d/g, (digit) => String.fromCharCode(zero + Number(digit)));
}

test("the check digit is that of ISO 7064 MOD 11,10", () => {
  // The standard's own example: 0794 has the check digit 5. The group's number is its first digit here.
  expect(checkDigit("794", 0)).toBe("5");
});

describe("a recovery key", () => {
  const key = Uint8Array.from({ length: 20 }, (_, at) => 13 * at);
  const groups = recoveryGroups(key);

  test("is ten groups of six digits", () => {
    expect(groups).toHaveLength(10);
    expect(groups.join("")).toMatch(/^\d{60}$/);
    expect(groups[0]?.slice(0, 5)).toBe("00013");
  });

  test.each([
    ["with spaces", groups.join(" ")],
    ["with none", groups.join("")],
    ["on lines, with hyphens", groups.join(" - \n")],
    ["in Khmer digits", inScript(groups.join(" "), 0x17e0)],
    [
      "in Urdu digits, with marks of direction",
      `\u200f${inScript(groups.join("  "), 0x06f0)}\u200e`,
    ],
  ])("is read %s", (_, typed) => {
    expect(parseRecovery(typed)).toEqual({ key });
  });

  test("any key is read as it was written", () => {
    for (let round = 0; round < 200; round += 1) {
      const any = randomBytes(20);
      expect(parseRecovery(recoveryGroups(any).join(" "))).toEqual({ key: any });
    }
  });

  test("every wrong digit is found, with its group", () => {
    for (const [at, group] of groups.entries()) {
      for (let place = 0; place < 6; place += 1) {
        const wrong = String((Number(group[place]) + 1) % 10);
        const typed = groups.slice();
        typed[at] = group.slice(0, place) + wrong + group.slice(place + 1);
        expect(parseRecovery(typed.join(" "))).toEqual({ group: at + 1 });
      }
    }
  });

  test.each([
    ["nothing", "", undefined],
    ["half of it", groups.slice(0, 5).join(" "), undefined],
    ["a digit too few", groups.join(" ").slice(0, -1), undefined],
    ["more than it", `${groups.join(" ")} 123456`, undefined],
    ["words", "seven small boats", 1],
    ["two groups that changed places", [groups[1], groups[0], ...groups.slice(2)].join(" "), 1],
  ])("%s is none", (_, typed, group) => {
    expect(parseRecovery(typed)).toEqual({ group });
  });
});

describe("a suggested passphrase", () => {
  test("is four groups of five digits, another each time", () => {
    const made = new Set(Array.from({ length: 100 }, () => suggestPassphrase(randomBytes)));
    expect(made.size).toBe(100);
    for (const each of made) expect(each).toMatch(/^\d{5} \d{5} \d{5} \d{5}$/);
  });

  test("is the same in any digits, with or without spaces", () => {
    const made = suggestPassphrase(randomBytes);
    for (const typed of [made.replaceAll(" ", ""), inScript(made, 0x1040), ` ${made}  `]) {
      expect(canonicalPassphrase(typed)).toBe(made);
      expect(wrongGroup(typed)).toBeUndefined();
    }
  });

  test("with a slip says in which group, and stays as it was typed", () => {
    const made = suggestPassphrase(randomBytes);
    const slip = made.slice(0, -1) + String((Number(made.slice(-1)) + 1) % 10);
    expect(wrongGroup(slip)).toBe(4);
    expect(canonicalPassphrase(slip)).toBe(slip);
  });

  test.each(["seven small boats", "12345", "1234567890123456789012", "12 boats"])(
    "%s is none",
    (typed) => {
      expect(canonicalPassphrase(typed)).toBe(typed);
      expect(wrongGroup(typed)).toBeUndefined();
    },
  );
});
