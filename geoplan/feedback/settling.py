"""Settling what was said of a feature: by planners, and by the unit that reports it."""

from __future__ import annotations

from uuid import UUID

import psycopg

from geoplan.errors import GeoplanError
from geoplan.store.feedback import State, read_standing, settle
from geoplan.store.pool import Connection
from geoplan.text import Text

STATES: dict[State, Text] = {
    "pending": Text("待处理", "pending"),
    "accepted": Text("已采纳", "accepted"),
    "declined": Text("不采纳", "declined"),
    "done": Text("已办结", "done"),
}


async def bring_to(
    connection: Connection, which: UUID, state: State, *, note: str | None, version: int
) -> None:
    """Take a remark one step on, in the caller's transaction.

    note     what was found, or why nothing is done; needed to decline.
    version  as it was read. Raises GeoplanError 404 for a remark that the account may not see, 403
             for one that it may only read, 409 when it was settled meanwhile or cannot go there.
    """
    if state == "declined" and note is None:
        raise GeoplanError(
            "reason_needed",
            Text("请说明不采纳的原因", "Say why it is declined"),
            Text("填写 note", "Give a `note`"),
        )
    standing = await read_standing(connection, which)
    if standing is None:
        raise unknown_feedback()
    if standing.version != version:
        raise _changed()
    try:
        done = await settle(connection, which, version, state, note)
    except psycopg.errors.CheckViolation as error:
        now, then = STATES[standing.state], STATES[state]
        raise GeoplanError(
            "feedback_state",
            Text(f"“{now.zh}”的反馈不能改为“{then.zh}”", f"It is {now.en}; it cannot be {then.en}"),
            Text("请刷新后再操作", "Look at it again"),
            status=409,
        ) from error
    if done:
        return
    after = await read_standing(connection, which)
    if after is not None and after.version != version:
        raise _changed()
    raise GeoplanError(
        "unit_not_yours",
        Text("这条反馈由填报单位处理", "The unit that reports the feature settles this"),
        Text("请联系该单位或规划人员", "Ask that unit, or a planner"),
        status=403,
    )


def _changed() -> GeoplanError:
    return GeoplanError(
        "feedback_changed",
        Text("这条反馈刚刚被别人处理过", "Somebody else has settled this remark meanwhile"),
        Text("请刷新后再操作", "Look at it again"),
        status=409,
    )


def unknown_feedback() -> GeoplanError:
    """The error of a remark that is not there, or not for this account: no difference is told."""
    return GeoplanError(
        "unknown_feedback",
        Text("没有这条反馈", "There is no such remark"),
        Text("反馈一览见 /api/feedback", "See /api/feedback for those there are"),
        status=404,
    )
