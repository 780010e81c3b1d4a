"""What people do with rows: nod, say who it is, put it on the map, leave it out, give it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import psycopg

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.upload_rows import (
    UploadRow,
    accept_warnings,
    change_row,
    decide_row,
    held_row,
    settle_matches,
)
from geoplan.store.uploads import State, Upload, held_upload, note_event, raise_version, recount
from geoplan.text import Text
from geoplan.uploads.actor import Actor
from geoplan.uploads.placing import place_row
from geoplan.uploads.receive import unknown_upload
from geoplan.uploads.reference import read_reference
from geoplan.uploads.workflow import locked

_OWN_STATES: tuple[State, ...] = ("checked", "returned", "published")
_REVIEW_STATES: tuple[State, ...] = ("submitted", "approved")
_WHO_IT_IS = "may_match_held"


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a person says of a row; None: nothing.

    accepted  True: a nod at all its warnings, False: no nod at any, else at these codes.
    match     whether it is the held feature that it may be.
    lonlat    where it is, degrees, EPSG:4326.
    decision  `left_out` and `pending` by who works on the file, `returned` (with a reason) and
              `pending` by a reviewer while it is submitted.
    """

    accepted: bool | Sequence[str] | None = None
    match: bool | None = None
    lonlat: tuple[float, float] | None = None
    decision: Literal["pending", "left_out", "returned"] | None = None
    reason: str | None = None


def edit_row(
    connection: psycopg.Connection,
    city: City,
    actor: Actor,
    upload_id: UUID,
    number: int,
    change: RowChange,
    version: int | None,
) -> tuple[UploadRow, Upload]:
    """Do it; returns the row and the upload as they are then.

    A row that was returned is pending again as soon as something is done with it.
    Raises GeoplanError 404 `unknown_row`, 409 `row_published`, `upload_state`, `upload_changed`,
    400 `reason_needed`, 422 `no_match`, and as `place_row`.
    """
    with connection.transaction():
        act_as(connection, actor.account, "")
        upload = locked(connection, upload_id, version, _states(actor, change))
        row = held_row(connection, upload_id, number)
        if row is None or row.verdict == "skipped":
            raise _unknown_row(number)
        if row.feature_id is not None:
            raise _published(number)
        if change.lonlat is not None:
            row = _placed(connection, city, actor, upload, row, change.lonlat)
        _decide(connection, upload_id, row, change)
        recount(connection, upload_id)
        raise_version(connection, upload_id)
        changed, present = held_row(connection, upload_id, number), _present(connection, upload_id)
    if changed is None:
        raise _unknown_row(number)
    return changed, present


def edit_rows(
    connection: psycopg.Connection,
    actor: Actor,
    upload_id: UUID,
    *,
    accepted: bool | Sequence[str] | None,
    match: bool | None,
    version: int | None,
) -> tuple[int, Upload]:
    """Nod at warnings in all rows, or say of all who they are; returns how many rows it was about.

    accepted  True: warnings of any code, else of these codes.
    """
    with connection.transaction():
        act_as(connection, actor.account, "")
        locked(connection, upload_id, version, _OWN_STATES)
        count = 0
        if accepted:
            codes = None if accepted is True else accepted
            count += accept_warnings(connection, upload_id, codes)
        if match is not None:
            count += settle_matches(connection, upload_id, confirmed=match)
        recount(connection, upload_id)
        raise_version(connection, upload_id)
        return count, _present(connection, upload_id)


def _states(actor: Actor, change: RowChange) -> tuple[State, ...]:
    only_decides = change.accepted is None and change.match is None and change.lonlat is None
    if change.decision == "returned":
        actor.must_review()
        if not change.reason:
            raise GeoplanError(
                "reason_needed",
                Text("请说明退回的原因", "Say why it is returned"),
                Text("填写 reason", "Give `reason`"),
            )
        return _REVIEW_STATES
    if actor.reviews and change.decision == "pending" and only_decides:
        return (*_OWN_STATES, *_REVIEW_STATES)
    return _OWN_STATES


def _placed(
    connection: psycopg.Connection,
    city: City,
    actor: Actor,
    upload: Upload,
    row: UploadRow,
    lonlat: tuple[float, float],
) -> UploadRow:
    layer = city.layer(upload.layer)
    # Judged as the file was: also against limits that the clerk may not look at.
    act_as(connection, OPERATOR, "")
    reference = read_reference(connection, city, layer, upload.unit)
    act_as(connection, actor.account, "")
    change_row(connection, upload.id, place_row(city, layer, upload, row, lonlat, reference))
    note_event(connection, upload.id, f"row {row.row}: {lonlat[0]:.6f}, {lonlat[1]:.6f}")
    placed = held_row(connection, upload.id, row.row)
    if placed is None:
        raise _unknown_row(row.row)
    return placed


def _decide(
    connection: psycopg.Connection, upload_id: UUID, row: UploadRow, change: RowChange
) -> None:
    accepted = set(row.accepted)
    if change.accepted is False:
        accepted -= set(row.warnings) - {_WHO_IT_IS}
    elif change.accepted is not None:
        nodded = row.warnings if change.accepted is True else change.accepted
        accepted |= set(nodded) & set(row.warnings) - {_WHO_IT_IS}
    match = row.match
    if change.match is not None:
        if match is None or match["sure"]:
            raise GeoplanError(
                "no_match",
                Text(f"第 {row.row} 行没有待确认的项目", f"Row {row.row} asks about no held one"),
                Text("无需确认", "There is nothing to confirm"),
                status=422,
            )
        match = {**match, "confirmed": change.match}
        accepted.add(_WHO_IT_IS)
    held = row.decision if row.decision in {"pending", "left_out"} else "pending"
    decide_row(
        connection,
        upload_id,
        row.row,
        decision=change.decision or held,
        reason=row.reason if change.reason is None else change.reason,
        accepted=sorted(accepted),
        match=match,
    )


def _present(connection: psycopg.Connection, upload_id: UUID) -> Upload:
    upload = held_upload(connection, upload_id)
    if upload is None:
        raise unknown_upload()
    return upload


def _unknown_row(number: int) -> GeoplanError:
    return GeoplanError(
        "unknown_row",
        Text(f"没有第 {number} 行", f"There is no row {number}"),
        Text("行号见 …/rows", "See …/rows for the numbers of rows"),
        status=404,
    )


def _published(number: int) -> GeoplanError:
    return GeoplanError(
        "row_published",
        Text(f"第 {number} 行已发布", f"Row {number} is published"),
        Text("请修改项目本身，或撤回这次上传", "Change the feature, or roll the upload back"),
        status=409,
    )
