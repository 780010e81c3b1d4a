"""GeoPackage, FlatGeobuf and DXF through GDAL; inside the sandbox."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import shapely

from geoplan.errors import GeoplanError
from geoplan.ingest.encoding import codec_of, decode
from geoplan.ingest.raw import BATCH_ROWS, DRIVERS, Faults, Vertices, wkb_column
from geoplan.text import Text

_DXF_COLUMNS = ("Layer", "Text")
"""Attributes of a drawing's entities that say something of them; the rest is how they look."""
_BINARY_DXF = b"AutoCAD Binary DXF"
_HEAD = 4_096


def read_geopackage(path: Path, layer: str | None) -> Iterator[dict[str, Any]]:
    """One layer of a GeoPackage. Raises GeoplanError `sheet_unknown`, `file_damaged`."""
    gdal = _gdal()
    try:
        listed = gdal.list_layers(path)
    except gdal.errors.DataSourceError as error:
        raise damaged() from error
    names = [str(name) for name, kind in listed if kind is not None]
    return read_layer(path, chosen(names, layer), "GeoPackage", sheets=names)


def read_flatgeobuf(path: Path) -> Iterator[dict[str, Any]]:
    """A FlatGeobuf. Raises GeoplanError `file_damaged`."""
    return read_layer(path, None, "FlatGeobuf")


def read_dxf(path: Path, encoding: str | None) -> Iterator[dict[str, Any]]:
    """Points, texts and lines of a drawing, blocks taken apart; a drawing says no system.

    encoding  of its texts, where a person says it; else they tell: the head often lies.
    Raises GeoplanError `file_damaged`, `encoding_unknown`.
    """
    content = path.read_bytes()
    said: dict[str, Any] = {}
    codec = None
    if not content.startswith(_BINARY_DXF):
        decoded = decode(content, encoding)
        codec = codec_of(decoded.encoding)[0]
        said = {
            "encoding": decoded.encoding,
            "guessed": decoded.guessed and b"ANSI_936" not in content[:_HEAD],
        }
        # Its own word for the encoding is passed over, as that of a .dbf is.
        _gdal().set_gdal_config_options({"DXF_ENCODING": "ISO-8859-1"})
    return read_layer(path, None, "DXF", encoding=codec, columns=_DXF_COLUMNS, said=said)


def _gdal() -> Any:
    """pyogrio, unless more drivers exist than the allowed ones: then nothing is opened."""
    import pyogrio  # noqa: PLC0415  slow, and only these formats need it

    more = set(pyogrio.list_drivers()) - set(DRIVERS)
    if more:
        raise RuntimeError(f"GDAL drivers beyond the allowed ones: {sorted(more)}")
    return pyogrio


def read_layer(
    path: Path,
    layer: str | None,
    format_name: str,
    *,
    encoding: str | None = None,
    sheets: Sequence[str] = (),
    columns: Sequence[str] | None = None,
    said: dict[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:
    """What the file says of itself, then its features.

    encoding  of names and texts, which GDAL is then told to hand over byte by byte: it cannot
              cope with names that were cut in the middle of a character. None: it knows.
    sheets    names of all layers.
    columns   attributes to read; None: all.
    said      what is known of the file besides.
    Raises GeoplanError `file_damaged`.
    """
    gdal = _gdal()

    def text(raw: str) -> str:
        if encoding is None or raw.isascii():
            return raw
        try:
            return cut_text(raw.encode("latin-1"), encoding)
        except UnicodeEncodeError:  # a drawing may write characters by their numbers
            return raw

    try:
        source = gdal.open_arrow(
            path,
            layer=layer,
            columns=columns,
            # A drawing takes the same from the configuration.
            encoding="ISO-8859-1" if encoding and format_name == "Shapefile" else None,
            batch_size=BATCH_ROWS,
            use_pyarrow=True,
            datetime_as_string=True,
        )
        with source as (meta, reader):
            yield {
                "format": format_name,
                "crs": epsg_of(meta["crs"]),
                "sheet": layer,
                "sheets": list(sheets),
                **(said or {}),
            }
            number = 0
            vertices = Vertices()
            geometry = meta["geometry_name"] or "wkb_geometry"
            for batch in reader:
                names = [name for name in batch.schema.names if name != geometry]
                read = [
                    [_plain(one, text) for one in batch.column(name).to_pylist()] for name in names
                ]
                wkb = batch.column(geometry).to_pylist()
                yield from geometry_batches(list(map(text, names)), read, wkb, number, vertices)
                number += batch.num_rows
    # IndexError and ValueError: what a header of zeros makes of itself in the library
    except (
        gdal.errors.DataSourceError, gdal.errors.DataLayerError, OSError, IndexError, ValueError,
    ) as error:  # fmt: skip
        raise damaged() from error


def geometry_batches(
    header: list[str],
    columns: list[list[Any]],
    wkb: list[bytes | None],
    number: int,
    vertices: Vertices,
) -> Iterator[dict[str, Any]]:
    """Features by columns as one or more batches, none of too many vertices.

    number  how many features came before.
    """
    geometry = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    faults: Faults = []
    start = 0
    for index in range(len(wkb)):
        if geometry[index] is None and wkb[index]:
            faults.append((index - start, "geometry_unreadable"))
        if not vertices.count(geometry[index]):
            geometry[index] = None
            faults.append((index - start, "too_many_vertices"))
        if vertices.batch_is_full or index == len(wkb) - 1:
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


def epsg_of(said: str | None) -> str | None:
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


def chosen(names: list[str], wanted: str | None) -> str:
    """The layer to read. Raises GeoplanError `no_rows`, `sheet_unknown`, naming those there are."""
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
        Text(f"请选择其一（--sheet）：{listing}", f"choose one (--sheet): {listing}"),
    )


def cut_text(text: bytes, encoding: str) -> str:
    """Text without its end, if that is half a character: names end at 10 bytes, texts at 254."""
    return codecs.getincrementaldecoder(encoding)().decode(text)


def damaged() -> GeoplanError:
    """The refusal of a file that its program may be able to export again."""
    return GeoplanError(
        "file_damaged",
        Text("文件已损坏或不完整", "the file is damaged or incomplete"),
        Text("请用原软件重新导出", "export it again with its program"),
    )
