"""GeoPackage and Shapefile through GDAL, with our own checks before it; inside the sandbox."""

from __future__ import annotations

import codecs
import json
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import shapely

from geoplan.errors import GeoplanError
from geoplan.ingest.raw import BATCH_ROWS, DRIVERS, Faults, Vertices, wkb_column
from geoplan.ingest.sniff import open_archive
from geoplan.text import Text

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""Parts of a Shapefile that are read."""


def read_geopackage(path: Path, layer: str | None) -> Iterator[dict[str, Any]]:
    """One layer of a GeoPackage. Raises GeoplanError `sheet_unknown`, `file_damaged`."""
    gdal = _gdal()
    try:
        listed = gdal.list_layers(path)
    except gdal.errors.DataSourceError as error:
        raise _damaged() from error
    names = [str(name) for name, kind in listed if kind is not None]
    return _read(path, _chosen(names, layer), "GeoPackage")


def read_shapefile(path: Path) -> Iterator[dict[str, Any]]:
    """A Shapefile with its parts beside it.

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
    table = parts[".dbf"]
    encoding = "utf-8" if table is None else _table_encoding(table.read_bytes())
    return _read(path, None, "Shapefile", encoding)


def read_archive(path: Path, stem: str | None) -> Iterator[dict[str, Any]]:
    """A zipped Shapefile; member names are only compared, never used as paths.

    Raises GeoplanError `sheet_unknown`, `archive_damaged`, and what `read_shapefile` raises.
    """
    folder = Path(tempfile.mkdtemp())
    with open_archive(path) as archive:
        shapes: dict[str, dict[str, zipfile.ZipInfo]] = {}
        for member in archive.infolist():
            name = PurePosixPath(member.filename)
            if name.suffix.lower() in PARTS and "__MACOSX" not in name.parts:
                shapes.setdefault(str(name.with_suffix("")), {})[name.suffix.lower()] = member
        found = {name: parts for name, parts in shapes.items() if ".shp" in parts}
        if not found:
            raise GeoplanError(
                "format_refused",
                Text("压缩包中没有 .shp 文件", "the archive holds no .shp file"),
                Text("请打包 .shp、.shx、.dbf、.prj", "pack .shp, .shx, .dbf and .prj"),
            )
        for suffix, member in found[_chosen(list(found), stem)].items():
            try:
                with archive.open(member) as packed, (folder / f"file{suffix}").open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
            except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
                raise _damaged() from error
    return read_shapefile(folder / "file.shp")


def _gdal() -> Any:
    """pyogrio, unless more drivers exist than the allowed ones: then nothing is opened."""
    import pyogrio  # noqa: PLC0415  slow, and only these formats need it

    more = set(pyogrio.list_drivers()) - set(DRIVERS)
    if more:
        raise RuntimeError(f"GDAL drivers beyond the allowed ones: {sorted(more)}")
    return pyogrio


def _read(
    path: Path, layer: str | None, format_name: str, encoding: str | None = None
) -> Iterator[dict[str, Any]]:
    """What the file says of itself, then its features.

    encoding  of names and texts, which GDAL is then told to hand over byte by byte: it cannot
              cope with names that were cut in the middle of a character. None: it knows.
    """
    gdal = _gdal()

    def text(said: str) -> str:
        return said if encoding is None else _decoded(said.encode("latin-1"), encoding)

    try:
        source = gdal.open_arrow(
            path,
            layer=layer,
            encoding=encoding and "ISO-8859-1",
            batch_size=BATCH_ROWS,
            use_pyarrow=True,
            datetime_as_string=True,
        )
        with source as (meta, reader):
            yield {"format": format_name, "crs": _crs(meta["crs"]), "sheet": layer}
            number = 0
            vertices = Vertices()
            for batch in reader:
                name = meta["geometry_name"] or "wkb_geometry"
                yield from _parts(batch, name, text, number, vertices)
                number += batch.num_rows
    except (gdal.errors.DataSourceError, gdal.errors.DataLayerError) as error:
        raise _damaged() from error


