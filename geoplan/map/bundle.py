"""The built files of web/: which script and style the page needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from geoplan.errors import GeoplanError
from geoplan.text import Text

PAGE = "src/main.ts"
STAFF = "src/staff/main.ts"
PLAN = "src/plan/main.ts"
ALONE = "src/alone.ts"
SOON = {PAGE: ("src/reach/start.ts",)}
"""Modules that a page asks for as soon as it runs: named in its document, they come meanwhile."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Addresses of the hashed files under `/static/`.

    shared  scripts that the page's own imports: named in the document, they come with it.
    """

    script: str
    shared: tuple[str, ...]
    styles: tuple[str, ...]
    icon: str

    @classmethod
    def load(cls, folder: Path, source: str = PAGE) -> Bundle:
        """Reads Vite's manifest in the built folder.

        source  the page's own module, `PAGE`, `PLAN` or `STAFF`.
        Raises GeoplanError `page_not_built` when the folder holds no build.
        """
        script, shared, styles = _entry(folder, "manifest.json", source)
        return cls(
            script=f"/static/{script}",
            shared=tuple(f"/static/{name}" for name in shared),
            styles=tuple(f"/static/{name}" for name in styles),
            icon="/static/favicon.svg",
        )


def inline_bundle(folder: Path) -> str:
    """The map's script, which brings its styles, as an element of a document's head: for a map
    without a server.

    Raises GeoplanError `page_not_built` when the folder holds no build.
    """
    script, *_ = _entry(folder, "alone.json", ALONE)
    code = (folder / script).read_text(encoding="utf-8")
    # A string in the code must not end the element early.
    code = code.replace("</script", r"<\/script").replace("<!--", r"<\!--")
    return f"<script>{code}</script>"


def _entry(folder: Path, name: str, source: str) -> tuple[str, list[str], list[str]]:
    """The script that one of Vite's manifests gives for its source, those it needs, the styles.

    Styles that pages share lie with the scripts that they share: these come first.
    """
    manifest = folder / ".vite" / name
    chunks = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    if source not in chunks:
        raise GeoplanError(
            "page_not_built",
            Text(
                f"页面尚未构建：{manifest} 中没有 {source}",
                f"the page is not built: no {source} in {manifest}",
            ),
            Text(
                "请运行 npm ci 和 npm run build（在 web/ 中），或 make demo",
                "run npm ci and npm run build in web/, or make demo",
            ),
            status=503,
        )
    needed: dict[str, None] = {}

    def collect(chunk: str) -> None:
        for other in chunks[chunk].get("imports", ()):
            if other not in needed and other != source:
                needed[other] = None
                collect(other)

    collect(source)
    for soon in SOON.get(source, ()):
        if soon in chunks:
            collect(soon)
            needed[soon] = None
    styles = [style for chunk in (*needed, source) for style in chunks[chunk].get("css", ())]
    return chunks[source]["file"], [chunks[chunk]["file"] for chunk in needed], styles
