"""The reading half: from content and translations to a static tree, a pack a locale, and an exported folder."""

from server.site.building import build
from server.site.exporting import export
from server.site.extraction import extract
from server.site.reports import BuildReport
from server.site.updating import update

__all__ = ["BuildReport", "build", "export", "extract", "update"]
