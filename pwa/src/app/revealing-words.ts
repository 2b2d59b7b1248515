/** The words by which `revealing.ts` knows a name, an address or a birth: alternatives of a regular expression. */

/** Beside a number, a place to live. */
export const STREET =
  "street|road|avenue|lane|alley|house|flat|apartment|building|room|block|plot" +
  "|village no|soi|moo|mu|trok|jalan|jl\\.?|gang|kampung|lorong|rt|rw|kalye|barangay" +
  "|brgy\\.?|purok|đường|phố|ngõ|ngách|hẻm|số nhà|सडक|सड़क|मार्ग|गली|मकान|घर नं\\.?|वडा" +
  "|টোল|রোড|সড়ক|গলি|বাড়ি|বাসা|سڑک|گلی|مکان|فلیٹ|محلہ|شارع|طريق|زقاق|منزل|شقة|عمارة" +
  "|حارة";

/** The same, in scripts that put no space between words. */
export const STREET_UNSPACED =
  "บ้านเลขที่|เลขที่|ถนน|ซอย|หมู่ที่|หมู่|ห้อง|ຖະໜົນ|ຖະຫນົນ|ຮ່ອມ|ເຮືອນເລກທີ|ເລກທີ|ផ្លូវ" +
  "|ផ្ទះលេខ|បន្ទប់|ភូមិលេខ|လမ်း|အိမ်အမှတ်|ရပ်ကွက်|အခန်း|号楼|門牌|门牌";

/** Beside a number, a day or year of birth. */
export const BORN =
  "born|birthday|birth date|date of birth|d\\.?o\\.?b\\.?|sinh|sinh nhật|lahir" +
  "|tgl lahir|ipinanganak|kapanganakan|kaarawan|जन्म|জন্ম|পیدائش|پیدائش|پیدا|تولد|مولود" +
  "|وُلد|ولد|ولدت|ميلاد";

export const BORN_UNSPACED = "เกิด|ເກີດ|កើត|မွေး|出生|生日|生于";

/** Before a word that begins large. */
export const TITLES =
  "mr|mrs|ms|miss|dr|sir|madam|mister|khun|u|daw|ko|bapak|pak|ibu|bu|mbak|mas|encik" +
  "|puan|cik|haji|ginoong?|ginang|aling|mang|ông|bà";

/** Before any word. */
export const TITLES_CASELESS =
  "श्री|श्रीमती|सुश्री|श्रीमान|জনাব|জনাবা|বেগম|মিস্টার|جناب|محترمہ|محترم|مسٹر|السيد" +
  "|السيدة|الأستاذ|الآنسة";

/** Before a word that begins large. */
export const CALLED =
  "name is|names are|named|called|is name|surname|nickname|full name|namanya|nama" +
  "|bernama|dipanggil|pangalan|nagngangalang|tên là|tên|họ tên|gọi là";

/** Before any word. */
export const CALLED_CASELESS = "नाम|নাম|نام|اسمه|اسمها|اسمي|اسم|يدعى|تدعى";

/** In scripts that put no space between words: none of them begins a common other word. */
export const NAMING =
  "ชื่อ|นามสกุล|นางสาว|นาย(?!จ้าง|หน้า|ก|อำเภอ|ทุน|ทหาร|ท่า|ตำรวจ)|ด\\.ช\\.|ด\\.ญ\\." +
  "|ຊື່|ນາມສະກຸນ|ທ້າວ|ឈ្មោះ|នាមត្រកូល|លោកស្រី|អ្នកស្រី|နာမည်|အမည်|ဒေါ်|名叫|姓名|名字|叫做|我叫" +
  "|他叫|她叫|先生|女士|小姐";
