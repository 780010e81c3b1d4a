"""What all changes of a feature share: who and why, preconditions, the one way of writing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import shapely

from geoplan.catalogue import City, Layer
from geoplan.editing.doubts import note_doubts
from geoplan.editing.editor import Editor, unit_not_yours
from geoplan.editing.place import Place
from geoplan.editing.values import Values
from geoplan.errors import GeoplanError, Issue
from geoplan.grid import Districts, split
from geoplan.imports.features import amounts_of, load_districts, shapes
from geoplan.ingest.findings import NAMED
from geoplan.ingest.notes import Notes
from geoplan.ingest.outlines import Outlines
from geoplan.store.collections import own_feature
from geoplan.store.edits import Held, held_feature, lock_layer, state_of, with_number
from geoplan.store.features import (
    FeatureRow,
    FeatureWriter,
    ShareRows,
    act_as,
    batch_of,
    feature_id,
)
from geoplan.store.reference import outlines as held_outlines
from geoplan.text import Lang, Text

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a feature of a layer by somebody.

    connection  as geoplan_app, outside a transaction.
    reason      is kept with the states that it ends and begins; lang  of what is given back.
    """

    connection: psycopg.Connection
    city: City
    layer: Layer
    editor: Editor
    reason: str = ""
    lang: Lang = "zh"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction in which the database knows the editor.

        Raises GeoplanError 403 where row-level security refuses what was not asked about before.
        """
        try:
            with self.connection.transaction():
                act_as(self.connection, self.editor.account, self.reason)
                yield
        except psycopg.errors.InsufficientPrivilege as error:
            raise unit_not_yours(Text("该单位", "that unit")) from error


@dataclass(frozen=True, slots=True)
class Ground:
    """The city's districts as shares are cut by them, and the outlines of all units."""

    districts: Districts
    outlines: Outlines


@dataclass(frozen=True, slots=True)
class Identity:
    """Which row of which source a feature is; it keeps this whatever is changed of it."""

    source: str
    key: str
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A feature after a change.

    state    as `state_of` says; issues  what was found that is no error.
    feature  GeoJSON text with all its values, EPSG:4326.
    """

    id: UUID
    state: str
    issues: tuple[Issue, ...]
    feature: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A feature that has only to be written, and what was noted about it."""

    row: FeatureRow
    shares: ShareRows
    notes: Notes


def ground_of(edit: Edit) -> Ground:
    """The ground of a change, in its transaction. Raises GeoplanError 409 without districts."""
    units = dict(held_outlines(edit.connection))
    parts = dict(zip(units, shapely.from_wkb(list(units.values())), strict=True))
    return Ground(load_districts(edit.connection), Outlines(edit.city, parts))


def held_for_change(
    edit: Edit, fid: UUID, expected: Collection[str] | None, *, missing: int = 404
) -> Held:
    """The feature that is to be changed.

    expected  states of which the editor has seen one; None: they did not say.
    missing   the status when there is none.
    Raises GeoplanError 404 `unknown_feature`, 403 `unit_not_yours`, 428 `precondition_required`,
    412 `changed_meanwhile`.
    """
    held = held_feature(edit.connection, edit.layer.id, fid)
    if held is None:
        raise unknown_feature(fid, missing)
    edit.editor.must_own(held.unit, edit.city)
    if expected is None:
        raise GeoplanError(
            "precondition_required",
            Text("更改须说明所依据的版本", "A change must say which state it is made to"),
            Text(
                "请先读取该要素，并把其 ETag 写入 If-Match",
                "Read the feature first and send its ETag as If-Match",
            ),
            status=428,
        )
    if state_of(edit.layer.id, fid, held.valid_from) not in expected:
        raise _changed_meanwhile()
    return held


def lock_as_held(edit: Edit, fid: UUID, held: Held | None) -> None:
    """Wait for the layer's other writers; then the feature must be as it was read before.

    held  None: it was not there. Raises GeoplanError 412 `changed_meanwhile`.
    """
    lock_layer(edit.connection, edit.layer.id)
    now = held_feature(edit.connection, edit.layer.id, fid)
    if (now and now.valid_from) != (held and held.valid_from):
        raise _changed_meanwhile()


def unknown_feature(fid: UUID, status: int = 404) -> GeoplanError:
    """The error of a feature that is not there, or not for this account: no difference is told."""
    return GeoplanError(
        "unknown_feature",
        Text(f"没有要素 {fid}", f"There is no feature {fid}"),
        Text("编号见 …/items", "See …/items for the ids there are"),
        status=status,
    )


