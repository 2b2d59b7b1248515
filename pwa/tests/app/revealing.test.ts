import { expect, test } from "vitest";

import { findRevealing } from "../../src/app/revealing.ts";

function kinds(text: string): string[] {
  return findRevealing(text).map(({ kind, text: part }) => `${kind}: ${part}`);
}

test.each([
  ["Call her on 081 234 5678 after six", "number: 081 234 5678"],
  ["+66-81-234-5678", "number: +66-81-234-5678"],
  ["Passport AB1234567", "number: AB1234567"],
  ["โทร ๐๘๑ ๒๓๔ ๕๖๗๘ นะ", "number: ๐๘๑ ๒๓๔ ๕๖๗๘"],
  ["ទូរស័ព្ទ ០១២ ៣៤៥ ៦៧៨", "number: ០១២ ៣៤៥ ៦៧៨"],
  ["ဖုန်း ၀၉၁၂၃၄၅၆၇၈", "number: ၀၉၁၂၃၄၅၆၇၈"],
  ["ໂທ ໐໒໐໕໕໕໑໒໓໔", "number: ໐໒໐໕໕໕໑໒໓໔"],
  ["فون ۰۳۰۰۱۲۳۴۵۶۷", "number: ۰۳۰۰۱۲۳۴۵۶۷"],
  ["هاتف ٠٥٠١٢٣٤٥٦٧", "number: ٠٥٠١٢٣٤٥٦٧"],
  ["फोन ९८४१२३४५६७", "number: ९८४१२३४५६७"],
  ["ফোন ০১৭১২৩৪৫৬৭৮", "number: ০১৭১২৩৪৫৬৭৮"],
  ["id １２３４５６７", "number: １２３４５６７"],
  ["எண் ௦௧௨௩௪௫௬௭", "number: ௦௧௨௩௪௫௬௭"],
  ["ߘ ߀߁߂߃߄߅߆", "number: ߀߁߂߃߄߅߆"],
  ["tel 𞥐𞥑𞥒𞥓𞥔𞥕", "number: 𞥐𞥑𞥒𞥓𞥔𞥕"],
  [
    "0\u200b8\u200b1\u200b2\u200b3\u200b4\u200b5",
    "number: 0\u200b8\u200b1\u200b2\u200b3\u200b4\u200b5",
  ],
])("a number is seen, in whatever digits: %s", (text, found) => {
  expect(kinds(text)).toEqual([found]);
});

test.each([
  ["was 12/03/1999 in her papers", "birth: 12/03/1999"],
  ["born in 1999", "birth: born in 1999"],
  ["on 12 March 1999", "birth: 12 March 1999"],
  ["March 12, 1999", "birth: March 12, 1999"],
  ["เกิด ๑๒ มีนาคม ๒๕๔๒", "birth: ๑๒ มีนาคม ๒๕๔๒"],
  ["sinh ngày 12 tháng 3 năm 1999", "birth: 12 tháng 3 năm 1999"],
  ["1999年3月12日", "birth: 1999年3月12日"],
  ["តាំងពីកើត ១៩៩៩", "birth: កើត ១៩៩៩"],
  ["जन्म २०५५", "birth: जन्म २०५५"],
  ["پیدائش ۱۹۹۹", "birth: پیدائش ۱۹۹۹"],
])("a date of birth is seen: %s", (text, found) => {
  expect(kinds(text)).toEqual([found]);
});

test.each([
  ["lives at 12 main street", "address: 12 main street"],
  ["house no. 7", "address: house no. 7"],
  ["soi 5", "address: soi 5"],
  ["ถนนสุขุมวิท 22", "address: ถนนสุขุมวิท 22"],
  ["ផ្លូវ ២៧១", "address: ផ្លូវ ២៧១"],
  ["လမ်း ၃၅", "address: လမ်း ၃၅"],
  ["jalan melati no 10", "address: jalan melati no 10"],
  ["phố huế 20", "address: phố huế 20"],
  ["شارع النيل 15", "address: شارع النيل 15"],
  ["گلی نمبر ۵", "address: گلی نمبر ۵"],
  ["南京路12号", "address: 南京路12"],
  ["write to aye@example.org", "address: aye@example.org"],
])("an address is seen: %s", (text, found) => {
  expect(kinds(text)[0]).toBe(found);
});

test.each([
  ["her name is Mali", "name: name is Mali"],
  ["asked for Mr Santos", "name: Mr Santos"],
  ["Daw Khin came too", "name: Daw Khin"],
  ["Maria Santos came again", "name: Maria Santos"],
  ["came with Mali today", "name: Mali"],
  ["ชื่อ มะลิ", "name: ชื่อ มะลิ"],
  ["นายสมชายมาด้วย", "name: นายสมชายมาด้วย"],
  ["ឈ្មោះ សុខា", "name: ឈ្មោះ សុខា"],
  ["နာမည် အေးအေး", "name: နာမည် အေးအေး"],
  ["ຊື່ ບຸນມີ", "name: ຊື່ ບຸນມີ"],
  ["उनका नाम सीता", "name: नाम सीता"],
  ["তার নাম রহিম", "name: নাম রহিম"],
  ["اسمها فاطمة", "name: اسمها فاطمة"],
  ["نام زینب", "name: نام زینب"],
  ["她叫小丽", "name: 她叫小丽"],
  ["tên Lan", "name: tên Lan"],
  ["find @mali_2000", "name: @mali_2000"],
])("a name is seen: %s", (text, found) => {
  expect(kinds(text)).toEqual([found]);
});

test.each([
  "",
  "Pay was 9000 baht a month, now 12,500.",
  "Wants to go home before Monday. Speaks Khmer and Thai.",
  "They worked 14 hours a day, 7 days a week, for 3 months.",
  "Works on the street. The house is far.",
  "Came from Myanmar in March.",
  "NGO closed at 5. Called the hotline 1694 twice.",
  "นายจ้างเก็บหนังสือเดินทางไว้ ๓ เดือน",
  "ทำงาน 14 ชั่วโมง ค่าแรง 300 บาท",
  "ម្ចាស់ការងារ មិនបានបើកប្រាក់ខែ ៣ ខែ",
  "လစာ ၃ လ မရသေးပါ",
  "उसने ३ महीने से वेतन नहीं पाया",
  "তিন মাস বেতন পায়নি",
  "لم يقبض أجره منذ ٣ أشهر",
  "تین ماہ سے تنخواہ نہیں ملی",
  "老板三个月没给工资",
  "Chưa được trả lương 3 tháng.",
])("nothing is made of what names nobody: %s", (text) => {
  expect(kinds(text)).toEqual([]);
});

test("several parts are told in the order of the text, each once", () => {
  expect(kinds("Tell Mali Santos, 081-234-5678, at 12 old road")).toEqual([
    "name: Tell Mali Santos",
    "number: 081-234-5678",
    "address: 12 old road",
  ]);
});
