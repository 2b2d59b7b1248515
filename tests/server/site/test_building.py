"""Building again: what changes, what stays, and which number a pack has then."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from server.errors import AssetsError, ContentError, OperatorFileError, TranslationError
from server.settings import Settings
from server.site.building import build
from server.site.catalogs import load_catalog
from server.site.places import Places
from server.site.reports import BuildReport
from tests.conftest import TODAY

TOMORROW = TODAY + datetime.timedelta(days=14)


@pytest.fixture(autouse=True)
def _english_and_khmer(settings: Settings) -> None:
    settings.data.mkdir(parents=True)
    operator(settings, "")


def operator(settings: Settings, text: str) -> None:
    (settings.data / "operator.toml").write_text(f'locales = ["km"]\n{text}', "utf-8")


def parts_of(settings: Settings) -> set[str]:
    return {path.name for path in (settings.data / "site/packs/parts").iterdir() if not path.suffix}


def files_of(settings: Settings) -> dict[str, bytes]:
    """Every file, but of an index what is signed: a signature is another each time."""
    tree = (settings.data / "site").resolve()
    found = {
        path.relative_to(tree).as_posix(): path.read_bytes() for path in tree.rglob("*") if path.is_file()
    }
    plain = {name: data for name, data in found.items() if "/index" not in name or name.endswith(".html")}
    return {**plain, **{tag: msgspec.json.encode(str(index)) for tag, index in indexes_of(settings).items()}}


def indexes_of(settings: Settings) -> dict[str, list[object]]:
    found = {}
    for tag in ("en", "km"):
        body = msgspec.msgpack.decode((settings.data / f"site/packs/{tag}/index").read_bytes())[0]
        found[tag] = msgspec.msgpack.decode(body)
    return found


def rebuild(places: Places, settings: Settings) -> BuildReport:
    return build(settings, places=places, today=TOMORROW)


def test_a_second_build_with_nothing_changed_leaves_the_tree_alone(
    places: Places, settings: Settings
) -> None:
    first = build(settings, places=places, today=TODAY)
    made = (settings.data / "site").resolve().stat().st_mtime_ns
    second = build(settings, places=places, today=TODAY)
    assert (first.fresh, second.fresh) == (True, False)
    assert second == msgspec.structs.replace(first, fresh=False)
    assert (settings.data / "site").resolve().stat().st_mtime_ns == made


def test_a_rebuild_in_another_week_with_nothing_else_changed_changes_no_file(
    places: Places, settings: Settings
) -> None:
    first = build(settings, places=places, today=TODAY)
    before = files_of(settings)
    second = rebuild(places, settings)
    assert second.fresh
    assert second.stamp != first.stamp
    assert files_of(settings) == before


def test_a_restyle_changes_shells_and_no_part(places: Places, settings: Settings) -> None:
    build(settings, places=places, today=TODAY)
    parts, indexes = parts_of(settings), indexes_of(settings)
    shells = {path.name for path in (settings.data / "site/assets").glob("shell-*.html")}
    manifest = places.dist / "manifest.json"
    (places.dist / "assets/main.bbbb.css").rename(places.dist / "assets/main.cccc.css")
    manifest.write_text(manifest.read_text("utf-8").replace("main.bbbb.css", "main.cccc.css"), "utf-8")
    assert rebuild(places, settings).fresh
    assert shells.isdisjoint(path.name for path in (settings.data / "site/assets").glob("shell-*.html"))
    assert (parts_of(settings), indexes_of(settings)) == (parts, indexes)


def test_a_number_rises_only_for_the_locale_whose_parts_have_changed(
    places: Places, settings: Settings
) -> None:
    build(settings, places=places, today=TODAY)
    before = indexes_of(settings)
    catalog = places.translations / "km/LC_MESSAGES/content.po"
    text = catalog.read_text("utf-8")
    start = text.index('msgid "Make copies or photos')
    end = text.index("\n\n", start)
    message = text[start:end].split("\nmsgstr", 1)[0]
    catalog.write_text(f'{text[:start]}{message}\nmsgstr "ថតចម្លង។"{text[end:]}', "utf-8")
    report = rebuild(places, settings)
    after = indexes_of(settings)
    assert report.numbers == {"km": 2, "en": 1}
    assert after["en"] == before["en"]
    assert after["km"][2:4] == [2, TOMORROW.isoformat()]


def test_a_number_never_comes_back_after_the_tree_was_lost(places: Places, settings: Settings) -> None:
    build(settings, places=places, today=TODAY)
    (settings.data / "site").unlink()
    operator(settings, 'name = "Drop-in centre"\n')
    assert rebuild(places, settings).numbers == {"km": 2, "en": 2}


def test_the_operators_name_app_name_and_icon_are_on_the_pages(places: Places, settings: Settings) -> None:
    operator(settings, 'name = "Drop-in centre"\napp_name = "Compass"\nicon = "leaf"\n')
    build(settings, places=places, today=TODAY)
    page = (settings.data / "site/en/about.html").read_text("utf-8")
    assert "Run by <bdi>Drop-in centre</bdi>." in page
    assert "<span>Compass</span>" in page
    assert "/assets/leaf." in page
    assert "Sojourn" not in page


def test_without_an_operator_the_pages_say_that_nobody_has_put_a_name_to_the_hub(
    places: Places, settings: Settings
) -> None:
    build(settings, places=places, today=TODAY)
    assert (settings.data / "site/en/index.html").read_text("utf-8").count(
        "Nobody has put a name to this hub."
    ) == 1


def test_a_fault_leaves_the_tree_that_there_was(places: Places, settings: Settings) -> None:
    build(settings, places=places, today=TODAY)
    page = (settings.data / "site/en/index.html").read_text("utf-8")
    topic = places.content / "topics/papers.md"
    topic.write_text(topic.read_text("utf-8").replace("stage: way", "stage: nowhere"), "utf-8")
    with pytest.raises(ContentError):
        rebuild(places, settings)
    assert (settings.data / "site/en/index.html").read_text("utf-8") == page


def test_a_locale_that_is_not_there_is_named_with_its_line(places: Places, settings: Settings) -> None:
    (settings.data / "operator.toml").write_text('name = "A"\nlocales = ["km", "xx"]\n', "utf-8")
    with pytest.raises(OperatorFileError, match="line 2: locales: there is no locale xx"):
        build(settings, places=places, today=TODAY)


def test_an_app_name_that_says_what_the_app_is_about_is_refused(places: Places, settings: Settings) -> None:
    operator(settings, 'name = "A"\napp_name = "Police help"\n')
    with pytest.raises(OperatorFileError, match="line 3: app_name: says what the app is about"):
        build(settings, places=places, today=TODAY)


@pytest.mark.parametrize(
    ("topic", "date", "told"),
    [
        ("papers", TOMORROW, "papers: the date is in the future"),
        ("papels", TODAY, "there is no topic papels"),
    ],
)
def test_a_review_that_cannot_be_is_refused(
    places: Places, settings: Settings, topic: str, date: datetime.date, told: str
) -> None:
    file = places.translations / "km/locale.toml"
    review = f'[[reviews]]\ntopic = "{topic}"\nsource = "{16 * "0"}"\nby = "A"\nrole = "B"\ndate = {date}\n'
    file.write_text(file.read_text("utf-8") + review, "utf-8")
    with pytest.raises(TranslationError, match=told):
        build(settings, places=places, today=TODAY)


def test_a_browser_side_that_is_not_built_is_said_plainly(places: Places, settings: Settings) -> None:
    (places.dist / "sw.js").unlink()
    with pytest.raises(AssetsError, match=r"sw\.js is not there"):
        build(settings, places=places, today=TODAY)


def test_a_block_without_a_translation_is_visibly_english(places: Places, settings: Settings) -> None:
    catalog = places.translations / "km/LC_MESSAGES/content.po"
    catalog.unlink()
    report = build(settings, places=places, today=TODAY)
    page = (settings.data / "site/km/topics/papers.html").read_text("utf-8")
    mark = '<small class="mark">EN</small>'
    assert (
        f'<h1><span class="fallback" lang="en" dir="ltr">Can they take my passport? {mark}</span></h1>'
        in page
    )
    assert report.missing["km"]["content"] > 400


def test_a_translation_that_loses_something_is_refused_and_an_unfinished_one_is_not_shown(
    places: Places, settings: Settings
) -> None:
    catalog = places.translations / "km/LC_MESSAGES/app.po"
    text = catalog.read_text("utf-8")
    at = text.index('msgid "Run by %(name)s."')
    catalog.write_text(f"{text[:at]}#, fuzzy\n{text[at:]}", "utf-8")
    build(settings, places=places, today=TODAY)
    assert load_catalog(places.translations, "km", "app").find("Run by %(name)s.") is None
    start = text.index('msgstr "', at)
    catalog.write_text(f'{text[:start]}msgstr "ដំណើរការ"{text[text.index(chr(10), start) :]}', "utf-8")
    with pytest.raises(TranslationError, match=r"“Run by %\(name\)s\.” loses or changes a placeholder"):
        rebuild(places, settings)


def test_a_stale_check_warns_and_a_new_one_does_not(places: Places, settings: Settings) -> None:
    checked = 'checked = {{ by = "A. Person", role = "volunteer", date = {} }}\n'
    old = '[[correct]]\nid = "th-1300"\n' + checked.format("2026-01-01")
    new = '[[correct]]\nid = "th-1694"\n' + checked.format("2026-11-01")
    (settings.data / "directory.toml").write_text(old + new, "utf-8")
    build(settings, places=places, today=TODAY)
    page = (settings.data / "site/en/help/th.html").read_text("utf-8")
    assert page.count("That is more than six months ago.") == 1
    assert "Checked by <bdi>A. Person</bdi> (<bdi>volunteer</bdi>), <bdi>January 1, 2026</bdi>." in page


def test_places_come_after_the_lines_to_call_each_kind_under_its_heading(
    places: Places, settings: Settings
) -> None:
    entry = """[[add]]
