"""The reading half: from content and translations to a static tree, a pack a locale, and an exported folder."""

from server.site.building import build
from server.site.exporting import export
from server.site.extraction import extract, update
from server.site.rendering import CONTENT_SECURITY_POLICY
from server.site.reports import BuildReport

__all__ = ["CONTENT_SECURITY_POLICY", "BuildReport", "build", "export", "extract", "update"]
