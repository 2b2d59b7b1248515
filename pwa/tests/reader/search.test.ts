import { expect, test } from "vitest";

import { Finder, type Searched, snippetOf } from "../../src/reader/search/finder.ts";
import { fold } from "../../src/reader/search/fold.ts";
import { textOfPage } from "../../src/reader/search/html.ts";
import { browserCut, type Cut, gramsOf, wordsOf } from "../../src/reader/search/words.ts";

const LETTERS = Array.from(
  "aÁđŁßấỆ İıéñ ١۲٣ يىئی كک ةہھه أإآٱ ंนำเเ้ ຫນຳ ក្ដ្តាំ ရွှေ့၁ 工人 ﷲ ﻻ ½ \u200b\u200c\u200d\u00ad ️e\u0301",
);
const noWords: Cut = () => undefined;

/** A deterministic one, so that a failing case comes again. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test("folding twice is folding once", () => {
  const random = makeRandom(7);
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: 12 }, () => LETTERS[Math.floor(random() * LETTERS.length)]);
    const folded = fold(text.join(""));
    expect(fold(folded), text.join("")).toBe(folded);
  }
});

test.each([
  ["PASSPORT", "passport"],
  ["Quyền của người Lao Động", "quyen cua nguoi lao dong"],
  ["Straße", "strasse"],
  ["İstanbul ILIK ılık", "istanbul ilik ilik"],
  ["ＡＢＣ １２３", "abc 123"],
  ["حُقُوقٌ", "حقوق"],
  ["كتابي", "کتابی"],
  ["مدرسة مدرسہ مدرسه", "مدرسہ مدرسہ مدرسہ"],
  ["آپ أنا إلى", "اپ انا الی"],
  ["لڑکیاں", "لڑکیان"],
  ["پاس\u200cپورٹ", "پاسپورٹ"],
  ["ทำ", "ทํา"],
  ["แรง", "เเรง"],
  ["ຫນັງສື", "ໜັງສື"],
  ["ក្ដី", "ក្តី"],
  ["ដី\u200bធ្លី", "ដី ធ្លី"],
  ["๑๒ ໑໒ ១២ ၁၂ ۱۲", "12 12 12 12 12"],
])("%s and %s are one", (one, other) => {
  expect(fold(one)).toBe(fold(other));
});

test("the long and the short vowel of a Thai word stay two", () => {
  expect(fold("ทำ")).not.toBe(fold("ทา"));
});

test.each([
  ["สิทธิของแรงงานข้ามชาติ", "แรงงาน"],
  ["ສິດຂອງຄົນງານ", "ຂອງ"],
  ["សិទ្ធិរបស់កម្មករចំណាកស្រុក", "កម្មករ"],
  ["ရွှေ့ပြောင်းအလုပ်သမားများ", "အလုပ်သမား"],
  ["外来务工人员的权利", "权利"],
])("%s is cut into words", (text, word) => {
  expect(wordsOf(text, browserCut())).toContain(fold(word));
});

test("where the browser cannot cut, overlapping pairs of letters stand for words", () => {
  expect(wordsOf("工人权利 law", noWords)).toEqual(["工人", "人权", "权利", "law"]);
  expect(wordsOf("工", noWords)).toEqual(["工"]);
  expect(gramsOf("law แรงงาน")).toEqual(["แร", "รง", "งง", "งา", "าน"]);
});

test("the text of a page is what a reader sees of it", () => {
  const main =
    '<article class="topic"><h1>Can they &amp; may they?</h1><p class="lead">No<b>body</b> may.</p>' +
    "<section><h2>What&#x27;s next</h2><ul><li>One</li><li>Two &lt;3&gt;</li></ul></section>" +
    '<aside class="notice"><p>Not checked yet</p></aside><span>In English <small class="mark">EN</small></span>' +
    '<section class="related"><h2>Read on</h2></section></article>';
  expect(textOfPage(main)).toEqual({
    title: "Can they & may they?",
    lead: "Nobody may.",
    text: "Nobody may.\nWhat's next\nOne\nTwo <3>\nIn English",
    headings: "What's next",
  });
});

function page(path: string, title: string, text: string): Searched {
  return { path, title, lead: text.split(".")[0] ?? "", text, headings: "" };
}

const ENGLISH = [
  page(
    "/topics/papers",
    "Can someone keep my passport?",
    "No. Your passport is yours. Ask for it.",
  ),
  page(
    "/topics/pay",
    "My wages were not paid",
    "Write down your hours. Keep every slip of salary.",
  ),
  page(
    "/topics/debts",
    "I owe money for the journey",
    "A debt for the journey may be against the law.",
  ),
];
const OTHERS = [
  page("/topics/th", "นายจ้างเก็บหนังสือเดินทางของฉันได้ไหม", "ไม่ได้ หนังสือเดินทางเป็นของคุณ"),
  page("/topics/km", "តើគេអាចរក្សាលិខិតឆ្លងដែនរបស់ខ្ញុំបានទេ", "ទេ លិខិតឆ្លងដែនជារបស់អ្នក"),
  page("/topics/my", "ကျွန်ုပ်၏ နိုင်ငံကူးလက်မှတ်ကို သိမ်းထားနိုင်သလား", "မရပါ။ နိုင်ငံကူးလက်မှတ်သည် သင့်ပိုင်ဆိုင်မှုဖြစ်သည်။"),
  page("/topics/lo", "ນາຍຈ້າງເກັບໜັງສືຜ່ານແດນຂອງຂ້ອຍໄດ້ບໍ", "ບໍ່ໄດ້ ໜັງສືຜ່ານແດນເປັນຂອງເຈົ້າ"),
  page("/topics/zh", "别人可以拿走我的护照吗", "不可以。护照是你的。"),
  page("/topics/ur", "کیا کوئی میرا پاسپورٹ رکھ سکتا ہے؟", "نہیں۔ پاسپورٹ آپ کا ہے۔"),
  page("/topics/vi", "Ai đó có được giữ hộ chiếu của tôi không?", "Không. Hộ chiếu là của bạn."),
];

test.each([
  ["passport", "/topics/papers"],
  ["PASS", "/topics/papers"],
  ["pasport", "/topics/papers"],
  ["wages not payed", "/topics/pay"],
  ["sallary", "/topics/pay"],
  ["jurney debt", "/topics/debts"],
])("in English, %s finds %s first", async (query, path) => {
  const finder = await Finder.over(ENGLISH);
  expect(finder.find(query)[0]?.path).toBe(path);
});

test.each([
  ["หนังสือเดินทาง", "/topics/th"],
  ["หนังสื่อเดินทาง", "/topics/th"],
  ["หนังสือเดินทง", "/topics/th"],
  ["លិខិតឆ្លងដែន", "/topics/km"],
  ["លិខិតឆ្លងដេន", "/topics/km"],
  ["លិខិឆ្លងដែន", "/topics/km"],
  ["နိုင်ငံကူးလက်မှတ်", "/topics/my"],
  ["နိင်ငံကူးလက်မှတ်", "/topics/my"],
  ["ໜັງສືຜ່ານແດນ", "/topics/lo"],
  ["ຫນັງສືຜ່ານແດນ", "/topics/lo"],
  ["ຫນັງສີຜານແດນ", "/topics/lo"],
  ["护照", "/topics/zh"],
  ["پاسپورٹ", "/topics/ur"],
  ["پاسبورٹ", "/topics/ur"],
  ["پاسپورٹ رکھ", "/topics/ur"],
  ["ho chieu", "/topics/vi"],
  ["hộ chiêu", "/topics/vi"],
])("%s finds %s first, with the browser's dictionary and without", async (query, path) => {
  for (const cut of [browserCut(), noWords]) {
    const finder = await Finder.over([...ENGLISH, ...OTHERS], cut);
    expect(finder.find(query)[0]?.path).toBe(path);
  }
});

test.each(["", "   ", "?!", "\u200b", "zzzqqqxxx", "ឋឋឋឋឋឋ"])("%j finds nothing", async (query) => {
  const finder = await Finder.over([...ENGLISH, ...OTHERS]);
  expect(finder.find(query)).toEqual([]);
});

test("a result shows the lead, or the place that holds what was found", () => {
  const text = `${"Nothing to see here. ".repeat(20)}Ask for a receipt whenever you pay. ${"And on it goes. ".repeat(20)}`;
  const found = { title: "", lead: "Short lead", headings: "", text };
  expect(snippetOf(found, ["lead"])).toBe("Short lead");
  expect(snippetOf(found, ["nowhere"])).toBe("Short lead");
  const snippet = snippetOf(found, ["receipt"]);
  expect(snippet).toContain("Ask for a receipt");
  expect(snippet).toMatch(/^….*…$/);
  expect(snippet.length).toBeLessThan(160);
});
