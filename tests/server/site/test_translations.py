"""The real catalogs, and what the machine checks of a translation would see if something were lost."""

from __future__ import annotations

import gettext
import io
import re

import msgspec
import pytest
from babel.messages.catalog import Catalog as Po
from babel.messages.mofile import write_mo

from server.site.back_translations import load_back, translated_in, unknown_in
from server.site.catalogs import DOMAINS, catalog_path, decode_catalog, new_catalog, read_catalog
from server.site.extraction import collect
from server.site.lint_translations import lint_catalog, lint_glossary, sensitive_in
from server.site.locales import SOURCE, Locale, Term, folder_of, load_locales, tag_of
from server.site.minor import load_minor, refuse_unfit
from server.site.own_script import faults_of_script
from server.site.places import find_places
from server.site.updating import load_template

PLACES = find_places()
LOCALES = {locale.tag: locale for locale in load_locales(PLACES.translations)}
TRANSLATED = [tag for tag in LOCALES if tag != SOURCE]
KHMER = LOCALES["km"]


def locale_of(tag: str, script: str) -> Locale:
    return Locale(
        tag=tag, native_name=tag, english_name=tag, script=script, direction="ltr", reviews=[], glossary=[]
    )


RUSSIAN = locale_of("ru", "Cyrl")
VIETNAMESE = locale_of("vi", "Latn")
MALAY = locale_of("ms", "Latn")
CHINESE = locale_of("zh-Hans", "Hans")
NEPALI = locale_of("ne", "Deva")


def catalog_of(tag: str, domain: str) -> Po:
    """An empty one while a language is only beginning."""
    path = catalog_path(PLACES.translations, tag, domain)
    return read_catalog(path, tag) if path.exists() else new_catalog(domain, tag)


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("domain", DOMAINS)
def test_nothing_that_a_machine_can_see_is_lost_in_a_translation(tag: str, domain: str) -> None:
    faults = lint_catalog(catalog_of(tag, domain), domain, LOCALES[tag])
    assert [(fault.message, fault.what) for fault in faults] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_each_locale_has_a_word_for_each_term_with_the_same_care(tag: str) -> None:
    assert lint_glossary(LOCALES[tag], LOCALES[SOURCE]) == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_template_has_every_message_of_the_source_and_no_other(domain: str) -> None:
    def messages(po: Po) -> set[tuple[str | None, str]]:
        return {(message.context, str(message.id)) for message in po if message.id}

    assert messages(read_catalog(PLACES.translations / f"{domain}.pot", "en")) == messages(
        collect(domain, PLACES)
    )


@pytest.mark.parametrize(
    "tag", [tag for tag in TRANSLATED if catalog_path(PLACES.translations, tag, "app").exists()]
)
@pytest.mark.parametrize("domain", DOMAINS)
def test_each_catalog_has_the_messages_of_the_template(tag: str, domain: str) -> None:
    template = read_catalog(PLACES.translations / f"{domain}.pot", "en")
    assert {str(message.id) for message in catalog_of(tag, domain)} == {
        str(message.id) for message in template
    }


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_catalog_compiles_and_says_then_what_it_says_as_text(tag: str, domain: str) -> None:
    po, compiled = catalog_of(tag, domain), io.BytesIO()
    write_mo(compiled, po)
    found = gettext.GNUTranslations(io.BytesIO(compiled.getvalue()))
    for (context, text), forms in decode_catalog(po).messages.items():
        if len(forms) == 1 and isinstance(message := getattr(po.get(text, context), "id", None), str):
            assert (found.pgettext(context, message) if context else found.gettext(message)) == forms[0]


@pytest.mark.parametrize("tag", TRANSLATED)
def test_what_was_read_back_is_of_messages_that_are_translated(tag: str) -> None:
    catalogs = {domain: catalog_of(tag, domain) for domain in DOMAINS}
    back = load_back(PLACES.translations, tag, load_minor(PLACES.translations))
    assert unknown_in(back, translated_in(catalogs)) == []


def test_every_edit_that_is_called_minor_is_of_the_english_as_it_stands() -> None:
    templates = {domain: load_template(PLACES, domain) for domain in DOMAINS}
    refuse_unfit(PLACES.translations, load_minor(PLACES.translations), templates)


