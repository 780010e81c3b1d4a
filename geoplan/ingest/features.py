"""A file's rows as checked features of a layer; one unsound row rejects the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City, Layer
from geoplan.errors import Where
from geoplan.ingest.batch import FeatureBatch
from geoplan.ingest.cells import Values
from geoplan.ingest.columns import NO_PLACE, Columns
from geoplan.ingest.coordinates import crs_code, resolve_crs
from geoplan.ingest.findings import Findings
from geoplan.ingest.geometry import check_geometry
from geoplan.ingest.keys import Keys
from geoplan.ingest.points import points
from geoplan.ingest.rows import ReadOptions, RowReader, open_features
from geoplan.ingest.systems import WGS84
from geoplan.ingest.tables import Rows

_OWN = {"name", "name_en", "unit", "status", "started_on", "finished_on", "lon", "lat"}
"""Fields that a batch holds apart from `properties`, or that say where a feature is."""


def read_features(
    path: Path, layer: Layer, city: City, *, crs: str | None = None, sheet: str | None = None
) -> Iterator[FeatureBatch]:
    """Read a file's features in the sandbox and check them against the layer's catalogue entry.

    crs    system of the coordinates where the file does not say it, such as EPSG:4544.
    sheet  sheet of a workbook, layer of a GeoPackage, file of a zip, where there are several.
    Yields batches whose rows are all sound; what is only doubtful passes. After the first unsound
    row nothing more is yielded, but the file is read to its end and every unsound row counted;
    then GeoplanError `import_rejected` is raised, whose issues name the first 100 with row,
    column, value, remedy.
    Raises GeoplanError for what makes the whole file unreadable (docs/reading.md).
    """
    findings = Findings(path.name)
    declared = None if crs is None else crs_code(crs)
    with open_features(path, layer, city, ReadOptions(crs=crs, sheet=sheet)) as reader:
        findings.sheet = reader.sheet
        batches = _Batches(layer, city, resolve_crs(reader.crs, declared), reader, findings)
        for rows, values, columns in reader.by_columns():
            batch = batches.read(rows, values, columns)
            if findings.settle():
                yield batch
    findings.raise_if_any()


class _Batches:
    """Turns batches of values into batches of features; remembers keys over the whole file."""

    def __init__(
        self, layer: Layer, city: City, code: str, reader: RowReader, findings: Findings
    ) -> None:
        self._layer = layer
        self._city = city
        self._code = code
        self._reader = reader
        self._findings = findings
        self._told = 0
        self._keys = Keys(findings)

    def read(self, rows: Rows, values: Values, columns: Columns) -> FeatureBatch:
        """The batch's features; meaningless where something was noted.

        Raises GeoplanError `import_rejected` when a needed column is missing.
        """
        self._check_columns()
        for note in values.notes:
            if note.bad.severity == "error":
                self._findings.add(
                    note.bad, row=rows.row[note.index], column=note.column, value=note.value
                )
        count = len(rows.row)
        none: list[Any] = [None] * count
        geometry, faults = rows.geometry, rows.faults
        if geometry is None:
            geometry, faults = points(rows, columns, self._code, self._findings)
        lonlat = check_geometry(
            geometry, rows.row, faults, self._code, self._layer, self._city, self._findings
        )
        by_field = values.columns
        return FeatureBatch(
            key=self._keys.of(rows.row, by_field, lonlat),
            row=rows.row,
            unit=by_field.get("unit", none),
            name_zh=by_field.get("name", none),
            name_en=by_field.get("name_en", none),
            status=[status or "open" for status in by_field.get("status", none)],
            started_on=by_field.get("started_on", none),
            finished_on=by_field.get("finished_on", none),
            properties=self._properties(by_field, count),
            original=_original(geometry, self._code),
            source_crs=self._code,
            geometry=lonlat,
        )

    def _check_columns(self) -> None:
        """What was newly found about the columns ends the reading."""
        found = self._reader.file_issues[self._told :]
        self._told += len(found)
        new = [issue for issue in found if issue.severity == "error"]
        if self._reader.place == "address":
            new.append(NO_PLACE.issue(Where(self._findings.file, self._findings.sheet)))
        if new:
            self._findings.add_issues(new)
            self._findings.raise_if_any()

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
