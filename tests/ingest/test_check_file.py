"""A whole file through all checks: what becomes of its rows, and what is said of the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.ingest.check import check_file
from geoplan.ingest.checked import Checked
from geoplan.ingest.reference import Constraint, Reference
from geoplan.ingest.rows import ReadOptions
from geoplan.ingest.webmap import gcj_from_wgs
from geoplan.text import Text
from tests.ingest.batches import known, reference
from tests.ingest.files import Row, geojson, write_csv, write_xlsx

HEADER = ["项目编号", "学校名称", "区县", "建设阶段", "竣工时间", "新增学位", "经度", "纬度"]
DEGREES = ReadOptions(crs="EPSG:4326")
HERE = (104.312345, 30.612345)


def row(number: int, **changes: Any) -> list[Any]:
    """A sound row of 龙泉驿区, each half a kilometre from the next."""
    cells = {
        "no": f"JY-{number:03d}", "name": f"示意第{number}小学", "unit": "龙泉驿区", "status": "竣工",
        "finished": "2023-08-15", "places": 450,
        "lon": round(HERE[0] + 0.005 * (number % 7), 6), "lat": round(HERE[1] + 0.005 * (number // 7 % 7), 6),
    }  # fmt: skip
    return list((cells | changes).values())


def check(
    path: Path,
    city: City,
    options: ReadOptions = DEGREES,
    against: Reference | None = None,
    layer: str = "school",
    **more: Any,
) -> Checked:
    return check_file(
        path,
        city.layer(layer),
        city,
        options,
        against or reference(**more),
        lambda *_: None,
    )


def found(checked: Checked) -> list[tuple[int, str, str]]:
    return [(row.row, issue.code, issue.severity) for row in checked.rows for issue in row.issues]


def test_sound_rows_come_out_as_features(city: City, units: dict[str, Any], tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["示意台账"], HEADER, row(1), row(2)])
    checked = check(path, city, units=units)
    assert found(checked) == []
    first = checked.rows[0]
    assert (first.row, first.verdict, first.unit, first.source_crs) == (
        3,
        "ok",
        "510112",
        "EPSG:4326",
    )
    assert first.values == {
        "project_no": "JY-001", "name": "示意第1小学", "unit": first.values["unit"], "status": "finished",
        "finished_on": "2023-08-15", "places": 450,
    }  # fmt: skip
    assert first.raw["新增学位"] == 450
    assert shapely.from_wkb(first.wkb).coords[0] == (round(HERE[0] + 0.005, 6), HERE[1])
    assert (first.original, first.match) == (None, None)
    assert checked.columns == {"lon": "经度", "lat": "纬度"}
    assert (checked.crs.chosen, checked.crs.how) == ("EPSG:4326", "chosen")
    assert (checked.sheet, checked.header_row) == ("台账", 2)


def test_what_is_wrong_stands_at_its_row_column_and_value(
    city: City, units: dict[str, Any], tmp_path: Path
) -> None:
    table = [
        HEADER,
        row(1),
        row(2, lon=30.612345, lat=104.317345),
        row(3, lon=0, lat=0),
        row(4, lon=None, lat=None),
        row(5, lon=104.31, lat=30.61),
        row(6, unit="锦江区"),
        row(7, lon=121.473667, lat=31.230525),
        row(8, no="JY-001"),
        row(9, name="示意第10小学", no=None, lon=row(10)[-2]),
        row(10),
        row(11, finished="2023-12-25"),
        row(12, places=60),
        row(13, lon="东边"),
    ]
    checked = check(write_csv(tmp_path / "a.csv", table), city, units=units)
    assert found(checked) == [
        (2, "duplicate_in_file", "error"),
        (3, "coordinates_swapped", "warning"),
        (4, "coordinates_zero", "error"),
        (5, "place_missing", "error"),
        (6, "coordinates_coarse", "warning"),
        (7, "outside_district", "warning"),
        (8, "outside_city", "error"),
        (9, "duplicate_in_file", "error"),
        (10, "same_name_near", "warning"),
        (11, "same_name_near", "warning"),
        (12, "date_in_future", "warning"),
        (13, "places_out_of_range", "warning"),
        (14, "coordinates_unreadable", "error"),
    ]
    assert [one.verdict for one in checked.rows] == [
        "error", "warning", "error", "error", "warning", "warning", "error", "error", "warning", "warning",
        "warning", "warning", "error",
    ]  # fmt: skip
    swapped = checked.rows[1]
    assert shapely.from_wkb(swapped.wkb).coords[0] == (104.317345, 30.612345)
    (issue,) = swapped.issues
    assert (issue.where.file, issue.where.row, issue.where.column) == ("a.csv", 3, "经度")
    assert issue.value == "30.612345, 104.317345"
    assert [one.wkb is None for one in checked.rows[2:4]] == [True, True]


def test_undecided_rows_have_no_place_until_a_person_chooses(
    city: City, units: dict[str, Any], tmp_path: Path
) -> None:
    table = [HEADER, *(row(number) for number in range(1, 13))]
    path = write_xlsx(tmp_path / "a.xlsx", table)
    asked = check(path, city, ReadOptions(), units=units)
    assert [(issue.code, issue.severity) for issue in asked.file_issues] == [
        ("crs_undecided", "error")
    ]
    assert [one.crs for one in asked.crs.candidates] == ["EPSG:4326", "GCJ-02", "BD-09"]
    assert {len(one.first) for one in asked.crs.candidates} == {12}
    assert all(one.wkb is None and one.source_crs == "" for one in asked.rows)
    assert {one.verdict for one in asked.rows} == {"ok"}
    chosen = check(path, city, ReadOptions(crs="GCJ-02"), units=units)
    assert chosen.file_issues == []
    first = chosen.rows[0]
    assert first.original == {"x": row(1)[-2], "y": row(1)[-1], "crs": "GCJ-02"}
    lon, lat = shapely.from_wkb(first.wkb).coords[0]
    there = np.array(gcj_from_wgs(np.array([lon]), np.array([lat]))).ravel()
    assert there == pytest.approx(row(1)[-2:], abs=1e-9)


def test_rows_that_have_an_address_only_wait_for_a_person(city: City, tmp_path: Path) -> None:
    table = [
        ["学校名称", "区县", "建设地点", "状态"],
        ["示意银杏小学", "龙泉驿区", "示意路1号", "在建"],
        ["示意芙蓉小学", "龙泉驿区", None, "在建"],
    ]
    checked = check(write_xlsx(tmp_path / "a.xlsx", table), city, ReadOptions())
    assert found(checked) == [(2, "place_by_address", "error"), (3, "place_missing", "error")]
    assert checked.rows[0].issues[0].where.column == "建设地点"
    assert checked.crs.how == "none"


def test_a_table_without_any_place_is_told_so_and_none_of_its_rows_is_sound(
    city: City, tmp_path: Path
) -> None:
    table = [HEADER[:-2], row(1)[:-2], row(2)[:-2]]
    checked = check(write_xlsx(tmp_path / "a.xlsx", table), city, ReadOptions())
    assert [(issue.code, issue.severity) for issue in checked.file_issues] == [
        ("column_missing", "error")
    ]
    assert found(checked) == [(2, "place_missing", "error"), (3, "place_missing", "error")]


def test_shapes_are_repaired_measured_and_held_against_limits(
    city: City, units: dict[str, Any], tmp_path: Path
) -> None:
    def park(name: str, shape: Any, area: str) -> Row:
        return {
            "公园名称": name,
            "区县": "龙泉驿区",
            "状态": "在建",
            "面积": area,
            "geometry": shape,
        }

    here = np.array(HERE)
    square = shapely.box(*here, *(here + 0.002))
    bow = shapely.Polygon(here + np.array([[0.01, 0], [0.013, 0.003], [0.013, 0], [0.01, 0.003]]))
    path = geojson(
        tmp_path / "a.geojson",
        [park("示意银杏公园", square, "4.25公顷"), park("示意芙蓉公园", bow, "99公顷")],
    )
    limit = Constraint(
        "three_lines",
        Text("三区三线", "Three lines"),
        date(2022, 10, 14),
        np.array([shapely.box(*here, *(here + 0.001))], dtype=object),
    )
    empty = Constraint("other", Text("示意图层", "Other"), None, np.array([], dtype=object))
    checked = check(
        path, city, ReadOptions(), layer="park", units=units, constraints=(limit, empty)
    )
    assert found(checked) == [
        (1, "constraint_overlap", "warning"),
        (2, "geometry_repaired", "warning"),
        (2, "area_differs", "warning"),
    ]
    assert [issue.code for issue in checked.file_issues] == ["constraint_not_checked"]
    assert shapely.from_wkb(checked.rows[1].wkb).is_valid


def test_rows_that_are_held_already_carry_their_match(
    city: City, units: dict[str, Any], tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, row(1), row(2, no=None), row(3)])
    held = known(
        ["示意旧名小学", "示意第2小学"],
        [row(1)[-2:], [row(2)[-2] + 0.0004, row(2)[-1]]],
        ["JY-001", None],
    )
    checked = check(path, city, units=units, features=held)
    assert found(checked) == [(2, "matches_held", "info"), (3, "may_match_held", "warning")]
    matches = [(one.match.key, one.match.how, one.match.sure) for one in checked.rows if one.match]
    assert matches == [("JY-001", "project_no", True), ("#1", "name", False)]
    assert [one.verdict for one in checked.rows] == ["ok", "warning", "ok"]


def test_progress_is_told_at_least_every_two_thousand_rows(city: City, tmp_path: Path) -> None:
    table = [HEADER, *(row(number) for number in range(9_000))]
    path = write_csv(tmp_path / "a.csv", table)
    seen: list[tuple[str, int, int | None]] = []
    check_file(
        path,
        city.layer("school"),
        city,
        DEGREES,
        reference(),
        lambda step, done, of: seen.append((step, done, of)),
    )
    assert list(dict.fromkeys(step for step, _, _ in seen)) == ["reading", "locating", "checking"]
    done = [at for step, at, _ in seen if step == "checking"]
    assert done[-1] == 9_000
    assert max(np.diff(done)) <= 2_000
    assert done == sorted(done)


def test_a_file_that_cannot_be_read_at_all_is_refused_as_before(city: City, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("，".join("甲乙丙"), encoding="utf-8")
    with pytest.raises(GeoplanError) as refused:
        check(path, city)
    assert refused.value.code in {"header_missing", "no_rows"}
    with pytest.raises(GeoplanError) as unknown:
        check(write_csv(tmp_path / "b.csv", [HEADER, row(1)]), city, ReadOptions(crs="banana"))
    assert unknown.value.code == "crs_unknown"