def test_right_to_left_and_names_are_the_locales_own() -> None:
    assert {tag: LOCALES[tag].direction for tag in ("th", "km", "my", "ur")} == {
        "th": "ltr", "km": "ltr", "my": "ltr", "ur": "rtl",
    }  # fmt: skip
    assert LOCALES["km"].native_name == "ខ្មែរ"


def test_a_locales_folder_and_its_tag_are_two_spellings_of_one_thing() -> None:
    assert (folder_of("zh-Hans"), tag_of("zh_Hans")) == ("zh_Hans", "zh-Hans")


def faults_of(source: str, translation: str, *, domain: str = "content", locale: Locale = KHMER) -> list[str]:
    po = new_catalog(domain, locale.tag)
    po.add(source, translation)
    return [fault.what for fault in lint_catalog(po, domain, locale)]


@pytest.mark.parametrize(
    ("source", "translation", "told"),
    [
        ("Run by %(name)s.", "ដំណើរការដោយ។", "placeholder"),
        ("{count} kept", "រក្សាទុក", "placeholder"),
        ("Call 1300.", "ហៅ ១៣០១។", "numbers"),
        ("Adopted on 9 July 2014.", "អនុម័តនៅ ២០១៤-៦-៩។", "numbers"),
        ("[Help](help:) is near.", "ជំនួយ នៅជិត។", "link"),
        ("[Law](topic:law)", "[ច្បាប់](topic:work)", "link"),
        ("**In Europe:** yes", "នៅអឺរ៉ុប៖ បាទ", "markup"),
        ("Your papers", "ឯកសារ របស់ you", "another script"),
        ("Your papers", "เอกสาร", "another script"),
        ("Your papers", "<b>ឯកសារ</b>", "HTML"),
    ],
)
def test_what_is_lost_is_found(source: str, translation: str, told: str) -> None:
    assert any(told in what for what in faults_of(source, translation))


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("Call 1300.", "ហៅ ១៣០០។"),
        ("Adopted on 9 July 2014.", "អនុម័តនៅ ២០១៤-៧-៩។"),
        ("Hilfetelefon, in Germany", "Hilfetelefon នៅអាល្លឺម៉ង់"),
        ("[Help](help:) is near.", "នៅជិត [ជំនួយ](help:)។"),
        ("Rantsev v Cyprus and Russia, 2010", "Rantsev v Cyprus and Russia ឆ្នាំ 2010"),
        ("Children in danger (Enfance en danger)", "កុមារក្នុងគ្រោះថ្នាក់ (Enfance en danger)"),
    ],
)
def test_own_digits_names_and_another_order_are_no_fault(source: str, translation: str) -> None:
    assert faults_of(source, translation) == []


@pytest.mark.parametrize(
    ("locale", "source", "translation", "told"),
    [
        (VIETNAMESE, "Keep your papers safe", "Keep your papers safe", "is still English"),
        (VIETNAMESE, "Keep your papers safe", "Giu giay to cua ban", "no marks on its vowels"),
        (MALAY, "They may take your papers.", "Mereka boleh ambil your papers.", "English words in it: your"),
        (MALAY, "Papers", "เอกสาร", "has another script in it"),
        (CHINESE, "When you work", "當你工作的時候", "traditional characters in it: 當, 時"),
        (CHINESE, "Your papers", "你的 papers", "has another script in it: papers"),
        (CHINESE, "Your papers", "เอกสาร", "has another script in it"),
        (NEPALI, "Your papers", "আপনার কাগজ", "has another script in it"),
    ],
)
def test_a_translation_in_another_script_or_half_in_english_is_found(
    locale: Locale, source: str, translation: str, told: str
) -> None:
    assert any(told in what for what in faults_of(source, translation, locale=locale))


@pytest.mark.parametrize(
    ("locale", "source", "translation"),
    [
        (VIETNAMESE, "Keep your papers safe", "Hãy giữ giấy tờ của bạn"),
        (VIETNAMESE, "Email", "Email"),
        (MALAY, "Work and pay", "Kerja dan gaji"),
        (MALAY, "UN Office on Drugs and Crime", "UN Office on Drugs and Crime"),
        (CHINESE, "When you work, call (1300).", "工作的时候，请打电话（1300）。"),
        (NEPALI, "Your papers.", "तपाईंका कागजपत्र।"),
    ],
)
def test_a_languages_own_way_of_writing_and_names_are_no_fault(
    locale: Locale, source: str, translation: str
) -> None:
    assert faults_of(source, translation, locale=locale) == []


