"""What has a name and may be seen by everybody, for the index that is searched."""

from __future__ import annotations

import asyncio
import io

import polars as pl
import psycopg

from geoplan.store.sql import queries

_SQL = queries("names")
_KINDS = {"units": "units", "base": "base"}
_SCHEMA = {
    "kind": pl.String, "layer": pl.String, "id": pl.String, "unit": pl.String,
    "name": pl.String, "name_en": pl.String, "category": pl.String, "synthetic": pl.String,
    "lon": pl.Float64, "lat": pl.Float64,
    "west": pl.Float64, "south": pl.Float64, "east": pl.Float64, "north": pl.Float64,
}  # fmt: skip


async def read_names(
    connection: psycopg.AsyncConnection, collection: str, category: str | None
) -> pl.DataFrame:
    """The named things of a layer, of `units` or of `base`: a row each as geoplan.names wants it.

    category  the layer's field that tells its kinds apart; None where it has none.
    What is read is what the connection's role sees.
    """
    text = bytearray()
    block = _SQL[_KINDS.get(collection, "features")]
    given = {"layer": collection, "category": category} if collection not in _KINDS else None
    async with connection.cursor().copy(block, given) as copy:
        async for part in copy:
            text += part
    return await asyncio.to_thread(_rows, bytes(text))


def _rows(text: bytes) -> pl.DataFrame:
    rows = pl.read_csv(io.BytesIO(text), schema=_SCHEMA)
    return rows.with_columns(pl.col("synthetic") == "t")
