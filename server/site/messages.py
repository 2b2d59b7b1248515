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

from server.site.checks import CheckFile
from server.site.data_files import decode_data
from server.site.directory import parse_country
from server.site.fees import FeeFile
from server.site.frontmatter import lines_of_values, split
from server.site.guidance import Guidance, SignSet, parse_guidance
from server.site.phrases import PhraseFile
from server.site.topics import Page, Source, Topic, parse_page, parse_topic
from server.site.vocabulary import DateFile, WordFile
from server.site.withdrawals import Withdrawn
from server.toml_lines import line_of_string

LABEL = "label"
NEUTRAL = "neutral: it stands in the browser's history, where others may see it; one or two words"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    context: str | None = None
    comment: str
    line: int


def messages_of_markdown(path: Path, text: str) -> Iterator[Message]:
    """The messages of a topic, a page or guidance, top to bottom; which of them the folder's name tells."""
    parts = split(path, text)
    lines = lines_of_values(parts.head)
    kind, parse = _MARKDOWN[path.parent.name]
    item = parse(path, text)
    name = f"{kind} {item.facts.slug}"
    facts = item.facts
    yield Message(
        text=facts.label, context=LABEL, comment=f"{name}: label ({NEUTRAL})", line=lines[facts.label]
    )
    yield Message(
        text=facts.question, comment=f"{name}: question, the page's title", line=lines[facts.question]
    )
    yield Message(
        text=facts.summary, comment=f"{name}: the answer in one sentence", line=lines[facts.summary]
    )
    for block in item.blocks:
        yield Message(text=block.text, comment=f"{name}: {block.kind}", line=block.line)
    if not isinstance(item, Page):
        for field, value in _source_texts(item.facts.sources):
            yield Message(text=value, comment=f"{name}: {field}", line=lines[value])


_MARKDOWN: dict[str, tuple[str, Callable[[Path, str], Topic | Page | Guidance]]] = {
    "topics": ("topic", parse_topic),
    "pages": ("page", parse_page),
    "guidance": ("guidance", parse_guidance),
}


def _source_texts(sources: list[Source]) -> Iterator[tuple[str, str]]:
    for source in sources:
        fields = (("name", source.instrument), ("article", source.article), ("note", source.note))
        yield from ((f"source, {field}", value) for field, value in fields if is_words(value))


def is_words(value: str) -> bool:
    """Whether there is anything to translate: `9(1)(b)` has nothing, `3(c) and (d)` has a word."""
    return any(len(word) > 1 and word.isalpha() for word in value.replace("(", " ").replace(")", " ").split())


def messages_of_country(path: Path, text: str) -> Iterator[Message]:
    country = parse_country(path, text)
    name = f"directory {country.slug}"
    if country.note:
        yield Message(text=country.note, comment=f"{name}: note", line=line_of_string(text, country.note))
    for entry in country.entries:
        fields = [("who answers; keep a proper name in Latin letters too", entry.who)]
        fields += [("who answers this number", number.label) for number in entry.numbers]
        fields += [("hours", entry.hours), ("cost", entry.cost), ("note", entry.note)]
        for field, value in fields:
            if value:
                yield Message(
                    text=value, comment=f"{name}, {entry.id}: {field}", line=line_of_string(text, value)
                )


def messages_of_data(path: Path, text: str) -> Iterator[Message]:
    """The messages of content that is data: which kind it is, its folder or its own name tells."""
    kind = path.parent.name if path.parent.name in _DATA else path.stem
    for context, comment, value in _DATA[kind](path, text):
        if value:
            yield Message(text=value, context=context, comment=comment, line=line_of_string(text, value))


Said = Iterator[tuple[str | None, str, str]]
"""Context, comment, text."""


def _check_texts(path: Path, text: str) -> Said:
    check = decode_data(path, text, CheckFile)
    name = f"check {check.slug}"
    yield LABEL, f"{name}: label ({NEUTRAL})", check.label
    yield None, f"{name}: question, the page's title", check.question
    yield None, f"{name}: the page in one sentence", check.summary
    yield None, f"{name}: shown when no answer asks for care", check.nothing
    for question in check.ask:
        yield None, f"{name}, {question.id}: question, answered yes, no or don't know", question.text
        yield None, f"{name}, {question.id}: why to be careful", question.care
        yield None, f"{name}, {question.id}: what to do next", question.next
    for line in check.before:
        yield None, f"{name}: before you decide", line.text
    for field, value in _source_texts(check.source):
        yield None, f"{name}: {field}", value


def _fee_texts(path: Path, text: str) -> Said:
    file = decode_data(path, text, FeeFile)
    for rule in file.rule:
        name = f"fees {file.slug}, {rule.id}"
        yield None, f"{name}: name of the law; keep a proper name in Latin letters too", rule.law
        yield None, f"{name}: the rule", rule.text
        yield None, f"{name}: on contracts", rule.contract
        yield None, f"{name}: on passports", rule.passport


def _phrase_texts(path: Path, text: str) -> Said:
    for phrase in decode_data(path, text, PhraseFile).phrase:
        yield None, f"phrase {phrase.id}: shown on the screen to somebody else, polite", phrase.text


def _word_texts(path: Path, text: str) -> Said:
    for word in decode_data(path, text, WordFile).word:
        yield None, "words: a word that officials use", word.term
        yield None, f"words, {word.term}: what it means", word.meaning


def _date_texts(path: Path, text: str) -> Said:
    for date in decode_data(path, text, DateFile).date:
        yield None, f"dates {date.id}: before a blank for the date", date.text
        yield None, f"dates {date.id}: hint", date.hint


def _sign_texts(path: Path, text: str) -> Said:
    signs = decode_data(path, text, SignSet)
    name = f"signs {signs.id}"
    yield None, f"{name}: title", signs.title
    yield None, f"{name}: about the list", signs.about
    yield None, f"{name}: source", signs.source
    yield None, f"{name}: said after the list", signs.closing
    for group in signs.group:
        yield None, f"{name}, {group.id}: name of the group", group.name
        yield None, f"{name}, {group.id}: before its signs", group.lead
        for sign in group.sign:
            yield None, f"{name}, {sign.id}: sign", sign.text


def _withdrawn_texts(path: Path, text: str) -> Said:
    withdrawn = decode_data(path, text, Withdrawn)
    for page in withdrawn.page:
        yield None, f"withdrawn {page.path}: title of a page that was taken away", page.title
        yield None, f"withdrawn {page.path}: why", page.why
    for entry in withdrawn.entry:
        yield None, "withdrawn: name of a line that was taken away", entry.who
        yield None, f"withdrawn, {entry.who}: why", entry.why


_DATA: dict[str, Callable[[Path, str], Said]] = {
    "checks": _check_texts,
    "fees": _fee_texts,
    "phrases": _phrase_texts,
    "words": _word_texts,
    "dates": _date_texts,
    "indicators": _sign_texts,
    "withdrawn": _withdrawn_texts,
}

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
