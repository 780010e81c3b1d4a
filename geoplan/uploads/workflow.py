"""The steps of an upload: who may take which, under one lock, so that of two at once one wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg

from geoplan.catalogue import City
from geoplan.errors import GeoplanError, Issue, Where
from geoplan.store.features import act_as
from geoplan.store.upload_rows import accept_warnings, open_rows, return_rows
from geoplan.store.uploads import (
    State,
    Upload,
    decide,
    held_upload,
    put_rolled_back,
    receive_again,
    recount,
    remember_headers,
    submit,
)
from geoplan.text import Text
from geoplan.uploads.actor import Actor
from geoplan.uploads.options import merged
from geoplan.uploads.publish import nothing_ready, publish_rows
from geoplan.uploads.receive import unknown_upload
from geoplan.uploads.rollback import roll_back_features

_NAMED = 100  # rows that an error names
_STATES_ZH: dict[State, str] = {
    "received": "已接收",
    "checking": "检查中",
    "checked": "已检查",
    "submitted": "已提交",
    "returned": "已退回",
    "approved": "已通过",
    "published": "已发布",
    "rolled_back": "已撤回",
    "rejected": "无法读取",
}


def locked(
    connection: psycopg.Connection, upload_id: UUID, version: int | None, states: Sequence[State]
) -> Upload:
    """An upload that nobody else changes until the end of the transaction.

    version  the one that the caller saw; None: whichever it is, the state decides.
    Raises GeoplanError 404 `unknown_upload`, 409 `upload_changed`, 409 `upload_state`.
    """
    upload = held_upload(connection, upload_id, locked=True)
    if upload is None:
        raise unknown_upload()
    if version is not None and version != upload.version:
        raise GeoplanError(
            "upload_changed",
            Text("这次上传刚刚被别人改动过", "Somebody else has changed this upload meanwhile"),
            Text(
                f"请刷新后再操作（当前版本 {upload.version}，{_STATES_ZH[upload.state]}）",
                f"Look at it again: it is at version {upload.version}, {upload.state}",
            ),
            status=409,
        )
    if upload.state not in states:
        raise _wrong_state(upload, states)
    return upload


def read_anew(
    connection: psycopg.Connection,
    actor: Actor,
    upload_id: UUID,
    given: Mapping[str, Any],
    version: int | None,
) -> Upload:
    """Have a file checked again, read as a person says; what was decided of its rows is gone.

    given  options that change, as `options.read_options` gives them; none: only check again.
    """
    with connection.transaction():
        act_as(connection, actor.account, "")
        states: tuple[State, ...] = ("received", "checking", "checked", "returned", "rejected")
        upload = locked(connection, upload_id, version, states)
        if upload.published_at is not None:
            raise _published_before()
        receive_again(connection, upload.id, merged(upload.options, given))
        return _present(connection, upload_id)


def submit_upload(
    connection: psycopg.Connection,
    actor: Actor,
    upload_id: UUID,
    *,
    version: int | None,
    valid_only: bool,
    accept: Sequence[str] | None = (),
) -> Upload:
    """Hand an upload to the reviewers.

    valid_only  only rows that are ready go; the others stay as a work list.
    accept      codes of warnings to nod at in all rows; None: of any.
    What a person said headers mean is remembered for the unit's next file of this layer.
    Raises GeoplanError 409 `file_not_ready`, `rows_open` (naming rows), `nothing_ready`.
    """
    with connection.transaction():
        act_as(connection, actor.account, "")
        upload = locked(connection, upload_id, version, ("checked", "returned", "published"))
        _refuse_unsettled_file(upload)
        if accept is None or accept:
            accept_warnings(connection, upload_id, accept)
            recount(connection, upload_id)
        counts = _present(connection, upload_id).counts or {}
        if counts["open"] and not valid_only:
            raise _rows_open(connection, upload_id, counts["open"])
        if not counts["ready"]:
            raise nothing_ready()
        remember_headers(connection, upload.unit, upload.layer, upload.options.get("headers", {}))
        submit(connection, upload_id, valid_only=valid_only)
        return _present(connection, upload_id)


def return_upload(
    connection: psycopg.Connection,
    actor: Actor,
    upload_id: UUID,
    *,
    version: int | None,
    reason: str | None,
    rows: Mapping[int, str],
) -> Upload:
    """Give an upload back to who sent it, as a whole or for single rows, with reasons.

    Raises GeoplanError 400 `reason_needed`, 404 `unknown_row`.
    """
    actor.must_review()
    if not reason and not rows:
        raise GeoplanError(
            "reason_needed",
            Text("请说明退回的原因", "Say why it is returned"),
            Text("填写 reason，或在 rows 中逐行说明", "Give `reason`, or a reason for each row"),
        )
    with connection.transaction():
        act_as(connection, actor.account, reason or "")
        locked(connection, upload_id, version, ("submitted", "approved"))
        _return_rows(connection, upload_id, rows)
        decide(connection, upload_id, "returned", reason)
        return _present(connection, upload_id)


def approve_upload(
    connection: psycopg.Connection,
    city: City,
    actor: Actor,
    upload_id: UUID,
    *,
    version: int | None,
    rows: Mapping[int, str],
    note: str | None = None,
    publish: bool = True,
) -> Upload:
    """Approve an upload, and publish it in the same transaction unless `publish` is false.

    rows  rows that do not go with it, each with its reason: they stay as a work list.
    Raises GeoplanError 404 `unknown_row`, 409 `nothing_ready`, and as `publish_rows`.
    """
    actor.must_review()
    with connection.transaction():
        act_as(connection, actor.account, note or "")
        locked(connection, upload_id, version, ("submitted",))
        _return_rows(connection, upload_id, rows)
        decide(connection, upload_id, "approved", note)
        upload = _present(connection, upload_id)
        if not (upload.counts or {}).get("ready"):
            raise nothing_ready()
        if publish:
            publish_rows(connection, city, upload, actor.account)
        return _present(connection, upload_id)


def publish_upload(
    connection: psycopg.Connection,
    city: City,
    actor: Actor,
    upload_id: UUID,
    *,
    version: int | None,
) -> Upload:
    """Publish an approved upload. Of one that is published already nothing more is done."""
    actor.must_review()
    with connection.transaction():
        act_as(connection, actor.account, "")
        present = held_upload(connection, upload_id, locked=True)
        if present is not None and present.state == "published":
            return present
        upload = locked(connection, upload_id, version, ("approved",))
        publish_rows(connection, city, upload, actor.account)
        return _present(connection, upload_id)


def roll_back_upload(
    connection: psycopg.Connection,
    city: City,
    actor: Actor,
    upload_id: UUID,
    *,
    version: int | None,
    reason: str | None,
) -> Upload:
    """Undo what an upload published. Raises as `roll_back_features`."""
    actor.must_review()
    with connection.transaction():
        act_as(connection, actor.account, "")
        upload = locked(connection, upload_id, version, ("published", "returned"))
        if upload.published_at is None:  # returned before any of it was published
            raise _wrong_state(upload, ("published",))
        roll_back_features(connection, city, upload, actor.account)
        act_as(connection, actor.account, reason or "")
        put_rolled_back(connection, upload_id, reason)
        return _present(connection, upload_id)


def _wrong_state(upload: Upload, states: Sequence[State]) -> GeoplanError:
    return GeoplanError(
        "upload_state",
        Text(
            f"这次上传的状态是“{_STATES_ZH[upload.state]}”，不能这样操作",
            f"The upload is {upload.state}; this cannot be done now",
        ),
        Text(
            f"须为：{'、'.join(_STATES_ZH[state] for state in states)}",
            f"It would have to be {' or '.join(states)}",
        ),
        status=409,
    )


def _present(connection: psycopg.Connection, upload_id: UUID) -> Upload:
    upload = held_upload(connection, upload_id)
    if upload is None:
        raise unknown_upload()
    return upload


def _return_rows(connection: psycopg.Connection, upload_id: UUID, rows: Mapping[int, str]) -> None:
    if rows:
        if return_rows(connection, upload_id, rows) != len(rows):
            raise GeoplanError(
                "unknown_row",
                Text("有的行不存在或已发布", "Some of these rows are not there or are published"),
                Text("行号见 …/rows", "See …/rows for their numbers"),
                status=404,
            )
        recount(connection, upload_id)


def _refuse_unsettled_file(upload: Upload) -> None:
    errors = [issue for issue in upload.file_issues if issue["severity"] == "error"]
    if errors:
        raise GeoplanError(
            "file_not_ready",
            Text(*(errors[0]["detail"][lang] for lang in ("zh", "en"))),
            Text(*(errors[0]["remedy"][lang] for lang in ("zh", "en"))),
            status=409,
        )


def _rows_open(connection: psycopg.Connection, upload_id: UUID, count: int) -> GeoplanError:
    return GeoplanError(
        "rows_open",
        Text(f"还有 {count} 行没有处理完", f"{count} rows are not settled yet"),
        Text(
            "请改正、确认或略去这些行，或只提交有效的行（valid_only）",
            "Correct, nod at or leave them out, or submit the valid rows alone (valid_only)",
        ),
        status=409,
        issues=[
            Issue(
                issue["code"],
                Text(issue["detail"]["zh"], issue["detail"]["en"]),
                Text(issue["remedy"]["zh"], issue["remedy"]["en"]),
                Where(row=row.row, column=issue["column"]),
                issue["value"],
                issue["severity"],
            )
            for row in open_rows(connection, upload_id, _NAMED)
            for issue in row.issues
            if issue["severity"] != "info"
        ][:_NAMED],
    )


def _published_before() -> GeoplanError:
    return GeoplanError(
        "upload_state",
        Text("其中一部分已发布，不能重新读取", "A part of it is published; it is not read again"),
        Text("请上传更正后的文件", "Send a corrected file"),
        status=409,
    )
