import { afterEach, describe, expect, test } from "vitest";

import { Catalog, formatDay, formatNumber, setMessages } from "../src/i18n/index.ts";
import { inOwnDigits, ownDay } from "../src/i18n/own.ts";

const BURMESE = {
  day: "y MMMM d",
  digits: "၀၁၂၃၄၅၆၇၈၉",
  months: Array.from({ length: 12 }, (_, month) => `လ${month + 1}`),
};

afterEach(() => setMessages(undefined, "en"));

describe("how a language writes figures and dates that the browser does not know", () => {
  test("a day follows the pattern, in the language's own digits", () => {
    expect(ownDay("2026-11-05", BURMESE)).toBe("၂၀၂၆ လ၁၁ ၅");
  });

  test("quoted text in a pattern stands as it is", () => {
    expect(ownDay("2026-11-05", { ...BURMESE, digits: "0123456789", day: "d 'de' MMMM" })).toBe(
      "5 de လ11",
    );
  });

  test("only figures are changed", () => {
    expect(inOwnDigits("40 %", BURMESE.digits)).toBe("၄၀ %");
  });

  test("a language that the browser knows is left to it", () => {
    const writing = { day: "d", digits: BURMESE.digits, months: BURMESE.months };
    const header = { lang: "ur", plural_forms: "nplurals=1; plural=0;", ...writing };
    setMessages(Catalog.decode({ "": header }), "ur");
    expect(formatNumber(7)).toBe(new Intl.NumberFormat("ur").format(7));
  });

  test("one that it does not know is written as the pack says", () => {
    // No browser knows a private-use tag.
    const header = { lang: "qaa", plural_forms: "nplurals=1; plural=0;", ...BURMESE };
    setMessages(Catalog.decode({ "": header }), "qaa");
    expect(formatNumber(2026, { useGrouping: false })).toBe("၂၀၂၆");
    expect(formatDay("2026-11-05")).toBe("၂၀၂၆ လ၁၁ ၅");
  });
});
