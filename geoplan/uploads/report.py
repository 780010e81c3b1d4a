"""The report of an upload: the uploader's own workbook with what was found in it, or as JSON."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from geoplan.catalogue import City, Layer
from geoplan.errors import GeoplanError
from geoplan.ingest import sandbox
from geoplan.ingest.findings import shown
from geoplan.ingest.headers import PLACE
from geoplan.ingest.marks import is_check_column
from geoplan.store.upload_report import FileRow, file_rows, found_rows
from geoplan.store.uploads import Upload
from geoplan.text import Lang, Text
from geoplan.uploads import documents
from geoplan.uploads.files import Files
from geoplan.uploads.report_marks import Marks, columns_of
from geoplan.uploads.report_summary import summary_of
from geoplan.uploads.report_table import SHEET, write_table
from geoplan.uploads.report_workbook import MARKS

_LONGEST_CELL = 32_767
_LON, _LAT, _CRS, _SHAPE = "经度", "纬度", "坐标系", "WKT"
# A workbook that is marked takes more time than one that is read; its memory is the same.
_LIMITS = sandbox.Limits(cpu_s=120)
_UNMARKABLE = {
    "workbook_not_markable",
    "reader_out_of_memory",
    "reader_out_of_time",
    "reader_died",
    "reader_failed",
}


@dataclass(frozen=True, slots=True)
class _Base:
    """The workbook that gets the marks.

    columns  header as issues name it → column from 0.
    shift    from a row's number in the file to that in the sheet.
    is_own   it is the file that was uploaded.
    """

    path: Path
    sheet: str
    columns: dict[str, int]
    header_row: int
    shift: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class Gathered:
    """A workbook, the marks beside it, and what else the sandbox is told."""

    path: Path
    marks: Path
    arguments: dict[str, Any]
    is_own: bool


def gather(
    connection: psycopg.Connection,
    city: City,
    files: Files,
    upload: Upload,
    folder: Path,
    *,
    own: bool,
) -> Gathered:
    """Put into a folder what a marked workbook is made of.

    connection  in a transaction that sees the upload.
    own         mark the uploaded file itself, if it is a workbook; else, or of any other file, a
                plain workbook of its rows.
    Raises GeoplanError 409 `upload_not_checked`, `upload_rejected`.
    """
    reading = upload.reading
    if reading is None:
        raise _rejected() if upload.state == "rejected" else _not_checked()
    if own and upload.format == "XLSX":
        base = _own_workbook(files, upload, reading, folder)
    else:
        layer = city.layer(upload.layer)
        base = _workbook_of_rows(connection, layer, upload, reading, folder / "rows.xlsx")
    names = columns_of(each for each in reading["headers"] if each["field"] == "name")
    anchor = next((base.columns[name] for name in names if name in base.columns), 0)
    beside = base.path.with_suffix(MARKS)
    with beside.open("w", encoding="utf-8") as lines:
        marks = Marks(lines, base.columns, anchor, base.header_row, base.shift)
        marks.add_file_issues(upload.file_issues)
        for row in found_rows(connection, upload.id):
            marks.add_row(row)
    arguments = {
        "sheet": base.sheet,
        "header_row": base.header_row,
        "summary": summary_of(city, upload, marks, base.sheet, is_own=base.is_own),
        "identity": f"{upload.id} {upload.sha256}",
    }
    return Gathered(base.path, beside, arguments, base.is_own)


def write_workbook(gathered: Gathered, stream: BinaryIO) -> bool:
    """Write the marked workbook; False where the uploaded one cannot be marked.

    It needs no database: large files take their time.
    Raises GeoplanError: what the sandbox raises.
    """
    pieces = sandbox.run(
        "geoplan.uploads.report_workbook:mark",
        gathered.path,
        gathered.arguments,
        siblings=[gathered.marks],
        limits=_LIMITS,
    )
    try:
        for piece in pieces:
            stream.write(base64.b64decode(piece))
    except GeoplanError as error:
        if not gathered.is_own or error.code not in _UNMARKABLE:
            raise
        return False
    return True


def report_json(
    connection: psycopg.Connection, city: City, upload: Upload, lang: Lang
) -> Iterator[bytes]:
    """The report as JSON, in pieces; inside the caller's transaction.

    Raises GeoplanError 409 `upload_not_checked`.
    """
    if upload.reading is None and upload.state != "rejected":
        raise _not_checked()
    head = {
        "id": str(upload.id),
        "layer": upload.layer,
        "layer_title": city.layer(upload.layer).title.get(lang),
        "state": upload.state,
        "version": upload.version,
        "file": {
            "name": upload.file_name,
            "format": upload.format,
            "size": upload.size,
            "sha256": upload.sha256,
        },
        "counts": upload.counts,
        "crs": upload.crs and {**upload.crs, "detail": upload.crs["detail"][lang]},
        "reading": upload.reading,
        "corrects": upload.corrects and str(upload.corrects),
        "changes": upload.changes,
        "file_issues": [documents.told(issue, lang) for issue in upload.file_issues],
    }
    yield (json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [').encode()
    sheet = upload.reading and upload.reading["sheet"]
    separator = ""
    for row in found_rows(connection, upload.id):
        body = {
            "row": row.row,
            "sheet": sheet,
            "verdict": row.verdict,
            "issues": [documents.told(issue, lang) for issue in row.issues],
            "returned": row.returned,
        }
        yield (separator + json.dumps(body, ensure_ascii=False)).encode()
        separator = ",\n"
    yield b"]}"


def _own_workbook(files: Files, upload: Upload, reading: dict[str, Any], folder: Path) -> _Base:
    path = folder / "own.xlsx"
    with files.named(upload.sha256, upload.file_name) as held:
        shutil.copyfile(held, path)
    return _Base(
        path,
        reading["sheet"],
        columns_of(reading["headers"]),
        reading["header_row"],
        0,
        is_own=True,
    )


def _workbook_of_rows(
    connection: psycopg.Connection,
    layer: Layer,
    upload: Upload,
    reading: dict[str, Any],
    path: Path,
) -> _Base:
    """A plain workbook of the file's rows: those of a table under their own numbers.

    Features get their place in columns; what they had in columns of such names meant nothing.
    """
    used = [
        each
        for each in reading["headers"]
        if not each["personal"] and not is_check_column(each["header"])
    ]
    is_table = reading["header_row"] is not None
    header_row = reading["header_row"] or 1
    kept = [each["header"] for each in used if is_table or each["field"] not in PLACE]
    kept = list(dict.fromkeys(kept))
    place = {} if is_table else _place_columns(layer)
    shift = 0 if is_table else 1
    rows = file_rows(connection, upload.id, _LONGEST_CELL)
    cells = (
        (row.row + shift, [*map(row.raw.get, kept), *(take(row) for take in place.values())])
        for row in rows
    )
    write_table(path, header_row, [*kept, *place], cells)
    columns = {shown(name): column for column, name in reversed(list(enumerate(kept)))}
    return _Base(path, SHEET, columns, header_row, shift, is_own=False)


def _place_columns(layer: Layer) -> dict[str, Callable[[FileRow], Any]]:
    """Columns that say where a feature of the layer is, as the reading understands them."""
    kinds = {layer.geometry, *layer.also}
    points = {_LON: lambda row: row.lon, _LAT: lambda row: row.lat} if "point" in kinds else {}
    shapes = {_SHAPE: lambda row: row.wkt} if kinds != {"point"} else {}
    return {**points, **shapes, _CRS: _system}


def _system(row: FileRow) -> str | None:
    return "WGS84" if row.lon is not None or row.wkt is not None else None


def _not_checked() -> GeoplanError:
    return GeoplanError(
        "upload_not_checked",
        Text("文件还没有检查完", "The file has not been checked yet"),
        Text("请等检查完成", "Wait until the check is done"),
        status=409,
    )


def _rejected() -> GeoplanError:
    return GeoplanError(
        "upload_rejected",
        Text("文件无法读取，没有可标注的内容", "The file cannot be read; there is nothing to mark"),
        Text("原因见该上传的 file_issues", "See the upload's file_issues for the reason"),
        status=409,
    )
