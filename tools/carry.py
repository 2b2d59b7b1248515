"""What a wheel carries besides Python: content, translations and the built browser side, in `server/site/carried/`.

So `pipx install` needs no Node. An editable install has the checkout, where `server.site.places` finds them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = ("content", "translations", "pwa/dist")
LEFT_OUT = {".map", ".mo"}


class Carry(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / "pwa/dist/sw.js").exists():
            raise SystemExit("pwa/dist is not there: build the browser side first (make setup)")
        for folder in CARRIED:
            for path in sorted((root / folder).rglob("*")):
                if path.is_file() and path.suffix not in LEFT_OUT:
                    name = path.relative_to(root).as_posix()
                    build_data["force_include"][str(path)] = f"server/site/carried/{name}"
