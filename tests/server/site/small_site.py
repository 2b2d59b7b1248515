"""The least that a site is made of: one of each kind of content, English, and one language to translate into."""

from __future__ import annotations

from pathlib import Path

from server.site.catalogs import new_catalog, write_catalog
from server.site.places import Places, find_places, places_under

TOPIC = """---
slug: papers
label: Papers
question: Can they take my papers?
summary: Your papers are yours.
stage: way
audience: [reader]
regions: [world]
sources:
  - instrument: Treaty on Papers, 2000
    article: "8"
    note: Who may keep papers.
facts_as_of: "2016-11"
related: []
helps: [embassy]
---
## Why it matters
{filling}

Read [who can help](help:) too.

## What you can do
- **Keep** your papers.
"""
FILLING = "We go to the town. They can help you there. " * 12

PAGE = """---
slug: about
label: About
question: What is this?
summary: It is a small site.
---
Read about [your papers](topic:papers).
"""

GUIDANCE = """---
slug: listening
label: Listening
question: How do I listen?
summary: Let them speak.
order: 1
sources:
  - instrument: Treaty on Papers, 2000
facts_as_of: "2016-11"
---
## First
{filling}
"""

COUNTRY = """country = "TH"
facts_as_of = "2016-11"

[[entry]]
id = "th-line"
who = "Help line"
kind = "ngo"
numbers = [{ dial = "1300" }]
source_title = "A page"
source_address = "https://example.org/"
confidence = "high"
display = "source"

[[entry]]
id = "th-other"
who = "Other line"
kind = "ngo"
numbers = [{ dial = "1301" }]
source_title = "A page"
source_address = "https://example.org/"
confidence = "high"
display = "source"
"""

FEES = """country = "TH"

[[rule]]
id = "th-rule"
role = "origin"
law = "Act on Jobs"
year = 2008
text = "You do not pay for a job."
source_title = "A page"
source_address = "https://example.org/"
confidence = "high"
"""

CHECK = """slug = "offer"
label = "Offer"
question = "Is this offer safe?"
summary = "Some questions."
nothing = "Nothing asks for care."
facts_as_of = "2016-11"

[[source]]
instrument = "Treaty on Papers, 2000"

[[ask]]
id = "who"
text = "Do you know who offers it?"
care_on = ["no"]
care = "You may not know who is behind it."
next = "Ask for a name."
topic = "papers"

[[before]]
text = "Tell someone where you go."
"""

WORDS = """[[word]]
term = "consent"
meaning = "To agree freely."
topic = "papers"
"""

DATES = """[[date]]
id = "visa"
text = "My visa ends on"
hint = "Ask early."
"""

PHRASES = """[[phrase]]
id = "help"
group = "danger"
text = "I need help."
"""

FRENCH_PHRASES = """language = "fr"

[[phrase]]
id = "help"
text = "J'ai besoin d'aide."
"""

SIGNS = """id = "signs"
version = "1"
title = "Signs"
about = "These are some signs."
source = "A seminar, 2015"
facts_as_of = "2015"
closing = "This decides nothing."

[[group]]
id = "A"
name = "At work"
lead = "The person may have been:"

[[group.sign]]
id = "A01"
text = "Kept from leaving"
"""

WITHDRAWN = """[[page]]
path = "/topics/gone"
title = "What is gone?"
why = "The law has changed."
date = 2026-01-01
"""

ENGLISH = 'native_name = "English"\nenglish_name = "English"\nscript = "Latn"\ndirection = "ltr"\n'
LAO = 'native_name = "ລາວ"\nenglish_name = "Lao"\nscript = "Laoo"\ndirection = "ltr"\n'
TERM = '[[term]]\nenglish = "consent"\nterm = "{}"\nnote = "To agree freely."\nsensitive = false\n'

APP = (("Leave", None), ("Kept: %(count)s", None), (("%(num)s line", "%(num)s lines"), None))
CONTENT = (
    ("Papers", "label"),
    ("Keep your papers in a safe place.", None),
    ("Call 1300 now.", None),
    ("See [who can help](help:).", None),
)


def make_site(root: Path) -> Places:
    """Content, English, and Lao with nothing translated yet; pages are rendered with our own templates."""
    files = {
        "content/topics/papers.md": TOPIC.format(filling=FILLING),
        "content/pages/about.md": PAGE,
        "content/guidance/listening.md": GUIDANCE.format(filling=FILLING),
        "content/directory/th.toml": COUNTRY,
        "content/fees/th.toml": FEES,
        "content/checks/offer.toml": CHECK,
        "content/words.toml": WORDS,
        "content/dates.toml": DATES,
        "content/phrases/phrases.toml": PHRASES,
        "content/phrases/fr.toml": FRENCH_PHRASES,
        "content/indicators/signs.toml": SIGNS,
        "content/withdrawn.toml": WITHDRAWN,
        "translations/en/locale.toml": ENGLISH,
        "translations/en/glossary.toml": TERM.format("consent"),
        "translations/lo/locale.toml": LAO,
        "translations/lo/glossary.toml": TERM.format("ຍິນຍອມ"),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    places = places_under(root)
    for domain, messages in (("app", APP), ("content", CONTENT)):
        template = new_catalog(domain)
        for message, context in messages:
            template.add(message, context=context, auto_comments=[f"{domain}: where it stands"])
        write_catalog(places.translations / f"{domain}.pot", template)
    assert places.templates == find_places().templates
    return places


def po_text(*messages: str, language: str = "lo", plurals: str = "nplurals=1; plural=0;") -> str:
    """A PO file with these messages, each as its lines."""
    head = f'"Language: {language}\\n"\n"Plural-Forms: {plurals}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"'
    return f'msgid ""\nmsgstr ""\n{head}\n\n' + "\n\n".join(messages) + "\n"
