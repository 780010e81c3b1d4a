"""What a file is, judged by its content; inside the sandbox."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from geoplan.errors import GeoplanError
from geoplan.text import Text

Kind = Literal["geojson", "geopackage", "shapefile", "zip", "workbook", "text", "parquet"]

ZIP_ENTRIES = 2_000
ZIP_BYTES = 1 << 30
ZIP_RATIO = 200
"""Unpacked ÷ packed, of a whole archive of more than 1 MB unpacked."""

TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")

_READ = Text(
    "可读取 GeoJSON、GeoPackage、Shapefile（.shp 或 .zip）、CSV、XLSX",
    "GeoJSON, GeoPackage, Shapefile (.shp or .zip), CSV and XLSX are read",
)


def kind_of(path: Path) -> Kind:
    """The kind of a file, by its first bytes and, for a zip, its members; never by its name alone.

    Raises GeoplanError `format_unknown`, `format_refused`, or what `open_archive` raises.
    """
    with path.open("rb") as stream:
        head = stream.read(1024)
    marks: dict[bytes, Kind] = {
        b"SQLite format 3\0": "geopackage",
        b"\x00\x00\x27\x0a": "shapefile",
        b"PAR1": "parquet",
    }
    for mark, kind in marks.items():
        if head.startswith(mark):
            return kind
    if head.startswith(b"PK"):
        with open_archive(path) as archive:
            return "workbook" if "xl/workbook.xml" in archive.namelist() else "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(
            Text("是旧式 .xls 或加密的工作簿", "is an old .xls or an encrypted workbook"),
            Text("请取消密码并另存为 .xlsx", "take the password off and save it as .xlsx"),
        )
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        raise _refused(
            Text("是 XML（KML、GML、VRT、HTML 等）", "is XML (KML, GML, VRT, HTML or the like)"),
            Text(f"{_READ.zh}；请转换后再导入", f"{_READ.en}; convert it first"),
        )
    if text.startswith((b"{", b"[")):
        return "geojson"
    is_text = b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if is_text and path.suffix.lower() in TEXT_SUFFIXES:
        return "text"
    raise GeoplanError(
        "format_unknown", Text("无法识别的文件格式", "the file's format is not known"), _READ
    )


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a zip after judging it: members, their sizes as they say, and the ratio.

    What the members say is enough: unpacking a member never gives more than it says.
    Raises GeoplanError `archive_damaged`, `archive_too_large` or `archive_encrypted`.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise GeoplanError(
            "archive_damaged",
            Text("压缩包已损坏", "the archive is damaged"),
            Text("请重新压缩或重新导出", "pack or export it again"),
        ) from error
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    bomb = unpacked > 1 << 20 and unpacked / min(packed, path.stat().st_size) > ZIP_RATIO
    if len(members) > ZIP_ENTRIES or unpacked > ZIP_BYTES or bomb:
        archive.close()
        raise GeoplanError(
            "archive_too_large",
            Text(
                f"压缩包含 {len(members)} 个文件，解压后 {unpacked >> 20} MB，超出限制",
                f"the archive holds {len(members)} files of {unpacked >> 20} MB, over the limit",
            ),
            Text(
                f"最多 {ZIP_ENTRIES} 个文件、{ZIP_BYTES >> 20} MB、压缩比 {ZIP_RATIO}",
                f"at most {ZIP_ENTRIES} files, {ZIP_BYTES >> 20} MB, ratio {ZIP_RATIO}",
            ),
        )
    if any(member.flag_bits & 0x1 for member in members):
        archive.close()
        raise GeoplanError(
            "archive_encrypted",
            Text("压缩包有密码", "the archive has a password"),
            Text("请取消密码后重新压缩", "pack it again without a password"),
        )
    return archive


def decoded(content: bytes) -> str:
    """Text of a file: its byte order mark decides, else UTF-8, else GB18030, each without a fault.

    Raises GeoplanError `encoding_unknown`, naming the line where UTF-8 and GB18030 both end.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    furthest = 0
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    line = content.count(b"\n", 0, furthest) + 1
    raise GeoplanError(
        "encoding_unknown",
        Text(
            f"第 {line} 行既不是 UTF-8 也不是 GB18030 编码",
            f"line {line} is neither UTF-8 nor GB18030",
        ),
        Text("请另存为 UTF-8 编码", "save the file as UTF-8"),
    )


def _refused(what: Text, remedy: Text) -> GeoplanError:
    return GeoplanError("format_refused", Text(f"该文件{what.zh}", f"the file {what.en}"), remedy)
