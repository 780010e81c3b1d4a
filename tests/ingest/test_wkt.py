"""Shapes that a table holds as text."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pyproj
import shapely

from geoplan.catalogue import City
from geoplan.ingest import read_features
from geoplan.ingest.rows import RowBatch, RowReader, open_features

LINE = shapely.LineString([(104.06, 30.6), (104.07, 30.61), (104.09, 30.61)])
SQUARE = shapely.box(104.0, 30.6, 104.01, 30.61)


def _table(path: Path, header: Sequence[str], *rows: Sequence[object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [["名称", "状态", *header], *(["示意", "在建", *row] for row in rows)]
        )
    return path


def _open(path: Path, city: City, layer: str) -> tuple[RowReader, RowBatch]:
    with open_features(path, city.layer(layer), city) as reader:
        [batch] = list(reader.batches())
    return reader, batch


def test_lines_come_from_a_column_of_wkt_in_the_system_that_is_named_beside(
    city: City, tmp_path: Path
) -> None:
    move = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:4544", always_xy=True).transform
    moved = shapely.transform(LINE, move, interleaved=False)
    path = _table(tmp_path / "lines.csv", ["WKT", "坐标系"], [moved.wkt, "CGCS2000 中央经线105"])
    [batch] = list(read_features(path, city.layer("greenway"), city))
    assert batch.source_crs == "EPSG:4544"
    assert shapely.hausdorff_distance(batch.geometry[0], LINE) < 1e-8


def test_where_there_is_no_shape_the_columns_of_a_point_serve(city: City, tmp_path: Path) -> None:
    header = ["WKT*", "经度", "纬度"]
    rows = [[SQUARE.wkt, "", ""], ["", "104.05E", "30.65"], ["", "", ""], ["", "?", "30.6"]]
    _, batch = _open(_table(tmp_path / "parks.csv", header, *rows), city, "park")
    assert batch.geometry is not None
    assert batch.geometry[:2].tolist() == [SQUARE, shapely.Point(104.05, 30.65)]
    assert batch.faults == {2: "missing", 3: "geometry_unreadable"}


def test_in_a_layer_of_points_the_columns_of_coordinates_go_first(
    city: City, tmp_path: Path
) -> None:
    path = _table(tmp_path / "schools.csv", ["WKT", "经度", "纬度"], ["x", 104.05, 30.65])
    reader, batch = _open(path, city, "charger")
    assert (reader.place, batch.geometry) == ("columns", None)


def test_text_that_is_no_shape_is_told_and_never_parsed_in_depth(
    city: City, tmp_path: Path
) -> None:
    deep = "GEOMETRYCOLLECTION(" * 1_500 + "POINT(0 0)" + ")" * 1_500
    rows = [
        ["LINESTRING(104 30.6)"],
        [deep],
        ["SRID=4544;POINT(1 2)"],
        [LINE.wkt.replace("LINESTRING ", "linestring z")],
    ]
    _, batch = _open(_table(tmp_path / "odd.csv", ["WKT"], *rows), city, "greenway")
    assert batch.geometry is not None
    assert batch.faults == dict.fromkeys(range(4), "geometry_unreadable")


def test_heights_are_left_out(city: City, tmp_path: Path) -> None:
    path = _table(tmp_path / "high.csv", ["WKT"], ["LINESTRING Z (104 30.6 500, 104.1 30.6 510)"])
    _, batch = _open(path, city, "greenway")
    assert batch.geometry is not None
    assert batch.geometry[0].wkt == "LINESTRING (104 30.6, 104.1 30.6)"


def test_two_systems_in_one_file_are_an_error(city: City, tmp_path: Path) -> None:
    rows = [[LINE.wkt, "WGS84"], [LINE.wkt, "wgs 84"], [LINE.wkt, "高德"], [LINE.wkt, "高德"]]
    reader, _ = _open(_table(tmp_path / "mixed.csv", ["WKT", "坐标系"], *rows), city, "greenway")
    assert reader.crs == "EPSG:4326"
    [issue] = [each for each in reader.file_issues if each.severity == "error"]
    assert (issue.code, issue.where.row, issue.where.column, issue.value) == (
        "crs_conflict",
        4,
        "坐标系",
        "高德",
    )
