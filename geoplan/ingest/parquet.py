"""Parquet tables and GeoParquet; inside the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geoplan.errors import GeoplanError
from geoplan.ingest.raw import BATCH_ROWS, Vertices
from geoplan.ingest.sheets import plain
from geoplan.ingest.vector import epsg_of, geometry_batches
from geoplan.text import Text


def read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    """A Parquet file: features where it has geometry as GeoParquet says, else a table.

    Of a table the first row is the header, and has the number 0.
    Raises GeoplanError `parquet_damaged`, `format_refused`, `crs_refused`.
    """
    import pyarrow as pa  # noqa: PLC0415  only Parquet needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(path) as content:
            said = (content.schema_arrow.metadata or {}).get(b"geo")
            if said is None:
                yield from _table(content)
            else:
                yield from _features(content, json.loads(said))
    # ValueError: metadata that is no JSON, or text that is no UTF-8
    except (pa.ArrowException, OSError, ValueError, RecursionError) as error:
        raise _damaged() from error


def _table(content: Any) -> Iterator[dict[str, Any]]:
    yield {"format": "Parquet", "crs": None, "sheet": None}
    yield {"row": [0], "cells": [list(content.schema_arrow.names)]}
    number = 0
    for batch in content.iter_batches(BATCH_ROWS):
        columns = [column.to_pylist() for column in batch.columns]
        rows = list(range(number + 1, number + 1 + batch.num_rows))
        yield {"row": rows, "cells": [list(map(plain, row)) for row in zip(*columns, strict=True)]}
        number += batch.num_rows


def _features(content: Any, geo: Any) -> Iterator[dict[str, Any]]:
    """Features of the primary column; what is nested beside it, such as a bbox, is left out."""
    import pyarrow as pa  # noqa: PLC0415  only Parquet needs it

    described = geo.get("columns", {}) if isinstance(geo, dict) else {}
    primary = geo.get("primary_column") if isinstance(geo, dict) else None
    column = described.get(primary) if isinstance(described, dict) else None
    schema = content.schema_arrow
    if not isinstance(column, dict) or primary not in schema.names:
        raise _damaged()
    if column.get("encoding") != "WKB" or not _is_bytes(schema.field(primary).type):
        raise GeoplanError(
            "format_refused",
            Text("GeoParquet 的几何不是 WKB 编码", "the geometry of the GeoParquet is not WKB"),
            Text("请以 WKB 编码重新导出", "export it again with the encoding WKB"),
        )
    yield {"format": "GeoParquet", "crs": _crs(column), "sheet": None}
    names = [
        name
        for name in schema.names
        if name not in described and not pa.types.is_nested(schema.field(name).type)
    ]
    number = 0
    vertices = Vertices()
    for batch in content.iter_batches(BATCH_ROWS, columns=[*names, primary]):
        columns = [list(map(plain, batch.column(name).to_pylist())) for name in names]
        wkb = batch.column(primary).to_pylist()
        yield from geometry_batches(names, columns, wkb, number, vertices)
        number += batch.num_rows


def _is_bytes(kind: Any) -> bool:
    import pyarrow as pa  # noqa: PLC0415  only Parquet needs it

    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _crs(column: dict[str, Any]) -> str | None:
    """OGC:CRS84 where nothing is said, as the format has it; None where null is."""
    if "crs" not in column:
        return "EPSG:4326"
    crs = column["crs"]
    if crs is None:
        return None
    identity = crs.get("id") if isinstance(crs, dict) else None
    if isinstance(identity, dict) and identity.get("authority") == "OGC":
        return "EPSG:4326" if identity.get("code") == "CRS84" else "unknown"
    return epsg_of(json.dumps(crs))


def _damaged() -> GeoplanError:
    return GeoplanError(
        "parquet_damaged",
        Text("无法读取该 Parquet 文件", "the Parquet file cannot be read"),
        Text("请重新导出", "export it again"),
    )
