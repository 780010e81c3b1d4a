"""The same 200 projects in eight formats and five coordinate systems are the same 200 features."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City
from geoplan.ingest.check import check_file
from geoplan.ingest.checked import Checked
from geoplan.ingest.rows import ReadOptions
from geoplan.ingest.webmap import bd_from_wgs, gcj_from_wgs
from tests.ingest.batches import reference
from tests.ingest.files import Row, geojson, vector, write_csv, write_xlsx, zipped

COUNT = 200
SYSTEMS = ("EPSG:4326", "EPSG:4544", "EPSG:4523", "GCJ-02", "BD-09")
GEOD = pyproj.Geod(ellps="WGS84")

Points = NDArray[np.float64]


@pytest.fixture(scope="module")
def projects(city: City, units: dict[str, Any]) -> list[Row]:
    """Ten schools of each district, well inside it and over 300 m apart, 6 decimals."""
    made = np.random.default_rng(200)
    rows: list[Row] = []
    for unit in city.units:
        if unit.kind != "district":
            continue
        inside = units[unit.code].buffer(-0.004)
        west, south, east, north = inside.bounds
        kept: list[tuple[float, float]] = []
        while len(kept) < COUNT // 20:
            lon, lat = made.uniform((west, south), (east, north)).round(6).tolist()
            near = any(abs(lon - x) + abs(lat - y) < 0.004 for x, y in kept)
            if not near and inside.contains(shapely.Point(lon, lat)):
                kept.append((lon, lat))
        for lon, lat in kept:
            number = len(rows)
            rows.append(
                {
                    "项目编号": f"CD-{number:03d}",
                    "项目名称": f"示意第{number}小学（天府校区）",
                    "区县": unit.name.zh,
                    "状态": "完工",
                    "竣工时间": f"2023-09-{number % 28 + 1:02d}",
                    "新增学位": 360 + number,
                    "geometry": shapely.Point(lon, lat),
                }
            )
    return rows


def moved(rows: list[Row], system: str) -> list[Row]:
    """The rows with their points as numbers of the system: 7 decimals, or millimetres."""
    lon, lat = np.array([(row["geometry"].x, row["geometry"].y) for row in rows]).T
    if system == "GCJ-02":
        xy = np.column_stack(gcj_from_wgs(lon, lat)).round(7)
    elif system == "BD-09":
        xy = np.column_stack(bd_from_wgs(lon, lat)).round(7)
    else:
        to = pyproj.Transformer.from_crs("EPSG:4326", system, always_xy=True).transform
        xy = np.column_stack(to(lon, lat)).round(7 if system == "EPSG:4326" else 3)
    return [row | {"geometry": shapely.Point(place)} for row, place in zip(rows, xy, strict=True)]


def frame(rows: list[Row], system: str) -> geopandas.GeoDataFrame:
    """A frame that says its system; a web map's has no code, so it passes as EPSG:4326."""
    return geopandas.GeoDataFrame(rows, crs=system if system.startswith("EPSG") else "EPSG:4326")


def table(rows: list[Row]) -> list[list[Any]]:
    """Header and rows of a ledger with the numbers under 经度 and 纬度 as they are."""
    names = [name for name in rows[0] if name != "geometry"]
    return [
        [*names, "经度", "纬度"],
        *([*(row[name] for name in names), row["geometry"].x, row["geometry"].y] for row in rows),
    ]


def as_xlsx(folder: Path, rows: list[Row], system: str) -> Path:
    return write_xlsx(folder / "a.xlsx", [["示意学校台账"], *table(rows)])


def as_csv(folder: Path, rows: list[Row], system: str) -> Path:
    return write_csv(folder / "a.csv", table(rows), encoding="gb18030")


def as_packed_csv(folder: Path, rows: list[Row], system: str) -> Path:
    packed = [[*line[:-2], f"{line[-2]},{line[-1]}"] for line in table(rows)]
    packed[0][-1] = "坐标"
    return write_csv(folder / "b.csv", packed)


def as_geojson(folder: Path, rows: list[Row], system: str) -> Path:
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{system.replace(':', '::')}"}}
    members = {"crs": crs} if system in {"EPSG:4544", "EPSG:4523"} else {}
    return geojson(folder / "a.geojson", rows, **members)


def as_geopackage(folder: Path, rows: list[Row], system: str) -> Path:
    frame(rows, system).to_file(folder / "a.gpkg", driver="GPKG")
    return folder / "a.gpkg"


