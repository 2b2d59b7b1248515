"""What goes with a personal backup, in the words of both databases."""

from __future__ import annotations

TABLES = (
    "naming",
    "chunks",
    "superseded",
    "keys",
    "buckets",
    "entries",
    "numbers",
    "backups",
    "collections",
)
"""All that are of one collection and that a backup has rows in, what refers to others first."""
