"""Which feature each row of an upload becomes, and what that feature will say."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import Layer
from geoplan.errors import GeoplanError, Issue, Where
from geoplan.grid import Districts
from geoplan.store.features import feature_id
from geoplan.store.publications import (
    HeldFeature,
    ReadyRow,
    held_features,
    ready_rows,
    taken_keys,
)
from geoplan.store.uploads import Upload
from geoplan.text import Text

_COLUMNS = {"name", "name_en", "unit", "status", "started_on", "finished_on"}
_PLACE = {"lon", "lat", "lonlat", "crs"}
_NAMED = 100  # rows that an error names
_SORTED_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Target:
    """A row, the feature that it becomes, and what that will say.

    held       the feature as it is; None: the row is a new one.
    unchanged  the feature says all this already.
    """

    row: ReadyRow
    source_id: str
    key: str
    feature_id: str
    held: HeldFeature | None
    unit: str | None
    district: str | None
    name_zh: str | None
    name_en: str | None
    status: str
    started_on: date | None
    finished_on: date | None
    properties: dict[str, Any]
    digest: bytes
    unchanged: bool

    @property
    def synthetic(self) -> bool:
        return self.held is not None and self.held.synthetic


@dataclass(frozen=True, slots=True)
class Plan:
    """Targets in the order of the file, and their n shapes (EPSG:4326)."""

    targets: list[Target]
    geometry: NDArray[np.object_]


def source_of(unit: str | None) -> str:
    """The source of what a unit's uploads bring."""
    return f"upload-{unit or 'city'}"


def make_plan(
    connection: psycopg.Connection, layer: Layer, upload: Upload, districts: Districts
) -> Plan:
    """What publishing the upload's ready rows comes to, as the layer is now.

    connection  in a transaction that holds the layer's lock, when the plan is to be carried out.
    A row is the feature of its unit that has its project number; else the one that it was matched
    with, if that is sure or a person said so; else a new one.
    Raises GeoplanError 409 `rows_same_feature` when two rows are one feature.
    """
    rows = ready_rows(connection, upload.id)
    geometry = shapely.from_wkb(np.array([row.wkb for row in rows], dtype=object))
    spots = shapely.get_coordinates(shapely.point_on_surface(geometry))
    lies_in = districts.locate(spots)
    units = [row.unit or place or None for row, place in zip(rows, lies_in, strict=True)]
    held = _Held(connection, layer.id, rows, units, any_unit=upload.unit is None)
    found = [held.of(row, unit) for row, unit in zip(rows, units, strict=True)]
    _refuse_shared(rows, found)
    keys = _new_keys(connection, layer.id, upload, rows, units, found)
    maker = _Maker(layer, upload)
    targets = [
        maker.make(row, unit, place or None, feature, key)
        for row, unit, place, feature, key in zip(rows, units, lies_in, found, keys, strict=True)
    ]
    return Plan(targets, geometry)


class _Held:
    """The features that rows may be."""

    def __init__(
        self,
        connection: psycopg.Connection,
        layer: str,
        rows: Sequence[ReadyRow],
        units: Sequence[str | None],
        *,
        any_unit: bool,
    ) -> None:
        """any_unit  a person's word may bring a feature from one unit to another."""
        self._any_unit = any_unit
        self._by_id: dict[str, HeldFeature] = {}
        self._by_number: dict[tuple[str | None, str], list[HeldFeature]] = defaultdict(list)
        for feature in held_features(
            connection,
            layer,
            ids=[row.match["feature_id"] for row in rows if row.match is not None],
            units=sorted({unit for unit in units if unit is not None}),
            numbers=sorted({number for row in rows if (number := _number(row)) is not None}),
        ):
            self._by_id[feature.feature_id] = feature
            if feature.project_no is not None:
                self._by_number[feature.unit, feature.project_no].append(feature)

    def of(self, row: ReadyRow, unit: str | None) -> HeldFeature | None:
        number, match = _number(row), row.match
        numbered = [] if number is None else self._by_number.get((unit, number), [])
        if numbered:
            meant = [
                each for each in numbered if each.feature_id == (match or {}).get("feature_id")
            ] or [each for each in numbered if each.source_id == source_of(unit)]
            return (meant or numbered)[0]
        if match is None or not (match["sure"] or match.get("confirmed")):
            return None
        feature = self._by_id.get(match["feature_id"])
        if feature is None or feature.unit in {unit, None}:
            return feature
        # Bureaus count their projects alike: a number says something within its unit only.
        return feature if self._any_unit and match["how"] == "name" else None


def _number(row: ReadyRow) -> str | None:
    number = row.values.get("project_no")
    return None if number is None else str(number)


