"""The steps of an upload: read it again, submit, return, approve, publish, roll back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.bodies import Body, Line
from geoplan.api.caller import Asking, acting
from geoplan.api.query import strict_router
from geoplan.api.service import service_of
from geoplan.api.upload_asking import actor_of, optional_body, own_route, step, upload_id
from geoplan.store.uploads import read_upload
from geoplan.uploads.options import read_options
from geoplan.uploads.receive import unknown_upload
from geoplan.uploads.rows import edit_rows
from geoplan.uploads.workflow import (
    approve_upload,
    publish_upload,
    read_anew,
    return_upload,
    roll_back_upload,
    submit_upload,
)

Words = Annotated[str, Field(min_length=1, max_length=2_000)]
Reasons = Annotated[dict[int, Words], Field(max_length=10_000)]
Codes = Annotated[list[Line], Field(max_length=100)]

router = strict_router(prefix="/api", tags=["uploads"], responses=described.PROBLEM)


class Step(Body):
    """`version` as it was read: who acts on an older one gets a 409."""

    version: int | None = None


class Reread(Step):
    """Options that change; null takes one back. Without any the file is only checked again."""

    options: dict[str, Any] = Field(default_factory=dict)


class Accept(Step):
    """A nod at a kind of warning in all rows (without `code`: at all of them); `match`: of all rows
    that ask, whether they are the held features that they may be."""

    code: Line | None = None
    match: bool | None = None


class Submit(Step):
    """`valid_only`: only rows that are ready; `accept`: a nod at these warnings in all rows."""

    valid_only: bool = False
    accept: bool | Codes = False


class GiveBack(Step):
    """Why, as a whole and by row number."""

    reason: Words | None = None
    rows: Reasons = Field(default_factory=dict)


class Approve(Step):
    """`rows` do not go with it and stay as a work list; `publish`: at once."""

    note: Words | None = None
    rows: Reasons = Field(default_factory=dict)
    publish: bool = True


class RollBack(Step):
    reason: Words | None = None


@router.patch("/uploads/{id}", summary="Check it again, read otherwise", **own_route(Reread))
async def reread(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    service, which = service_of(request), upload_id(id)
    actor_of(caller)
    body = await optional_body(request, Reread)
    async with acting(service, caller) as connection:
        held = await read_upload(connection, which)
    if held is None:
        raise unknown_upload()
    given = read_options(body.options, service.city.layer(held.layer))
    return await step(
        request,
        caller,
        which,
        lambda connection, actor: read_anew(connection, actor, which, given, body.version),
    )


@router.post("/uploads/{id}/accept", summary="Nod at warnings in all rows", **own_route(Accept))
async def accept(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    which, body = upload_id(id), await optional_body(request, Accept)
    codes = [body.code] if body.code else None
    nods = True if codes is None and body.match is None else codes
    return await step(
        request,
        caller,
        which,
        lambda connection, actor: edit_rows(
            connection, actor, which, accepted=nods, match=body.match, version=body.version
        )[1],
    )


@router.post("/uploads/{id}/submit", summary="Hand it to the reviewers", **own_route(Submit))
async def submit(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    which, body = upload_id(id), await optional_body(request, Submit)
    nods = None if body.accept is True else body.accept or ()
    return await step(
        request,
        caller,
        which,
        lambda connection, actor: submit_upload(
            connection,
            actor,
            which,
            version=body.version,
            valid_only=body.valid_only,
            accept=nods,
        ),
    )


@router.post("/uploads/{id}/return", summary="Give it back with reasons", **own_route(GiveBack))
async def give_back(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    which, body = upload_id(id), await optional_body(request, GiveBack)
    return await step(
        request,
        caller,
        which,
        lambda connection, actor: return_upload(
            connection, actor, which, version=body.version, reason=body.reason, rows=body.rows
        ),
    )


@router.post("/uploads/{id}/approve", summary="Approve and publish it", **own_route(Approve))
async def approve(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    which, body = upload_id(id), await optional_body(request, Approve)
    city = service_of(request).city
    return await step(
        request,
        caller,
        which,
        lambda connection, actor: approve_upload(
            connection,
            city,
            actor,
            which,
            version=body.version,
            rows=body.rows,
            note=body.note,
            publish=body.publish,
        ),
    )


@router.post("/uploads/{id}/publish", summary="Publish an approved one", **own_route(Step))
async def publish(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    which, body = upload_id(id), await optional_body(request, Step)
    city = service_of(request).city
    return await step(
        request,
        caller,
        which,
        lambda connection, actor: publish_upload(
            connection, city, actor, which, version=body.version
        ),
    )


@router.post("/uploads/{id}/rollback", summary="Undo what it published", **own_route(RollBack))
async def roll_back(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    which, body = upload_id(id), await optional_body(request, RollBack)
    city = service_of(request).city
    return await step(
        request,
        caller,
        which,
        lambda connection, actor: roll_back_upload(
            connection, city, actor, which, version=body.version, reason=body.reason
        ),
    )
