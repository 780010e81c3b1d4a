"""A file's rows as checked features of a layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City, Layer
from geoplan.ingest.batch import FeatureBatch
from geoplan.ingest.coordinates import WGS84, crs_code, resolve_crs
from geoplan.ingest.findings import BadValue, Findings
from geoplan.ingest.geometry import check_geometry
from geoplan.ingest.headers import Column, Columns, Find, cut_finder, finder, understand
from geoplan.ingest.keys import Keys
from geoplan.ingest.points import points, require_place
from geoplan.ingest.reading import open_rows
from geoplan.ingest.tables import Rows
from geoplan.ingest.values import to_value
from geoplan.text import Text

KINDS = ("geojson", "geopackage", "shapefile", "zip", "workbook", "text")
"""Kinds of files (`sniff.Kind`) that hold features."""

_OWN = {"name", "name_en", "unit", "status", "started_on", "finished_on", "lon", "lat"}
"""Fields that a batch holds apart from `properties`, or that say where a feature is."""

_MERGED = {"unit", "town"}


def read_features(
    path: Path, layer: Layer, city: City, *, crs: str | None = None, sheet: str | None = None
) -> Iterator[FeatureBatch]:
    """Read a file's features in the sandbox and check them against the layer's catalogue entry.

    crs    system of the coordinates where the file does not say it, such as EPSG:4544.
    sheet  sheet of a workbook, layer of a GeoPackage, file of a zip, where there are several.
    Yields batches whose rows are all sound. After the first unsound row nothing more is yielded,
    but the file is read to its end and every unsound row counted; then GeoplanError
    `import_rejected` is raised, whose issues name the first 100 with row, column, value, remedy.
    Raises GeoplanError for what makes the whole file unreadable (docs/reading.md).
    """
    findings = Findings(path.name)
    declared = None if crs is None else crs_code(crs)
    find = finder(layer)
    source = open_rows(path, KINDS, find, sheet=sheet, fill_down=lambda name: _fills(find, name))
    findings.sheet = source.sheet
    if source.format == "Shapefile":
        find = cut_finder(layer, find)
    with closing(source.rows):
        reader = _Reader(layer, city, resolve_crs(source.crs, declared), find, findings)
        for rows in source.rows:
            batch = reader.read(rows)
            if findings.settle():
                yield batch
    findings.raise_if_any()


def _fills(find: Find, header: str) -> bool:
    field = find(header)
    return field is not None and field.id in _MERGED


class _Reader:
    """Turns batches of rows into batches of features; remembers keys over the whole file."""

    def __init__(
        self,
        layer: Layer,
        city: City,
        code: str,
        find: Find,
        findings: Findings,
    ) -> None:
        self._layer = layer
        self._city = city
        self._code = code
        self._find = find
        self._findings = findings
        self._columns: dict[tuple[str, ...], Columns] = {}
        self._keys = Keys(findings)

    def read(self, rows: Rows) -> FeatureBatch:
        """The batch's features; meaningless where something was noted."""
        columns = self._understood(rows)
        values = {name: self._values(rows, columns, name) for name in columns}
        count = len(rows.row)
        none: list[Any] = [None] * count
        geometry, faults = rows.geometry, rows.faults
        if geometry is None:
            geometry, faults = points(rows, columns, self._code, self._findings)
        lonlat = check_geometry(
            geometry, rows.row, faults, self._code, self._layer, self._city, self._findings
        )
        started, finished = values.get("started_on", none), values.get("finished_on", none)
        self._check_order(rows, started, finished)
        names = values.get("name", none)
        return FeatureBatch(
            key=self._keys.of(rows.row, values, lonlat),
            row=rows.row,
            unit=self._units(rows, columns, values.get("unit", none)),
            name_zh=names,
            name_en=values.get("name_en", none),
            status=[status or "open" for status in values.get("status", none)],
            started_on=started,
            finished_on=finished,
            properties=self._properties(values, count),
            original=_original(geometry, self._code),
            source_crs=self._code,
            geometry=lonlat,
        )

    def _understood(self, rows: Rows) -> Columns:
        """The columns of this header. Raises GeoplanError when a needed one is missing."""
        header = tuple(rows.header)
        if header not in self._columns:
            columns = understand(header, self._layer, self._find, self._findings)
            if rows.geometry is None:
                require_place(columns, self._layer, self._findings)
            self._findings.raise_if_any()
            self._columns[header] = columns
        return self._columns[header]

    def _values(self, rows: Rows, columns: Columns, name: str) -> list[Any]:
        """A field's values; several text columns of one field are joined."""
        found = columns[name]
        if found[0].field.id in {"lon", "lat", "lonlat"}:
            return []
        read = [self._column(rows, column) for column in found]
        if len(read) == 1:
            return read[0]
        return [
            "；".join(dict.fromkeys(filter(None, cells))) or None
            for cells in zip(*read, strict=True)
        ]

    def _column(self, rows: Rows, column: Column) -> list[Any]:
        """One column's values; equal cells are read once."""
        field = column.field
        known: dict[tuple[type, Any], Any] = {}
        values = []
        for row, raw in zip(rows.row, rows.columns[column.index], strict=True):
            key = (type(raw), raw)
            if key not in known:
                try:
                    known[key] = to_value(field, raw, column.factor)
                except BadValue as bad:
                    known[key] = bad
            value = known[key]
            if isinstance(value, BadValue):
                self._findings.add(value, row=row, column=column.header, value=raw)
                value = None
            elif value is None and field.required:
                self._findings.add(_EMPTY, row=row, column=column.header)
            values.append(value)
        return values

    def _units(self, rows: Rows, columns: Columns, names: Sequence[str | None]) -> list[str | None]:
        codes: dict[str | None, str | None] = {None: None}
        for row, name in zip(rows.row, names, strict=True):
            if name not in codes:
                unit = self._city.find_unit(str(name))
                codes[name] = unit.code if unit else None
            if name is not None and codes[name] is None:
                self._findings.add(
                    BadValue(
                        "unit_unknown",
                        Text("没有这个区（市）县", "there is no such district or zone"),
                        Text("请写全称，如 锦江区", "write its name, such as 锦江区"),
                    ),
                    row=row,
                    column=columns["unit"][0].header,
                    value=name,
                )
        return [codes[name] for name in names]

    def _check_order(
        self, rows: Rows, started: Sequence[date | None], finished: Sequence[date | None]
    ) -> None:
        for row, start, end in zip(rows.row, started, finished, strict=True):
            if start and end and end < start:
                self._findings.add(
                    BadValue(
                        "dates_reversed",
                        Text("竣工早于开工", "it is finished before it is started"),
                        Text("请检查两个日期", "check both dates"),
                    ),
                    row=row,
                    value=f"{start} – {end}",
                )

    def _properties(self, values: dict[str, list[Any]], count: int) -> list[dict[str, object]]:
        fields = {field.id for field in self._layer.all_fields()} - _OWN
        named = [(name, column) for name, column in values.items() if name in fields]
        return [
            {
                name: value.isoformat() if isinstance(value, date) else value
                for name, column in named
                if (value := column[index]) is not None
            }
            for index in range(count)
        ]


def _original(geometry: NDArray[Any], code: str) -> list[dict[str, object] | None]:
    if code == WGS84:
        return [None] * len(geometry)
    xy = zip(shapely.get_x(geometry).tolist(), shapely.get_y(geometry).tolist(), strict=True)
    return [None if np.isnan(x) else {"x": x, "y": y} for x, y in xy]


_EMPTY = BadValue(
    "value_missing",
    Text("此列必填", "this column may not be empty"),
    Text("请填写", "fill it in"),
)
