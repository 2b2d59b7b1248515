"""What of the content is translated, and what a translator is told about each piece.

A message is a whole block: a heading, a paragraph, an item of a list, a field. Its comment names the topic
and the field. A context stands only where one English word has to become two: `label` for the neutral names
that a browser's history shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it ships no types

from server.site.directory import parse_country
from server.site.frontmatter import lines_of_values, split
from server.site.topics import parse_page, parse_topic

LABEL = "label"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    context: str | None = None
    comment: str
    line: int


def messages_of_markdown(path: Path, text: str) -> Iterator[Message]:
    """A topic's or a page's messages, top to bottom; which of the two the folder's name tells."""
    parts = split(path, text)
    lines = lines_of_values(parts.head)
    is_topic = path.parent.name == "topics"
    item = parse_topic(path, text) if is_topic else parse_page(path, text)
    name = f"{'topic' if is_topic else 'page'} {item.facts.slug}"
    facts = item.facts
    neutral = "neutral: it stands in the browser's history, where others may see it; one or two words"
    yield Message(
        text=facts.label, context=LABEL, comment=f"{name}: label ({neutral})", line=lines[facts.label]
    )
    yield Message(
        text=facts.question, comment=f"{name}: question, the page's title", line=lines[facts.question]
    )
    yield Message(
        text=facts.summary, comment=f"{name}: the answer in one sentence", line=lines[facts.summary]
    )
    for block in item.blocks:
        yield Message(text=block.text, comment=f"{name}: {block.kind}", line=block.line + parts.body_line - 1)
    if is_topic:
        topic = parse_topic(path, text)
        for source in topic.facts.sources:
            for field, value in (
                ("name", source.instrument),
                ("article", source.article),
                ("note", source.note),
            ):
                if is_words(value):
                    yield Message(text=value, comment=f"{name}: source, {field}", line=lines[value])


def is_words(value: str) -> bool:
    """Whether there is anything to translate: `9(1)(b)` has nothing, `3(c) and (d)` has a word."""
    return any(len(word) > 1 and word.isalpha() for word in value.replace("(", " ").replace(")", " ").split())


def messages_of_country(path: Path, text: str) -> Iterator[Message]:
    country = parse_country(path, text)
    lines = _lines_of_strings(text)
    name = f"directory {country.slug}"
    if country.note:
        yield Message(text=country.note, comment=f"{name}: note", line=lines(country.note))
    for entry in country.entries:
        fields = [("who answers; keep a proper name in Latin letters too", entry.who)]
        fields += [("who answers this number", number.label) for number in entry.numbers]
        fields += [("hours", entry.hours), ("cost", entry.cost), ("note", entry.note)]
        for field, value in fields:
            if value:
                yield Message(text=value, comment=f"{name}, {entry.id}: {field}", line=lines(value))


_SHOWN = {
    "settings": ("form_title",),
    "survey": ("label", "hint", "constraint_message"),
    "choices": ("label",),
}


def messages_of_form(path: Path) -> Iterator[Message]:
    """The cells of an XLSForm that are shown; `line` is the row of its sheet."""
    book = load_workbook(path, read_only=True)
    for sheet, shown in _SHOWN.items():
        rows = book[sheet].iter_rows(values_only=True)
        columns = [str(cell) for cell in next(rows)]
        for number, cells in enumerate(rows, 2):
            row = {
                column: str(cell) for column, cell in zip(columns, cells, strict=False) if cell is not None
            }
            for column in shown:
                if column in row:
                    where = " ".join(row[key] for key in ("list_name", "name") if key in row)
                    comment = f"form {path.stem}: {sheet} {where}, {column}"
                    yield Message(text=" ".join(row[column].split()), comment=comment, line=number)
    book.close()


def _lines_of_strings(text: str) -> Callable[[str], int]:
    """Finds the line, from one, on which a string of a TOML file stands."""
    lines = text.splitlines()

    def line_of(value: str) -> int:
        quoted = msgspec.json.encode(value).decode()
        return next((at for at, line in enumerate(lines, 1) if quoted in line), 1)

    return line_of
