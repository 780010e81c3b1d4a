"""Writing features: the row, its history, its shares and the grid change together or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
import polars as pl
import psycopg
from numpy.typing import NDArray
from psycopg.rows import class_row

from geoplan.store.grid import GridChange, ShapeMaker, copy_text
from geoplan.store.sql import queries

_SQL = queries("features")
_JSON = json.JSONEncoder(ensure_ascii=False).encode
_ROW_SCHEMA: dict[str, type[pl.DataType]] = {
    "id": pl.String,
    "source_id": pl.String,
    "key": pl.String,
    "synthetic": pl.Boolean,
    "digest": pl.Binary,
    "unit": pl.String,
    "district": pl.String,
    "name_zh": pl.String,
    "name_en": pl.String,
    "status": pl.String,
    "started_on": pl.Date,
    "finished_on": pl.Date,
    "properties": pl.String,
    "amounts": pl.String,
    "wkb": pl.Binary,
    "source_row": pl.Int64,
    "source_crs": pl.String,
    "original": pl.String,
}
_MANY = 1_000  # changes after which the planner's statistics are made anew
OPERATOR = UUID("00000000-0000-0000-0000-000000000001")


def act_as(connection: psycopg.Connection, account: UUID, reason: str) -> None:
    """Say for the rest of this transaction who acts and why; row-level security asks for it."""
    connection.execute(_SQL["act_as"], {"account": str(account), "reason": reason})


def feature_id(layer_id: str, source_id: str, key: str) -> str:
    """The lasting id of a row of a source: the same row gets the same id on every machine."""
    return str(uuid5(NAMESPACE_URL, f"geoplan:{layer_id}/{source_id}/{key}"))


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature to be written; geometry as WKB in EPSG:4326, amounts in nano-units.

    id  as `feature_id` makes it of the layer, the source and the key.
    """

    id: str
    source_id: str
    key: str
    synthetic: bool
    digest: bytes
    unit: str | None
    district: str | None
    name_zh: str | None
    name_en: str | None
    status: str
    started_on: date | None
    finished_on: date | None
    properties: dict[str, object]
    amounts: Sequence[int]
    wkb: bytes
    source_row: int | None
    source_crs: str
    original: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class ShareRows:
    """Shares of a batch: `row` points into the batch; amounts (m, k) in nano-units."""

    row: NDArray[np.int64]
    res: NDArray[np.int8]
    cell: NDArray[np.int64]
    district: NDArray[np.object_]
    amounts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """One or more features with their shares, and both as they are sent to the database."""

    rows: Sequence[FeatureRow]
    shares: ShareRows
    row_lines: bytes
    share_lines: bytes


def batch_of(rows: Sequence[FeatureRow], shares: ShareRows) -> Batch:
    """Features made ready to be put; needs no database, so the next can be made meanwhile."""
    return Batch(rows, shares, _row_lines(rows), _share_lines(rows, shares))