def _parts(
    batch: Any, geometry_name: str, text: Callable[[str], str], number: int, vertices: Vertices
) -> Iterator[dict[str, Any]]:
    """An Arrow batch as one or more batches, none of too many vertices."""
    names = [name for name in batch.schema.names if name != geometry_name]
    columns = [[_plain(value, text) for value in batch.column(name).to_pylist()] for name in names]
    header = list(map(text, names))
    wkb = batch.column(geometry_name).to_pylist()
    geometry = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    faults: Faults = []
    start = 0
    for index in range(batch.num_rows):
        if geometry[index] is None and wkb[index]:
            faults.append((index - start, "geometry_unreadable"))
        if not vertices.count(geometry[index]):
            geometry[index] = None
            faults.append((index - start, "too_many_vertices"))
        if vertices.batch_is_full or index == batch.num_rows - 1:
            stop = index + 1
            yield {
                "row": list(range(number + start + 1, number + stop + 1)),
                "header": header,
                "columns": [column[start:stop] for column in columns],
                "geometry": wkb_column(geometry[start:stop]),
                "faults": faults,
            }
            start, faults = stop, []
            vertices.start_batch()


def _plain(value: Any, text: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value if value is None or isinstance(value, int | float | bool) else str(value)


def _crs(said: str | None) -> str | None:
    """The declared system as `EPSG:n`, `unknown` where it is none of those, None where unsaid."""
    from pyproj import CRS  # noqa: PLC0415  needed by these formats only
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    if not said:
        return None
    try:
        code = CRS.from_user_input(said).to_epsg()
    except CRSError:
        code = None
    return "unknown" if code is None else f"EPSG:{code}"


def _chosen(names: list[str], wanted: str | None) -> str:
    if wanted in names:
        return str(wanted)
    if wanted is None and len(names) == 1:
        return names[0]
    if not names:
        raise GeoplanError(
            "no_rows",
            Text("文件中没有带几何的图层", "the file has no layer with geometry"),
            Text("请导出带几何的图层", "export a layer with geometry"),
        )
    listing = ", ".join(names[:20])
    if wanted is None:
        what = Text("文件中有多个图层", "the file has several layers")
    else:
        what = Text(f"没有图层“{wanted}”", f"there is no layer {wanted!r}")
    raise GeoplanError(
        "sheet_unknown",
        what,
        Text(f"请用 --sheet 指定：{listing}", f"choose one with --sheet: {listing}"),
    )


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


def _table_encoding(content: bytes) -> str:
    """UTF-8 or GB18030, whichever every name and text of a .dbf is; .cpg is often missing or lies.

    Raises GeoplanError `encoding_unknown`.
    """
    header, width = struct.unpack("<HH", content[8:12])
    fields = [content[at : at + 32] for at in range(32, header - 1, 32)]
    texts = {field[:11].split(b"\0")[0] for field in fields}
    at = 1  # after the mark of deletion
    for field in fields:
        is_text = field[11:12] == b"C"
        size = field[16] + 256 * field[17] if is_text else field[16]
        starts = range(header + at, len(content), max(width, 1)) if is_text else ()
        cells = (content[start : start + size].rstrip(b" \0") for start in starts)
        texts.update(cell for cell in cells if not cell.isascii())
        at += size
    for encoding in ("utf-8", "gb18030"):
        try:
            for text in texts:
                _decoded(text, encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise GeoplanError(
        "encoding_unknown",
        Text("属性表既不是 UTF-8 也不是 GB18030 编码", "the table is neither UTF-8 nor GB18030"),
        Text("请以 UTF-8 编码重新导出", "export it again in UTF-8"),
    )


def _decoded(text: bytes, encoding: str) -> str:
    """Text without its end, if that is half a character: names end at 10 bytes, texts at 254."""
    return codecs.getincrementaldecoder(encoding)().decode(text)


def _damaged() -> GeoplanError:
    return GeoplanError(
        "file_damaged",
        Text("文件已损坏或不完整", "the file is damaged or incomplete"),
        Text("请用原软件重新导出", "export it again with its program"),
    )
