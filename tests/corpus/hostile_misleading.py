"""Files under a wrong name, and files that are damaged or lie inside."""

from __future__ import annotations

import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.corpus.ground import spot, square
from tests.corpus.hostile import REFUSED, Bait, Hostile, rezip, schools, text
from tests.corpus.writing import (
    SCHOOL,
    at,
    csv_file,
    geojson,
    kml,
    ledger,
    school_rows,
    shapefile_zip,
    vector,
    xls,
)

_L = "龙泉驿区"


def _renamed(make: Callable[[Path], Path], name: str) -> Callable[[Path, Bait], Path]:
    return lambda folder, _: make(folder).rename(folder / name)


def _cut(make: Callable[[Path], Path], share: float = 0.7) -> Callable[[Path, Bait], Path]:
    def cut(folder: Path, _: Bait) -> Path:
        path = make(folder)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        return path

    return cut


def _parquet_footer(length: int) -> Callable[[Path, Bait], Path]:
    def make(folder: Path, _: Bait) -> Path:
        path = vector(schools(), "学校.parquet")(folder)
        content = bytearray(path.read_bytes())
        content[-8:-4] = struct.pack("<I", length)
        path.write_bytes(content)
        return path

    return make


def _parquet_swells(folder: Path, _: Bait) -> Path:
    """Sixty million equal names in some hundred kilobytes."""
    path = folder / "大.parquet"
    word = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), ["示意" * 500])
    table = pa.table({"名称": word})
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _group in range(60):
            writer.write_table(table)
    return path


def _counts_lie(folder: Path, _: Bait) -> Path:
    """A Shapefile whose record says two thousand million points."""
    inner = folder / "parts"
    path = shapefile_zip(
        [{"名称": "示意公园", "状态": "在建", "geometry": square(spot(_L, 0), 200)}]
    )(folder)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    content = bytearray(members["data.shp"])
    content[100 + 8 + 36 : 100 + 8 + 44] = struct.pack("<II", 0x7FFFFFF0, 0x7FFFFFF0)
    members["data.shp"] = bytes(content)
    assert inner.is_dir()
    return rezip(path, members)


def _blob_lies(folder: Path, _: Bait) -> Path:
    """A GeoPackage whose geometry says two thousand million points."""
    path = vector(schools(), "学校.gpkg")(folder)
    blob = b"GP\0\x01" + struct.pack("<i", 4326) + struct.pack("<BII", 1, 2, 0x7FFFFFF0) + bytes(64)
    with sqlite3.connect(path) as base:
        triggers = base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute('UPDATE "学校" SET geom = ? WHERE fid = 2', (blob,))
    base.close()
    return path


def _view(folder: Path, bait: Bait) -> Path:
    """A GeoPackage whose layer is a view that would read a file, had SQLite the function."""
    path = vector(schools(), "学校.gpkg")(folder)
    with sqlite3.connect(path) as base:
        base.execute("UPDATE gpkg_contents SET table_name = 'v'")
        base.execute("UPDATE gpkg_geometry_columns SET table_name = 'v'")
        base.execute(
            f"""CREATE VIEW v AS SELECT fid, geom, readfile('{bait.secret}') AS "名称" FROM "学校" """
        )
    base.close()
    return path


_BOOK = ledger([SCHOOL, *school_rows(3)])
_CSV = csv_file([SCHOOL, *school_rows(3)])
_DAMAGED = ("file_damaged", "workbook_damaged", "archive_damaged", "parquet_damaged", "format_unknown", "reader_died", "reader_failed")  # fmt: skip

MISLEADING: list[Hostile] = [
    Hostile("a workbook called .csv", _renamed(_BOOK, "台账.csv")),
    Hostile("a GeoPackage called .geojson", _renamed(vector(schools(), "学校.gpkg"), "学校.geojson")),
    Hostile("a GeoJSON called .csv", _renamed(geojson(schools()), "学校.csv")),
    Hostile("a table called .xlsx", _renamed(_CSV, "台账.xlsx"), REFUSED),
    Hostile("a picture called .xlsx", text("图.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200)), REFUSED),
    Hostile("a PDF called .csv", text("文.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(300)), (*REFUSED, "table_broken")),
    Hostile("a program called .csv", text("程.csv", b"\x7fELF\x02\x01\x01" + bytes(500)), REFUSED),
    Hostile("a page of HTML called .xls", text("台账.xls", "<html><table><tr><td>名称</td></tr></table></html>"), REFUSED),
    Hostile("an SVG with a script called .kml", text("图.kml", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), (*REFUSED, "no_rows", "xml_broken")),
    Hostile("a workbook cut short", _cut(_BOOK), _DAMAGED),
    Hostile("an old workbook cut short", _cut(xls([SCHOOL, *school_rows(30)])), (*_DAMAGED, "no_rows")),
    Hostile("a GeoPackage cut short", _cut(vector(schools(), "学校.gpkg"), 0.3), _DAMAGED),
    Hostile("a zip cut short", _cut(shapefile_zip(schools())), _DAMAGED),
    Hostile("a GeoJSON cut short", _cut(geojson(schools())), ("json_broken",)),
    Hostile("a KML cut short", _cut(kml([{"name": "示意", "geometry": at(spot(_L, 0))}])), (*_DAMAGED, "xml_broken", "kml_broken", *REFUSED)),
    Hostile("a FlatGeobuf cut short", _cut(vector(schools(3), "学校.fgb"), 0.5), (*_DAMAGED, "no_rows")),
    Hostile("a Parquet cut short", _cut(vector(schools(), "学校.parquet")), _DAMAGED),
    Hostile("a Parquet whose footer says 2 GB", _parquet_footer(0x7FFFFFF0), _DAMAGED),
    Hostile("a Parquet whose footer says nothing", _parquet_footer(0), _DAMAGED),
    Hostile("a Parquet that swells", _parquet_swells, ("too_many_rows", "reader_out_of_memory", "reader_out_of_time", "reader_died", "header_missing", "column_missing", "import_rejected")),
    Hostile("a Shapefile that lies about its points", _counts_lie, ("file_damaged",), layer="park"),
    Hostile("a GeoPackage that lies about its points", _blob_lies, issues=(("geometry_unreadable", 2),)),
    Hostile("a GeoPackage whose layer is a view that reads files", _view, (*_DAMAGED, "sheet_unknown", "no_rows", "column_missing", "import_rejected")),
]  # fmt: skip