@dataclass(slots=True)
class Changes:
    """How many features a writer inserted, updated, left as they were, and removed."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def total(self) -> int:
        return self.inserted + self.updated + self.removed

    @property
    def any(self) -> bool:
        return self.total > 0


class FeatureWriter:
    """Puts features into one layer, inside the caller's transaction.

    Writers of one layer wait for each other, and each begins its states after the last one's
    (`instant`). Rows whose digest is unchanged are not touched.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        layer_id: str,
        about: str | Sequence[str],
        shapes: ShapeMaker,
        *,
        account: UUID = OPERATOR,
    ) -> None:
        """about  the features that may be written: those of a source, or a list of ids."""
        self._connection = connection
        self._layer = layer_id
        self._keys: dict[str, object] = {"layer": layer_id, "account": account}
        self.changes = Changes()
        connection.execute(_SQL["lock_layer"], self._keys)
        self.instant = _instant(connection, layer_id)
        self._keys["instant"] = self.instant
        connection.execute(_SQL["make_incoming"])
        self._grid = GridChange(connection, layer_id, shapes)
        digests = "held_digests_of_source" if isinstance(about, str) else "held_digests"
        asked = about if isinstance(about, str) else list(about)
        self._held: dict[str, bytes] = dict(
            connection.execute(_SQL[digests], {"layer": layer_id, "about": asked}).fetchall()
        )
        self._seen: set[str] = set()

    def changed(self, ids: Sequence[str], digests: Sequence[bytes]) -> NDArray[np.bool_]:
        """Which rows of a batch differ from what is held; the others are counted and done."""
        self._seen.update(ids)
        differs = np.fromiter(
            (self._held.get(each) != digest for each, digest in zip(ids, digests, strict=True)),
            dtype=bool,
            count=len(ids),
        )
        self.changes.unchanged += len(ids) - int(differs.sum())
        return differs

    def put(self, batch: Batch, *, remeasured: bool = False) -> None:
        """Insert or update the rows and replace their shares.

        remeasured  the layer's measures changed: its sums are counted from nothing.
        """
        rows, shares = batch.rows, batch.shares
        self._copy("copy_rows", batch.row_lines)
        self._copy("copy_shares", batch.share_lines)
        updated = sum(row.id in self._held for row in rows)
        if updated and not remeasured:
            self._grid.take_away(_SQL["incoming_ids"])
        if updated:
            self._connection.execute(_SQL["drop_shares"], self._keys)
        self._connection.execute(_SQL["put_features"], self._keys)
        self._connection.execute(_SQL["put_shares"], self._keys)
        status = np.array([row.status for row in rows], dtype=object)
        self._grid.add(shares.res, shares.cell, shares.district, status[shares.row], shares.amounts)
        self._connection.execute(_SQL["empty_incoming"])
        self.changes.updated += updated
        self.changes.inserted += len(rows) - updated

    def missing(self) -> int:
        """How many held features the rows put so far did not name."""
        return len(self._held.keys() - self._seen)

    def remove_missing(self) -> None:
        """Remove the held features that the source no longer has."""
        self.remove(sorted(self._held.keys() - self._seen))

    def remove(self, ids: Sequence[str]) -> None:
        """Remove these of the held features.

        Raises psycopg's InsufficientPrivilege when the account may not write one of them.
        """
        gone = [each for each in ids if each in self._held]
        if not gone:
            return
        self._connection.execute(_SQL["mark_ids"], {"ids": gone})
        self._grid.take_away(_SQL["incoming_ids"])
        self._connection.execute(_SQL["drop_shares"], self._keys)
        self._connection.execute(_SQL["say_instant"], self._keys)
        dropped = self._connection.execute(_SQL["drop_features"], self._keys).rowcount
        if dropped != len(gone):  # row-level security passes over what it hides
            raise psycopg.errors.InsufficientPrivilege("a feature of another unit")
        self._connection.execute(_SQL["empty_incoming"])
        self.changes.removed += len(gone)

    def finish(self) -> Changes:
        """Bring the grid up to date and raise the layer's version if anything changed.

        After many changes the planner's statistics are made anew at once.
        """
        self._grid.apply()
        if self.changes.any:
            self._connection.execute(_SQL["raise_version"], self._keys)
        if self.changes.total >= _MANY:
            self._connection.execute(_SQL["count_anew"], self._keys)
        self._connection.execute(_SQL["drop_incoming"])
        return self.changes

    def _copy(self, statement: str, lines: bytes) -> None:
        with self._connection.cursor().copy(_SQL[statement]) as copy:
            copy.write(lines)


def _row_lines(rows: Sequence[FeatureRow]) -> bytes:
    """Features in the CSV form of COPY: an empty field is NULL, an empty text is quoted."""
    columns: dict[str, list[object]] = {
        name: [getattr(row, name) for row in rows] for name in _ROW_SCHEMA
    }
    columns["amounts"] = [f"{{{','.join(map(str, row.amounts))}}}" for row in rows]
    columns["properties"] = [_JSON(row.properties) for row in rows]
    columns["original"] = [None if row.original is None else _JSON(row.original) for row in rows]
    binary = [
        pl.concat_str(pl.lit("\\x"), pl.col(name).bin.encode("hex")).alias(name)
        for name in ("digest", "wkb")
    ]
    frame = pl.DataFrame(columns, schema=_ROW_SCHEMA).with_columns(binary)
    return frame.write_csv(include_header=False).encode()


def _share_lines(rows: Sequence[FeatureRow], shares: ShareRows) -> bytes:
    """Shares in the text form of COPY."""
    amounts = [f"amount_{place}" for place in range(shares.amounts.shape[1])]
    names = np.array([row.id for row in rows], dtype=object)
    columns = dict(zip(amounts, shares.amounts.T, strict=True))
    frame = pl.DataFrame(
        {
            "id": names[shares.row],
            "res": shares.res,
            "cell": shares.cell,
            "district": shares.district.astype(object),
            **columns,
        }
    )
    listed = pl.concat_str(pl.lit("{"), pl.concat_str(amounts, separator=","), pl.lit("}")).alias(
        "amounts"
    )
    return copy_text(frame.select("id", "res", "cell", "district", listed))


def _instant(connection: psycopg.Connection, layer_id: str) -> datetime:
    row = connection.execute(_SQL["instant"], {"layer": layer_id}).fetchone()
    if row is None or row[0] is None:
        raise RuntimeError(f"there is no layer {layer_id}")
    instant: datetime = row[0]
    return instant


def held_rows(connection: psycopg.Connection, layer_id: str) -> list[FeatureRow]:
    """All features of a layer as they are held."""
    with connection.cursor(row_factory=class_row(FeatureRow)) as cursor:
        return cursor.execute(_SQL["held_rows"], {"layer": layer_id}).fetchall()


def drop_grid(connection: psycopg.Connection, layer_id: str) -> None:
    """Empty a layer's grid, before its features are measured anew."""
    connection.execute(_SQL["drop_grid"], {"layer": layer_id})
