"""The same projects out of every format and system, and whatever values a table can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geoplan.catalogue import City
from geoplan.ingest.checked import Checked
from geoplan.ingest.rows import ReadOptions
from tests.corpus.expected import Case, check
from tests.corpus.ground import (
    METRES_LAT,
    METRES_LON,
    MIDDLES,
    Spot,
    bd09,
    gcj02,
    projected,
    spot,
)
from tests.corpus.writing import (  # fmt: skip
    NAMES,
    Make,
    at,
    csv_file,
    geojson,
    kml,
    ledger,
    shapefile_zip,
    vector,
    xls,
)

_FIELDS = ["项目编号", "名称", "区县", "状态", "新增学位", "竣工时间"]
_PROJECTS: list[tuple[list[Any], Spot]] = [
    ([f"XM-{number:03d}", f"示意{name}{NAMES[n]}小学", name, "竣工", 300 + number, "2023-09-15"], spot(name, n))
    for number, (name, n) in enumerate((name, n) for name in MIDDLES for n in range(10))
]  # fmt: skip

_CONVERT: dict[str, Callable[[Spot], Spot]] = {
    "EPSG:4326": lambda at_: at_,
    "EPSG:4490": lambda at_: at_,
    "EPSG:4544": lambda at_: projected(at_, 4544),
    "EPSG:4523": lambda at_: projected(at_, 4523),
    "GCJ-02": gcj02,
    "BD-09": bd09,
}


def _table(crs: str) -> list[list[Any]]:
    columns = ["经度", "纬度"] if crs not in {"EPSG:4544", "EPSG:4523"} else ["东坐标", "北坐标"]
    return [[*_FIELDS, *columns]] + [
        [*values, *_CONVERT[crs](place)] for values, place in _PROJECTS
    ]


def _features(crs: str = "EPSG:4326") -> list[dict[str, Any]]:
    return [
        dict(zip(_FIELDS, values, strict=True)) | {"geometry": at(_CONVERT[crs](place))}
        for values, place in _PROJECTS
    ]


def _geojson(crs: str) -> Make:
    name = f"urn:ogc:def:crs:EPSG::{crs.removeprefix('EPSG:')}"
    return geojson(_features(crs), crs={"type": "name", "properties": {"name": name}})


def _kml(_: str) -> Make:
    return kml([{**row, "name": row["名称"], "名称": None} for row in _features()])


_TABLES: dict[str, Callable[[str], Make]] = {
    "XLSX": lambda crs: ledger(_table(crs)),
    "XLS": lambda crs: xls(_table(crs)),
    "CSV": lambda crs: csv_file(_table(crs)),
    "CSV in GBK": lambda crs: csv_file(_table(crs), encoding="gbk"),
}
_SHAPES: dict[str, Callable[[str], Make]] = {
    "GeoJSON": _geojson,
    "GeoPackage": lambda crs: vector(_features(), "学校.gpkg", crs),
    "Shapefile": lambda crs: shapefile_zip(_features(), crs),
    "FlatGeobuf": lambda crs: vector(_features(), "学校.fgb", crs),
    "GeoParquet": lambda crs: vector(_features(), "学校.parquet", crs),
    "KML": _kml,
}
_DECLARED = [crs for crs in _CONVERT if crs.startswith("EPSG")]
_COMBINATIONS = [
    *((name, crs) for name in _TABLES for crs in _CONVERT),
    *((name, crs) for name in _SHAPES for crs in _DECLARED if name != "KML" or crs == "EPSG:4326"),
]


def _checked(case: Case, folder: Path, city: City, outlines: Mapping[str, Any]) -> Checked:
    found = check(case, folder, city, outlines)
    assert found.checked is not None, found.refused and found.refused.detail.en
    return found.checked


@pytest.mark.parametrize(("name", "crs"), _COMBINATIONS)
def test_two_hundred_projects_are_the_same_out_of_every_format_and_system(
    name: str, crs: str, tmp_path: Path, city: City, outlines: Mapping[str, Any]
) -> None:
    make = (_TABLES | _SHAPES)[name](crs)
    options = ReadOptions(crs=crs if name in _TABLES else None)
    checked = _checked(Case(name, "school", make, options=options), tmp_path, city, outlines)
    rows = {row.values["project_no"]: row for row in checked.rows}
    assert len(checked.rows) == len(rows) == 200
    assert [row.row for row in checked.rows if row.verdict != "ok"] == []
    codes = {unit.name.zh: unit.code for unit in city.units}
    names = ["project_no", "name", "status", "places", "finished_on"]
    for (number, title, unit, _status, places, finished), _place in _PROJECTS:
        values = [rows[number].values[field] for field in names]
        assert values == [number, title, "finished", places, finished]
        assert rows[number].unit == codes[unit]
    found = shapely.get_coordinates(
        shapely.from_wkb([rows[values[0]].wkb for values, _ in _PROJECTS])
    )
    away = (found - np.array([place for _, place in _PROJECTS])) * (METRES_LON, METRES_LAT)
    assert np.hypot(*away.T).max() < 0.2


# Whatever a table can hold.

_WORDS = st.text(
    st.characters(codec="gb18030", categories=["L", "N", "P"], exclude_characters="\u3000"),
    max_size=12,
)
_DAYS = st.dates(date(1990, 1, 1), date(2049, 12, 31))
_ROW = st.fixed_dictionaries(
    {
        "words": _WORDS,
        "piles": st.integers(0, 10**6),
        "power": st.one_of(
            st.none(), st.floats(0, 1e6, allow_nan=False).map(lambda x: round(x, 3))
        ),
        "status": st.sampled_from(["planned", "building", "stopped"]),
        "started": st.one_of(st.none(), _DAYS),
        "note": st.one_of(st.none(), _WORDS.map("注".__add__)),
        "lon": st.floats(103.95, 104.25).map(lambda x: round(x, 7)),
        "lat": st.floats(30.5, 30.75).map(lambda x: round(x, 7)),
    }
)
_HEAD = ["名称", "桩数", "总功率", "状态", "开工时间", "备注"]


def _cells(number: int, row: Mapping[str, Any], *, days: bool) -> list[Any]:
    started = row["started"]
    return [
        f"示意{number}号{row['words']}站", row["piles"], row["power"], row["status"],
        started if days or started is None else started.isoformat(), row["note"],
    ]  # fmt: skip


def _written(name: str, rows: Sequence[Mapping[str, Any]]) -> Make:
    if name in {"XLSX", "CSV", "CSV in GB18030"}:
        table = [[*_HEAD, "经度", "纬度"]] + [
            [*_cells(n, row, days=name == "XLSX"), row["lon"], row["lat"]]
            for n, row in enumerate(rows)
        ]
        if name == "XLSX":
            return ledger(table)
        return csv_file(table, encoding="gb18030" if "GB" in name else "utf-8")
    features = [
        dict(zip(_HEAD, _cells(n, row, days=False), strict=True))
        | {"geometry": shapely.Point(row["lon"], row["lat"])}
        for n, row in enumerate(rows)
    ]
    return geojson(features) if name == "GeoJSON" else vector(features, "充电站.gpkg")


@pytest.mark.parametrize("name", ["XLSX", "CSV", "CSV in GB18030", "GeoJSON", "GeoPackage"])
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # each example costs a process: a failure is shown as it is found
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=st.lists(_ROW, min_size=1, max_size=30))
def test_values_survive_every_format(
    name: str,
    rows: list[dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
    city: City,
    outlines: Mapping[str, Any],
) -> None:
    options = ReadOptions(crs="EPSG:4326")
    case = Case(name, "charger", _written(name, rows), options=options)
    checked = _checked(case, tmp_path_factory.mktemp("trip"), city, outlines)
    assert len(checked.rows) == len(rows)
    for number, (row, found) in enumerate(zip(rows, checked.rows, strict=True)):
        errors = [issue.code for issue in found.issues if issue.severity == "error"]
        assert not errors
        expected = {
            "name": f"示意{number}号{row['words']}站",
            "piles": row["piles"],
            "power_kw": row["power"],
            "status": row["status"],
            "started_on": row["started"] and row["started"].isoformat(),
            "note": row["note"],
        }
        assert {field: found.values.get(field) for field in expected} == expected
        (place,) = shapely.get_coordinates(shapely.from_wkb(found.wkb)).tolist()
        assert place == pytest.approx([row["lon"], row["lat"]], abs=1e-9)
