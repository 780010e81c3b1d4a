"""A file, read in the sandbox, as batches of rows."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoplan.ingest import sandbox
from geoplan.ingest.raw import DRIVERS
from geoplan.ingest.tables import Rows, Table, rows_of

MAX_ROWS = 200_000
# First bytes of what may need GDAL: a GeoPackage, a Shapefile, a zip that is no workbook, a
# FlatGeobuf; a drawing is text.
_BY_GDAL = (b"SQLite", b"\x00\x00\x27\x0a", b"PK", b"fgb", b"AutoCAD")
_SIBLINGS = {".shx", ".dbf", ".prj", ".cpg"}


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file.

    format    name of its format.
    crs       `EPSG:n`, words of the file, `unknown`, or None where the file does not say.
    sheet     the sheet or layer that is read.
    sheets    all that there are; hidden_sheets  those of a workbook that are hidden.
    encoding  of text, where it has one; guessed  whether only the bytes say so.
    table     what a table holds besides its rows; complete when they have all been taken.
    rows      its rows, to be taken once; closing them ends the reader's process.
    """

    format: str
    crs: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    hidden_sheets: tuple[str, ...]
    encoding: str | None
    guessed: bool
    table: Table
    rows: Generator[Rows]


def open_rows(
    path: Path,
    kinds: Sequence[str],
    is_known: Callable[[str], Any],
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    header_row: int | None = None,
    is_filled_down: Callable[[str], bool] = lambda _: False,
    max_rows: int = MAX_ROWS,
    limits: sandbox.Limits = sandbox.DEFAULT_LIMITS,
) -> Source:
    """Open a file of one of these kinds (`sniff.Kind`); the other arguments as in `rows_of`.

    Raises GeoplanError: what `sandbox.run`, `raw.read` and `rows_of` raise.
    """
    batches = sandbox.run(
        "geoplan.ingest.raw:read",
        path,
        {"kinds": list(kinds), "sheet": sheet, "max_rows": max_rows, "encoding": encoding},
        siblings=_siblings(path),
        drivers=DRIVERS if _may_need_gdal(path) else (),
        limits=limits,
    )
    said = next(batches)
    table = Table()
    rows = rows_of(batches, is_known, is_filled_down, table=table, header_row=header_row)
    return Source(
        format=said["format"],
        crs=said["crs"],
        sheet=said["sheet"],
        sheets=tuple(said.get("sheets", ())),
        hidden_sheets=tuple(said.get("hidden_sheets", ())),
        encoding=said.get("encoding"),
        guessed=bool(said.get("guessed")),
        table=table,
        rows=_closing(batches, rows),
    )


def _closing(batches: Generator[Any], rows: Iterator[Rows]) -> Generator[Rows]:
    """Ends the reader's process with the rows, however they end."""
    with closing(batches):
        yield from rows


def _may_need_gdal(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix == ".xlsx" or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(8).startswith(_BY_GDAL) or suffix == ".dxf"


def _siblings(path: Path) -> list[Path]:
    """The parts of a Shapefile, whatever the case of their suffixes."""
    if path.suffix.lower() != ".shp":
        return []
    return [
        file
        for file in sorted(path.parent.iterdir())
        if file.stem == path.stem and file.suffix.lower() in _SIBLINGS
    ]
