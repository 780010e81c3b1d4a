"""A whole file, read and checked row by row against the catalogue, the map and what is held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City, Layer, Unit
from geoplan.errors import Issue
from geoplan.ingest import arithmetic, duplicates, placecheck, shapecheck
from geoplan.ingest import crs_words as words
from geoplan.ingest.banks import check_banks
from geoplan.ingest.checked import Checked, CheckedRow, CrsDecision, Match, Verdict
from geoplan.ingest.constraints import check_constraints
from geoplan.ingest.coordinates import lonlat_of, to_lonlat
from geoplan.ingest.held import Rows, check_held
from geoplan.ingest.location import Location, locate, note_coarse
from geoplan.ingest.notes import Notes
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.projects import prefixes_of, project_name
from geoplan.ingest.readings import find_namesakes
from geoplan.ingest.reference import Reference
from geoplan.ingest.rows import ReadOptions, RowBatch, RowReader, open_features
from geoplan.ingest.systems import WGS84, is_geographic
from geoplan.ingest.triage import Evidence, Placement, find_systems
from geoplan.units import geodesic_length_m

Progress = Callable[[str, int, int | None], None]
"""Step (reading, locating, checking), rows done, rows in all if that is known."""

_EVERY = 2_000


def check_file(
    path: Path,
    layer: Layer,
    city: City,
    options: ReadOptions,
    reference: Reference,
    progress: Progress,
) -> Checked:
    """Read a file of a layer's features in the sandbox and judge every row of it.

    Rows keep their values and shapes however bad they are; what is wrong stands in their issues.
    While the coordinate system is undecided, no row has a shape.
    Raises GeoplanError for what makes the whole file unreadable, and for a system in `options`
    that is not one.
    """
    with open_features(path, layer, city, options) as reader:
        batches = _read(reader, progress)
        return _Check(path.name, reader, batches, layer, city, options, reference, progress).run()


def _read(reader: RowReader, progress: Progress) -> list[RowBatch]:
    batches: list[RowBatch] = []
    done = 0
    progress("reading", 0, None)
    for batch in reader.batches():
        batches.append(batch)
        done += len(batch.row)
        progress("reading", done, None)
    return batches


class _Check:
    """One file's rows on their way through the checks, by columns of n."""

    def __init__(
        self,
        file: str,
        reader: RowReader,
        batches: list[RowBatch],
        layer: Layer,
        city: City,
        options: ReadOptions,
        reference: Reference,
        progress: Progress,
    ) -> None:
        self._reader = reader
        self._batches = batches
        self._layer = layer
        self._city = city
        self._options = options
        self._reference = reference
        self._progress = progress
        self._raw = [raw for batch in batches for raw in batch.raw]
        self._values = [values for batch in batches for values in batch.values]
        self._notes = Notes(
            file,
            reader.sheet,
            [number for batch in batches for number in batch.row],
            [issues for batch in batches for issues in batch.issues],
        )
        self._count = len(self._notes.row)
        self._headers = {use.field: use.header for use in reversed(reader.headers) if use.field}
        self._names: list[str | None] = [row.get("name") for row in self._values]
        self._numbers: list[str | None] = [row.get("project_no") for row in self._values]
        self._units = self._find_units()
        self._codes = [None if unit is None else unit.code for unit in self._units]

    def run(self) -> Checked:
        """All checks, one after the other, and the rows as they come out."""
        count, notes = self._count, self._notes
        geometry: NDArray[np.object_] = np.full(count, None, dtype=object)
        location: Location | None = None
        placement: Placement | None = None
        matches: list[Match | None] = [None] * count
        decision = CrsDecision(None, "none", (), words.NOTHING)
        if self._layer.geometry != "none":
            outlines = Outlines(self._city, self._reference.units)
            location = self._locate()
            placement = self._place(location, outlines)
            decision = placement.decision
            geometry = self._move(location, placement)
            matches = self._judge(geometry, location, placement, outlines)
        arithmetic.check_figures(self._values, self._headers, notes)
        arithmetic.check_days(self._values, self._headers, self._reference.today, notes)
        rows = self._rows(geometry, location, placement, matches)
        reader = self._reader
        return Checked(
            format=reader.format,
            sheet=reader.sheet,
            encoding=reader.encoding,
            header_row=reader.header_row,
            headers=reader.headers,
            skipped=reader.skipped,
            crs=decision,
            file_issues=[*reader.file_issues, *notes.of_file],
            rows=rows,
            columns={} if location is None else location.column,
            sheets=reader.sheets,
        )

    def _find_units(self) -> list[Unit | None]:
        found: dict[str, Unit | None] = {}
        units: list[Unit | None] = []
        for row in self._values:
            name = row.get("unit")
            if name is None:
                units.append(None)
                continue
            if name not in found:
                found[name] = self._city.find_unit(str(name))
            units.append(found[name])
        return units

    def _locate(self) -> Location:
        self._progress("locating", 0, self._count)
        address = np.array([bool(row.get("address")) for row in self._values], dtype=bool)
        location = locate(self._batches, address, self._headers.get("address"), self._notes)
        shape = location.shape
        if shape is None:
            shape = shapely.points(location.xy)
            shape[~location.placed] = None
        faults: dict[int, str] = {}
        start = 0
        for batch in self._batches:
            faults |= {start + index: code for index, code in batch.faults.items()}
            start += len(batch.row)
        usable = shapecheck.usable(shape, faults, self._layer, self._notes)
        location.xy[~usable] = np.nan
        return location

    def _place(self, location: Location, outlines: Outlines) -> Placement:
        evidence = Evidence(
            self._codes,
            find_namesakes(self._names, self._numbers, self._reference),
            outlines,
        )
        placement = find_systems(
            location,
            evidence,
            self._city,
            self._notes,
            chosen=self._options.crs,
            in_file=self._reader.crs,
        )
        note_coarse(location, self._notes)
        self._note_swapped(location, placement)
        self._progress("locating", self._count, self._count)
        return placement

    def _note_swapped(self, location: Location, placement: Placement) -> None:
        """A swap is told where something claimed the order: headers, or the habit of degrees."""
        for index in np.flatnonzero(placement.swapped).tolist():
            degrees = is_geographic(str(placement.system[index] or WGS84))
            if degrees or location.labelled or location.shape is not None:
                x, y = placement.xy[index].tolist()
                value = location.said(index)
                bad = placecheck.swapped(x, y)
                self._notes.add(index, bad, "warning", column=location.where, value=value)

    def _move(self, location: Location, placement: Placement) -> NDArray[np.object_]:
        """Shapes (n,) in EPSG:4326; None where there is no place or no system."""
        geometry: NDArray[np.object_] = np.full(self._count, None, dtype=object)
        for system in np.unique(placement.system).tolist():
            rows = np.flatnonzero((placement.system == system) & np.isfinite(placement.xy[:, 0]))
            if system == "" or len(rows) == 0:
                continue
            if location.shape is None:
                lonlat = lonlat_of(placement.xy[rows, 0], placement.xy[rows, 1], system)
                geometry[rows] = shapely.points(np.column_stack(lonlat))
                continue
            shapes = location.shape[rows]
            turned = placement.swapped[rows]
            shapes[turned] = shapely.transform(shapes[turned], lambda xy: xy[:, ::-1])
            geometry[rows] = to_lonlat(shapes, system)
        return geometry

    def _judge(
        self,
        geometry: NDArray[np.object_],
        location: Location,
        placement: Placement,
        outlines: Outlines,
    ) -> list[Match | None]:
        """The checks of placed rows; changes `geometry` where it is repaired or unreal."""
        notes, where = self._notes, location.where
        unit_column = self._headers.get("unit")
        self._progress("checking", 0, self._count)
        inside = placecheck.check_city(
            geometry, placement.xy, placement.system, self._city, outlines, notes, where
        )
        shapecheck.repair(geometry, self._layer, notes)
        placecheck.check_districts(
            geometry, inside, self._units, outlines, notes, where or unit_column
        )
        prefixes = prefixes_of(self._city)
        names = [project_name(name, prefixes) for name in self._names]
        centres = shapely.get_coordinates(shapely.centroid(geometry[inside]))
        lonlat = np.full((self._count, 2), np.nan)
        lonlat[inside] = centres
        points = np.where((shapely.get_type_id(geometry) == 0)[:, None], lonlat, np.nan)
        placecheck.check_shared(points, names, notes, where)
        if self._layer.geometry == "line":
            halved = check_banks(
                geometry,
                self._names,
                geodesic_length_m(geometry),
                shapecheck.stated_length_m(self._values, self._layer),
                notes,
                where,
            )
        else:
            halved = set()
        shapecheck.check_sizes(geometry, self._values, self._layer, self._headers, halved, notes)
        check_constraints(geometry, inside, self._reference.constraints, notes, where)
        name_column = self._headers.get("name")
        number_column = self._headers.get("project_no")
        duplicates.check_numbers(self._numbers, notes, number_column)
        duplicates.check_names(names, self._numbers, lonlat, notes, name_column)
        rows = Rows(
            names,
            self._numbers,
            self._codes,
            lonlat,
            [_plain(values) for values in self._values],
        )
        return check_held(
            rows, self._reference.features, prefixes, notes, number_column, name_column
        )

    def _rows(
        self,
        geometry: NDArray[np.object_],
        location: Location | None,
        placement: Placement | None,
        matches: Sequence[Match | None],
    ) -> list[CheckedRow]:
        wkb = shapely.to_wkb(geometry, output_dimension=2)
        rows = []
        for index, number in enumerate(self._notes.row):
            if index % _EVERY == 0:
                self._progress("checking", index, self._count)
            system = "" if placement is None else str(placement.system[index])
            issues = self._notes.issues[index]
            rows.append(
                CheckedRow(
                    row=number,
                    raw=self._raw[index],
                    values=_plain(self._values[index]),
                    wkb=wkb[index],
                    original=_original(location, placement, index, system),
                    source_crs=system,
                    unit=self._codes[index],
                    issues=issues,
                    verdict=_verdict(issues),
                    match=matches[index],
                )
            )
        self._progress("checking", self._count, self._count)
        return rows


def _original(
    location: Location | None, placement: Placement | None, index: int, system: str
) -> dict[str, Any] | None:
    """Of a point in another system: the pair as it stood in the file, east first."""
    if location is None or placement is None or system in {"", WGS84}:
        return None
    if location.shape is not None and shapely.get_type_id(location.shape[index]) != 0:
        return None
    x, y = placement.xy[index].tolist()
    return {"x": x, "y": y, "crs": system}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON has them."""
    return {
        field: value.isoformat() if isinstance(value, date) else value
        for field, value in values.items()
    }


def _verdict(issues: Sequence[Issue]) -> Verdict:
    worst: Verdict = "ok"
    for issue in issues:
        if issue.severity == "error":
            return "error"
        if issue.severity == "warning":
            worst = "warning"
    return worst
