"""What uploads published: rows as features, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import polars as pl
import psycopg
from psycopg.rows import class_row

from geoplan.store.features import FeatureRow
from geoplan.store.grid import copy_text
from geoplan.store.sql import queries

_SQL = queries("publications")

Change = Literal["inserted", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """A row that can be published as it stands; geometry as WKB in EPSG:4326.

    unchanged  when it was checked, nothing in it differed from what was held.
    """

    row: int
    values: dict[str, Any]
    unit: str | None
    wkb: bytes
    source_crs: str
    original: dict[str, Any] | None
    match: dict[str, Any] | None
    unchanged: bool


@dataclass(frozen=True, slots=True)
class HeldFeature:
    """A feature that a row may be."""

    feature_id: str
    source_id: str
    key: str
    synthetic: bool
    unit: str | None
    project_no: str | None
    name_zh: str | None
    name_en: str | None
    status: str
    started_on: date | None
    finished_on: date | None
    properties: dict[str, Any]
    valid_from: datetime
    digest: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """A row and the feature that it became."""

    row: int
    feature_id: str
    change: Change


@dataclass(frozen=True, slots=True)
class Standing:
    """A feature that an upload wrote, as it stands now.

    change          whether the upload made it or updated it; before_version  the state before.
    stands          nothing was edited since; else by whom (`account`), since when, with which
                    upload if it was one, and whether it was removed.
    """

    row: int
    feature_id: str
    change: Literal["inserted", "updated"]
    before_version: int | None
    stands: bool
    name: str | None
    since: datetime | None
    account: str | None
    removed: bool
    upload_id: str | None


def allow_long_work(connection: psycopg.Connection) -> None:
    """Give this transaction the time that tens of thousands of features need."""
    connection.execute(_SQL["long_work"])


def ready_rows(connection: psycopg.Connection, upload_id: UUID) -> list[ReadyRow]:
    """Rows that can be published and are not yet, in the order of the file."""
    with connection.cursor(row_factory=class_row(ReadyRow), binary=True) as cursor:
        return cursor.execute(_SQL["ready"], {"id": upload_id}).fetchall()


def held_features(
    connection: psycopg.Connection,
    layer: str,
    *,
    ids: Sequence[str],
    units: Sequence[str],
    numbers: Sequence[str],
) -> list[HeldFeature]:
    """Features of these ids, and those of these units that have one of these project numbers."""
    with connection.cursor(row_factory=class_row(HeldFeature), binary=True) as cursor:
        return cursor.execute(
            _SQL["held"],
            {"layer": layer, "ids": list(ids), "units": list(units), "numbers": list(numbers)},
        ).fetchall()


def taken_keys(
    connection: psycopg.Connection, layer: str, source: str, keys: Sequence[str]
) -> set[str]:
    """Which of these keys a feature of the source has already."""
    given = {"layer": layer, "source": source, "keys": list(keys)}
    return {row[0] for row in connection.execute(_SQL["taken"], given)}


def note_published(
    connection: psycopg.Connection, upload_id: UUID, layer: str, published: Sequence[Published]
) -> None:
    """Keep which row became which feature, and what was there before; after the features."""
    columns = ("row", "feature_id", "change")
    lines = pl.DataFrame({name: [getattr(each, name) for each in published] for name in columns})
    connection.execute(_SQL["make_noted"])
    with connection.cursor().copy(_SQL["copy_noted"]) as copy:
        copy.write(copy_text(lines))
    done = connection.execute(_SQL["note"], {"id": upload_id, "layer": layer}).rowcount
    connection.execute(_SQL["drop_noted"])
    if done != len(published):
        raise RuntimeError(f"{len(published)} rows were published, {done} are to be found")


def standing(connection: psycopg.Connection, upload_id: UUID) -> list[Standing]:
    """What an upload published and how it stands now, one line a feature that it changed."""
    with connection.cursor(row_factory=class_row(Standing)) as cursor:
        return cursor.execute(_SQL["standing"], {"id": upload_id}).fetchall()


def earlier_rows(connection: psycopg.Connection, versions: Sequence[int]) -> list[FeatureRow]:
    """Earlier states of features."""
    with connection.cursor(row_factory=class_row(FeatureRow), binary=True) as cursor:
        return cursor.execute(_SQL["earlier"], {"versions": list(versions)}).fetchall()
