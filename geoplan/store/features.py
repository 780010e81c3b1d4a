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
_MANY = 1_000  # changes after which the planner's statistics are made anew
OPERATOR = UUID("00000000-0000-0000-0000-000000000001")


def act_as(connection: psycopg.Connection, account: UUID, reason: str) -> None:
    """Say for the rest of this transaction who acts and why; row-level security asks for it."""
    connection.execute(_SQL["act_as"], {"account": str(account), "reason": reason})


def feature_id(layer_id: str, source_id: str, key: str) -> UUID:
    """The lasting id of a row of a source: the same row gets the same id on every machine."""
    return uuid5(NAMESPACE_URL, f"geoplan:{layer_id}/{source_id}/{key}")


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature to be written; geometry as WKB in EPSG:4326, amounts in nano-units."""

    key: str
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
    """Puts the rows of one source into one layer, inside the caller's transaction.

    Writers of one layer wait for each other, and each begins its states after the last one's
    (`instant`). Rows whose digest is unchanged are not touched.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        layer_id: str,
        source_id: str,
        shapes: ShapeMaker,
        *,
        account: UUID = OPERATOR,
        synthetic: bool = False,
        keys: Sequence[str] | None = None,
    ) -> None:
        """keys  the only rows of the source that this is about; None: all of them."""
        self._connection = connection
        self._keys: dict[str, object] = {
            "layer": layer_id,
            "source": source_id,
            "account": account,
            "synthetic": synthetic,
            "keys": None if keys is None else list(keys),
        }
        self.changes = Changes()
        connection.execute(_SQL["lock_layer"], self._keys)
        self.instant = _instant(connection, layer_id)
        self._keys["instant"] = self.instant
        connection.execute(_SQL["make_incoming"])
        self._grid = GridChange(connection, layer_id, shapes)
        digests = "held_digests" if keys is None else "held_digests_of"
        self._held: dict[str, bytes] = dict(
            connection.execute(_SQL[digests], self._keys).fetchall()
        )
        self._seen: set[str] = set()

    def changed(self, keys: Sequence[str], digests: Sequence[bytes]) -> NDArray[np.bool_]:
        """Which rows of a batch differ from what is held; the others are counted and done."""
        self._seen.update(keys)
        differs = np.fromiter(
            (self._held.get(key) != digest for key, digest in zip(keys, digests, strict=True)),
            dtype=bool,
            count=len(keys),
        )
        self.changes.unchanged += len(keys) - int(differs.sum())
        return differs

    def put(
        self, rows: Sequence[FeatureRow], shares: ShareRows, *, remeasured: bool = False
    ) -> None:
        """Insert or update the rows and replace their shares.

        remeasured  the layer's measures changed: its sums are counted from nothing.
        """
        if not rows:
            return
        layer, source = str(self._keys["layer"]), str(self._keys["source"])
        ids = [feature_id(layer, source, row.key) for row in rows]
        self._copy_rows(ids, rows)
        self._copy_shares(ids, shares)
        updated = sum(row.key in self._held for row in rows)
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

    def remove(self, keys: Sequence[str]) -> None:
        """Remove these of the held features.

        Raises psycopg's InsufficientPrivilege when the account may not write one of them.
        """
        gone = [key for key in keys if key in self._held]
        if not gone:
            return
        layer, source = str(self._keys["layer"]), str(self._keys["source"])
        self._connection.execute(
            _SQL["mark_ids"], {"ids": [feature_id(layer, source, key) for key in gone]}
        )
        self._grid.take_away(_SQL["incoming_ids"])
        self._connection.execute(_SQL["drop_shares"], self._keys)
        self._connection.execute(_SQL["say_instant"], self._keys)
        dropped = self._connection.execute(_SQL["drop_features"], self._keys).rowcount
        if dropped != len(gone):  # row-level security passes over what it hides
            raise psycopg.errors.InsufficientPrivilege("a feature of another unit")
        self._connection.execute(_SQL["empty_incoming"])
        self.changes.removed += len(gone)

    def finish(self, *, statistics: bool = True) -> Changes:
        """Bring the grid up to date and raise the layer's version if anything changed.

        statistics  made anew after many changes; who writes several sources does it once, after all
                    of them (`count_anew`).
        """
        self._grid.apply()
        if self.changes.any:
            self._connection.execute(_SQL["raise_version"], self._keys)
        if statistics:
            count_anew(self._connection, str(self._keys["layer"]), self.changes.total)
        self._connection.execute(_SQL["drop_incoming"])
        return self.changes

    def _copy_rows(self, ids: Sequence[UUID], rows: Sequence[FeatureRow]) -> None:
        with self._connection.cursor().copy(_SQL["copy_rows"]) as copy:
            for row_id, row in zip(ids, rows, strict=True):
                copy.write_row(
                    (
                        row_id,
                        row.key,
                        row.digest,
                        row.unit,
                        row.district,
                        row.name_zh,
                        row.name_en,
                        row.status,
                        row.started_on,
                        row.finished_on,
                        json.dumps(row.properties, ensure_ascii=False),
                        _listed(row.amounts),
                        row.wkb,
                        row.source_row,
                        row.source_crs,
                        None
                        if row.original is None
                        else json.dumps(row.original, ensure_ascii=False),
                    )
                )

    def _copy_shares(self, ids: Sequence[UUID], shares: ShareRows) -> None:
        with self._connection.cursor().copy(_SQL["copy_shares"]) as copy:
            copy.write(_share_lines(ids, shares))


def count_anew(connection: psycopg.Connection, layer_id: str, changes: int) -> None:
    """After many changes of a layer have the planner's statistics made at once."""
    if changes >= _MANY:
        connection.execute(_SQL["count_anew"], {"layer": layer_id})


def _listed(amounts: Sequence[int]) -> str:
    """An array as text: asked to write a list, psycopg looks at each of its elements first."""
    return f"{{{','.join(map(str, amounts))}}}"


def _share_lines(ids: Sequence[UUID], shares: ShareRows) -> bytes:
    """Shares in the text form of COPY."""
    amounts = [f"amount_{place}" for place in range(shares.amounts.shape[1])]
    names = np.array([str(each) for each in ids], dtype=object)
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


def held_rows(
    connection: psycopg.Connection, layer_id: str
) -> list[tuple[str, bool, list[FeatureRow]]]:
    """All features of a layer as they are held: source id, whether synthetic, rows."""
    with connection.cursor(row_factory=class_row(FeatureRow)) as cursor:
        return [
            (
                source,
                synthetic,
                cursor.execute(_SQL["held_rows"], {"layer": layer_id, "source": source}).fetchall(),
            )
            for source, synthetic in connection.execute(
                _SQL["held_sources"], {"layer": layer_id}
            ).fetchall()
        ]


def drop_grid(connection: psycopg.Connection, layer_id: str) -> None:
    """Empty a layer's grid, before its features are measured anew."""
    connection.execute(_SQL["drop_grid"], {"layer": layer_id})
