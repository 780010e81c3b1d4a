"""Lines and polygons in every format, and what people draw wrong."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

from geoplan.ingest.reference import Constraint
from geoplan.ingest.rows import ReadOptions
from geoplan.text import Text
from tests.corpus.expected import PLACE, SILENT, Case, Good, error, info, warning
from tests.corpus.ground import Spot, line, moved, spot, square
from tests.corpus.writing import NAMES, at, geojson, kml, shapefile_zip, vector
from tests.ingest.files import Row

_L = "龙泉驿区"
_W = "大邑县"


def _ways(*shapes: Any, **columns: Any) -> list[Row]:
    return [
        {
            "名称": f"示意{NAMES[n]}绿道",
            "区县": _L,
            "状态": "在建",
            **{name: cells[n] for name, cells in columns.items()},
            "geometry": shape,
        }
        for n, shape in enumerate(shapes)
    ]


def _parks(*shapes: Any, unit: str = _L, **columns: Any) -> list[Row]:
    return [
        {
            "公园名称": f"示意{NAMES[n]}公园",
            "区县": unit,
            "建设状态": "在建",
            **{name: cells[n] for name, cells in columns.items()},
            "geometry": shape,
        }
        for n, shape in enumerate(shapes)
    ]


_LINES = [line(spot(_L, n), 2_000 + 300 * n) for n in range(3)]
_SQUARES = [square(spot(_L, n), 200) for n in range(3)]
_PARKS_READ = {
    row: Good({"name": f"示意{NAMES[row - 1]}公园", "status": "building"}, spot(_L, row - 1), "510112")
    for row in (1, 2, 3)
}  # fmt: skip

# Formats and systems.

GEOPACKAGE = Case(
    "greenways of a GeoPackage in the city's projection",
    "greenway",
    vector(_ways(*_LINES), "绿道.gpkg", "EPSG:4544"),
    options=SILENT,
    crs="EPSG:4544",
    how=("declared",),
    good={1: Good({"name": "示意银杏绿道"}, spot(_L, 0), "510112"), 3: Good(place=spot(_L, 2))},
)

WESTERN_SHAPEFILE = Case(
    "a Shapefile of the western zone with its zone number",
    "park",
    shapefile_zip(_parks(*(square(spot(_W, n), 150) for n in range(3)), unit=_W), "EPSG:4522"),
    options=SILENT,
    crs="EPSG:4522",
    how=("declared",),
    good={1: Good(place=spot(_W, 0)), 3: Good(place=spot(_W, 2))},
)

SILENT_SHAPEFILE = Case(
    "a zipped Shapefile without .prj, in metres: their size tells",
    "park",
    shapefile_zip(_parks(*_SQUARES), "EPSG:4523", without=[".prj"]),
    options=SILENT,
    crs="EPSG:4523",
    how=("size",),
    good=_PARKS_READ,
)

SILENT_DEGREES = Case(
    "a zipped Shapefile without .prj, in degrees: a person is asked",
    "park",
    shapefile_zip(_parks(*_SQUARES), without=[".prj"]),
    (error(None, None, "crs_undecided"),),
    options=SILENT,
    how=("undecided",),
    rows=(1, 2, 3),
)

CUT_NAMES = Case(
    "a Shapefile's column names, cut at ten bytes",
    "park",
    shapefile_zip(
        [
            {"项目编号": f"P-{n}", "公园名称": f"示意{NAMES[n]}公园", "所属区县": _L, "建设阶段": "在建", "公园类型": "社区公园", "geometry": shape}
            for n, shape in enumerate(_SQUARES)
        ]
    ),
    options=SILENT,
    good={1: Good({"project_no": "P-0", "name": "示意银杏公园", "kind": "community", "status": "building"}, spot(_L, 0), "510112")},
)  # fmt: skip


def _several(folder: Path) -> Path:
    path = folder / "多图层.gpkg"
    for name, rows in (("绿道", _ways(*_LINES)), ("公园", _parks(*_SQUARES))):
        geopandas.GeoDataFrame(rows, crs="EPSG:4490").to_file(path, layer=name, driver="GPKG")
    return path


SEVERAL_LAYERS = Case(
    "a GeoPackage with several layers: which one?",
    "park",
    _several,
    (error(None, None, "sheet_unknown"),),
    options=SILENT,
)

CHOSEN_LAYER = Case(
    "a GeoPackage with several layers, of which the uploader names one",
    "park",
    _several,
    options=ReadOptions(sheet="公园"),
    crs="EPSG:4490",
    good=_PARKS_READ,
)

FLATGEOBUF = Case(
    "a FlatGeobuf",
    "park",
    vector(_parks(*_SQUARES), "公园.fgb", "EPSG:4544"),
    options=SILENT,
    crs="EPSG:4544",
    rows=(1, 2, 3),
)

GEOPARQUET = Case(
    "a GeoParquet",
    "park",
    vector(_parks(*_SQUARES), "公园.parquet", "EPSG:4490"),
    options=SILENT,
    crs="EPSG:4490",
    good=_PARKS_READ,
)


def _marks() -> list[Row]:
    return [
        {"name": row["公园名称"], "区县": row["区县"], "状态": "在建", "geometry": row["geometry"]}
        for row in _parks(_SQUARES[0], _SQUARES[1], at(spot(_L, 2)))
    ]


KML = Case(
    "a KML out of a globe program: polygons and a pin",
    "park",
    kml(_marks()),
    options=SILENT,
    crs="EPSG:4326",
    good=_PARKS_READ,
)

KMZ = Case(
    "a KMZ",
    "park",
    kml(_marks(), archive=True),
    options=SILENT,
    crs="EPSG:4326",
    good=_PARKS_READ,
)

CHINESE_GEOJSON = Case(
    "a GeoJSON that says CGCS2000 in the old way, with heights",
    "park",
    geojson(
        _parks(*(shapely.force_3d(shape, 505.2) for shape in _SQUARES)),
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
    ),
    options=SILENT,
    crs="EPSG:4490",
    how=("declared",),
    good=_PARKS_READ,
)

# What is drawn wrong.


def _bow(at_: Spot) -> shapely.Polygon:
    corners = [at_, moved(at_, 300, 300), moved(at_, 300, 0), moved(at_, 0, 300)]
    return shapely.Polygon(corners)


BOW_TIE = Case(
    "a polygon that crosses itself: repaired, with its area before and after",
    "park",
    geojson(_parks(_SQUARES[0], _bow(spot(_L, 1)), _SQUARES[2])),
    (warning(2, PLACE, "geometry_repaired", r"\d"),),
    options=SILENT,
    rows=(1, 2, 3),
    good={2: Good(place=spot(_L, 1))},
)

COLLAPSED = Case(
    "a polygon whose corners lie on one line",
    "park",
    geojson(
        _parks(
            _SQUARES[0],
            shapely.Polygon([spot(_L, 1), moved(spot(_L, 1), 200, 0), moved(spot(_L, 1), 100, 0)]),
        )
    ),
    (error(2, PLACE, "geometry_invalid"),),
    options=SILENT,
)


def _unclosed(folder: Path) -> Path:
    path = geojson(_parks(*_SQUARES))(folder)
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["features"][1]["geometry"]["coordinates"][0][-1]
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


UNCLOSED = Case(
    "a polygon that is not closed",
    "park",
    _unclosed,
    (error(2, PLACE, "ring_not_closed"),),
    options=SILENT,
)


def _both_banks(at_: Spot) -> shapely.LineString:
    """Along a river and back on its other bank, 30 m away."""
    there = shapely.get_coordinates(line(at_, 2_400)).tolist()
    back = [moved((x, y), 15, -26) for x, y in reversed(there)]
    return shapely.LineString([*there, *back])


def _loop(at_: Spot) -> shapely.LineString:
    """Once around a lake."""
    return shapely.LineString(shapely.get_coordinates(square(at_, 700)))


BOTH_BANKS = Case(
    "both banks of a river drawn as one greenway, and shapes that only look so",
    "greenway",
    geojson(
        _ways(
            _both_banks(spot(_L, 0)),
            _loop(spot(_L, 4)),
            shapely.LineString([*_LINES[1].coords, *list(_LINES[1].coords)[::-1][1:]]),
            shapely.MultiLineString([line(spot(_L, 9), 900), line(spot(_L, 20), 800)]),
            shapely.MultiLineString(
                [
                    line(spot(_L, 30), 1_500),
                    [moved((x, y), 15, -26) for x, y in line(spot(_L, 30), 1_500).coords],
                ]
            ),
        )
    ),
    tuple(warning(row, PLACE, "both_banks") for row in (1, 3, 5)),
    options=SILENT,
)

LENGTHS = Case(
    "a length in the ledger against the line drawn",
    "greenway",
    geojson(_ways(*_LINES, 长度=["2公里", "3.2公里", "2.55公里"])),
    (warning(2, "长度", "length_differs", r"3\.2", r"2\.3"),),
    options=SILENT,
    good={1: Good({"length_km": 2.0}), 2: Good({"length_km": 3.2})},
)

AREAS = Case(
    "an area in the ledger, in mu, against the outline drawn",
    "park",
    geojson(
        [row | {"面积（亩）": mu} for row, mu in zip(_parks(*_SQUARES), (60, 90, 62), strict=True)]
    ),
    (warning(2, "面积（亩）", "area_differs"),),
    options=SILENT,
    good={1: Good({"area_ha": 4.0}), 2: Good({"area_ha": 6.0})},
)

KINDS = Case(
    "points and polygons among lines, and a row without any shape",
    "greenway",
    geojson(_ways(_LINES[0], at(spot(_L, 4)), _SQUARES[1], None)),
    (
        error(2, PLACE, "geometry_kind"),
        error(3, PLACE, "geometry_kind"),
        error(4, PLACE, "place_missing"),
    ),
    options=SILENT,
    rows=(1, 2, 3, 4),
)

ELSEWHERE = Case(
    "a park of another city, and one that reaches across its district's line",
    "park",
    geojson(
        _parks(
            square((121.4737, 31.2305), 200),
            square(spot("金堂县", 0), 200),
            _SQUARES[2],
        )
    ),
    (error(1, PLACE, "outside_city"), warning(2, ("区县", None), "outside_district", r"\d")),
    options=SILENT,
)


def _farmland(*shapes: Any) -> Constraint:
    return Constraint(
        "three_lines",
        Text("三区三线", "Three zones and three lines"),
        date(2022, 10, 14),
        np.array(shapes, dtype=object),
    )


CONSTRAINT = Case(
    "a park that takes a quarter of itself from farmland",
    "park",
    geojson(_parks(*_SQUARES)),
    (warning(2, PLACE, "constraint_overlap", "10,?0[0-9]{2}|9,?9[0-9]{2}|1\\.0", "25", "2022", "三区三线"),),
    options=SILENT,
    limits=(_farmland(square(spot(_L, 1), 100), square(moved(spot(_L, 2), 500, 500), 100)),),
)  # fmt: skip

NOT_CHECKED = Case(
    "a layer of limits without data says that it was not checked",
    "park",
    geojson(_parks(*_SQUARES)),
    (info(None, None, "constraint_not_checked", "三区三线"),),
    options=SILENT,
    limits=(_farmland(),),
)


def _two_shapefiles(folder: Path) -> Path:
    inner = shapefile_zip(_parks(*_SQUARES))(folder)
    with zipfile.ZipFile(inner) as archive:
        parts = {Path(name).suffix: archive.read(name) for name in archive.namelist()}
    path = folder / "两个图层.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for stem in ("现状/公园", "规划/公园"):
            for suffix, content in parts.items():
                archive.writestr(f"{stem}{suffix}", content)
    return path


TWO_SHAPEFILES = Case(
    "a zip with two Shapefiles: which one?",
    "park",
    _two_shapefiles,
    (error(None, None, "sheet_unknown"),),
    options=SILENT,
)

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
