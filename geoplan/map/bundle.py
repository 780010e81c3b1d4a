"""The built files of web/: which script and style the page needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from geoplan.errors import GeoplanError
from geoplan.text import Text

ENTRY = "src/main.ts"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Addresses of the hashed files under `/static/`."""

    script: str
    styles: tuple[str, ...]
    icon: str

    @classmethod
    def load(cls, folder: Path) -> Bundle:
        """Reads Vite's manifest in the built folder.

        Raises GeoplanError `page_not_built` when the folder holds no build.
        """
        manifest = folder / ".vite" / "manifest.json"
        if not manifest.is_file():
            raise GeoplanError(
                "page_not_built",
                Text(f"页面尚未构建：缺少 {manifest}", f"the page is not built: no {manifest}"),
                Text(
                    "请运行 npm ci 和 npm run build（在 web/ 中），或 make demo",
                    "run npm ci and npm run build in web/, or make demo",
                ),
                status=503,
            )
        entry = json.loads(manifest.read_text(encoding="utf-8"))[ENTRY]
        return cls(
            script=f"/static/{entry['file']}",
            styles=tuple(f"/static/{name}" for name in entry.get("css", ())),
            icon="/static/favicon.svg",
        )
