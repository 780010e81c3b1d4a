"""Which sheet of a workbook holds a layer's features, where nobody says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geoplan.catalogue import Layer
from geoplan.errors import GeoplanError
from geoplan.ingest.columns import understand
from geoplan.ingest.headers import Headers
from geoplan.ingest.marks import is_own_sheet
from geoplan.ingest.reading import Source, open_rows
from geoplan.ingest.tables import Rows

KINDS = (
    "geojson", "geopackage", "shapefile", "zip", "workbook", "xls", "text", "parquet",
    "flatgeobuf", "dxf", "kml", "kmz", "parcels", "cass",
)  # fmt: skip
"""Kinds of files (`sniff.Kind`) that hold features."""

_TRIED = 12
"""Sheets that are opened at most; each one starts a reader."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file at its first rows; `unread` names visible sheets beside the one that is read."""

    source: Source
    first: Rows
    unread: tuple[str, ...] = ()


def open_sheet(
    path: Path,
    layer: Layer,
    headers: Headers,
    *,
    sheet: str | None,
    encoding: str | None,
    header_row: int | None,
) -> Opened:
    """Open a file, and of a workbook the sheet that fits the layer best.

    That is the first visible one, unless its header lacks what the layer requires and another one
    lacks less.
    Raises GeoplanError: what `open_rows` raises for the first sheet.
    """

    def open_one(name: str | None) -> tuple[Source, Rows | GeoplanError]:
        source = open_rows(
            path,
            KINDS,
            headers.is_known,
            sheet=name,
            encoding=encoding,
            header_row=header_row,
            is_filled_down=headers.is_filled_down,
        )
        try:
            return source, next(source.rows)
        except GeoplanError as error:
            return source, error

    source, first = open_one(sheet)
    others = () if sheet is not None else _others(source)
    lacking = _lacking(first, layer, headers)
    for name in others[:_TRIED] if lacking else ():
        other, rows = open_one(name)
        less = _lacking(rows, layer, headers)
        if less < lacking:
            source.rows.close()
            source, first, lacking = other, rows, less
        else:
            other.rows.close()
    if isinstance(first, GeoplanError):
        source.rows.close()
        raise first
    unread = tuple(name for name in _others(source)) if others else ()
    return Opened(source, first, unread)


def _others(source: Source) -> tuple[str, ...]:
    """Visible sheets of a workbook beside the one that is read, but for those that are ours."""
    if source.format not in {"XLSX", "XLS"}:
        return ()
    return tuple(
        name
        for name in source.sheets
        if name not in {source.sheet, *source.hidden_sheets} and not is_own_sheet(name)
    )


def _lacking(first: Rows | GeoplanError, layer: Layer, headers: Headers) -> int:
    """How many of the columns that a layer requires a sheet lacks."""
    required = [field.id for field in layer.all_fields() if field.required]
    if isinstance(first, GeoplanError):
        # A header without rows is the table itself, not yet filled in.
        return len(required) + 1 if first.code == "header_missing" else 1
    columns = understand(first.header, layer, headers, form="").columns
    return sum(name not in columns for name in required)
