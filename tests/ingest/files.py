"""Files such as people send, made for a test."""

from __future__ import annotations

import csv
import json
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import shapely
import xlwt

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.ingest import FeatureBatch, read_features
from geoplan.ingest.rows import ReadOptions, RowReader, open_features

Row = dict[str, Any]

SQUARE = shapely.box(104.0, 30.6, 104.01, 30.61)


def schools(count: int = 12) -> list[Row]:
    """Rows of the layer `school` with places over the whole city."""
    return [
        {
            "项目编号": f"CD-{number:03d}",
            "项目名称": f"示意第{number}小学（天府校区）",
            "区县": "锦江区",
            "状态": "在建",
            "竣工时间": f"2023-09-{number % 28 + 1:02d}",
            "新增学位": 90 + number,
            "geometry": shapely.Point(
                103.1 + 1.7 * ((number * 37) % 100) / 100, 30.2 + 1.2 * ((number * 61) % 100) / 100
            ),
        }
        for number in range(count)
    ]


def geojson(path: Path, rows: Iterable[Row], **members: Any) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {key: value for key, value in row.items() if key != "geometry"},
            "geometry": shapely.geometry.mapping(row["geometry"]) if row["geometry"] else None,
        }
        for row in rows
    ]
    document = {"type": "FeatureCollection", **members, "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def vector(path: Path, rows: Sequence[Row], crs: str = "EPSG:4326", **options: Any) -> Path:
    """A GeoPackage, Shapefile or FlatGeobuf by GDAL."""
    driver = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".fgb": "FlatGeobuf"}[path.suffix]
    frame = geopandas.GeoDataFrame(rows, crs="EPSG:4326").to_crs(crs)
    with warnings.catch_warnings():
        # pyogrio warns that a Shapefile cuts names at 10 bytes; that is what is tested.
        warnings.simplefilter("ignore", RuntimeWarning)
        frame.to_file(path, driver=driver, **options)
    return path


def zipped(path: Path, shapefile: Path, folder: str = "", upper: bool = False) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(shapefile.parent.glob(f"{shapefile.stem}.*")):
            suffix = part.suffix.upper() if upper else part.suffix
            archive.write(part, f"{folder}{shapefile.stem}{suffix}")
    return path


def cells(
    rows: Sequence[Row], crs: str = "EPSG:4326", places: int | None = None
) -> list[list[Any]]:
    """Header and rows of a ledger: the columns, then 经度 and 纬度 in `crs`."""
    points = geopandas.GeoSeries([row["geometry"] for row in rows], crs="EPSG:4326").to_crs(crs)
    names = [name for name in rows[0] if name != "geometry"]
    table = [[*names, "经度", "纬度"]]
    for row, point in zip(rows, points, strict=True):
        xy = (
            [point.x, point.y]
            if places is None
            else [round(point.x, places), round(point.y, places)]
        )
        table.append([*(row[name] for name in names), *xy])
    return table


def write_csv(
    path: Path, table: Sequence[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(table)
    return path


def write_xlsx(
    path: Path, table: Sequence[Sequence[Any]], merge: Sequence[str] = (), title: str = "台账"
) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for cells_of_row in table:
        sheet.append(list(cells_of_row))
    for area in merge:
        sheet.merge_cells(area)
    book.save(path)
    return path


def write_xls(path: Path, table: Sequence[Sequence[Any]], hide: Sequence[int] = ()) -> Path:
    """An old workbook; `hide`  rows that are hidden, from 1."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("台账")
    for index, cells_of_row in enumerate(table):
        for column, cell in enumerate(cells_of_row):
            if cell is not None:
                sheet.write(index, column, cell)
    for row in hide:
        sheet.row(row - 1).hidden = True
    book.save(str(path))
    return path


def write_kml(path: Path, placemarks: str, head: str = "") -> Path:
    """A KML of these placemarks as text, or a KMZ of it."""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document>{placemarks}</Document></kml>"
    )
    if path.suffix == ".kmz":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doc.kml", text)
    else:
        path.write_text(text, encoding="utf-8")
    return path


def placemark(name: str, shape: str, **data: str) -> str:
    more = "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in data.items())
    return f"<Placemark><name>{name}</name><ExtendedData>{more}</ExtendedData>{shape}</Placemark>"


@dataclass(frozen=True, slots=True)
class Told:
    """A file as the lenient reader gives it, its batches put together."""

    reader: RowReader
    row: list[int]
    raw: list[Row]
    values: list[Row]
    issues: list[tuple[str, str, int, str | None]]
    """Code, severity, row and column of what was found about the rows."""
    geometry: list[Any]
    place: dict[str, list[Any]]

    def of_file(self) -> list[tuple[str, str, str | None]]:
        """Code, severity and column of what was found about the file."""
        return [(one.code, one.severity, one.where.column) for one in self.reader.file_issues]


def told(path: Path, layer: str, city: City, **options: Any) -> Told:
    with open_features(path, city.layer(layer), city, ReadOptions(**options)) as reader:
        batches = list(reader.batches())
    issues = [issue for batch in batches for row in batch.issues for issue in row]
    for issue in (*issues, *reader.file_issues):
        assert all((issue.detail.zh, issue.detail.en, issue.remedy.zh, issue.remedy.en))
    return Told(
        reader,
        [row for batch in batches for row in batch.row],
        [row for batch in batches for row in batch.raw],
        [row for batch in batches for row in batch.values],
        [(one.code, one.severity, one.where.row or 0, one.where.column) for one in issues],
        [shape for batch in batches if batch.geometry is not None for shape in batch.geometry],
        {key: [cell for batch in batches for cell in batch.place[key]] for key in batches[0].place},
    )


def read(path: Path, layer: str, city: City, **options: Any) -> list[FeatureBatch]:
    return list(read_features(path, city.layer(layer), city, **options))


def one(path: Path, layer: str, city: City, **options: Any) -> FeatureBatch:
    (batch,) = read(path, layer, city, **options)
    return batch


def refusal(path: Path, layer: str, city: City, **options: Any) -> GeoplanError:
    """The error that reading raises; both languages have words, and there is a remedy."""
    try:
        read(path, layer, city, **options)
    except GeoplanError as error:
        for words in (error, *error.issues):
            assert all((words.detail.zh, words.detail.en, words.remedy.zh, words.remedy.en))
        return error
    raise AssertionError(f"{path.name} was read")


def found(error: GeoplanError) -> list[tuple[str, int | None]]:
    """Code and row of every issue."""
    return [(issue.code, issue.where.row) for issue in error.issues]


def children() -> list[str]:
    """Processes that this one has started and that still are."""
    return [
        child
        for task in Path("/proc/self/task").iterdir()
        for child in (task / "children").read_text().split()
        if "child.py" in Path("/proc", child, "cmdline").read_text().replace("\0", " ")
    ]