def _refuse_shared(rows: Sequence[ReadyRow], found: Sequence[HeldFeature | None]) -> None:
    count = Counter(feature.feature_id for feature in found if feature is not None)
    shared = [
        (row, feature)
        for row, feature in zip(rows, found, strict=True)
        if feature is not None and count[feature.feature_id] > 1
    ]
    if shared:
        raise GeoplanError(
            "rows_same_feature",
            Text("有几行是同一个已有项目", "Several rows are one and the same held project"),
            Text("只保留其中一行", "Keep one of them and leave the others out"),
            status=409,
            issues=[
                Issue(
                    "rows_same_feature",
                    Text(f"与已有项目“{name}”相同", f"it is the held project “{name}”"),
                    Text("只保留其中一行", "keep one of these rows"),
                    Where(row=row.row),
                    feature.feature_id,
                )
                for row, feature in shared[:_NAMED]
                for name in [feature.name_zh or feature.name_en or feature.key]
            ],
        )


def _new_keys(
    connection: psycopg.Connection,
    layer: str,
    upload: Upload,
    rows: Sequence[ReadyRow],
    units: Sequence[str | None],
    found: Sequence[HeldFeature | None],
) -> list[str]:
    """Keys of the rows that are new, by number or by name and place; '' for the others.

    A key that another feature has, because it got another number or a person said that it is not
    this one, is lengthened by what no other row has.
    """
    keys = [
        "" if feature is not None else _number(row) or _hash(row)
        for row, feature in zip(rows, found, strict=True)
    ]
    wanted: dict[str, list[str]] = defaultdict(list)
    for key, unit in zip(keys, units, strict=True):
        if key:
            wanted[source_of(unit)].append(key)
    used = {source: taken_keys(connection, layer, source, each) for source, each in wanted.items()}
    for index, (key, unit) in enumerate(zip(keys, units, strict=True)):
        if key:
            mine = used[source_of(unit)]
            if key in mine:
                keys[index] = f"{key}#{upload.id.hex[:12]}-{rows[index].row}"
            mine.add(keys[index])
    return keys


def _hash(row: ReadyRow) -> str:
    made = hashlib.sha256(str(row.values.get("name", "")).encode("utf-8", "replace"))
    made.update(shapely.to_wkb(shapely.set_precision(shapely.from_wkb(row.wkb), 1e-6)))
    return f"h-{made.hexdigest()[:24]}"


class _Maker:
    """Makes targets: what the file says, and of a held feature what it has no column for."""

    def __init__(self, layer: Layer, upload: Upload) -> None:
        self._layer = layer.id
        self._upload = upload
        self._told = {header["field"] for header in (upload.reading or {}).get("headers", ())}
        self._kept = {field.id for field in layer.all_fields() if not field.personal}
        self._kept -= _COLUMNS | _PLACE

    def make(
        self,
        row: ReadyRow,
        unit: str | None,
        district: str | None,
        held: HeldFeature | None,
        key: str,
    ) -> Target:
        """key  of a new feature; a held one keeps its own, and its source."""
        said, properties = self._said(row, held)
        words = [unit, *(str(value) for value in said.values()), properties]
        digest = _digest([*words, row.source_crs, row.original], row.wkb)
        if held is None:
            source_id = source_of(unit)
            feature = feature_id(self._layer, source_id, key)
        else:
            source_id, key, feature = held.source_id, held.key, held.feature_id
        return Target(
            row=row,
            source_id=source_id,
            key=key,
            feature_id=feature,
            held=held,
            unit=unit,
            district=district,
            name_zh=said["name"],
            name_en=said["name_en"],
            status=said["status"],
            started_on=said["started_on"],
            finished_on=said["finished_on"],
            properties=properties,
            digest=digest,
            unchanged=held is not None and self._is_unchanged(row, held, digest),
        )

    def _said(
        self, row: ReadyRow, held: HeldFeature | None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What stands in the columns of a feature, and its further properties."""
        values = row.values
        properties = {name: value for name, value in values.items() if name in self._kept}
        said: dict[str, Any] = {
            "name": values.get("name"),
            "name_en": values.get("name_en"),
            "status": values.get("status") or "open",
            "started_on": _day(values.get("started_on")),
            "finished_on": _day(values.get("finished_on")),
        }
        if held is not None:
            before = {
                "name": held.name_zh,
                "name_en": held.name_en,
                "status": held.status,
                "started_on": held.started_on,
                "finished_on": held.finished_on,
            }
            said |= self._untold(before)
            properties |= self._untold(held.properties)
        return said, properties

    def _untold(self, before: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in before.items() if name not in self._told}

    def _is_unchanged(self, row: ReadyRow, held: HeldFeature, digest: bytes) -> bool:
        """As it was checked, unless somebody changed the feature since; or to the letter."""
        checked_at = self._upload.checked_at
        as_checked = row.unchanged and checked_at is not None and held.valid_from <= checked_at
        return as_checked or held.digest == digest


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _digest(words: Sequence[object], wkb: bytes) -> bytes:
    text = _SORTED_JSON(words)
    return hashlib.sha256(text.encode("utf-8", "replace") + wkb).digest()
