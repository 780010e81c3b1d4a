"""The same features out of every format, coordinate system and encoding."""

from __future__ import annotations

import json
import os
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from geoplan.catalogue import City
from geoplan.ingest import FeatureBatch
from tests.ingest.files import (
    SQUARE,
    cells,
    found,
    geojson,
    one,
    read,
    refusal,
    schools,
    vector,
    write_csv,
    write_xlsx,
    zipped,
)

SYSTEMS = ["EPSG:4326", "EPSG:4490", "EPSG:4544", "EPSG:4523", "EPSG:4543", "EPSG:4522", "EPSG:32648", "EPSG:3857"]  # fmt: skip
FORMATS = ["gpkg", "shp", "zip", "csv", "xlsx", "geojson"]
TENTH_OF_MILLIMETRE = 1e-9


def write(folder: Path, form: str, crs: str) -> tuple[Path, str | None]:
    """The schools in a format and system, and what must be declared."""
    path, rows = folder / f"schools.{form}", schools()
    if form in {"csv", "xlsx"}:
        table = cells(rows, crs)
        return (write_csv if form == "csv" else write_xlsx)(path, table), crs
    if form == "geojson":
        points = geopandas.GeoSeries([row["geometry"] for row in rows], crs="EPSG:4326").to_crs(crs)
        moved = [row | {"geometry": point} for row, point in zip(rows, points, strict=True)]
        name = f"urn:ogc:def:crs:EPSG::{crs[5:]}"
        return geojson(path, moved, crs={"type": "name", "properties": {"name": name}}), None
    if form == "zip":
        return zipped(
            path, vector(folder / "s.shp", rows, crs, encoding="UTF-8"), "目录/", True
        ), None
    return vector(path, rows, crs), None


def assert_schools(batch: FeatureBatch, crs: str) -> None:
    rows = schools()
    assert batch.key == [row["项目编号"] for row in rows]
    assert batch.name_zh == [row["项目名称"] for row in rows]
    assert batch.unit == ["510104"] * len(rows)
    assert batch.status == ["building"] * len(rows)
    assert [str(day) for day in batch.finished_on] == [row["竣工时间"] for row in rows]
    assert [found["places"] for found in batch.properties] == [row["新增学位"] for row in rows]
    assert batch.source_crs == crs
    there = shapely.get_coordinates([row["geometry"] for row in rows])
    assert np.abs(shapely.get_coordinates(batch.geometry) - there).max() < TENTH_OF_MILLIMETRE


@pytest.mark.parametrize("crs", SYSTEMS)
def test_every_system_comes_to_the_same_points(crs: str, tmp_path: Path, city: City) -> None:
    path, declared = write(tmp_path, "gpkg", crs)
    assert_schools(one(path, "school", city, crs=declared), crs)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_comes_to_the_same_features(form: str, tmp_path: Path, city: City) -> None:
    path, declared = write(tmp_path, form, "EPSG:4544")
    batch = one(path, "school", city, crs=declared)
    assert_schools(batch, "EPSG:4544")
    first = 2 if form in {"csv", "xlsx"} else 1  # a sheet's row, or the number of a feature
    assert batch.row == list(range(first, first + len(batch.key)))
    xy = cells(schools(), "EPSG:4544")[1][-2:]
    assert batch.original[0] == pytest.approx({"x": xy[0], "y": xy[1]}, abs=1e-3)


