"""The interface's words that code chooses from: marked for extraction here, translated where they are shown."""

from __future__ import annotations

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
}

TITLES = {
    "topics": NC_("label", "Topics"),
    "help": NC_("label", "Help"),
    "notes": NC_("label", "Notes"),
    "join": NC_("label", "Join"),
    "units": NC_("label", "Units"),
    "missing": NC_("label", "Not found"),
}
"""What stands in `<title>`, and so in the browser's history: neutral, as the context `label` tells translators."""

MEASURES = {
    "length": N_("Length"),
    "weight": N_("Weight"),
    "temperature": N_("Temperature"),
    "volume": N_("Volume"),
}
"""The tables of the unit converter; the units' own names come from CLDR."""
