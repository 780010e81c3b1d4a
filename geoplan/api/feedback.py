"""Remarks of anybody on a feature, and their settling by those whose feature it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.bodies import Body, Line, body_of, own_json, read_body
from geoplan.api.caller import Asking, Caller, acting, require
from geoplan.api.language import language_of
from geoplan.api.origin import refuse_foreign
from geoplan.api.query import integer, invalid, strict_router
from geoplan.api.service import service_of
from geoplan.feedback.giving import LONGEST, clean, take_in
from geoplan.feedback.settling import STATES, bring_to, unknown_feedback
from geoplan.store.feedback import (
    Event,
    Feedback,
    Kind,
    State,
    read_counts,
    read_events,
    read_one,
    read_page,
)

_MOST = 100
_MOST_BYTES = 8_192

router = strict_router(prefix="/api/feedback", tags=["feedback"], responses=described.PROBLEM)


class Given(Body):
    """What is said of a public feature: `kind` wrong place, closed, wrong data or something else.

    `lon`, `lat`  where it should be, degrees (EPSG:4326). `website` is for nobody to fill in.
    """

    layer: Annotated[Line, Field(max_length=40)]
    feature: UUID
    kind: Kind
    text: Annotated[str, Field(max_length=4 * LONGEST)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    lat: Annotated[float, Field(ge=-85, le=85, allow_inf_nan=False)] | None = None
    website: Annotated[str, Field(max_length=2_000)] = ""


class Settled(Body):
    """Where a remark goes: `version` as it was read, `note` what was found."""

    state: Literal["accepted", "declined", "done"]
    version: int
    note: Annotated[str, Field(max_length=4 * LONGEST)] | None = None


@router.post(
    "",
    summary="Say something of a feature",
    description="By anybody; nothing of who says it is kept, and nothing of it is public. "
    "An address may send five at once and thirty a day.",
    status_code=201,
    response_class=Response,
    responses={201: described.answer("application/json")[200]},
    openapi_extra=described.parameters(described.LANG, requestBody=body_of(Given)),
)
async def say(request: Request) -> Response:
    service = service_of(request)
    refuse_foreign(request)
    given = await read_body(request, Given, _MOST_BYTES)
    if (given.lon is None) != (given.lat is None):
        raise invalid("lon, lat", "both or neither", "须同时给出")
    layer = service.layer(given.layer)
    point = (given.lon, given.lat) if given.lon is not None and given.lat is not None else None
    made = await take_in(
        service.staff,
        address=request.client.host if request.client is not None else "",
        layer=layer.id,
        feature=given.feature,
        kind=given.kind,
        words=given.text,
        point=point,
        lang=language_of(request.scope),
        trap=given.website,
    )
    return own_json({"id": made, "state": "pending"}, 201)


@router.get(
    "",
    summary="What was said, the newest first",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        described.query("state", "One or several states, separated by commas", type="string"),
        described.query("limit", "Most of a page", type="integer", minimum=1, maximum=_MOST),
        described.query("after", "Where to go on: `next` of the page before", type="string"),
        described.LANG,
        **described.SIGNED_IN,
    ),
)
async def listed(request: Request, caller: Asking) -> Response:
    require(caller, "staff")
    query = request.state.query
    limit = integer(query, "limit", 30, 1, _MOST)
    states = _states(query.get("state"))
    before = _id(query["after"]) if "after" in query else None
    async with acting(service_of(request), caller) as connection:
        found = await read_page(connection, states=states, before=before, limit=limit + 1)
        shown = found[:limit]
        events = await read_events(connection, [each.id for each in shown])
        counts = await read_counts(connection)
    return own_json(
        {
            "feedback": [_document(each, events, caller) for each in shown],
            "counts": {state: counts.get(state, 0) for state in STATES},
            "next": shown[-1].id if len(found) > limit else None,
        }
    )


@router.patch(
    "/{id}",
    summary="Settle what was said",
    description="pending to accepted, declined or done; accepted to declined or done; declined to "
    "accepted. To decline takes a `note`.",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        described.LANG, requestBody=body_of(Settled), **described.SIGNED_IN
    ),
)
async def settled(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    require(caller, "staff")
    which = _id(id)
    asked = await read_body(request, Settled, _MOST_BYTES)
    note = clean(asked.note)
    async with acting(service_of(request), caller, note or "") as connection:
        await bring_to(connection, which, asked.state, note=note, version=asked.version)
        found = await read_one(connection, which)
        events = await read_events(connection, [which])
    if found is None:
        raise unknown_feedback()
    return own_json(_document(found, events, caller))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise unknown_feedback() from error


def _states(text: str | None) -> list[State] | None:
    if text is None:
        return None
    names = [name for name in text.split(",", 10) if name]
    found: list[State] = [state for state in STATES if state in names]
    if set(names) - set(found):
        raise invalid("state", ", ".join(STATES), "、".join(STATES))
    return found


def _document(one: Feedback, events: Iterable[Event], caller: Caller) -> dict[str, Any]:
    point = None if one.lon is None else {"lon": one.lon, "lat": one.lat}
    place = None if one.feature_lon is None else {"lon": one.feature_lon, "lat": one.feature_lat}
    return {
        "id": one.id,
        "layer": one.layer,
        "feature": one.feature,
        "name": one.name,
        "name_en": one.name_en,
        "unit": one.unit,
        "district": one.district,
        "kind": one.kind,
        "text": one.text,
        "point": point,
        "place": place,
        "lang": one.lang,
        "state": one.state,
        "version": one.version,
        "note": one.note,
        "created_at": one.created_at.isoformat(),
        "decided_at": one.decided_at and one.decided_at.isoformat(),
        "decided_by": one.decided_by,
        "may_settle": caller.role != "staff" or one.unit in caller.units,
        "events": [
            {
                "at": event.at.isoformat(),
                "account": event.account,
                "from": event.from_state,
                "to": event.to_state,
                "note": event.note,
            }
            for event in events
            if event.feedback == one.id
        ],
    }