def test_a_declared_system_serves_a_file_without_one(tmp_path: Path, city: City) -> None:
    path = vector(tmp_path / "a.shp", schools(), "EPSG:4544", encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    assert refusal(path, "school", city).code == "crs_undeclared"
    assert_schools(one(path, "school", city, crs="EPSG:4544"), "EPSG:4544")


def test_a_declared_system_may_not_contradict_the_file(tmp_path: Path, city: City) -> None:
    path = vector(tmp_path / "a.gpkg", schools(), "EPSG:4544")
    assert_schools(one(path, "school", city, crs="4544"), "EPSG:4544")
    error = refusal(path, "school", city, crs="EPSG:4326")
    assert error.code == "crs_conflict"
    assert "EPSG:4544" in error.detail.en


ESRI = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_105E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",'
    '500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",105.0],PARAMETER['
    '"Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def test_the_prj_of_another_maker_is_understood(tmp_path: Path, city: City) -> None:
    path = vector(tmp_path / "a.shp", schools(), "EPSG:4544", encoding="UTF-8")
    path.with_suffix(".prj").write_text(ESRI)
    assert_schools(one(path, "school", city), "EPSG:4544")


def test_a_system_of_ones_own_is_refused(tmp_path: Path, city: City) -> None:
    path = vector(tmp_path / "a.shp", schools(), "EPSG:4544", encoding="UTF-8")
    path.with_suffix(".prj").write_text(ESRI.replace("105.0", "104.0667"))
    error = refusal(path, "school", city)
    assert error.code == "crs_refused"
    assert "4490" in error.remedy.en


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("GCJ-02", "crs_shifted"), ("高德坐标", "crs_shifted"), ("BD09", "crs_shifted"),
        ("EPSG:4610", "crs_refused"), ("EPSG:2380", "crs_refused"), ("EPSG:4214", "crs_refused"),
        ("成都独立坐标系", "crs_local"), ("EPSG:999999", "crs_unknown"), ("banana", "crs_unknown"),
        ("+proj=longlat +nadgrids=/etc/passwd", "crs_unknown"),
    ],
)  # fmt: skip
def test_systems_without_a_way_to_wgs84_are_refused(
    said: str, code: str, tmp_path: Path, city: City
) -> None:
    path = write_csv(tmp_path / "a.csv", cells(schools(1)))
    assert refusal(path, "school", city, crs=said).code == code


def test_tables_do_not_say_their_system_so_it_must_be_declared(tmp_path: Path, city: City) -> None:
    path = write_csv(tmp_path / "a.csv", cells(schools()))
    assert refusal(path, "school", city).code == "crs_undeclared"
    for said in ("WGS84", "wgs 84", "4326", "epsg:4326"):
        assert_schools(one(path, "school", city, crs=said), "EPSG:4326")


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [(name, ",") for name in ("utf-8", "utf-8-sig", "gb18030", "utf-16")]
    + [("utf-8", "\t"), ("gbk", ";"), ("utf-8", "，")],
)
def test_csv_of_every_encoding_and_separator(
    encoding: str, delimiter: str, tmp_path: Path, city: City
) -> None:
    path = write_csv(tmp_path / "a.csv", cells(schools()), encoding, delimiter)
    assert_schools(one(path, "school", city, crs="EPSG:4326"), "EPSG:4326")


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("cpg", ["missing", "lying", "right"])
def test_a_dbf_is_read_as_what_it_is_whatever_its_cpg_says(
    encoding: str, cpg: str, tmp_path: Path, city: City
) -> None:
    path = vector(tmp_path / "a.shp", schools(), encoding=encoding)
    label = path.with_suffix(".cpg")
    if cpg == "missing":
        label.unlink(missing_ok=True)
    elif cpg == "lying":
        label.write_text({"UTF-8": "GBK", "GBK": "UTF-8"}[encoding])
    assert_schools(one(path, "school", city), "EPSG:4326")


def test_names_that_dbf_cut_are_understood_when_they_can_mean_one_field(
    tmp_path: Path, city: City
) -> None:
    path = vector(tmp_path / "a.shp", schools(), encoding="UTF-8")
    assert "项目编号".encode() not in path.with_suffix(".dbf").read_bytes()
    assert_schools(one(path, "school", city), "EPSG:4326")


def test_parts_of_a_shapefile_may_have_capital_suffixes(tmp_path: Path, city: City) -> None:
    path = vector(tmp_path / "a.shp", schools(), encoding="UTF-8")
    for part in tmp_path.glob("a.*"):
        part.rename(part.with_suffix(part.suffix.upper()))
    assert_schools(one(path.with_suffix(".SHP"), "school", city), "EPSG:4326")


@pytest.mark.parametrize("suffix", [".shx", ".dbf"])
def test_a_shapefile_without_a_part_says_which(suffix: str, tmp_path: Path, city: City) -> None:
    path = vector(tmp_path / "a.shp", schools(), encoding="UTF-8")
    path.with_suffix(suffix).unlink()
    error = refusal(path, "school", city)
    assert error.code == "shapefile_incomplete"
    assert suffix in error.detail.en


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
def test_a_shapefile_that_was_cut_off_is_refused(suffix: str, tmp_path: Path, city: City) -> None:
    path = vector(tmp_path / "a.shp", schools(), encoding="UTF-8")
    part = path.with_suffix(suffix)
    os.truncate(part, part.stat().st_size - 60)
    assert refusal(path, "school", city).code == "shapefile_truncated"


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_a_geopackage_that_was_cut_off_ends_in_words(
    keep: float, tmp_path: Path, city: City
) -> None:
    path = vector(tmp_path / "a.gpkg", schools(200))
    os.truncate(path, int(path.stat().st_size * keep))
    assert refusal(path, "school", city).code in {"file_damaged", "no_rows"}


