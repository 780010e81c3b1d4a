"""Files made to read, reach, starve or mislead what they should not (security.md 4A).

Each is written by a function of the folder it goes to and of the bait: a file elsewhere that must
not be read, and a listener's port that must not be called.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.writing import (
    SCHOOL,
    at,
    ledger,
    school_rows,
)
from tests.ingest.files import Row

CANARY = "geoplan-canary-2c91"
_L = "龙泉驿区"


@dataclass(frozen=True, slots=True)
class Bait:
    """What a hostile file tries to reach."""

    secret: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/x"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A hostile file.

    codes  of the refusals that are right; none: it is read, and only `issues` (code, row) may be
           found in it.
    rows   that are read of it.
    """

    id: str
    make: Callable[[Path, Bait], Path]
    codes: tuple[str, ...] = ()
    issues: tuple[tuple[str, int | None], ...] = ()
    layer: str = "school"
    rows: int = 3


REFUSED = ("format_refused", "format_unknown", "format_unsupported")


def text(name: str, content: str | bytes | Callable[[Bait], str]) -> Callable[[Path, Bait], Path]:
    def make(folder: Path, bait: Bait) -> Path:
        said = content(bait) if callable(content) else content
        (folder / name).write_bytes(said.encode() if isinstance(said, str) else said)
        return folder / name

    return make


def plain(make: Callable[[Path], Path]) -> Callable[[Path, Bait], Path]:
    return lambda folder, _: make(folder)


def schools(count: int = 3) -> list[Row]:
    return [
        dict(zip(("编号", "名称", "区县", "状态"), row[:4], strict=True))
        | {"geometry": at((row[7], row[8]))}
        for row in school_rows(count)
    ]


def book(folder: Path) -> tuple[Path, dict[str, bytes]]:
    """A sound workbook and its members."""
    path = ledger([SCHOOL, *school_rows(3)])(folder)
    with zipfile.ZipFile(path) as archive:
        return path, {name: archive.read(name) for name in archive.namelist()}


def rezip(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path
