import { beforeEach, expect, test } from "vitest";

import { Catalog, gettext, heard, ngettext, pgettext, setMessages } from "../src/i18n/index.ts";
import { parsePluralForms, PluralRuleError } from "../src/i18n/plural.ts";

const POLISH =
  "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);";
const ARABIC =
  "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);";

function catalog(lang: string, plural_forms: string, messages: Record<string, string[]>): Catalog {
  return Catalog.decode({ "": { lang, plural_forms }, ...messages });
}

beforeEach(() => setMessages(undefined, "en"));

test("plural rules choose as gettext does", () => {
  const { count, rule } = parsePluralForms(POLISH);
  expect(count).toBe(3);
  expect([1, 2, 4, 5, 12, 22, 100, 101].map(rule)).toEqual([0, 1, 1, 2, 2, 1, 2, 2]);
  const arabic = parsePluralForms(ARABIC).rule;
  expect([0, 1, 2, 3, 10, 11, 99, 100, 102].map(arabic)).toEqual([0, 1, 2, 3, 3, 4, 4, 5, 5]);
  expect(parsePluralForms("nplurals=1; plural=0;").rule(7)).toBe(0);
});

test.each(["", "nplurals=2", "nplurals=2; plural=n n;", "nplurals=2; plural=alert(1);"])(
  "a rule that is no rule is refused: %s",
  (header) => expect(() => parsePluralForms(header)).toThrow(PluralRuleError),
);

test("English needs no catalog", () => {
  expect(ngettext("{count} note", "{count} notes", 1)).toBe("1 note");
  expect(ngettext("{count} note", "{count} notes", 1200)).toBe("1,200 notes");
  expect(gettext("Kept on {day}", { day: "Monday" })).toBe("Kept on Monday");
});

test("a language's messages come in parts, whose first has the head", () => {
  const head = { lang: "th", plural_forms: "nplurals=1; plural=0;" };
  const both = Catalog.decode({ "": head, Save: ["บันทึก"] }, { "": head, Open: ["เปิด"] });
  setMessages(both, "th");
  expect([gettext("Save"), gettext("Open")]).toEqual(["บันทึก", "เปิด"]);
  expect(both.lang).toBe("th");
  expect(() => Catalog.decode({ "": head }, "no part")).toThrow("not an object");
});

test("numbers stand in the locale's own digits, and context tells two words apart", () => {
  setMessages(
    catalog("my", "nplurals=1; plural=0;", {
      "{count} note": ["မှတ်စု {count} ခု"],
      "button\u0004Open": ["ဖွင့်ပါ"],
      Open: ["ဖွင့်ထား"],
    }),
    "my",
  );
  expect(ngettext("{count} note", "{count} notes", 12)).toBe("မှတ်စု ၁၂ ခု");
  expect(pgettext("button", "Open")).toBe("ဖွင့်ပါ");
  expect(gettext("Open")).toBe("ဖွင့်ထား");
});

test("what nobody has translated is said in English, and says so", () => {
  setMessages(catalog("km", "nplurals=1; plural=0;", { Save: ["រក្សាទុក"], Empty: [""] }), "km");
  expect(heard(() => gettext("Save"))).toEqual({ text: "រក្សាទុក", lang: undefined });
  expect(heard(() => gettext("Delete"))).toEqual({ text: "Delete", lang: "en" });
  expect(heard(() => gettext("Empty"))).toEqual({ text: "Empty", lang: "en" });
  setMessages(undefined, "en");
  expect(heard(() => gettext("Delete")).lang).toBeUndefined();
});

test("a placeholder without a value stays, and a value is never read as a placeholder", () => {
  expect(gettext("{a} and {b}", { a: "{b}" })).toBe("{b} and {b}");
});

test.each([
  null,
  [],
  {},
  { "": {} },
  { "": { lang: "km", plural_forms: "nplurals=1; plural=0;" }, a: "b" },
])("a catalog of another shape is refused: %j", (domain) =>
  expect(() => Catalog.decode(domain)).toThrow(),
);
