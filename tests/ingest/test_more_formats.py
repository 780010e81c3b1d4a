"""Formats beside tables, GeoJSON, GeoPackage and Shapefile: what becomes of their features."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
import shapely.affinity

from geoplan.catalogue import City
from geoplan.ingest import read_features
from tests.ingest.files import (
    SQUARE,
    cells,
    found,
    geojson,
    one,
    placemark,
    refusal,
    schools,
    told,
    vector,
    write_csv,
    write_kml,
    write_xls,
)
from tests.ingest.test_formats import assert_schools

POINT = "<Point><coordinates>104.3, 30.6, 505</coordinates></Point>"


def ring(shape: shapely.Polygon) -> str:
    return " ".join(f"{x},{y},0" for x, y in shape.exterior.coords)


def polygon(outer: shapely.Polygon, *inner: shapely.Polygon) -> str:
    holes = "".join(
        f"<innerBoundaryIs><LinearRing><coordinates>{ring(one)}</coordinates></LinearRing></innerBoundaryIs>"
        for one in inner
    )
    return (
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring(outer)}</coordinates></LinearRing>"
        f"</outerBoundaryIs>{holes}</Polygon>"
    )


@pytest.mark.parametrize("form", ["xls", "tsv", "fgb", "parquet"])
def test_more_formats_come_to_the_same_features(form: str, tmp_path: Path, city: City) -> None:
    path, rows = tmp_path / f"a.{form}", schools()
    crs = None
    if form == "xls":
        write_xls(path, cells(rows, "EPSG:4544"))
        crs = "EPSG:4544"
    elif form == "tsv":
        write_csv(path, cells(rows, "EPSG:4544"), "gb18030", "\t")
        crs = "EPSG:4544"
    elif form == "fgb":
        vector(path, rows, "EPSG:4544", SPATIAL_INDEX="NO")  # which puts them in another order
    else:
        geopandas.GeoDataFrame(rows, crs="EPSG:4326").to_crs("EPSG:4544").to_parquet(path)
    assert_schools(one(path, "school", city, crs=crs), "EPSG:4544")


def test_a_geoparquet_without_a_system_needs_a_word(tmp_path: Path, city: City) -> None:
    geopandas.GeoDataFrame(schools(), crs=None).to_parquet(tmp_path / "a.parquet")
    assert refusal(tmp_path / "a.parquet", "school", city).code == "crs_undeclared"
    assert_schools(one(tmp_path / "a.parquet", "school", city, crs="EPSG:4326"), "EPSG:4326")


def test_a_plain_parquet_is_a_table(tmp_path: Path, city: City) -> None:
    header, *rows = cells(schools())
    geopandas.pd.DataFrame(rows, columns=header).to_parquet(tmp_path / "a.parquet")
    batch = one(tmp_path / "a.parquet", "school", city, crs="EPSG:4326")
    assert batch.row == list(range(1, 13))
    assert_schools(batch, "EPSG:4326")


# KML.


@pytest.mark.parametrize("suffix", [".kml", ".kmz"])
def test_placemarks_with_all_kinds_of_shapes(suffix: str, tmp_path: Path, city: City) -> None:
    hole = SQUARE.buffer(-0.003, join_style="mitre")
    far = shapely.transform(SQUARE, lambda xy: xy + 0.1)
    path = write_kml(
        tmp_path / f"a{suffix}",
        placemark("示意甲", POINT, 状态="在建")
        + "<Folder><name>组</name>"
        + placemark("示意乙", polygon(SQUARE, hole), 状态="建成", 区县="锦江区")
        + "</Folder>"
        + placemark("示意丙", f"<MultiGeometry>{polygon(SQUARE)}{polygon(far)}</MultiGeometry>")
        + placemark("示意丁", "<LineString><coordinates>104.3,30.6 104.4,30.7</coordinates></LineString>")
        + placemark("示意戊", "", 状态="在建")
        + placemark("示意己", f"<MultiGeometry>{POINT}{polygon(SQUARE)}</MultiGeometry>"),
    )  # fmt: skip
    read = told(path, "park", city)
    assert (read.reader.format, read.reader.crs) == (suffix[1:].upper(), "EPSG:4326")
    assert [shape and shape.geom_type for shape in read.geometry] == [
        "Point", "Polygon", "MultiPolygon", "LineString", None, "GeometryCollection",
    ]  # fmt: skip
    assert read.geometry[0].equals(shapely.Point(104.3, 30.6))
    assert read.geometry[1].equals(SQUARE.difference(hole))
    assert read.values[1] == {"name": "示意乙", "status": "finished", "unit": "510104"}
    assert [issue for issue in read.issues if issue[0] != "value_missing"] == []


def test_what_is_wrong_with_a_placemark_is_named(tmp_path: Path, city: City) -> None:
    unclosed = "104,30.6 104.1,30.6 104.1,30.7 104,30.7"
    path = write_kml(
        tmp_path / "a.kml",
        placemark("示意甲", POINT, 状态="在建")
        + placemark("示意乙", "<Point><coordinates>x,y</coordinates></Point>", 状态="在建")
        + placemark("示意丙", polygon(SQUARE).replace(ring(SQUARE), unclosed), 状态="在建"),
    )
    error = refusal(path, "park", city)
    assert found(error) == [("geometry_unreadable", 2), ("ring_not_closed", 3)]


@pytest.mark.parametrize("declared", ["GB2312", "UTF-8", "gb18030"])
def test_a_kml_in_gbk_whatever_it_declares(declared: str, tmp_path: Path, city: City) -> None:
    path = write_kml(tmp_path / "a.kml", placemark("示意公园", POINT, 状态="在建"))
    text = path.read_text(encoding="utf-8").replace('"UTF-8"', f'"{declared}"')
    path.write_bytes(text.encode("gb18030"))
    assert told(path, "park", city).values[0]["name"] == "示意公园"


def test_a_column_of_the_data_goes_before_the_placemarks_name(tmp_path: Path, city: City) -> None:
    path = write_kml(tmp_path / "a.kml", placemark("1", POINT, 名称="示意公园", 状态="在建"))
    read = told(path, "park", city)
    assert read.values[0]["name"] == "示意公园"
    assert read.of_file() == [("column_unused", "info", "name")]


# Land parcels and survey points.

HEAD = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n投影类型=高斯克吕格\n计量单位=米\n带号=35\n[地块坐标]\n"


def corners(shape: shapely.Polygon, ring: int = 1, shift: float = 0) -> list[str]:
    return [
        f"J{n},{ring},{y:.3f},{x + shift:.3f}"
        for n, (x, y) in enumerate(shape.exterior.coords, start=1)
    ]


def parcel(name: str, *lines: str, kind: str = "面") -> str:
    return (
        f"{len(lines)},1.0000,DK{name},示意{name}号地块,{kind},,公园绿地,,@\n"
        + "\n".join(lines)
        + "\n"
    )


PLOT = shapely.box(410_000, 3_393_000, 410_100, 3_393_100)


@pytest.mark.parametrize(("shift", "crs"), [(0, "EPSG:4544"), (35_000_000, "EPSG:4523")])
def test_parcels_with_and_without_the_zone_before_the_easting(
    shift: float, crs: str, tmp_path: Path, city: City
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(HEAD + parcel("1", *corners(PLOT, shift=shift)), encoding="gbk")
    read = told(path, "green_space", city)
    assert (read.reader.crs, read.reader.format) == (crs, "parcel TXT")
    moved = shapely.affinity.translate(PLOT, shift)
    assert read.geometry[0].equals(moved)
    assert (read.values[0]["project_no"], read.values[0]["name"]) == ("DK1", "示意1号地块")
    assert read.raw[0]["地块用途"] == "公园绿地"


def test_rings_inside_a_parcel_are_holes_and_beside_it_parts(tmp_path: Path, city: City) -> None:
    hole = shapely.box(410_020, 3_393_020, 410_040, 3_393_040)
    island = shapely.box(410_025, 3_393_025, 410_030, 3_393_030)
    beside = shapely.transform(PLOT, lambda xy: xy + 500)
    rings = [*corners(PLOT), *corners(hole, 2), *corners(island, 3), *corners(beside, 4)]
    path = tmp_path / "a.txt"
    path.write_text(HEAD + parcel("1", *rings), encoding="utf-8")
    (shape,) = told(path, "green_space", city).geometry
    assert shape.equals(shapely.union_all([PLOT.difference(hole), island, beside]))


def test_faults_of_parcels_are_named(tmp_path: Path, city: City) -> None:
    path = tmp_path / "a.txt"
    lost = parcel("2", *corners(PLOT)).rpartition("J4")[0]  # the file was cut off here
    words = parcel("3", *corners(PLOT)).replace("410100.000", "东边")
    path.write_text(HEAD + parcel("1", *corners(PLOT)[:-1]) + lost + words, encoding="utf-8")
    read = told(path, "green_space", city)
    assert read.geometry[0].equals(PLOT)
    error = refusal(path, "green_space", city)
    assert found(error) == [("geometry_unreadable", 2), ("geometry_unreadable", 3)]


def test_survey_points_are_east_then_north(tmp_path: Path, city: City) -> None:
    path = tmp_path / "a.dat"
    path.write_text("1,停车,410223.123,3393620.681,505.1\n\nP2,,410000,3393000,\n", encoding="gbk")
    read = told(path, "place", city, headers={"编码": "category"})
    assert (read.reader.format, read.reader.crs, read.row) == ("CASS DAT", None, [1, 3])
    assert read.geometry[0].equals(shapely.Point(410_223.123, 3_393_620.681))
    assert read.raw == [{"点号": "1", "编码": "停车", "高程": "505.1"}, {"点号": "P2"}]
    assert read.values[0] == {"category": "parking"}


# Drawings.


def drawing(path: Path, shapes: list[Any], encoding: str = "utf-8") -> Path:
    frame = geopandas.GeoDataFrame({"Layer": ["公园"] * len(shapes)}, geometry=shapes, crs=None)
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(path, driver="DXF")
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_drawing_has_points_and_closed_lines_for_outlines(
    encoding: str, tmp_path: Path, city: City
) -> None:
    outline = shapely.LineString(PLOT.exterior.coords)
    path = drawing(tmp_path / "a.dxf", [outline, shapely.Point(410_050, 3_393_050)], encoding)
    read = told(path, "park", city, headers={"Layer": "name"})
    assert (read.reader.format, read.reader.crs) == ("DXF", None)
    assert [shape.geom_type for shape in read.geometry] == ["Polygon", "Point"]
    assert read.geometry[0].equals(PLOT)
    assert [row["name"] for row in read.values] == ["公园", "公园"]
    line = told(path, "greenway", city).geometry[0]
    assert line.geom_type == "LineString"


# Encodings.


@pytest.mark.parametrize(
    ("encoding", "said", "guessed"),
    [
        ("utf-8", None, False), ("utf-8-sig", None, False), ("gb18030", None, True), ("utf-16", None, False),
        ("utf-16-le", None, True), ("utf-16-be", None, True), ("gbk", "GBK", False), ("big5", "big5", False),
    ],
)  # fmt: skip
def test_an_encoding_is_found_or_said(
    encoding: str, said: str | None, guessed: bool, tmp_path: Path, city: City
) -> None:
    table = [["name", "status", "lon", "lat"], ["示意小學", "open", 104.3, 30.6]]
    path = write_csv(tmp_path / "a.csv", table, encoding)
    read = told(path, "school", city, encoding=said)
    assert read.values == [{"name": "示意小學", "status": "open"}]
    assert [code for code, *_ in read.of_file()] == ["encoding_guessed"] * guessed


def test_a_wrong_or_unknown_encoding_is_refused(tmp_path: Path, city: City) -> None:
    path = write_csv(tmp_path / "a.csv", cells(schools()), "gb18030")
    for said in ("utf-8", "banana", "rot13"):
        with pytest.raises(Exception, match=r"not in UTF-8|encoding") as caught:
            told(path, "school", city, encoding=said)
        assert getattr(caught.value, "code", "") == "encoding_unknown"


def test_the_encoding_of_a_dbf_may_be_said(tmp_path: Path, city: City) -> None:
    path = vector(tmp_path / "a.shp", schools(), encoding="GBK")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    assert told(path, "school", city).of_file() == [("encoding_guessed", "info", None)]
    assert told(path, "school", city, encoding="gbk").of_file() == []


def test_a_geojson_says_what_later_batches_bring(tmp_path: Path, city: City) -> None:
    rows = schools(5_001)
    rows[-1]["批示"] = "好"
    path = geojson(tmp_path / "a.geojson", rows)
    read = told(path, "school", city)
    assert read.of_file() == [("header_unknown", "info", "批示")]
    assert read.reader.headers[-1].header == "批示"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert sum(len(batch.key) for batch in read_features(path, city.layer("school"), city)) == len(features)  # fmt: skip
