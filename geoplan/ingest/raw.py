"""A file as rows of raw values, whatever its format; inside the sandbox.

`read` is the reader that `sandbox.run` is given. Nothing is interpreted here: no header is
understood, no value converted, no coordinate moved. That is done by the parent on plain values.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import shapely

from geoplan.errors import GeoplanError, Where
from geoplan.ingest.sniff import kind_of
from geoplan.text import Text

DRIVERS = ("GPKG", "ESRI Shapefile", "FlatGeobuf", "DXF")
"""The only GDAL drivers that exist where a file is read."""

BATCH_ROWS = 5_000
BATCH_VERTICES = 500_000
FEATURE_VERTICES = 1_000_000
FILE_VERTICES = 20_000_000
MAX_COLUMNS = 500
LONG_LETTERS = 50_000_000
"""Characters of all the cells of a file that hold more than 200 each."""
_LONG = 200
MAX_CELL = 32_767
"""Characters of a cell, as spreadsheet programs have it."""

Faults = list[tuple[int, str]]
"""Index in the batch and code of a geometry that could not be read."""

_READERS = {
    "geojson": ("geoplan.ingest.geojson", "read"),
    "geopackage": ("geoplan.ingest.vector", "read_geopackage"),
    "flatgeobuf": ("geoplan.ingest.vector", "read_flatgeobuf"),
    "dxf": ("geoplan.ingest.vector", "read_dxf"),
    "shapefile": ("geoplan.ingest.shapefile", "read_shapefile"),
    "zip": ("geoplan.ingest.shapefile", "read_archive"),
    "workbook": ("geoplan.ingest.sheets", "read_xlsx"),
    "xls": ("geoplan.ingest.sheets", "read_xls"),
    "text": ("geoplan.ingest.delimited", "read_text"),
    "parquet": ("geoplan.ingest.parquet", "read_parquet"),
    "kml": ("geoplan.ingest.kml", "read_kml"),
    "kmz": ("geoplan.ingest.kml", "read_kmz"),
    "parcels": ("geoplan.ingest.parcels", "read_parcels"),
    "cass": ("geoplan.ingest.cass", "read_cass"),
}
_WITH_SHEETS = {"geopackage", "zip", "workbook", "xls", "kmz"}
_WITH_ENCODING = {
    "geojson", "shapefile", "zip", "dxf", "text", "kml", "kmz", "parcels", "cass",
}  # fmt: skip


def read(
    path: Path,
    *,
    kinds: Sequence[str],
    sheet: str | None,
    max_rows: int,
    encoding: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield what a file says of itself, then its rows in batches.

    kinds     the kinds that are welcome (`sniff.Kind`).
    sheet     sheet of a workbook, layer of a GeoPackage, file of a zip; None: the only one, of a
              workbook the first visible one.
    max_rows  more rows are refused.
    encoding  of text, where a person says it; left aside by formats that know theirs.
    First comes `{"format", "crs", "sheet"}`: `crs` as `EPSG:n`, words of the file, `unknown` for
    one that has no EPSG code, or None where the file does not say; perhaps with `sheets` and
    `hidden_sheets` (names), `encoding` and `guessed` (whether only the bytes say it). Then, of a
    table, `{"row", "cells"}`: row numbers from 1 as the person sees them, and their cells; before
    it, of a workbook, `{"merged", "hidden_rows", "hidden_columns", "formulas"}`: merged ranges
    (first row, first column, last row, last column), rows and columns that are hidden, and cells
    whose formula has no value, rows from 1, columns from 0.
    Of a file of features, `{"row", "header", "columns", "geometry", "faults"}`: feature numbers
    from 1, names of the columns, a list of values each, geometry as hexadecimal WKB in 2D or None.
    """
    kind = kind_of(path)
    if kind not in kinds:
        raise GeoplanError(
            "format_refused",
            Text(f"不读取这种文件（{kind}）", f"this kind of file ({kind}) is not read here"),
            Text(f"可用：{'、'.join(kinds)}", f"use one of {', '.join(kinds)}"),
        )
    module, function = _READERS[kind]
    reader = getattr(importlib.import_module(module), function)
    if sheet is not None and kind not in _WITH_SHEETS:
        raise GeoplanError(
            "sheet_unknown",
            Text("该文件没有工作表或图层可选", "the file has no sheets or layers to choose from"),
            Text("请不要指定工作表", "leave the sheet out"),
        )
    chosen = [sheet] if kind in _WITH_SHEETS else []
    chosen += [encoding] if kind in _WITH_ENCODING else []
    rows = letters = 0
    for batch in reader(path, *chosen):
        check_width(len(batch.get("header", ())))
        rows += len(batch.get("row", ()))
        if rows > max_rows:
            raise too_many_rows(max_rows)
        letters += _letters(batch)
        if letters > LONG_LETTERS:
            raise MemoryError  # told as such: a packed file may hold more than the parent can
        yield batch


