"""Each kind of bad content and what the build says of it: the file, the line, and what is wrong."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from server.errors import ContentError, ServerError, SiteError, TranslationError
from server.site.catalogs import catalog_path
from server.site.places import Places
from server.site.sources import load_sources

from .small_site import make_site, po_text

TODAY = datetime.date(2026, 11, 21)
Break = Callable[[str], str]
Case = tuple[str, Break, int, str]
"""A file, what is done to it, the line that is named then, and what is said."""

TOPIC = "content/topics/papers.md"
PAGE = "content/pages/about.md"
GUIDANCE = "content/guidance/listening.md"
COUNTRY = "content/directory/th.toml"
FEES = "content/fees/th.toml"
CHECK = "content/checks/offer.toml"
WORDS = "content/words.toml"
DATES = "content/dates.toml"
PHRASES = "content/phrases/phrases.toml"
FRENCH_PHRASES = "content/phrases/fr.toml"
SIGNS = "content/indicators/signs.toml"
WITHDRAWN = "content/withdrawn.toml"
CATALOG = "translations/lo/LC_MESSAGES/content.po"
LOCALE = "translations/lo/locale.toml"
GLOSSARY = "translations/lo/glossary.toml"

LONG_WORDS = "Administrative authorities characteristically acknowledge international responsibilities. "


def put(old: str, new: str) -> Break:
    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return change


def without(beginning: str) -> Break:
    return lambda text: re.sub(rf"^{re.escape(beginning)}.*\n", "", text, count=1, flags=re.MULTILINE)


def whole(text: str) -> Break:
    return lambda _: text


def more(text: str) -> Break:
    return lambda old: f"{old}{text}"


def message(english: str, lao: str, **head: str) -> Break:
    return whole(po_text(f'msgid "{english}"\nmsgstr "{lao}"', **head))


TOPICS: list[Case] = [
    (TOPIC, whole("No head.\n"), 1, "has no front matter between two lines of ---"),
    (TOPIC, put("label: Papers", "label: [Papers"), 4, "front matter: expected ',' or ']'"),
    (TOPIC, put("label: Papers", "label: Papers\ncolour: red"), 4, "colour: there is no such field here"),
    (TOPIC, without("summary:"), 1, "“summary” is missing"),
    (TOPIC, put("question: Can they take my papers?", 'question: ""'), 4, "question: it must not be empty"),
    (TOPIC, put("slug: papers", "slug: passport"), 2, "slug: is 'passport', the file is 'papers'"),
    (TOPIC, put("stage: way", "stage: prison"), 6, "stage: 'prison' is not one of the choices"),
    (TOPIC, lambda text: re.sub(r"sources:\n(  .*\n)+", "sources: []\n", text), 9, "sources: it must not be"),
    (TOPIC, put("Treaty on Papers, 2000", '""'), 10, "sources[0].instrument: it must not be empty"),
    (TOPIC, put("[embassy]", "[fortune-teller]"), 15, "helps[0]: 'fortune-teller' is not one of the choices"),
    (TOPIC, put("related: []", "related: [nowhere]"), 14, "related: there is no other page nowhere"),
    (TOPIC, put('"2016-11"', '"2031-11"'), 13, "facts_as_of: is in the future"),
    (TOPIC, put('"2016-11"', '"November"'), 13, "facts_as_of: text of the form"),
    (
        TOPIC,
        put("related:", "reviewed: {by: A, date: 2026-01-01}\nrelated:"),
        14,
        "reviewed: “role” is missing",
    ),
    (
        TOPIC,
        put("related:", "reviewed: {by: A, role: B, date: 2030-01-01}\nrelated:"),
        14,
        "reviewed.date: is in the future: a review is never made up",
    ),
    (TOPIC, put("They can help you there. We go to the town. " * 2, ""), 17, "words; 120 to 260 are wanted"),
    (TOPIC, put("## Why it matters\n", ""), 17, "has 1 sections; 2 to 5 are wanted"),
    (TOPIC, put("## What you can do", "## And now"), 22, "ends with 'And now'; 'What you can do' is wanted"),
    (TOPIC, put("(help:)", "(topic:lore)"), 20, "has a broken link: topic:lore"),
    (TOPIC, put("(help:)", "(http://example.org)"), 20, "has a broken link: http://example.org"),
    (TOPIC, put("Your papers are yours.", "'[Here](help:xx)'"), 5, "summary: has a broken link: help:xx"),
    (TOPIC, put("Read [who", f"{LONG_WORDS * 6}\nRead [who"), 20, "needs a reading age of"),
    (TOPIC, put("- **Keep**", "<b>x</b>\n\n- **Keep**"), 23, "pages carry no HTML"),
    (TOPIC, put("- **Keep** your papers.", "![a](b.png)"), 23, "pages carry no image"),
    (TOPIC, put("## Why it matters", "# Why it matters"), 17, "pages carry no h1"),
    (TOPIC, put("- **Keep** your papers.", "- Keep\n  - your papers."), 24, "pages carry no list in a list"),
    (PAGE, put("(topic:papers)", "(page:nowhere)"), 7, "has a broken link: page:nowhere"),
    (PAGE, put("label: About", "label: About\nhelps: [ngo]"), 4, "helps: there is no such field here"),
    (GUIDANCE, put("order: 1", "order: first"), 6, "order: a whole number is wanted"),
    (GUIDANCE, put("## First", "## First\n\n[More](guide:nowhere)"), 13, "has a broken link: guide:nowhere"),
]
DATA: list[Case] = [
    (COUNTRY, put('country = "TH"', 'country = "TH'), 1, "Illegal character"),
    (COUNTRY, put('kind = "ngo"', 'kind = "magic"'), 7, "entry[0].kind: 'magic' is not one of the choices"),
    (COUNTRY, put('dial = "1301"', 'dial = "call us"'), 18, "entry[1].numbers[0].dial: text of the form"),
    (COUNTRY, put('source_title = "A page"', ""), 4, "“source_title” is missing"),
    (COUNTRY, put("https://example.org/", "example.org"), 10, "entry[0].source_address: text of the form"),
    (COUNTRY, put('id = "th-other"', 'id = "th-line"'), 15, "entry th-line: the id stands twice"),
    (COUNTRY, put('id = "th-line"', 'id = "th-line"\ncolour = "red"'), 6, "colour: there is no such field"),
    (COUNTRY, put('country = "TH"', 'country = "TL"'), 1, "country: is TL, the file is th.toml"),
    (COUNTRY, more('checked = { by = "A", date = 2026-01-01 }\n'), 23, "entry[1].checked: “role” is missing"),
    (
        COUNTRY,
        more('checked = { by = "A", role = "B", date = 2031-01-01 }\n'),
        15,
        "th-other.checked.date: is in the future: a check is never made up",
    ),
    (FEES, put("year = 2008", "year = 208"), 7, "rule[0].year: a whole number from 1900 up is wanted"),
    (FEES, put('country = "TH"', 'country = "LA"'), 1, "country: is LA, the file is th.toml"),
    (FEES, lambda text: text + text.partition("\n\n")[2], 13, "rule th-rule: stands twice"),
    (
        FEES,
        put("You do not pay", "It is illegal to pay"),
        8,
        "rule[0].text: says illegal: say what the law says",
    ),
    (FEES, put("You do not pay for a job.", LONG_WORDS), 8, "needs a reading age of"),
    (FEES, more(f'passport = "{LONG_WORDS}"\n'), 12, "needs a reading age of"),
    (CHECK, put("Ask for a name.", LONG_WORDS * 6), 16, "needs a reading age of"),
    (CHECK, put('topic = "papers"', 'topic = "nowhere"'), 17, "ask[0].topic: there is no topic nowhere"),
    (CHECK, put('["no"]', '["maybe"]'), 14, "ask[0].care_on[0]: 'maybe' is not one of the choices"),
    (CHECK, put('"2016-11"', '"2031"'), 6, "facts_as_of: is in the future"),
    (WORDS, put("To agree freely.", LONG_WORDS), 3, "needs a reading age of"),
    (WORDS, put('topic = "papers"', 'topic = "nowhere"'), 4, "word[0].topic: there is no topic nowhere"),
    (WORDS, lambda text: text + text, 6, "word consent: stands twice"),
]
MORE: list[Case] = [
    (DATES, lambda text: text + text, 6, "date visa: stands twice"),
    (
        PHRASES,
        put('group = "danger"', 'group = "fun"'),
        3,
        "phrase[0].group: 'fun' is not one of the choices",
    ),
    (
        PHRASES,
        more('\n[[phrase]]\nid = "help"\ngroup = "help"\ntext = "Help."\n'),
        8,
        "phrase help: stands twice",
    ),
    (FRENCH_PHRASES, put('id = "help"', 'id = "other"'), 1, "phrase: lacks, or has too much: help, other"),
    (FRENCH_PHRASES, put('"fr"', '"de"'), 1, "language: is de, the file is fr.toml"),
    (SIGNS, put('id = "signs"', 'id = "marks"'), 1, "id: is 'marks', the file is 'signs'"),
    (SIGNS, put('id = "A01"', 'id = "a one"'), 15, "group[0].sign[0].id: text of the form"),
    (
        SIGNS,
        put("[[group.sign]]", "weight = 3\n[[group.sign]]"),
        14,
        "group[0].weight: there is no such field here",
    ),
    (WITHDRAWN, put("/topics/gone", "/topics/papers"), 2, "page /topics/papers: is still there"),
    (WITHDRAWN, put("/topics/gone", "/check/offer"), 2, "page /check/offer: is still there"),
    (WITHDRAWN, put("/topics/gone", "/guide/signs"), 2, "page /guide/signs: is still there"),
    (WITHDRAWN, put("2026-01-01", "2031-01-01"), 5, "page[0].date: is in the future"),
    (WITHDRAWN, put("/topics/gone", "gone"), 2, "page[0].path: text of the form"),
]
KEEP = "Keep your papers in a safe place."
TRANSLATIONS: list[Case] = [
    (CATALOG, more('msgid "open\n'), 4, "is no PO file: a keyword and a string in quotes are wanted"),
    (CATALOG, more("nonsense\n"), 4, "is no PO file: a keyword and a string in quotes are wanted"),
    (CATALOG, more('msgid "a"\n\nmsgid "b"\nmsgstr ""\n'), 4, "is no PO file: missing msgstr for msgid 'a'"),
    (
        CATALOG,
        whole(
            po_text('msgid "a"\nmsgstr ""', 'msgctxt "x"\nmsgid "a"\nmsgstr ""', 'msgid ""\n"a"\nmsgstr "ກ"')
        ),
        16,
        "“a” stands in line 8 already",
    ),
    (CATALOG, message("Kept: %(count)s", "ແລ້ວ"), 7, "“Kept: %(count)s” loses or changes a placeholder"),
    (CATALOG, message("Call 1300 now.", "ໂທ 1301."), 7, "has the numbers ['1301'] for ['1300']"),
    (CATALOG, message("[Help](help:)", "ຊ່ວຍ"), 7, "loses or changes a link"),
    (CATALOG, message("[Help](help:)", "[ຊ່ວຍ](page:about)"), 7, "loses or changes a link"),
    (CATALOG, message("**Keep** it", "ຮັກສາ"), 7, "loses or changes markup"),
    (CATALOG, message(KEEP, "<b>ຮັກສາ</b>"), 7, "has HTML in it"),
    (CATALOG, message(KEEP, "ຮັກສາ ឯកសារ"), 7, "has another script in it"),
    (CATALOG, message(KEEP, "ຮັກສາ papers"), 7, "has another script in it: papers"),
    (CATALOG, message(KEEP, KEEP), 7, "is still English"),
    (
        CATALOG,
        message(KEEP, "ຮັກສາ", plurals="nplurals=2; plural=(n != 1);"),
        1,
        "has the plural forms of another language: nplurals=2, 1 is wanted",
    ),
    (CATALOG, message(KEEP, "ຮັກສາ", plurals="nplurals=1; plural=m;"), 1, "a plural rule that cannot be read"),
    (CATALOG, message(KEEP, "ຮັກສາ", plurals="nplurals=1; plural=n>1;"), 1, "asks for form 2 of 1"),
    (LOCALE, put('direction = "ltr"', 'direction = "up"'), 4, "direction: 'up' is not one of the choices"),
    (LOCALE, put('script = "Laoo"', 'script = "lao"'), 3, "script: text of the form"),
    (LOCALE, put('script = "Laoo"', 'script = "Laos"'), 3, "script: Laos is no code of ISO 15924"),
    (LOCALE, put("native_name =", "native_name"), 1, "Expected '='"),
    (GLOSSARY, put("[[term]]", "[[word]]"), 1, "word: there is no such field here"),
]
REVIEW = '\n[[reviews]]\ntopic = "{}"\nsource = "0123456789abcdef"\nby = "A"\n{}date = {}\n'
REVIEWS: list[Case] = [
    (LOCALE, more(REVIEW.format("nowhere", 'role = "B"\n', "2026-01-01")), 7, "there is no topic nowhere"),
    (LOCALE, more(REVIEW.format("papers", 'role = "B"\n', "2030-01-01")), 11, "the date is in the future"),
    (LOCALE, more(REVIEW.format("papers", "", "2026-01-01")), 6, "reviews[0]: “role” is missing"),
]
OPERATORS: list[Case] = [
    ("operator.toml", whole('name = "A"\nlocales = ["xx"]\n'), 2, "locales: there is no locale xx"),
    ("operator.toml", whole('name = "A"\ncolour = "red"\n'), 2, "colour: there is no such field here"),
    ("directory.toml", whole('[[withdraw]]\nid = "xx"\nreason = "x"\n'), 2, "no entry of the directory is"),
    ("directory.toml", whole('[[correct]]\nid = "th-line"\nnumbers = [{ dial = "x" }]\n'), 3, "correct"),
    (
        "directory.toml",
        whole('[[correct]]\nid = "th-line"\nsource_address = "javascript:x"\n'),
        3,
        "correct.source_address: text of the form",
    ),
    ("directory.toml", whole('[[withdraw]]\nid = "th-line"\n'), 1, "“reason” is missing"),
]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = make_site(tmp_path)
    catalog = catalog_path(places.translations, "lo", "content")
    catalog.parent.mkdir()
    catalog.write_text('msgid ""\nmsgstr ""\n"Language: lo\\n"\n', "utf-8")
    return places


@pytest.mark.parametrize(
    "case", [*TOPICS, *DATA, *MORE, *TRANSLATIONS, *REVIEWS], ids=lambda case: f"{case[0]}: {case[3]}"
)
def test_bad_content_is_refused_with_its_file_its_line_and_what_is_wrong(
    places: Places, tmp_path: Path, case: Case
) -> None:
    name, change, line, told = case
    path = tmp_path / name
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(ServerError) as raised:
        load_sources(places, tmp_path / "data", TODAY)
    assert str(raised.value).startswith(f"{path}, line {line}: ")
    assert told in str(raised.value)


@pytest.mark.parametrize("case", OPERATORS, ids=lambda case: f"{case[0]}: {case[3]}")
def test_an_operators_file_is_refused_with_its_line_and_what_is_wrong(
    places: Places, tmp_path: Path, case: Case
) -> None:
    name, change, line, told = case
    path = tmp_path / "data" / name
    path.parent.mkdir()
    path.write_text(change(""), "utf-8")
    with pytest.raises(ServerError) as raised:
        load_sources(places, tmp_path / "data", TODAY)
    assert str(raised.value).startswith(f"{path}, line {line}: ")
    assert told in str(raised.value)


def test_what_nothing_was_changed_in_is_taken(places: Places, tmp_path: Path) -> None:
    sources = load_sources(places, tmp_path / "data", TODAY)
    assert [topic.facts.slug for topic in sources.topics] == ["papers"]
    assert [voice.locale.tag for voice in sources.voices] == ["en", "lo"]


def test_two_pages_of_one_name_are_refused_since_a_review_could_be_of_either(
    places: Places, tmp_path: Path
) -> None:
    topic, guidance = tmp_path / TOPIC, tmp_path / "content/guidance/papers.md"
    text = (tmp_path / GUIDANCE).read_text("utf-8")
    guidance.write_text(text.replace("slug: listening", "slug: papers"), "utf-8")
    with pytest.raises(ContentError) as raised:
        load_sources(places, tmp_path / "data", TODAY)
    assert str(raised.value).startswith(f"{guidance}, line 2: slug: is that of {topic} too")


@pytest.mark.parametrize("name", ["signs", "listening"])
def test_an_operators_signs_do_not_take_the_place_of_our_pages(
    places: Places, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "data" / "indicators" / f"{name}.toml"
    path.parent.mkdir(parents=True)
    path.write_text((tmp_path / SIGNS).read_text("utf-8").replace('id = "signs"', f'id = "{name}"'), "utf-8")
    with pytest.raises(ContentError) as raised:
        load_sources(places, tmp_path / "data", TODAY)
    assert str(raised.value).startswith(f"{path}, line 1: id: there is a page {name} in the guide already")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("lo/paper.opus", "there is no topic paper: name the file as it is in addresses, such as papers"),
        ("lo/listening.opus", "there is no topic listening"),
        ("lo/card-want.opus", "such as card-who"),
        ("laos/papers.opus", "there is no locale laos: name the folder as it is in addresses, such as lo"),
        ("xx/papers.opus", "such as en, lo"),
    ],
)
def test_a_recording_that_nobody_would_hear_is_refused(
    places: Places, tmp_path: Path, name: str, told: str
) -> None:
    path = tmp_path / "data" / "audio" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"OggS")
    with pytest.raises(SiteError) as raised:
        load_sources(places, tmp_path / "data", TODAY)
    assert str(path) in str(raised.value)
    assert told in str(raised.value)


def test_a_locale_named_after_no_language_is_refused(places: Places, tmp_path: Path) -> None:
    path = tmp_path / "translations" / "laos" / "locale.toml"
    path.parent.mkdir()
    path.write_text((tmp_path / LOCALE).read_text("utf-8"), "utf-8")
    with pytest.raises(TranslationError) as raised:
        load_sources(places, tmp_path / "data", TODAY)
    assert str(raised.value).startswith(f"{path}, line 1: the folder laos is named after no language")


def test_a_translation_that_is_not_finished_stops_nothing(places: Places, tmp_path: Path) -> None:
    fuzzy = po_text('#, fuzzy\nmsgid "Call 1300 now."\nmsgstr "ໂທ 1301."')
    (tmp_path / CATALOG).write_text(fuzzy, "utf-8")
    load_sources(places, tmp_path / "data", TODAY)
