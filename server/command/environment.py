"""The settings of this process: the one place that reads the environment."""

from __future__ import annotations

import os

from server.settings import Settings, parse_settings


def settings() -> Settings:
    """Raises SettingsError."""
    return parse_settings(os.environ)