country = "TH"
id = "th-{kind}"
who = "{kind}"
kind = "{kind}"
address = "Market Street 5"
website = "https://{kind}.example/"
checks_papers = "{papers}"
source_title = "Its own page"
source_address = "https://{kind}.example/"
confidence = "high"
display = "unverified"
"""
    kinds = [("police", "yes"), ("asylum", "unknown"), ("shelter", "no")]
    text = "\n".join(entry.format(kind=kind, papers=papers) for kind, papers in kinds)
    (settings.data / "directory.toml").write_text(text, "utf-8")
    build(settings, places=places, today=TODAY)
    page = (settings.data / "site/en/help/th.html").read_text("utf-8")
    places_of = page.split('<section class="places">')
    assert 'id="th-1300"' in places_of[0]
    headings = ("Safe place to stay", "Asylum office", "Police")
    told = (
        "They say that they do not check papers.",
        "We do not know whether they check papers.",
        "They check papers.",
    )
    for section, heading, papers in zip(places_of[1:], headings, told, strict=True):
        assert section.startswith(f"<h2>{heading}</h2>")
        assert f"<p>{papers}</p>" in section
        assert "<dd><bdi>Market Street 5</bdi></dd>" in section
        assert "Nobody has checked this yet. We found it at:" in section
        assert "We are less sure of this than of others." in section
        article = section.split("</article>")[0]
        assert 'class="numbers"' not in article
        assert 'class="kind"' not in article
    assert '<a href="https://asylum.example/" rel="noreferrer"><bdi dir="ltr">' in page


def test_a_line_that_is_on_whatsapp_alone_has_no_number_to_call(places: Places, settings: Settings) -> None:
    build(settings, places=places, today=TODAY)
    page = (settings.data / "site/en/help/qa.html").read_text("utf-8")
    article = page[page.index('id="qa-whatsapp-labour"') :].split("</article>")[0]
    assert 'href="https://wa.me/97460060601"' in article
    assert "tel:" not in article
    assert "Nobody has checked this number yet." in article
