"""How the corpus writes its files: workbooks as offices format them, and the rarer formats."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import geopandas
import openpyxl
import shapely
import xlwt
from openpyxl.styles import Alignment, Font

from tests.corpus.ground import Spot, spot
from tests.ingest import files

Table = Sequence[Sequence[Any]]
Make = Callable[[Path], Path]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its rows, merged ranges, hidden rows and number formats by column."""

    rows: Table
    title: str = "台账"
    merge: Sequence[str] = ()
    hide_rows: Sequence[int] = ()
    hide_columns: Sequence[str] = ()
    hidden: bool = False
    formats: Mapping[str, str] = field(default_factory=dict)
    text: Sequence[str] = ()
    """Columns whose cells are formatted as text, as 设置单元格格式 › 文本 does."""


def xlsx(*sheets: Sheet, name: str = "台账.xlsx") -> Make:
    def make(folder: Path) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for sheet in sheets:
            page = book.create_sheet(sheet.title)
            for cells in sheet.rows:
                page.append(list(cells))
            for area in sheet.merge:
                page.merge_cells(area)
            for row in sheet.hide_rows:
                page.row_dimensions[row].hidden = True
            for column in sheet.hide_columns:
                page.column_dimensions[column].hidden = True
            for column in (*sheet.formats, *sheet.text):
                for cell in page[column]:
                    cell.number_format = sheet.formats.get(column, "@")
            page["A1"].font = Font(bold=True, size=16)
            page["A1"].alignment = Alignment(horizontal="center")
            if sheet.hidden:
                page.sheet_state = "hidden"
        book.save(folder / name)
        return folder / name

    return make


def ledger(rows: Table, name: str = "台账.xlsx", **options: Any) -> Make:
    """A workbook of one sheet."""
    return xlsx(Sheet(rows, **options), name=name)


def xls(rows: Table, name: str = "台账.xls") -> Make:
    """A workbook of the old binary format."""

    def make(folder: Path) -> Path:
        book = xlwt.Workbook(encoding="utf-8")
        page = book.add_sheet("台账")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell is not None:
                    page.write(row, column, cell)
        book.save(str(folder / name))
        return folder / name

    return make


def csv_file(
    rows: Table, encoding: str = "utf-8", delimiter: str = ",", name: str = "台账.csv"
) -> Make:
    def make(folder: Path) -> Path:
        with (folder / name).open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows(rows)
        return folder / name

    return make


def text_file(text: str, name: str, encoding: str = "utf-8") -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(text.encode(encoding))
        return folder / name

    return make


def geojson(rows: Sequence[files.Row], name: str = "图形.geojson", **members: Any) -> Make:
    return lambda folder: files.geojson(folder / name, rows, **members)


def vector(
    rows: Sequence[files.Row], name: str, crs: str = "EPSG:4326", **options: Any
) -> Callable[[Path], Path]:
    """A GeoPackage, Shapefile or FlatGeobuf; `rows` in EPSG:4326, written in `crs`."""

    def make(folder: Path) -> Path:
        path = folder / name
        if path.suffix == ".fgb":
            frame = geopandas.GeoDataFrame(list(rows), crs="EPSG:4326").to_crs(crs)
            frame.to_file(path, driver="FlatGeobuf")
            return path
        if path.suffix == ".parquet":
            frame = geopandas.GeoDataFrame(list(rows), crs="EPSG:4326").to_crs(crs)
            frame.to_parquet(path)
            return path
        return files.vector(path, rows, crs, **options)

    return make


