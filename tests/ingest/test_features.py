"""Reading features: what a row becomes, and how what is wrong with it is told."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import shapely

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.ingest import read_features
from tests.ingest.files import (
    SQUARE,
    Row,
    cells,
    children,
    found,
    geojson,
    one,
    read,
    refusal,
    schools,
    vector,
    write_csv,
    write_xlsx,
)

DEGREES = {"crs": "EPSG:4326"}
PLACE = [104.06, 30.66]
HEADER = ["名称", "状态", "经度", "纬度"]


def line(**properties: Any) -> Row:
    return {
        "name": "示意绿道", "status": "open",
        "geometry": shapely.LineString([(104, 30.6), (104.1, 30.7)]), **properties,
    }  # fmt: skip


# A ledger as an office sends it.


def test_a_ledger_with_title_rows_totals_and_merged_districts(tmp_path: Path, city: City) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx",
        [
            ["成都市2023年充电桩建设台账（示意）"],
            ["填报单位：示意局", None, None, None, None, "单位：个"],
            ["序号", "所属\n区县", "站点名称", "充电桩数量\n（个）", "建设阶段", "经度", "纬度", "联系电话"],
            [1, "锦江区", "示意站甲", "1.2万", "投运", *PLACE, "13800000000"],
            [2, None, "示意站乙", 30, "在建（主体施工）", 104.07, 30.66, None],
            ["小计", None, None, 12_030],
            [],
            [3, "高新区", "示意站丙", "40台", "拟建", 104.08, 30.66, None],
            ["合计（3个）", None, None, 12_070],
        ],
        merge=["A1:H1", "B4:B5"],
    )  # fmt: skip
    batch = one(path, "charger", city, **DEGREES)
    assert batch.row == [4, 5, 8]
    assert batch.unit[:2] == ["510104", "510104"]
    assert batch.unit[2] == city.find_unit("高新区").code
    assert [row["piles"] for row in batch.properties] == [12_000, 30, 40]
    assert batch.status == ["open", "building", "planned"]
    assert not any("13800000000" in str(row) for row in batch.properties)


def test_a_header_of_two_rows(tmp_path: Path, city: City) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx",
        [
            ["台账"],
            ["序号", "项目名称", "位置", None, "进展", "时间", None],
            [None, None, "东经", "北纬", None, "开工时间", "竣工时间"],
            [1, "示意小学", *PLACE, "完工", "2023.03", "2023年8月底"],
        ],
        merge=["A1:G1", "C2:D2", "F2:G2", "A2:A3", "B2:B3", "E2:E3"],
    )
    batch = one(path, "school", city, **DEGREES)
    assert batch.row == [4]
    assert (str(batch.started_on[0]), str(batch.finished_on[0])) == ("2023-03-01", "2023-08-31")


def test_a_sheet_that_starts_in_the_middle_keeps_its_row_numbers(
    tmp_path: Path, city: City
) -> None:
    table = [[]] * 6 + [[None, None, *HEADER], [None, None, "示意小学", "在建", *PLACE]]
    path = write_xlsx(tmp_path / "a.xlsx", table)
    assert one(path, "school", city, **DEGREES).row == [8]


def test_rows_of_csv_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path, city: City) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        [["示意台账"], [], HEADER, ["示意小学\n（一期）", "在建", *PLACE], [], ["示意中学", "飞快", 104.1, 30.7]],
    )  # fmt: skip
    error = refusal(path, "school", city, **DEGREES)
    assert found(error) == [("value_unknown", 6)]
    assert (error.issues[0].where.column, error.issues[0].value) == ("状态", "飞快")
    assert "在建" in error.issues[0].remedy.zh


def test_the_unit_of_a_column_is_converted(tmp_path: Path, city: City) -> None:
    rows = [
        {"名称": f"示意绿道{n}", "状态": "在建", header: value, "geometry": line()["geometry"]}
        for n, (header, value) in enumerate({"长度（米）": 3200, "长度(公里)": 3.2, "里程": "3200米", "length_km": 3.2}.items())
    ]  # fmt: skip
    for row in rows:
        batch = one(geojson(tmp_path / "a.geojson", [row]), "greenway", city)
        assert batch.properties[0]["length_km"] == pytest.approx(3.2)
    wrong = rows[0] | {"长度（亩）": 3}
    error = refusal(geojson(tmp_path / "a.geojson", [wrong]), "greenway", city)
    assert "unit_mismatch" in [code for code, _ in found(error)]


def test_coordinates_in_one_cell_in_words_and_in_metres(tmp_path: Path, city: City) -> None:
    base = ["名称", "状态"]
    for header, value in (
        (["坐标"], ["104.06,30.66"]),
        (["经纬度"], ["104.06，30.66"]),
        (["东经", "北纬"], ["104°03′36″", "30.66N"]),
        (["X（经度）", "Y（纬度）"], ["104.06", " 30.66 "]),
    ):
        path = write_csv(tmp_path / "a.csv", [[*base, *header], ["示意小学", "在建", *value]])
        place = one(path, "school", city, **DEGREES).geometry[0]
        assert shapely.distance(place, shapely.Point(PLACE)) < 1e-9
    metres = cells([{"geometry": shapely.Point(PLACE)}], "EPSG:4544")[1]
    table = [[*base, "东坐标", "北坐标"], ["示意小学", "在建", *metres]]
    place = one(write_csv(tmp_path / "a.csv", table), "school", city, crs="EPSG:4544").geometry[0]
    assert shapely.distance(place, shapely.Point(PLACE)) < 1e-9


def test_several_text_columns_of_one_field_are_kept_together(tmp_path: Path, city: City) -> None:
    table = [[*HEADER, "责任单位", "建设单位", "备注", "存在问题"], ["示意小学", "在建", *PLACE, "甲", "乙", "丙", None]]  # fmt: skip
    (row,) = one(write_csv(tmp_path / "a.csv", table), "school", city, **DEGREES).properties
    assert (row["owner"], row["note"]) == ("甲；乙", "丙")


def test_of_two_columns_for_one_value_the_one_called_so_is_taken(
    tmp_path: Path, city: City
) -> None:
    table = [
        [*HEADER, "计划竣工", "竣工时间"],
        ["示意小学", "在建", *PLACE, "2023-12-01", "2023-09-01"],
    ]
    batch = one(write_csv(tmp_path / "a.csv", table), "school", city, **DEGREES)
    assert str(batch.finished_on[0]) == "2023-09-01"
    table[0][-1] = "建成时间"
    error = refusal(write_csv(tmp_path / "a.csv", table), "school", city, **DEGREES)
    assert [code for code, _ in found(error)] == ["column_ambiguous"]


# Defaults and keys.


def test_what_exists_is_open_and_needs_no_name(tmp_path: Path, city: City) -> None:
    rows = [{"category": "food", "geometry": shapely.Point(PLACE)}]
    batch = one(geojson(tmp_path / "a.geojson", rows), "place", city)
    assert (batch.status, batch.name_zh, batch.unit) == (["open"], [None], [None])


def test_keys_are_the_bureaus_number_then_an_id_then_name_and_place(
    tmp_path: Path, city: City
) -> None:
    def key(**properties: Any) -> str:
        return one(geojson(tmp_path / "a.geojson", [line(**properties)]), "greenway", city).key[0]

    assert key(项目编号="P-1", osm_id=5, id=7) == "P-1"
    assert key(osm_type="way", osm_id=5, id=7) == "way/5"
    assert key(osm_id=5, id=7) == "5"
    assert key(id=7) == "7"
    hashed = key()
    assert hashed == key(status="planned", finished_on="2023-09-01")
    assert hashed != key(name="示意绿道二")
    moved = vector(tmp_path / "a.gpkg", [line()], "EPSG:4544")
    assert one(moved, "greenway", city).key == [hashed]


def test_rows_with_one_key_are_named_both(tmp_path: Path, city: City) -> None:
    rows = schools(5)
    rows[3]["项目编号"] = rows[1]["项目编号"]
    error = refusal(vector(tmp_path / "a.gpkg", rows), "school", city)
    assert found(error) == [("key_duplicate", 4)]
    assert "rows 2 and 4" in error.issues[0].detail.en
    twice = [line(), line()]
    error = refusal(geojson(tmp_path / "a.geojson", twice), "greenway", city)
    assert found(error) == [("key_duplicate", 2)]


# What is wrong with a file.


def test_a_missing_column_is_named_with_the_words_it_may_have(tmp_path: Path, city: City) -> None:
    path = write_csv(tmp_path / "a.csv", [["项目", "状态", "经度", "纬度"], ["x", "在建", *PLACE]])
    error = refusal(path, "school", city, **DEGREES)
    assert found(error) == [("column_missing", None)]
    assert "项目名称" in error.issues[0].remedy.zh
    assert "项目" in error.issues[0].detail.zh
    path = write_csv(tmp_path / "a.csv", [["名称", "状态"], ["x", "在建"]])
    assert "lon" in refusal(path, "school", city, **DEGREES).issues[0].detail.en


def test_a_table_cannot_give_lines(tmp_path: Path, city: City) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, ["示意绿道", "在建", *PLACE]])
    error = refusal(path, "greenway", city, **DEGREES)
    assert error.code == "table_without_shapes"
    assert "GeoPackage" in error.remedy.en


def test_shapes_of_another_kind_are_named(tmp_path: Path, city: City) -> None:
    rows = [
        line(),
        line(name="二", geometry=SQUARE),
        line(name="三", geometry=shapely.Point(PLACE)),
    ]
    error = refusal(geojson(tmp_path / "a.geojson", rows), "greenway", city)
    assert found(error) == [("geometry_kind", 2), ("geometry_kind", 3)]
    park = {"名称": "示意公园", "状态": "在建", "geometry": shapely.Point(PLACE)}
    assert (
        one(geojson(tmp_path / "a.geojson", [park]), "park", city).geometry[0].geom_type == "Point"
    )


PARIS = [2.35, 48.86]


@pytest.mark.parametrize(
    ("place", "crs", "word"),
    [
        (PLACE[::-1], "EPSG:4326", "swapped"),
        ([0, 0], "EPSG:4326", "0,0"),
        ([410_223.123, 3_393_620.681], "EPSG:4326", "EPSG:4544"),
        ([35_410_223.123, 3_393_620.681], "EPSG:4544", "EPSG:4523"),
        ([410_223.123, 3_393_620.681], "EPSG:4543", "EPSG:4544"),
        ([3_393_620.681, 410_223.123], "EPSG:4544", "swapped"),
        (PLACE, "EPSG:4544", "EPSG:4326"),
        (PARIS, "EPSG:4326", "outside the city"),
    ],
)  # fmt: skip
def test_places_outside_the_city_are_explained(
    place: list[float], crs: str, word: str, tmp_path: Path, city: City
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, ["示意小学", "在建", *place]])
    error = refusal(path, "school", city, crs=crs)
    assert found(error) == [("outside_city", 2)]
    assert word in error.issues[0].detail.en


def test_invalid_polygons_are_named_with_the_reason(tmp_path: Path, city: City) -> None:
    bow = shapely.Polygon([(104, 30.6), (104.01, 30.61), (104.01, 30.6), (104, 30.61)])
    parks = [
        {"名称": f"示意{n}", "状态": "在建", "geometry": shape}
        for n, shape in enumerate([SQUARE, SQUARE, bow])
    ]
    error = refusal(geojson(tmp_path / "a.geojson", parks), "park", city)
    assert found(error) == [("geometry_invalid", 3)]
    assert "Self-intersection" in error.issues[0].detail.zh


def test_empty_cells_and_unknown_units_are_named(tmp_path: Path, city: City) -> None:
    table = [
        [*HEADER, "区县", "开工时间", "竣工时间"],
        [None, "在建", *PLACE, "锦江区", None, None],
        ["示意乙", None, 104.1, 30.66, "成都市青羊区", None, None],
        ["示意丙", "在建", None, 30.66, "双流县", None, None],
        ["示意丁", "在建", "东边", 30.66, "浦东新区", None, None],
        ["示意戊", "在建", 104.2, 30.66, "510104", "2023-09-01", "2023-03-01"],
    ]
    error = refusal(write_csv(tmp_path / "a.csv", table), "school", city, **DEGREES)
    assert found(error) == [
        ("value_missing", 2),
        ("value_missing", 3),
        ("geometry_missing", 4),
        ("unit_unknown", 5),
        ("coordinates_unreadable", 5),
        ("dates_reversed", 6),
    ]
    assert error.code == "import_rejected"
    assert error.where.row == 2


def test_of_sixty_thousand_rows_exactly_the_bad_ones_are_named(tmp_path: Path, city: City) -> None:
    table = [[*HEADER, "项目编号", "竣工时间"]]
    table += [
        [f"示意{n}", "在建", 104 + n / 1e6, 30.6, f"P{n}", "2023-09-30"] for n in range(60_000)
    ]
    bad = sorted(random.Random(5).sample(range(2, 60_002), 40))
    for number in bad:
        table[number - 1][random.Random(number).choice([1, 2, 5])] = "坏"
    error = refusal(write_csv(tmp_path / "a.csv", table), "school", city, **DEGREES)
    assert [row for _, row in found(error)] == bad
    assert "40" in error.detail.en


def test_the_first_hundred_issues_are_named_and_all_are_counted(tmp_path: Path, city: City) -> None:
    table = [HEADER] + [[f"示意{n}", "飞快", *PLACE] for n in range(12_000)]
    error = refusal(write_csv(tmp_path / "a.csv", table), "school", city, **DEGREES)
    assert len(error.issues) == 100
    assert "12,000" in error.detail.en
    assert [row for _, row in found(error)] == list(range(2, 102))


def test_nothing_is_yielded_after_the_first_unsound_row(tmp_path: Path, city: City) -> None:
    table = [HEADER] + [[f"示意{n}", "在建", 104 + n / 1e6, 30.6] for n in range(20_000)]
    table[7_000][1] = "飞快"
    path = write_csv(tmp_path / "a.csv", table)
    rows: list[int] = []
    with pytest.raises(GeoplanError):
        rows.extend(
            row
            for batch in read_features(path, city.layer("school"), city, **DEGREES)
            for row in batch.row
        )
    assert rows == list(range(2, 5_001))


def test_a_refused_file_leaves_no_reader_behind(tmp_path: Path, city: City) -> None:
    table = [["名称", "经度", "纬度"]] + [[f"示意{n}" * 20, 104, 30.6] for n in range(20_000)]
    path = write_csv(tmp_path / "a.csv", table)
    kept = [
        refusal(path, "school", city, **DEGREES),  # no status: noted at the first batch
        refusal(path, "school", city),  # no system: noted before it
        refusal(write_csv(tmp_path / "b.csv", table[1:]), "school", city, **DEGREES),
    ]
    assert children() == []
    assert [error.code for error in kept] == ["import_rejected", "crs_undeclared", "header_missing"]


def test_the_sheet_is_named_where_an_issue_lies(tmp_path: Path, city: City) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [HEADER, ["示意", "飞快", *PLACE]], title="三月")
    (issue,) = refusal(path, "school", city, **DEGREES).issues
    assert str(issue.where) == "a.xlsx, sheet 三月, row 2, column 状态"
    error = refusal(path, "school", city, sheet="四月", **DEGREES)
    assert (error.code, "三月" in error.remedy.zh) == ("sheet_unknown", True)


# The real files.


def test_the_places_of_the_centre(shared_data: Path, city: City) -> None:
    path = shared_data / "osm_chengdu_centre_poi.geojson"
    batches = read(path, "place", city)
    places = [row for batch in batches for row in batch.properties]
    document = json.loads(path.read_text(encoding="utf-8"))
    assert [row["category"] for row in places] == [
        feature["properties"]["category"] for feature in document["features"]
    ]
    assert len(places) == 952
    assert sum(name is not None for batch in batches for name in batch.name_zh) == 667


def test_the_parks_of_the_centre(shared_data: Path, city: City) -> None:
    batch = one(shared_data / "osm_chengdu_centre_parks.geojson", "green_space", city)
    assert len(batch.key) == 30
    assert sum(name is not None for name in batch.name_zh) == 21
    assert set(shapely.get_type_id(batch.geometry)) == {3}


def test_the_shenzhen_stations_are_not_chengdus(
    shared_data: Path, city: City, tmp_path: Path
) -> None:
    source = (
        (shared_data / "ev_stations_shenzhen_gcj02.csv").read_text(encoding="utf-8").splitlines()
    )
    path = tmp_path / "ev.csv"
    rows = [f"{line},示意{n},在建" for n, line in enumerate(source[1:])]
    header = source[0].replace("charge_count", "桩数") + ",名称,状态"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    error = refusal(path, "charger", city, **DEGREES)
    assert {code for code, _ in found(error)} == {"outside_city"}
    assert "1,587" in error.detail.en
