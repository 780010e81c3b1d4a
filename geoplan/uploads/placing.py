"""A row that a person puts on the map: an address is never turned into a place by guessing."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from geoplan.catalogue import City, Layer
from geoplan.errors import GeoplanError
from geoplan.ingest.constraints import check_constraints
from geoplan.ingest.held import Rows, check_held
from geoplan.ingest.notes import Notes
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.placecheck import check_districts
from geoplan.ingest.projects import prefixes_of, project_name
from geoplan.ingest.reference import Reference
from geoplan.ingest.systems import WGS84
from geoplan.store.upload_rows import NewRow, UploadRow
from geoplan.store.uploads import Upload
from geoplan.text import Text
from geoplan.uploads import documents

_ABOUT_PLACES = {
    "place_missing",
    "place_by_address",
    "outside_city",
    "outside_district",
    "one_coordinate_for_many",
    "length_differs",
    "area_differs",
    "both_banks",
    "constraint_overlap",
    "same_name_near",
    "crs_by_shift",
    "crs_old_datum",
    "matches_held",
    "may_match_held",
    "unchanged",
}
_STARTS = ("coordinates_", "geometry_")


def place_row(
    city: City,
    layer: Layer,
    upload: Upload,
    row: UploadRow,
    lonlat: tuple[float, float],
    reference: Reference,
) -> NewRow:
    """The row at that place (degrees, EPSG:4326), with what is now to be said of it.

    What was wrong with its former place, or followed from it, is settled; the new place is judged
    as a file's are. Raises GeoplanError 422 `geometry_kind`, `outside_city`.
    """
    _refuse_kind(layer)
    outlines = Outlines(city, reference.units)
    if outlines.outside_city(np.array([lonlat]))[0]:
        raise _outside_city(lonlat)
    reading: dict[str, Any] = upload.reading or {}
    columns = set(reading.get("columns", {}).values())
    point, here = shapely.Point(lonlat), np.array([True])
    geometry = np.array([point], dtype=object)
    notes = Notes(upload.file_name, reading.get("sheet"), [row.row], [[]])
    unit = next((each for each in city.units if each.code == row.unit), None)
    check_districts(geometry, here, [unit], outlines, notes, None)
    check_constraints(geometry, here, reference.constraints, notes, None)
    [match] = check_held(
        _as_rows(city, row, lonlat),
        reference.features,
        prefixes_of(city),
        notes,
        _header(reading, "project_no"),
        _header(reading, "name"),
    )
    kept = [issue for issue in row.issues if not _is_about_places(issue, columns)]
    issues = [*kept, *(documents.issue(found) for found in notes.issues[0])]
    names = dict(zip(reference.features.feature_id, reference.features.name, strict=True))
    return NewRow(
        row=row.row,
        verdict=_verdict(issues),
        raw=row.raw,
        values=row.values,
        wkb=shapely.to_wkb(point),
        original=None,
        source_crs=WGS84,
        unit=row.unit,
        issues=issues,
        codes=documents.codes(issues),
        warnings=documents.warnings(issues),
        match=None if match is None else documents.match(match, names),
        accepted=sorted(set(row.accepted) & set(documents.codes(kept))),
    )


def _as_rows(city: City, row: UploadRow, lonlat: tuple[float, float]) -> Rows:
    values = row.values
    return Rows(
        names=[project_name(values.get("name"), prefixes_of(city))],
        numbers=[values.get("project_no")],
        units=[row.unit],
        lonlat=np.array([lonlat]),
        values=[values],
    )


def _header(reading: dict[str, Any], field: str) -> str | None:
    return next(
        (use["header"] for use in reading.get("headers", ()) if use["field"] == field), None
    )


def _is_about_places(issue: dict[str, Any], columns: set[str]) -> bool:
    code = issue["code"]
    return code in _ABOUT_PLACES or code.startswith(_STARTS) or issue["column"] in columns


def _verdict(issues: list[dict[str, Any]]) -> Any:
    severities = {issue["severity"] for issue in issues}
    return "error" if "error" in severities else "warning" if "warning" in severities else "ok"


def _refuse_kind(layer: Layer) -> None:
    if layer.geometry != "point" and "point" not in layer.also:
        raise GeoplanError(
            "geometry_kind",
            Text(f"{layer.title.zh}不用点表示", f"{layer.id} does not hold points"),
            Text("请上传带图形的文件", "Send a file with shapes"),
            status=422,
        )


def _outside_city(lonlat: tuple[float, float]) -> GeoplanError:
    where = f"{lonlat[0]:.6g}, {lonlat[1]:.6g}"
    return GeoplanError(
        "outside_city",
        Text(f"位置 {where} 不在城市范围内", f"{where} lies outside the city"),
        Text("请在城市范围内点选", "Choose a place in the city"),
        status=422,
    )
