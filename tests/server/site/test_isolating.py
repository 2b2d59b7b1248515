"""What is written left to right inside a right-to-left sentence stays together."""

from __future__ import annotations

import re

import pytest

from server.site.isolating import isolate_runs
from server.site.locales import load_locales
from server.site.places import find_places

from .conftest import Built

RIGHT_TO_LEFT = [one.tag for one in load_locales(find_places().translations) if one.direction == "rtl"]


@pytest.mark.parametrize(
    ("html", "isolated"),
    [
        ("فون +60 3-8000 8000 پر", ["+60 3-8000 8000"]),
        ("فون 03-8000 8000۔", ["03-8000 8000"]),
        ("ڈائل *123#۔", ["*123#"]),
        ("ادارہ (Talian Kasih) ہے", ["Talian Kasih"]),
        ("<strong>WhatsApp</strong>، Viber.", ["WhatsApp", "Viber"]),
        ("Talian Kasih 15999 پر", ["Talian Kasih 15999"]),
        ("ایک &quot;لفظ&quot; &amp; &#x27;دو&#x27;", []),
        ('<a href="/ur/help/my">مدد</a> 1300', []),
        ("سال 2016", []),
        ("سال ۲۰۱۶", []),
    ],
)
def test_names_and_numbers_are_isolated_and_nothing_else(html: str, isolated: list[str]) -> None:
    found = isolate_runs(html)
    assert re.findall(r'<bdi dir="ltr">(.*?)</bdi>', found) == isolated
    assert re.sub(r'<bdi dir="ltr">|</bdi>', "", found) == html


@pytest.mark.parametrize("tag", RIGHT_TO_LEFT)
def test_no_telephone_number_stands_bare_on_a_right_to_left_page(built: Built, tag: str) -> None:
    for path in (built.tree / tag).rglob("*.html"):
        text = re.sub(r"<script.*?</script>|<bdi.*?</bdi>|<[^>]*>", "", path.read_text("utf-8"), flags=re.S)
        assert re.findall(r"\+\d{6,}", text) == [], path
