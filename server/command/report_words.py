"""What a report says around its numbers, in one language.

The sentences are those of the browser's own report, so they are translated already (`translations/*/app.po`).
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from server.exports import Labels, labels_of
from server.forms import Form
from server.site.catalogs import Catalog, load_catalog
from server.site.places import find_places
from sync.client.publication import Publication

ALL_CONTACTS = "All contacts"
NO_ANSWER = "No answer"
HIDDEN = "hidden"
COUNTED = ("{count} contact", "{count} contacts")
ALL_HIDDEN = "There are fewer than {number} contacts, so everything is hidden."
SMALL_HIDDEN = (
    "Numbers below {number} are hidden, and some others with them, so that nobody can work them out."
)
CONTACTS_NOT_PEOPLE = "Contacts are counted, not people: somebody met twice is counted twice."
NOT_ADDED = (
    "What is possible and what an authority has identified are never added together.",
    "A contact can be in several rows: do not add them.",
)


class Words(Struct, frozen=True):
    """Digits are ASCII, as in every file."""

    catalog: Catalog

    def labels(self, forms: Iterable[Form]) -> Labels:
        """forms: in the language already."""
        said = labels_of(forms)
        return Labels(
            questions=said.questions,
            answers=said.answers,
            all_contacts=self.say(ALL_CONTACTS),
            no_answer=self.say(NO_ANSWER),
        )

    def hidden(self) -> str:
        return self.say(HIDDEN)

    def total(self, made: Publication) -> str:
        if made.total is None:
            return self.hidden()
        one, many = COUNTED
        form = self.catalog.plural(made.total)
        said = self.catalog.find(one, form=form) or (one if made.total == 1 else many)
        return said.format(count=f"{made.total:,}")

    def notices(self, made: Publication) -> list[str]:
        """What has to be known to read the tables right."""
        hiding = ALL_HIDDEN if made.total is None else SMALL_HIDDEN
        told = (CONTACTS_NOT_PEOPLE, hiding, *NOT_ADDED)
        return [self.say(each).format(number=made.threshold) for each in told]

    def say(self, message: str) -> str:
        """As it stands where there is no translation."""
        return self.catalog.find(message) or message


def words_in(tag: str) -> Words:
    """tag: of a language in which there is a form, as `forms_in_language` has made sure."""
    return Words(load_catalog(find_places().translations, tag, "app"))