@pytest.mark.parametrize(("script", "own"), [("Jpan", "電話する"), ("Kore", "전화하기"), ("Aran", "فون")])
def test_a_way_of_writing_may_have_several_scripts(script: str, own: str) -> None:
    locale = msgspec.structs.replace(KHMER, script=script)
    assert list(faults_of_script("Call", own, locale)) == []
    assert list(faults_of_script("Call", "ហៅ", locale)) != []


def test_plural_forms_of_another_language_are_found_in_the_head() -> None:
    po = Po("ru")
    assert [fault.what for fault in lint_catalog(po, "app", KHMER)] == [
        "has the plural forms of another language: nplurals=3, 1 is wanted"
    ]


def test_a_chinese_character_takes_the_room_of_two_letters() -> None:
    assert faults_of("Call someone now", "打电话" * 5, domain="app", locale=CHINESE) == []
    assert any(
        "letters long" in what
        for what in faults_of("Call someone now", "打电话" * 6, domain="app", locale=CHINESE)
    )


def test_an_interface_that_grows_more_than_twofold_is_found() -> None:
    assert faults_of("Call", "ហៅ", domain="app") == []
    assert any("letters long" in what for what in faults_of("Call someone", "ហ" * 40, domain="app"))


def test_a_fuzzy_message_is_a_fault_and_is_not_shown() -> None:
    po = Po("km")
    po.add("Law", "ច្បាប់", flags=["fuzzy"])
    assert [fault.what for fault in lint_catalog(po, "content", KHMER)] == ["is marked fuzzy"]
    assert decode_catalog(po).find("Law") is None


def test_a_percent_sign_beside_a_placeholder_is_a_fault_since_it_would_be_taken_for_one() -> None:
    told = ["has a % that begins no placeholder"]
    assert faults_of("Run by %(name)s.", "%(name)s % ។", domain="app") == told
    assert faults_of("Run by %(name)s.", "%(name)s %% ។", domain="app") == []
    assert faults_of("Half, 50%", "៥០%", domain="app") == []


def test_what_is_fuzzy_has_no_other_fault_since_it_is_not_shown() -> None:
    po = Po("km")
    po.add("Call 1300.", "ហៅ ១៣០១។", flags=["fuzzy"])
    assert [fault.what for fault in lint_catalog(po, "content", KHMER)] == ["is marked fuzzy"]


def test_a_message_that_lacks_a_plural_form_is_a_fault_and_is_not_shown() -> None:
    po = Po("ru")
    po.add(("%(num)s line", "%(num)s lines"), ("%(num)s линия", "%(num)s линии", ""))
    assert [fault.what for fault in lint_catalog(po, "app", RUSSIAN)] == ["has an empty plural form"]
    assert decode_catalog(po).find("%(num)s line") is None


SENSITIVE: list[tuple[str, str, bool]] = [
    ("police", "Police", True),
    ("abuse", "Disabuse", False),
    ("ពលកម្ម", "ច្បាប់ពលកម្មថ្មី", True),
    ("victim / survivor", "Survivor", True),
]


@pytest.mark.parametrize(("term", "text", "found"), SENSITIVE)
def test_a_sensitive_term_is_found_as_a_word_or_where_words_are_not_spaced(
    term: str, text: str, found: bool
) -> None:
    glossary = [Term(english="x", term=term, sensitive=True)]
    assert bool(sensitive_in(text, glossary)) is found


def test_a_message_that_names_a_button_names_one_that_there_is_in_every_locale() -> None:
    template = read_catalog(PLACES.translations / "app.pot", "en")
    said = {str(message.id) for message in template if message.id}
    naming = {
        text: found[1]
        for text in said
        if (found := re.search(r"\bPress ([A-Z][a-z ]+?)(?: (?:when|to) .*)?[.,]", text))
    }
    assert naming, "this test has nothing to look at"
    assert set(naming.values()) <= said
    for tag in TRANSLATED:
        catalog = decode_catalog(catalog_of(tag, "app"))
        for text, button in naming.items():
            if (translated := catalog.find(text)) is not None:
                assert (catalog.find(button) or button) in translated, (tag, text)
