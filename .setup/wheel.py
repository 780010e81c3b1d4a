"""What the wheel carries beside the package; a checkout uses the folders where they lie."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = {"layers": "layers", "migrations": "migrations", "tiles": "tiles", "web/dist": "web"}


class DataFolders(BuildHookInterface[Any]):
    """Puts catalogue, migrations, tile SQL and the built page under geoplan/_data."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"] |= {
                folder: f"geoplan/_data/{name}" for folder, name in DATA.items()
            }