def as_shapefile(folder: Path, rows: list[Row], system: str) -> Path:
    parts = folder / "parts"
    parts.mkdir()
    own = system if system.startswith("EPSG") else "EPSG:4326"
    back = frame(rows, system).to_crs("EPSG:4326")
    geometry = back.geometry if system.startswith("EPSG") else [row["geometry"] for row in rows]
    again = [row | {"geometry": shape} for row, shape in zip(rows, geometry, strict=True)]
    return zipped(folder / "a.zip", vector(parts / "a.shp", again, own, encoding="GB18030"))


def as_kml(folder: Path, rows: list[Row], system: str) -> Path:
    """KML knows degrees only: a zone's metres are written as the degrees they mean."""
    if system in {"EPSG:4544", "EPSG:4523"}:
        points = frame(rows, system).to_crs("EPSG:4326").geometry
        rows = [row | {"geometry": point} for row, point in zip(rows, points, strict=True)]
    marks = "".join(
        f"<Placemark><name>{escape(row['项目名称'])}</name><ExtendedData>"
        + "".join(
            f'<Data name="{name}"><value>{escape(str(value))}</value></Data>'
            for name, value in row.items()
            if name != "geometry"
        )
        + f"</ExtendedData><Point><coordinates>{row['geometry'].x},{row['geometry'].y},0"
        + "</coordinates></Point></Placemark>"
        for row in rows
    )
    path = folder / "a.kml"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document>{marks}</Document></kml>",
        encoding="utf-8",
    )
    return path


def as_flatgeobuf(folder: Path, rows: list[Row], system: str) -> Path:
    frame(rows, system).to_file(folder / "a.fgb", driver="FlatGeobuf", SPATIAL_INDEX="NO")
    return folder / "a.fgb"


def as_geoparquet(folder: Path, rows: list[Row], system: str) -> Path:
    frame(rows, system).to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


FORMATS: list[Callable[[Path, list[Row], str], Path]] = [
    as_xlsx, as_csv, as_packed_csv, as_geojson, as_geopackage, as_shapefile, as_kml, as_flatgeobuf, as_geoparquet,
]  # fmt: skip
TABLES = {as_xlsx, as_csv, as_packed_csv}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__.removeprefix("as_"))
def test_the_same_projects_are_the_same_features(
    write: Callable[[Path, list[Row], str], Path],
    system: str,
    projects: list[Row],
    city: City,
    units: dict[str, Any],
    tmp_path: Path,
) -> None:
    path = write(tmp_path, moved(projects, system), system)
    # A table is silent, and a web map's system has no code that a file could hold.
    silent = write in TABLES or not system.startswith("EPSG")
    checked = check_file(
        path,
        city.layer("school"),
        city,
        ReadOptions(crs=system if silent else None),
        reference(units=units),
        lambda *_: None,
    )
    assert_projects(checked, projects, city)
    assert checked.crs.how == ("chosen" if silent else "declared")
    assert [issue.code for issue in checked.file_issues if issue.severity != "info"] == []
    if silent:
        assert {row.source_crs for row in checked.rows} == {system}


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_silent_ledger_of_them_is_told_by_its_districts_or_asked_about(
    system: str, projects: list[Row], city: City, units: dict[str, Any], tmp_path: Path
) -> None:
    path = as_xlsx(tmp_path, moved(projects, system), system)
    checked = check_file(
        path, city.layer("school"), city, ReadOptions(), reference(units=units), lambda *_: None
    )
    if system in {"EPSG:4544", "EPSG:4523"}:
        assert checked.crs.chosen == system
    assert checked.crs.chosen in {None, system}
    if checked.crs.chosen is not None:
        assert_projects(checked, projects, city)
    else:
        assert all(row.wkb is None for row in checked.rows)


def assert_projects(checked: Checked, projects: list[Row], city: City) -> None:
    rows = {row.values["project_no"]: row for row in checked.rows}
    assert len(rows) == len(checked.rows) == COUNT
    assert {row.verdict for row in checked.rows} == {"ok"}, checked.rows[0].issues
    for project in projects:
        row = rows[project["项目编号"]]
        unit = city.find_unit(project["区县"])
        assert unit is not None
        assert row.unit == unit.code
        assert row.values["name"] == project["项目名称"]
        assert row.values["status"] == "finished"
        assert row.values["finished_on"] == project["竣工时间"]
        assert row.values["places"] == project["新增学位"]
        point, at = shapely.from_wkb(row.wkb), project["geometry"]
        assert GEOD.inv(point.x, point.y, at.x, at.y)[2] < 1.0
