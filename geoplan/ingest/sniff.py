"""What a file is, judged by its content; inside the sandbox."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from geoplan.errors import GeoplanError
from geoplan.ingest.archive import open_archive
from geoplan.ingest.encoding import unmarked_utf16
from geoplan.text import Text

Kind = Literal[
    "geojson", "geopackage", "shapefile", "zip", "workbook", "xls", "text", "parquet",
    "flatgeobuf", "dxf", "kml", "kmz", "parcels", "cass",
]  # fmt: skip

TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".dat")

_READ = Text(
    "可读取 XLSX、XLS、CSV、TSV、GeoJSON、GeoPackage、Shapefile（.shp 或 .zip）、KML、KMZ、"
    "FlatGeobuf、GeoParquet、DXF、国土地块 TXT、CASS .dat",
    "XLSX, XLS, CSV, TSV, GeoJSON, GeoPackage, Shapefile (.shp or .zip), KML, KMZ, FlatGeobuf, "
    "GeoParquet, DXF, land-parcel TXT and CASS .dat are read",
)
_HEAD = 4_096
_MARKS: dict[bytes, Kind] = {
    b"SQLite format 3\0": "geopackage",
    b"\x00\x00\x27\x0a": "shapefile",
    b"PAR1": "parquet",
    b"fgb\x03fgb": "flatgeobuf",
    b"AutoCAD Binary DXF": "dxf",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KML = re.compile(r"<(?:\w+:)?kml[\s>]")
_DXF = re.compile(r"(?:\s*999\r?\n.*\r?\n)*\s*0\s*\r?\n\s*SECTION\s*\r?\n")
_PARCELS = re.compile(r"\s*\[(?:属性描述|地块坐标)\]|(?:.*\n)*?\s*\d+,[^\n]*,@\s*(?:\n|$)")
# Number, code, east, north and mostly a height, without a header.
_CASS = re.compile(r"[^,\n]{1,40},[^,\n]{0,40},\s*\d{4,8}(?:\.\d+)?,\s*\d{5,8}(?:\.\d+)?(?:,|\s*$)")


def kind_of(path: Path) -> Kind:
    """The kind of a file, by its first bytes and, for a zip, its members; never by its name alone.

    Raises GeoplanError `format_unknown`, `format_refused`, `macros_present`, `workbook_damaged`,
    or what `open_archive` raises.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    marked = next((kind for mark, kind in _MARKS.items() if head.startswith(mark)), None)
    if marked is not None:
        return marked
    if head.startswith(b"PK"):
        return _kind_of_archive(path)
    if head.startswith(_OLE):
        return _kind_of_compound(path, head)
    if head.startswith(b"AC10"):
        raise _refused(
            Text("是 DWG 图形", "is a DWG drawing"), Text("请另存为 DXF", "save it as DXF")
        )
    text = _beginning(head)
    is_text = "\0" not in text[:1_024]
    kind = _kind_of_text(text, path.suffix.lower()) if is_text else None
    if kind is None:
        raise GeoplanError(
            "format_unknown", Text("无法识别的文件格式", "the file's format is not known"), _READ
        )
    return kind


def _kind_of_text(text: str, suffix: str) -> Kind | None:
    """The kind of a file that begins with this text; a table is one only by its suffix too."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        if not _KML.search(text):
            raise _refused(
                Text("是 XML（GML、VRT、HTML 等）", "is XML (GML, VRT, HTML or the like)"),
                Text(f"{_READ.zh}；请转换后再导入", f"{_READ.en}; convert it first"),
            )
        return "kml"
    is_table = suffix in TEXT_SUFFIXES
    if is_table and _PARCELS.match(text):
        return "parcels"
    if start.startswith(("{", "[")):
        return "geojson"
    if _DXF.match(text):
        return "dxf"
    if is_table and suffix in {".dat", ".txt"} and _is_cass(start):
        return "cass"
    return "text" if is_table and suffix != ".dat" else None


def _kind_of_archive(path: Path) -> Kind:
    with open_archive(path) as archive:
        names = [name.lower() for name in archive.namelist()]
    if any(name.endswith("vbaproject.bin") for name in names):
        raise macros()
    if "xl/workbook.xml" in names:
        return "workbook"
    office = ("xl/workbook.bin", "content.xml", "word/document.xml", "ppt/presentation.xml")
    if any(name in names for name in office):
        raise _refused(
            Text("是另一种办公文档", "is an office document of another kind"),
            Text("请另存为 .xlsx", "save it as .xlsx"),
        )
    if any(name.endswith(".kml") for name in names) and not any(
        name.endswith(".shp") for name in names
    ):
        return "kmz"
    return "zip"


def _kind_of_compound(path: Path, head: bytes) -> Kind:
    """An old workbook, or what else has the same first bytes."""
    import olefile  # noqa: PLC0415  only old workbooks need it

    if head[28:30] != b"\xfe\xff":
        raise _refused(
            Text("是旧式文档，但已损坏", "is an old office document, and damaged"),
            Text("请打开后另存为 .xlsx", "open it and save it as .xlsx"),
        )
    try:
        with olefile.OleFileIO(path) as content:
            names = {name[0] for name in content.listdir(streams=True, storages=True)}
    except Exception as error:  # what damaged headers do to the library is not one kind of error
        raise damaged_workbook() from error
    if "EncryptedPackage" in names:
        raise _refused(
            Text("是加密的工作簿", "is an encrypted workbook"),
            Text("请取消密码后重新保存", "take the password off and save it again"),
        )
    if "_VBA_PROJECT_CUR" in names:
        raise macros()
    if not names & {"Workbook", "Book"}:
        raise _refused(
            Text("不是工作簿", "is no workbook"), Text("请另存为 .xlsx", "save it as .xlsx")
        )
    return "xls"


def damaged_workbook() -> GeoplanError:
    """The refusal of a workbook that its program may still open."""
    return GeoplanError(
        "workbook_damaged",
        Text("无法打开该工作簿", "the workbook cannot be opened"),
        Text(
            "请用表格软件打开并另存为 .xlsx",
            "open it in a spreadsheet program and save it as .xlsx",
        ),
    )


def macros() -> GeoplanError:
    """The refusal of a workbook that carries a program."""
    return GeoplanError(
        "macros_present",
        Text("工作簿含有宏", "the workbook holds macros"),
        Text("请另存为不含宏的 .xlsx", "save it as .xlsx, without macros"),
    )


def _beginning(head: bytes) -> str:
    """The first characters; what is cut off or no text at the end is left out."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    if order := unmarked_utf16(head):
        return head.decode(order, "ignore")
    try:
        return head.decode()
    except UnicodeDecodeError as error:
        if error.start > len(head) - 4:
            return head[: error.start].decode()
        return head.decode("gb18030", "replace")


def _is_cass(text: str) -> bool:
    lines = [line for line in text.splitlines()[:-1] or [text] if line.strip()]
    return bool(lines) and all(_CASS.match(line) for line in lines[:20])


def _refused(what: Text, remedy: Text) -> GeoplanError:
    return GeoplanError("format_refused", Text(f"该文件{what.zh}", f"the file {what.en}"), remedy)
