"""The interface's words that code chooses from: marked for extraction here, translated where they are shown."""

from __future__ import annotations

from server.site.phrases import Group
from server.site.topics import HelpKind, Stage


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Marks a string for extraction and gives it back as it is."""
    return message


def NC_(context: str, message: str) -> str:  # noqa: N802 - likewise, with a context
    return message


STAGES: dict[Stage, str] = {
    "before": N_("Before I go"),
    "way": N_("On the way"),
    "work": N_("At work"),
    "wrong": N_("Something is wrong"),
    "justice": N_("Justice"),
    "children": N_("Children"),
    "home": N_("Going home or staying"),
    "others": N_("For someone I know"),
}
"""In the order in which the list of topics shows them."""

HELP_KINDS: dict[HelpKind, str] = {
    "emergency": N_("Emergency"),
    "anti-trafficking": N_("Against human trafficking"),
    "migrant-worker": N_("For migrant workers"),
    "labour": N_("Work and pay"),
    "union": N_("Trade union"),
    "ngo": N_("Support organisation"),
    "women": N_("For women"),
    "child": N_("For children"),
    "embassy": N_("Embassy or consulate"),
    "legal-aid": N_("Free legal help"),
    "police": N_("Police"),
    "shelter": N_("Safe place to stay"),
    "inspection": N_("Labour inspection"),
    "rights-body": N_("Human rights institution"),
    "health": N_("Doctor or clinic"),
    "asylum": N_("Asylum office"),
}

TITLES = {
    "topics": NC_("label", "Topics"),
    "help": NC_("label", "Help"),
    "notes": NC_("label", "Notes"),
    "join": NC_("label", "Join"),
    "units": NC_("label", "Units"),
    "missing": NC_("label", "Not found"),
    "search": NC_("label", "Search"),
    "costs": NC_("label", "Costs"),
    "phrases": NC_("label", "Phrases"),
    "words": NC_("label", "Words"),
    "dates": NC_("label", "Dates"),
    "guide": NC_("label", "Guide"),
    "signs": NC_("label", "List"),
    "not-mine": NC_("label", "Phone"),
    "changes": NC_("label", "Changes"),
}
"""What stands in `<title>`, and so in the browser's history: neutral, as the context `label` tells translators."""

CHANGE_KINDS = {
    "new": N_("new"),
    "changed": N_("changed"),
    "removed": N_("taken away"),
}

PHRASE_GROUPS: dict[Group, str] = {
    "danger": N_("In danger now"),
    "help": N_("Get help"),
    "health": N_("Health"),
    "papers": N_("Papers"),
    "work": N_("At work"),
}

MEASURES = {
    "length": N_("Length"),
    "weight": N_("Weight"),
    "temperature": N_("Temperature"),
    "volume": N_("Volume"),
}
"""The tables of the unit converter; the units' own names come from CLDR."""