def shapefile_zip(
    rows: Sequence[files.Row],
    crs: str = "EPSG:4326",
    *,
    encoding: str = "UTF-8",
    without: Sequence[str] = (),
    cpg: str | None = None,
    member: str = "data",
) -> Make:
    """A zipped Shapefile, without some of its parts, perhaps with a .cpg that says something else.

    member  its name in the archive; a name that is not ASCII is stored in GBK, as Windows does.
    """

    def make(folder: Path) -> Path:
        inner = folder / "parts"
        inner.mkdir()
        files.vector(inner / "data.shp", rows, crs, encoding=encoding)
        with zipfile.ZipFile(folder / "图形.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(inner.iterdir()):
                if part.suffix in without:
                    continue
                content = part.read_bytes()
                if part.suffix == ".cpg" and cpg is not None:
                    content = cpg.encode()
                entry = zipfile.ZipInfo(f"{member}{part.suffix}")
                if not member.isascii():
                    # zipfile marks such names as UTF-8; Windows writes the code page's bytes.
                    entry = _GbkName(f"{member}{part.suffix}")
                archive.writestr(entry, content)
        return folder / "图形.zip"

    return make


class _GbkName(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  zipfile's own name
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def kml(rows: Sequence[files.Row], *, archive: bool = False, encoding: str = "UTF-8") -> Make:
    """A KML of placemarks: `name` is the placemark's, the rest extended data. Or a KMZ."""

    def placemark(row: files.Row) -> str:
        shape = row["geometry"]
        text = " ".join(f"{x},{y},0" for x, y in _outer(shape))
        body = {
            "Point": f"<Point><coordinates>{text}</coordinates></Point>",
            "LineString": f"<LineString><coordinates>{text}</coordinates></LineString>",
            "Polygon": "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
            f"{text}</coordinates></LinearRing></outerBoundaryIs></Polygon>",
        }[shape.geom_type]
        data = "".join(
            f'<Data name="{escape(key)}"><value>{escape(str(value))}</value></Data>'
            for key, value in row.items()
            if key not in {"geometry", "name"} and value is not None
        )
        return (
            f"<Placemark><name>{escape(row['name'])}</name>"
            f"<ExtendedData>{data}</ExtendedData>{body}</Placemark>"
        )

    def make(folder: Path) -> Path:
        text = (
            f'<?xml version="1.0" encoding="{encoding}"?>'
            '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>示意</name>'
            f"{''.join(map(placemark, rows))}</Folder></Document></kml>"
        )
        content = text.encode("gb18030" if encoding == "GB2312" else encoding)
        path = folder / ("标注.kmz" if archive else "标注.kml")
        if archive:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr("doc.kml", content)
        else:
            path.write_bytes(content)
        return path

    return make


def _outer(shape: Any) -> Iterable[tuple[float, float]]:
    ring = shape.exterior if shape.geom_type == "Polygon" else shape
    return [(x, y) for x, y in shapely.get_coordinates(ring).tolist()]


# Ledgers that most cases vary: a header, and sound rows under it.

SCHOOL = ["项目编号", "学校名称", "区县", "建设阶段", "开工时间", "竣工时间", "新增学位", "经度", "纬度"]  # fmt: skip


def school_rows(count: int = 4, unit: str = "龙泉驿区", first: int = 0) -> list[list[Any]]:
    """Sound rows under SCHOOL, each with a number, name and spot of its own."""
    return [
        [
            f"JY-{first + n + 1:03d}", f"示意{_NAMES[first + n]}小学", unit, "竣工",
            "2022-03-01", f"2023-08-{n % 27 + 1:02d}", 360 + 45 * n, *spot(unit, first + n),
        ]
        for n in range(count)
    ]  # fmt: skip


CHARGER = ["站点名称", "区县", "桩数", "枪数", "状态", "竣工时间", "经度", "纬度"]


def charger_rows(count: int = 4, unit: str = "龙泉驿区", first: int = 0) -> list[list[Any]]:
    """Sound rows under CHARGER."""
    return [
        [
            f"示意{_NAMES[first + n]}充电站", unit, 10 + n, 20 + n, "投运",
            f"2023-09-{n % 27 + 1:02d}", *spot(unit, first + n),
        ]
        for n in range(count)
    ]  # fmt: skip


def changed(rows: Sequence[Sequence[Any]], at: int, column: int, value: Any) -> list[list[Any]]:
    """The rows with one cell changed."""
    new = [list(row) for row in rows]
    new[at][column] = value
    return new


def at(row: Spot) -> shapely.Point:
    return shapely.Point(row)


# Words that no one would take for variants of one another.
_NAMES = [
    "银杏", "芙蓉", "梧桐", "海棠", "玉兰", "紫薇", "樱花", "翠竹", "青松", "桂香",
    "丹枫", "碧桃", "蔷薇", "茉莉", "杜鹃", "牡丹", "水杉", "香樟", "垂柳", "白桦",
    "雪梨", "石榴", "枇杷", "葡萄", "核桃", "板栗", "山茶", "月季", "百合", "莲花",
]  # fmt: skip
NAMES = tuple(_NAMES)
