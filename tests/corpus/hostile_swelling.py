"""Archives that swell, lie, climb out, and files that are nothing but zeros."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.corpus.hostile import REFUSED, Bait, Hostile, plain, rezip, schools
from tests.corpus.writing import (
    shapefile_zip,
)

_L = "龙泉驿区"


def _zeros(
    names: Sequence[str], size_mb: int, name: str = "大.zip"
) -> Callable[[Path, Bait], Path]:
    """Members of so many megabytes of zeros each: one compressed megabyte, over and over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = block * size_mb + packer.flush()
    return lambda folder, _: _archive(
        folder / name, [(member.encode(), packed, size_mb << 20) for member in names]
    )


def _archive(path: Path, members: Sequence[tuple[bytes, bytes, int]]) -> Path:
    """A zip of deflated members: name, packed bytes, size as the archive says it.

    A member without bytes shares those of the first. Checksums are those of nothing.
    """
    body, directory, start = bytearray(), bytearray(), 0
    for member, packed, size in members:
        length = len(packed or members[0][1])
        if packed:
            start = len(body)
            body += struct.pack(
                "<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, 0, length, size, len(member), 0
            )
            body += member + packed
        directory += struct.pack(
            "<IHHHHHHIIIHHHHHII",
            0x02014B50, 20, 20, 0, 8, 0, 33, 0, length, size, len(member), 0, 0, 0, 0, 0, start,
        )  # fmt: skip
        directory += member
    end = struct.pack(
        "<IHHHHIIH", 0x06054B50, 0, 0, len(members), len(members), len(directory), len(body), 0
    )
    path.write_bytes(body + directory + end)
    return path


def _lies(folder: Path, _: Bait) -> Path:
    """The directory says 100 bytes for members of 60 MB."""
    honest = _zeros(["a.shp", "a.shx", "a.dbf"], 60)(folder, _)
    content = honest.read_bytes()
    lie = content.replace(struct.pack("<I", 60 << 20), struct.pack("<I", 100))
    (folder / "lie.zip").write_bytes(lie)
    honest.unlink()
    return folder / "lie.zip"


def _overlapping(folder: Path, _: Bait) -> Path:
    """Three hundred entries of the directory share one compressed member (a quoted zip bomb)."""
    packed = zlib.compress(bytes(1 << 20), 9)[2:-4]
    rest = [(b"a.%d" % n, b"", 1 << 20) for n in range(1, 300)]
    return _archive(folder / "overlap.zip", [(b"a.shp", packed, 1 << 20), *rest])


def _slip(prefix: str) -> Callable[[Path, Bait], Path]:
    def make(folder: Path, _: Bait) -> Path:
        return shapefile_zip(schools(), member=f"{prefix}data")(folder)

    return make


def _symlink(folder: Path, bait: Bait) -> Path:
    """The .dbf of a Shapefile is a link to a file elsewhere."""
    path = shapefile_zip(schools(), without=[".dbf"])(folder)
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("data.dbf")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(bait.secret))
    return path


def _nested(folder: Path, bait: Bait) -> Path:
    inner = shapefile_zip(schools())(folder)
    with zipfile.ZipFile(folder / "套.zip", "w") as archive:
        archive.write(inner, "inner.zip")
    return folder / "套.zip"


def _locked(folder: Path, _: Bait) -> Path:
    path = shapefile_zip(schools())(folder)
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            content[start + offset] |= 1
    path.write_bytes(content)
    return path


def _sparse(name: str, head: bytes = b"", size: int = 1 << 30) -> Callable[[Path, Bait], Path]:
    def make(folder: Path, _: Bait) -> Path:
        with (folder / name).open("wb") as stream:
            stream.write(head)
            stream.truncate(size)
        return folder / name

    return make


SWELLING = [
    Hostile("a Shapefile of 1 GB of zeros, packed", _zeros(["a.shp", "a.shx", "a.dbf"], 512), ("archive_too_large",)),
    Hostile("a workbook whose sheet is 300 MB of zeros", _zeros(["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"], 100, "大.xlsx"), ("archive_too_large",)),
    Hostile("a KMZ of 300 MB of zeros", _zeros(["doc.kml"], 300, "大.kmz"), ("archive_too_large",)),
    Hostile("three thousand members", plain(lambda folder: rezip(folder / "多.zip", {f"{n}.txt": b"" for n in range(3_000)})), ("archive_too_large",)),
    Hostile("members that lie about their size", _lies, ("file_damaged", "shapefile_truncated", "archive_damaged")),
    Hostile("members that overlap", _overlapping, ("archive_damaged", "archive_too_large", "file_damaged", "shapefile_truncated", "shapefile_incomplete", *REFUSED)),
    Hostile("members that climb out by ..", _slip("../../../../tmp/geoplan-slip/")),
    Hostile("members with absolute paths", _slip("/tmp/geoplan-slip/")),
    Hostile("members that climb out by backslashes", _slip("..\\..\\geoplan-slip\\")),
    Hostile("a member that is a link", _symlink, ("file_damaged", "shapefile_truncated", "archive_damaged", *REFUSED)),
    Hostile("an archive in an archive", _nested, REFUSED),
    Hostile("an archive with a password", _locked, ("archive_encrypted",)),
    Hostile("1 GB of zeros called a table", _sparse("零.csv"), ("file_too_large",)),
    Hostile("1 GB of zeros behind the first bytes of a GeoPackage", _sparse("零.gpkg", b"SQLite format 3\0"), ("file_too_large",)),
    Hostile("80 MB of zeros called a table", _sparse("零.csv", size=80 << 20), ("table_broken", *REFUSED)),
    Hostile("80 MB of zeros behind a table's header", _sparse("零.csv", "名称,状态,经度,纬度\n".encode(), 80 << 20), ("table_broken", "cell_too_long", "encoding_unknown", *REFUSED)),
    Hostile("80 MB of zeros behind the first bytes of a FlatGeobuf", _sparse("零.fgb", b"fgb\x03fgb\x00", 80 << 20), ("file_damaged", "no_rows", "reader_out_of_memory", "reader_died", *REFUSED)),
]  # fmt: skip