def _letters(batch: Mapping[str, Any]) -> int:
    """Characters of the long texts of a batch."""
    cells = chain.from_iterable(batch.get("cells") or batch.get("columns") or ())
    return sum(len(cell) for cell in cells if isinstance(cell, str) and len(cell) > _LONG)


def too_many_rows(max_rows: int) -> GeoplanError:
    return GeoplanError(
        "too_many_rows",
        Text(f"超过 {max_rows:,} 行", f"there are more than {max_rows:,} rows"),
        Text(
            "请拆分文件；若只有少量数据，请删除远处的多余单元格",
            "split the file; if it holds few rows, delete stray cells far below",
        ),
    )


def check_width(columns: int, row: int | None = None) -> None:
    """Raises GeoplanError `table_too_wide`."""
    if columns > MAX_COLUMNS:
        raise GeoplanError(
            "table_too_wide",
            Text(f"超过 {MAX_COLUMNS} 列", f"there are more than {MAX_COLUMNS} columns"),
            Text("请删除多余的列或单元格", "delete columns, or stray cells far to the right"),
            where=Where(row=row),
        )


class Vertices:
    """Counts vertices, so that no batch grows without bound and no file starves its reader."""

    def __init__(self) -> None:
        self._batch = 0
        self._file = 0

    @property
    def batch_is_full(self) -> bool:
        return self._batch >= BATCH_VERTICES

    def start_batch(self) -> None:
        self._batch = 0

    def count(self, geometry: shapely.Geometry | None) -> bool:
        """Add a geometry; False when it alone has too many. Raises when the file has."""
        vertices = int(shapely.get_num_coordinates(geometry))
        self._batch += vertices
        self._file += vertices
        if self._file > FILE_VERTICES:
            raise GeoplanError(
                "too_many_vertices",
                Text(
                    f"全部要素超过 {FILE_VERTICES:,} 个顶点",
                    f"the features have more than {FILE_VERTICES:,} vertices",
                ),
                Text("请拆分文件或化简图形", "split the file or simplify the shapes"),
            )
        return vertices <= FEATURE_VERTICES


def wkb_column(geometry: Sequence[shapely.Geometry | None]) -> list[str | None]:
    """Geometries as hexadecimal WKB."""
    column: list[str | None] = shapely.to_wkb(geometry, hex=True, output_dimension=2).tolist()
    return column


def batch_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Features as a batch: each with `row`, `values` by name, `geometry` and `fault`, or None."""
    header = list(dict.fromkeys(key for row in rows for key in row["values"]))
    check_width(len(header))
    faults: Faults = [
        (index, row["fault"]) for index, row in enumerate(rows) if row["fault"] is not None
    ]
    return {
        "row": [row["row"] for row in rows],
        "header": header,
        "columns": [[row["values"].get(key) for row in rows] for key in header],
        "geometry": wkb_column([row["geometry"] for row in rows]),
        "faults": faults,
    }
