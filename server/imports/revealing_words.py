"""By which words `revealing.py` knows a name, an address or a birth, as `pwa/src/app/revealing-words.ts`."""

STREET = (
    r"street|road|avenue|lane|alley|house|flat|apartment|building|room|block|plot"
    r"|village no|soi|moo|mu|trok|jalan|jl\.?|gang|kampung|lorong|rt|rw|kalye|barangay"
    r"|brgy\.?|purok|đường|phố|ngõ|ngách|hẻm|số nhà|सडक|सड़क|मार्ग|गली|मकान|घर नं\.?|वडा"
    r"|টোল|রোড|সড়ক|গলি|বাড়ি|বাসা|سڑک|گلی|مکان|فلیٹ|محلہ|شارع|طريق|زقاق|منزل|شقة|عمارة"
    r"|حارة"
)
"""Beside a number, a place to live."""

STREET_UNSPACED = (
    r"บ้านเลขที่|เลขที่|ถนน|ซอย|หมู่ที่|หมู่|ห้อง|ຖະໜົນ|ຖະຫນົນ|ຮ່ອມ|ເຮືອນເລກທີ|ເລກທີ|ផ្លូវ"
    r"|ផ្ទះលេខ|បន្ទប់|ភូមិលេខ|လမ်း|အိမ်အမှတ်|ရပ်ကွက်|အခန်း|号楼|門牌|门牌"
)
"""The same, in scripts that put no space between words."""

BORN = (
    r"born|birthday|birth date|date of birth|d\.?o\.?b\.?|sinh|sinh nhật|lahir"
    r"|tgl lahir|ipinanganak|kapanganakan|kaarawan|जन्म|জন্ম|পیدائش|پیدائش|پیدا|تولد|مولود"
    r"|وُلد|ولد|ولدت|ميلاد"
)
"""Beside a number, a day or year of birth."""

BORN_UNSPACED = r"เกิด|ເກີດ|កើត|မွေး|出生|生日|生于"

TITLES = (
    r"mr|mrs|ms|miss|dr|sir|madam|mister|khun|u|daw|ko|bapak|pak|ibu|bu|mbak|mas|encik"
    r"|puan|cik|haji|ginoong?|ginang|aling|mang|ông|bà"
)
"""Before a word that begins large."""

TITLES_CASELESS = (
    r"श्री|श्रीमती|सुश्री|श्रीमान|জনাব|জনাবা|বেগম|মিস্টার|جناب|محترمہ|محترم|مسٹر|السيد"
    r"|السيدة|الأستاذ|الآنسة"
)
"""Before any word."""

CALLED = (
    r"name is|names are|named|called|is name|surname|nickname|full name|namanya|nama"
    r"|bernama|dipanggil|pangalan|nagngangalang|tên là|tên|họ tên|gọi là"
)
"""Before a word that begins large."""

CALLED_CASELESS = r"नाम|নাম|نام|اسمه|اسمها|اسمي|اسم|يدعى|تدعى"
"""Before any word."""

NAMING = (
    r"ชื่อ|นามสกุล|นางสาว|นาย(?!จ้าง|หน้า|ก|อำเภอ|ทุน|ทหาร|ท่า|ตำรวจ)|ด\.ช\.|ด\.ญ\."
    r"|ຊື່|ນາມສະກຸນ|ທ້າວ|ឈ្មោះ|នាមត្រកូល|លោកស្រី|អ្នកស្រី|နာမည်|အမည်|ဒေါ်|名叫|姓名|名字|叫做|我叫"
    r"|他叫|她叫|先生|女士|小姐"
)
"""In scripts that put no space between words: none of them begins a common other word."""
