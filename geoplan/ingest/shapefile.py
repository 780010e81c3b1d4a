"""Shapefiles, alone or in a zip, with our own checks before GDAL; inside the sandbox."""

from __future__ import annotations

import shutil
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.errors import GeoplanError
from geoplan.ingest.archive import member_name, open_archive
from geoplan.ingest.encoding import codec_of
from geoplan.ingest.vector import chosen, cut_text, damaged, read_layer
from geoplan.text import Text

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""Parts of a Shapefile that are read."""

_COUNTS = 36
"""Where in the record of a polygon or line the numbers of its parts and points stand."""
_MANY = (3, 5, 13, 15, 23, 25)  # lines and polygons, plain, with height, with measure

_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "gb18030": "GB18030"}


def read_shapefile(
    path: Path, encoding: str | None, sheets: tuple[str, ...] = (), sheet: str | None = None
) -> Iterator[dict[str, Any]]:
    """A Shapefile with its parts beside it.

    encoding  of its table, where a person says it; else the texts tell: .cpg often lies.
    Raises GeoplanError `shapefile_incomplete`, `shapefile_truncated`, `encoding_unknown`.
    """
    parts = {suffix: _part(path, suffix) for suffix in PARTS}
    missing = [suffix for suffix in (".shx", ".dbf") if parts[suffix] is None]
    if missing:
        raise GeoplanError(
            "shapefile_incomplete",
            Text(f"缺少 {'、'.join(missing)} 文件", f"the {' and '.join(missing)} file is missing"),
            Text(
                "请把 .shp、.shx、.dbf、.prj 放在一起，或打包成 .zip",
                "keep .shp, .shx, .dbf and .prj together, or pack them into a .zip",
            ),
        )
    _check_lengths(path, parts)
    if (index := parts[".shx"]) is not None:
        _check_records(path, index)
    table = parts[".dbf"]
    codec, is_ascii = ("utf-8", True) if table is None else _table_encoding(table, encoding)
    said = {
        "sheet": sheet,
        "encoding": _NAMES.get(codec, codec.upper()),
        "guessed": encoding is None and not is_ascii and codec != _declared(parts[".cpg"]),
    }
    return read_layer(path, None, "Shapefile", encoding=codec, sheets=sheets, said=said)


def read_archive(path: Path, stem: str | None, encoding: str | None) -> Iterator[dict[str, Any]]:
    """A zipped Shapefile; member names are only compared, never used as paths.

    Raises GeoplanError `sheet_unknown`, `archive_damaged`, and what `read_shapefile` raises.
    """
    folder = Path(tempfile.mkdtemp())
    with open_archive(path) as archive:
        shapes: dict[str, dict[str, zipfile.ZipInfo]] = {}
        for member in archive.infolist():
            name = PurePosixPath(member_name(member))
            if name.suffix.lower() in PARTS and "__MACOSX" not in name.parts:
                shapes.setdefault(str(name.with_suffix("")), {})[name.suffix.lower()] = member
        found = {name: parts for name, parts in shapes.items() if ".shp" in parts}
        if not found:
            raise GeoplanError(
                "format_refused",
                Text("压缩包中没有 .shp 文件", "the archive holds no .shp file"),
                Text("请打包 .shp、.shx、.dbf、.prj", "pack .shp, .shx, .dbf and .prj"),
            )
        name_of_it = chosen(list(found), stem)
        for suffix, member in found[name_of_it].items():
            try:
                with archive.open(member) as packed, (folder / f"file{suffix}").open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
            except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
                raise damaged() from error
    return read_shapefile(folder / "file.shp", encoding, tuple(found), name_of_it)


def _part(path: Path, suffix: str) -> Path | None:
    """A part beside the .shp, whatever the case of its suffix."""
    return next(
        (
            part
            for part in (path.with_suffix(suffix), path.with_suffix(suffix.upper()))
            if part.exists()
        ),
        None,
    )


def _check_lengths(path: Path, parts: dict[str, Path | None]) -> None:
    """A cut-off Shapefile: GDAL opens it and returns what is left."""
    index, table = parts[".shx"], parts[".dbf"]
    lengths = []
    for file in (path, index):
        if file is None:
            continue
        head = file.read_bytes()[:100]
        said = struct.unpack(">i", head[24:28])[0] * 2 if len(head) == 100 else -1
        lengths.append((said, file.stat().st_size))
    shapes = (lengths[1][0] - 100) // 8
    head = table.read_bytes()[:32] if table else b""
    records, header, width = struct.unpack("<IHH", head[4:12]) if len(head) == 32 else (-1, 0, 0)
    whole = table is not None and table.stat().st_size >= header + records * width
    if any(said != held for said, held in lengths) or shapes != records or not whole:
        raise GeoplanError(
            "shapefile_truncated",
            Text(
                "Shapefile 各部分长度不符，文件不完整",
                "the parts of the Shapefile disagree in length: it is cut off",
            ),
            Text("请重新导出或重新复制", "export or copy it again"),
        )


def _check_records(path: Path, index: Path) -> None:
    """Records that say they hold more points than they can: GDAL would give no shape for them.

    Raises GeoplanError `file_damaged`.
    """
    content = np.memmap(path, dtype=np.uint8, mode="r")
    places = np.fromfile(index, dtype=">i4", offset=100).reshape(-1, 2).astype(np.int64) * 2
    # Of polygons and lines: 8 bytes before a record, its type, a box, then the counts.
    places = places[(places[:, 1] >= _COUNTS + 8) & (places[:, 0] >= 100)]
    ends = places[:, 0] + 8 + _COUNTS + 8
    places = places[ends <= len(content)]

    def whole(offset: int) -> NDArray[np.int64]:
        at = places[:, :1] + 8 + offset + np.arange(4)
        numbers: NDArray[np.int64] = content[at].view("<i4").ravel().astype(np.int64)
        return numbers

    many = np.isin(whole(0), _MANY)
    parts, points = whole(_COUNTS), whole(_COUNTS + 4)
    needed = _COUNTS + 8 + 4 * parts + 16 * points
    if (many & ((parts < 0) | (points < 0) | (needed > places[:, 1]))).any():
        raise damaged()


def _table_encoding(path: Path, said: str | None) -> tuple[str, bool]:
    """The codec of a .dbf, and whether it is all ASCII, so that it does not matter.

    UTF-8 or GB18030, whichever every name and text is, unless a person says another one.
    Raises GeoplanError `encoding_unknown`.
    """
    content = path.read_bytes()
    header, width = struct.unpack("<HH", content[8:12])
    fields = [content[at : at + 32] for at in range(32, header - 1, 32)]
    names = (field[:11].split(b"\0")[0] for field in fields)
    texts = {name for name in names if not name.isascii()}
    at = 1  # after the mark of deletion
    for field in fields:
        is_text = field[11:12] == b"C"
        size = field[16] + 256 * field[17] if is_text else field[16]
        starts = range(header + at, len(content), max(width, 1)) if is_text else ()
        cells = (content[start : start + size].rstrip(b" \0") for start in starts)
        texts.update(cell for cell in cells if not cell.isascii())
        at += size
    candidates = ["utf-8", "gb18030"] if said is None else [codec_of(said)[0]]
    for codec in candidates:
        try:
            for text in texts:
                cut_text(text, codec)
        except UnicodeDecodeError:
            continue
        return codec, not texts
    tried = [_NAMES.get(codec, codec) for codec in candidates]
    raise GeoplanError(
        "encoding_unknown",
        Text(
            f"属性表不是 {'，也不是 '.join(tried)} 编码",
            f"the table is not in {' nor in '.join(tried)}",
        ),
        Text("请以 UTF-8 编码重新导出", "export it again in UTF-8"),
    )


def _declared(label: Path | None) -> str | None:
    """The codec that a .cpg names, None where there is none or it names no codec."""
    if label is None:
        return None
    said = label.read_bytes()[:40].decode("ascii", "ignore").strip()
    try:
        return codec_of(f"cp{said}" if said == "936" else said)[0].removesuffix("-sig")
    except GeoplanError:
        return None
