"""A row that a person puts on the map: an address is never turned into a place by guessing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import psycopg
import shapely

from geoplan.catalogue import City, Layer
from geoplan.errors import GeoplanError, Issue, Where
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.systems import WGS84
from geoplan.store.reference import outlines
from geoplan.store.upload_rows import NewRow, UploadRow
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
    "crs_undecided",
}
_STARTS = ("coordinates_", "geometry_")


def place_row(
    connection: psycopg.Connection,
    city: City,
    layer: Layer,
    row: UploadRow,
    columns: Collection[str],
    lonlat: tuple[float, float],
) -> NewRow:
    """The row at that place (degrees, EPSG:4326), with what is now to be said of it.

    columns  headers of the file's columns that say places: what was wrong there is settled.
    Raises GeoplanError 422 `geometry_kind`, `outside_city`.
    """
    _refuse_kind(layer)
    point = shapely.Point(lonlat)
    held = Outlines(city, {code: shapely.from_wkb(wkb) for code, wkb in outlines(connection)})
    if held.outside_city(np.array([lonlat]))[0]:
        raise _outside_city(lonlat)
    issues = [issue for issue in row.issues if not _is_about_places(issue, columns)]
    metres = float(held.distance_m(np.array([point], dtype=object), [row.unit])[0])
    name = next((unit.name for unit in city.units if unit.code == row.unit), None)
    if metres > 0 and name is not None:
        issues.append(documents.issue(_outside_district(row.row, name, metres)))
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
        match=row.match,
    )


def _is_about_places(issue: dict[str, Any], columns: Collection[str]) -> bool:
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


def _outside_district(row: int, name: Text, metres: float) -> Issue:
    far = f"{metres:,.0f}"
    return Issue(
        "outside_district",
        Text(f"位置在{name.zh}之外 {far} 米", f"it lies {far} m outside {name.en}"),
        Text("请核对位置与区（市）县", "check the place and the unit"),
        Where(row=row),
        far,
        "warning",
    )