def test_of_several_layers_one_must_be_chosen(tmp_path: Path, city: City) -> None:
    path = vector(tmp_path / "a.gpkg", schools(3), layer="三月")
    vector(path, schools(12), layer="四月")
    error = refusal(path, "school", city)
    assert error.code == "sheet_unknown"
    assert "三月" in error.remedy.en
    assert_schools(one(path, "school", city, sheet="四月"), "EPSG:4326")
    assert refusal(path, "school", city, sheet="五月").code == "sheet_unknown"


def test_heights_are_left_out(tmp_path: Path, city: City) -> None:
    rows = schools()
    high = [row | {"geometry": shapely.force_3d(row["geometry"], 500.0)} for row in rows]
    batch = one(vector(tmp_path / "a.gpkg", high), "school", city)
    assert not shapely.has_z(batch.geometry).any()
    assert_schools(batch, "EPSG:4326")


def test_typed_columns_of_a_geopackage(tmp_path: Path, city: City) -> None:
    rows = schools()
    frame = geopandas.GeoDataFrame(rows, crs="EPSG:4326")
    frame["竣工时间"] = geopandas.pd.to_datetime(frame["竣工时间"])
    frame.to_file(tmp_path / "a.gpkg")
    assert_schools(one(tmp_path / "a.gpkg", "school", city), "EPSG:4326")


def test_an_invalid_ring_in_a_geopackage_is_named(tmp_path: Path, city: City) -> None:
    bow = shapely.Polygon([(104, 30.6), (104.01, 30.61), (104.01, 30.6), (104, 30.61)])
    parks = [
        {"名称": f"示意公园{number}", "状态": "在建", "geometry": shape}
        for number, shape in enumerate([SQUARE, bow, SQUARE])
    ]
    error = refusal(vector(tmp_path / "a.gpkg", parks, "EPSG:4544"), "park", city)
    assert found(error) == [("geometry_invalid", 2)]
    assert "Self-intersection" in error.issues[0].detail.en


def test_members_of_geojson_may_stand_in_any_order(tmp_path: Path, city: City) -> None:
    path = geojson(tmp_path / "a.geojson", schools())
    document = json.loads(path.read_text(encoding="utf-8"))
    name = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    for members in (
        {"features": document["features"], "type": "FeatureCollection", "crs": name},
        {"name": "x", "crs": name, "features": document["features"], "bbox": [1], "type": "FeatureCollection"},
        {"type": "FeatureCollection", "features": document["features"], "crs": {"type": "EPSG", "properties": {"code": 4326}}},
    ):  # fmt: skip
        path.write_text("\ufeff " + json.dumps(members, indent=1), encoding="utf-8")
        assert_schools(one(path, "school", city), "EPSG:4326")


def test_one_feature_is_a_collection_of_one(tmp_path: Path, city: City) -> None:
    path = geojson(tmp_path / "a.geojson", schools(1))
    feature = json.loads(path.read_text(encoding="utf-8"))["features"][0]
    path.write_text(json.dumps(feature), encoding="utf-8")
    assert one(path, "school", city).key == ["CD-000"]


def test_geojson_that_says_it_has_no_system_needs_a_declaration(tmp_path: Path, city: City) -> None:
    path = geojson(tmp_path / "a.geojson", schools(), crs=None)
    assert refusal(path, "school", city).code == "crs_undeclared"
    assert_schools(one(path, "school", city, crs="EPSG:4326"), "EPSG:4326")


def test_sixty_thousand_rows_come_in_batches_and_in_order(tmp_path: Path, city: City) -> None:
    table = [["名称", "状态", "经度", "纬度", "项目编号"]]
    table += [
        [f"示意{n}", "在建", 103.5 + n % 1000 / 1000, 30.4 + n // 1000 / 1000, n]
        for n in range(60_000)
    ]
    batches = read(write_csv(tmp_path / "a.csv", table), "school", city, crs="EPSG:4326")
    assert max(len(batch.key) for batch in batches) <= 5_000
    assert [row for batch in batches for row in batch.row] == list(range(2, 60_002))
    assert batches[-1].key[-1] == "59999"
