"""Templates: what stands in them, and that they read back."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely

from geoplan.catalogue import City, Layer
from geoplan.errors import GeoplanError
from geoplan.ingest import FeatureBatch, default_boundaries, read_features, read_units
from geoplan.ingest.systems import system_of
from geoplan.uploads.template import Column, Spot, columns_of, spot_in, systems
from geoplan.uploads.template_files import as_csv, as_geopackage
from geoplan.uploads.template_workbook import as_workbook

_SOME = ("school", "greenway", "green_space")
"""Layers of points, of lines, and one of outlines that requires no column."""


@pytest.fixture(scope="module")
def outlines(city: City) -> Mapping[str, shapely.Geometry]:
    return read_units(default_boundaries(), city)


@pytest.fixture(scope="module")
def spot(city: City, outlines: Mapping[str, shapely.Geometry]) -> Spot:
    return spot_in(city, {code: shapely.to_wkb(shape) for code, shape in outlines.items()})


def _layers(city: City) -> list[Layer]:
    return [layer for layer in city.layers.values() if layer.geometry != "none"]


def _columns(city: City, spot: Spot, layer: str) -> list[Column]:
    return columns_of(city.layer(layer), city, spot)


def _read(path: Path, layer: Layer, city: City) -> list[FeatureBatch]:
    return list(read_features(path, layer, city, crs="EPSG:4326"))


def _opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_every_workbook_reads_back_with_the_example_as_a_row(
    city: City, spot: Spot, tmp_path: Path
) -> None:
    for layer in _layers(city):
        book = _opened(as_workbook(layer, city, columns_of(layer, city, spot)))
        sheet = book.worksheets[0]
        assert sheet["A2"].value == "示例"
        sheet["A2"] = 1
        path = tmp_path / f"{layer.id}.xlsx"
        book.save(path)
        [batch] = _read(path, layer, city)
        assert batch.row == [2]
        assert batch.unit == [spot.unit.code]
        assert batch.geometry[0].equals_exact(spot.shape(layer), 1e-6)


def test_a_csv_reads_back_too(city: City, spot: Spot, tmp_path: Path) -> None:
    for layer in map(city.layer, _SOME):
        content = as_csv(columns_of(layer, city, spot))
        assert content.startswith(b"\xef\xbb\xbf")
        path = tmp_path / f"{layer.id}.csv"
        path.write_bytes(content.replace("示例,".encode(), b"1,", 1))
        [batch] = _read(path, layer, city)
        assert batch.row == [2]


def test_a_template_that_comes_back_unchanged_has_no_rows(
    city: City, spot: Spot, tmp_path: Path
) -> None:
    for layer in map(city.layer, _SOME):
        columns = columns_of(layer, city, spot)
        for form, content in (
            ("xlsx", as_workbook(layer, city, columns)),
            ("csv", as_csv(columns)),
        ):
            path = tmp_path / f"{layer.id}.{form}"
            path.write_bytes(content)
            with pytest.raises(GeoplanError) as refused:
                _read(path, layer, city)
            assert (refused.value.code, layer.id, form) == ("no_rows", layer.id, form)


def test_the_example_stays_out_beside_rows_and_a_name_that_begins_so_comes_in(
    city: City, spot: Spot, tmp_path: Path
) -> None:
    columns = _columns(city, spot, "school")
    book = _opened(as_workbook(city.layer("school"), city, columns))
    row = [column.example for column in columns]
    row[0], row[1], row[2] = 1, "CD-1", "示例小学"
    book.worksheets[0].append(row)
    path = tmp_path / "filled.xlsx"
    book.save(path)
    [batch] = _read(path, city.layer("school"), city)
    assert (batch.row, batch.name_zh) == ([3], ["示例小学"])


def test_drop_downs_offer_what_the_reading_understands(
    city: City, spot: Spot, tmp_path: Path
) -> None:
    layer = city.layer("charger")
    columns = columns_of(layer, city, spot)
    book = _opened(as_workbook(layer, city, columns))
    sheet, choices = book.worksheets[0], book["选项"]
    rules = {
        str(rule.sqref).partition("2:")[0]: rule for rule in sheet.data_validations.dataValidation
    }
    offered = {}
    for number, column in enumerate(columns, start=1):
        rule = rules.get(openpyxl.utils.get_column_letter(number))
        if rule is not None and rule.type == "list":
            place = rule.formula1.rpartition("!")[2].replace("$", "")
            offered[column.header] = [cell.value for [cell] in choices[place]]
    assert offered["状态*"] == ["规划", "在建", "完工", "投用", "停工"]
    assert len(offered["区（市）县"]) == len(city.units)
    assert all(city.find_unit(name) for name in offered["区（市）县"])
    assert [system_of(name) for name in offered["坐标系"]] == [
        "EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09", "EPSG:4544", "EPSG:4543", "EPSG:4523", "EPSG:4522",
    ]  # fmt: skip
    assert tuple(offered["坐标系"]) == systems(city)
    assert rules[_letter(columns, "桩数（桩）*")].type == "whole"
    assert rules[_letter(columns, "开工时间")].type == "date"
    assert rules[_letter(columns, "总功率（千瓦）")].type == "decimal"


def _letter(columns: list[Column], header: str) -> str:
    letter: str = openpyxl.utils.get_column_letter(
        [column.header for column in columns].index(header) + 1
    )
    return letter


def test_notes_explain_every_column_in_both_languages(city: City, spot: Spot) -> None:
    layer = city.layer("greenway")
    columns = columns_of(layer, city, spot)
    book = _opened(as_workbook(layer, city, columns))
    rows = {row[0]: row for row in book["填写说明"].values if row[0]}
    assert "规划任务：下半年新建天府绿道453公里" in rows
    for column in columns:
        _, english, required, unit, zh, en, example = rows[column.header]
        assert english == column.title.en
        assert (zh, en) == (column.allowed.zh, column.allowed.en)
        assert required.startswith("是") == column.header.endswith("*")
        assert example == column.example
        assert column.field is None or (unit or "").startswith(
            column.field.unit.zh if column.field.unit else ""
        )
    assert rows["填报长度（公里）"][3] == "公里 km"


def test_headers_say_what_is_required_and_personal_data_has_no_column(
    city: City, spot: Spot
) -> None:
    for layer in _layers(city):
        columns = columns_of(layer, city, spot)
        ids = [column.field.id for column in columns if column.field]
        personal = {field.id for field in layer.all_fields() if field.personal}
        assert not personal & set(ids)
        assert {field.id for field in layer.all_fields() if not field.personal} - set(ids) <= {
            "lon",
            "lat",
        }
        for column in columns:
            if column.field is not None and column.field.required:
                assert column.required


def test_the_example_lies_in_the_unit_that_it_names(
    city: City, spot: Spot, outlines: Mapping[str, shapely.Geometry]
) -> None:
    for layer in _layers(city):
        assert outlines[spot.unit.code].contains(spot.shape(layer))


def test_without_outlines_there_is_no_example_place(city: City) -> None:
    with pytest.raises(GeoplanError) as refused:
        spot_in(city, {})
    assert (refused.value.code, refused.value.status) == ("no_districts", 409)


def test_a_geopackage_is_empty_and_knows_its_lists(city: City, tmp_path: Path) -> None:
    path = tmp_path / "school.gpkg"
    path.write_bytes(as_geopackage(city.layer("school"), city))
    connection = sqlite3.connect(path)
    try:
        [(kind, system)] = connection.execute(
            "SELECT geometry_type_name, srs_id FROM gpkg_geometry_columns"
        )
        assert (kind, system) == ("GEOMETRY", 4490)
        assert connection.execute("SELECT count(*) FROM school").fetchone() == (0,)
        types = {row[1]: row[2] for row in connection.execute("PRAGMA table_info(school)")}
        assert (types["新增学位（个）"], types["开工时间"], types["名称*"]) == (
            "MEDIUMINT",
            "DATE",
            "TEXT",
        )
        rows = connection.execute(
            "SELECT v.value FROM gpkg_data_columns AS c JOIN gpkg_data_column_constraints AS v USING (constraint_name)"
            " WHERE c.column_name = '学段' ORDER BY v.rowid"
        )
        assert [value for (value,) in rows][:2] == ["幼儿园", "小学"]
    finally:
        connection.close()


def test_a_geopackage_reads_back_once_it_is_filled(city: City, spot: Spot, tmp_path: Path) -> None:
    import pyogrio  # noqa: PLC0415  slow

    for layer in map(city.layer, _SOME):
        path = tmp_path / f"{layer.id}.gpkg"
        path.write_bytes(as_geopackage(layer, city))
        values = {column.header: column.example for column in columns_of(layer, city, spot)}
        names = [name for name in pyogrio.read_info(path)["fields"] if values.get(name) is not None]
        _append(path, layer.id, {name: values[name] for name in names}, spot.shape(layer))
        [batch] = list(read_features(path, layer, city))
        assert (batch.source_crs, batch.unit) == ("EPSG:4490", [spot.unit.code])


def _append(path: Path, layer: str, values: dict[str, Any], shape: shapely.Geometry) -> None:
    """A feature put in by GDAL, as a geographic information system does."""
    import geopandas  # noqa: PLC0415  slow

    frame = geopandas.GeoDataFrame([values], geometry=[shape], crs="EPSG:4490")
    frame.to_file(path, layer=layer, driver="GPKG", mode="a")