def _changed_meanwhile() -> GeoplanError:
    return GeoplanError(
        "changed_meanwhile",
        Text("该要素已被他人更改", "Somebody has changed the feature meanwhile"),
        Text("请重新读取后再更改", "Read it again, and change what it is now"),
        status=412,
    )


def refuse_errors(notes: Notes) -> None:
    """Raise GeoplanError 422 `feature_rejected` naming every error that is noted."""
    issues = sorted(notes.issues[0], key=lambda issue: issue.severity != "error")
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise GeoplanError(
            "feature_rejected",
            Text(
                f"要素有 {len(errors)} 处错误：{errors[0].detail.zh}",
                f"the feature is not accepted ({len(errors)}): {errors[0].detail.en}",
            ),
            errors[0].remedy,
            status=422,
            where=errors[0].where,
            issues=issues[:NAMED],
        )


def refuse_taken_number(edit: Edit, values: Values, but: UUID | None = None) -> None:
    """Raise GeoplanError 409 `project_no_taken` when the unit has that project number already."""
    number = values.properties.get("project_no")
    if number is None:
        return
    other = with_number(edit.connection, edit.layer.id, values.unit, str(number), but=but)
    if other is not None:
        raise GeoplanError(
            "project_no_taken",
            Text(f"项目编号已属于要素 {other}", f"feature {other} has this project number"),
            Text("请更改该要素，或换一个编号", "change that feature, or give another number"),
            status=409,
        )


def new_notes() -> Notes:
    """Where what is found about the one feature of a request is noted, at index 0."""
    return Notes("", None, [1], [[]])


def prepare(
    edit: Edit,
    ground: Ground,
    identity: Identity,
    values: Values,
    place: Place,
    notes: Notes,
    *,
    source_row: int | None = None,
    digest: bytes | None = None,
) -> Prepared:
    """Measure and cut a feature, before anybody has to wait for it.

    digest  of an earlier state that is written again; else one that no file's row has, so that a
            file which says otherwise is not taken for unchanged.
    Notes what `note_doubts` does.
    """
    shape = np.array([place.shape], dtype=object)
    amounts = amounts_of(edit.layer, shape, [values.properties])
    cut = split(shape, amounts, ground.districts)
    point = shapely.get_coordinates(shapely.point_on_surface(shape))
    wkb = shapely.to_wkb(place.shape)
    note_doubts(place.shape, values, edit.layer, edit.city, ground.outlines, notes)
    row = FeatureRow(
        id=feature_id(edit.layer.id, identity.source, identity.key),
        source_id=identity.source,
        key=identity.key,
        synthetic=identity.synthetic,
        digest=digest or _digest(values, wkb),
        unit=values.unit,
        district=ground.districts.locate(point)[0] or None,
        name_zh=values.name_zh,
        name_en=values.name_en,
        status=values.status,
        started_on=values.started_on,
        finished_on=values.finished_on,
        properties=values.properties,
        amounts=amounts[0].tolist(),
        wkb=wkb,
        source_row=source_row,
        source_crs=place.source_crs,
        original=place.original,
    )
    return Prepared(
        row, ShareRows(cut.feature, cut.res, cut.cell, cut.district, cut.amounts), notes
    )


def put(edit: Edit, prepared: Prepared) -> Written:
    """Write a feature with its shares, grid, history and the layer's version, after its lock."""
    writer = writer_of(edit, prepared.row.id)
    writer.put(batch_of([prepared.row], prepared.shares))
    writer.finish()
    return written(edit, UUID(prepared.row.id), writer.instant, prepared.notes.issues[0])


def written(edit: Edit, fid: UUID, valid_from: datetime, issues: Sequence[Issue]) -> Written:
    """A feature as it is now in this transaction, which began to be so at `valid_from`."""
    text = own_feature(edit.connection, edit.layer, fid, edit.lang)
    if text is None:
        raise RuntimeError("a feature was written and is not to be seen")
    return Written(fid, state_of(edit.layer.id, fid, valid_from), tuple(issues), text)


def writer_of(edit: Edit, fid: str) -> FeatureWriter:
    """A writer of this one feature."""
    return FeatureWriter(edit.connection, edit.layer.id, [fid], shapes, account=edit.editor.account)


def _digest(values: Values, wkb: bytes) -> bytes:
    said: list[Any] = ["edit", *(getattr(values, name) for name in Values.__slots__)]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode() + wkb).digest()
