"""The rows of an upload: page by page, and what people do with one."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.bodies import Body, Line, own_json, read_body
from geoplan.api.caller import Asking, acting
from geoplan.api.language import language_of
from geoplan.api.query import integer, invalid, strict_router
from geoplan.api.service import service_of
from geoplan.api.upload_asking import actor_of, own_route, upload_id
from geoplan.api.upload_documents import row_document
from geoplan.errors import GeoplanError
from geoplan.store.upload_rows import Only, Verdict, read_rows
from geoplan.store.uploads import read_upload
from geoplan.text import Text
from geoplan.uploads.receive import unknown_upload
from geoplan.uploads.rows import RowChange, edit_row

_VERDICTS: tuple[str, ...] = get_args(Verdict)
_ONLY: tuple[str, ...] = get_args(Only)
_MOST = 10_000
_LAST_ROW = 2_147_483_647

router = strict_router(prefix="/api", tags=["uploads"], responses=described.PROBLEM)


class Spot(Body):
    """Degrees, EPSG:4326."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class Change(Body):
    """What is done with a row. `accept`: a nod at these warnings (true: at all, false: at none any
    more); `match`: whether it is the held feature that it may be; `place`: where it is; `left_out`;
    `returned`: a reviewer's reason to give it back, null takes that back."""

    version: int | None = None
    accept: bool | Annotated[list[Line], Field(max_length=100)] | None = None
    match: bool | None = None
    place: Spot | None = None
    left_out: bool | None = None
    returned: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None

    def as_change(self) -> RowChange:
        decision: Any = None
        if self.left_out is not None:
            decision = "left_out" if self.left_out else "pending"
        if "returned" in self.model_fields_set:
            decision = "returned" if self.returned else "pending"
        return RowChange(
            accepted=self.accept,
            match=self.match,
            lonlat=None if self.place is None else (self.place.lon, self.place.lat),
            decision=decision,
            reason=self.returned,
        )


@router.get(
    "/uploads/{id}/rows",
    summary="Rows in the order of the file",
    **own_route(
        None,
        described.query("verdict", "Of this verdict", type="string", enum=list(_VERDICTS)),
        described.query("code", "With an issue of this code", type="string"),
        described.query(
            "only",
            "open: still to be worked on; ready: can be published; published; returned; left_out",
            type="string",
            enum=list(_ONLY),
        ),
        described.query(
            "limit", "Most of a page", type="integer", minimum=1, maximum=_MOST, default=100
        ),
        described.query(
            "after", "Where to go on: `next` of the page before", type="integer", minimum=0
        ),
    ),
)
async def all_rows(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    service, query, which = service_of(request), request.state.query, upload_id(id)
    actor_of(caller)
    limit = integer(query, "limit", 100, 1, _MOST)
    verdict: Any = _one_of(query, "verdict", _VERDICTS)
    only: Any = _one_of(query, "only", _ONLY)
    async with acting(service, caller) as connection:
        upload = await read_upload(connection, which)
        rows = await read_rows(
            connection,
            which,
            verdict=verdict,
            code=query.get("code"),
            only=only,
            after=integer(query, "after", 0, 0, _LAST_ROW),
            limit=limit + 1,
        )
    if upload is None:
        raise unknown_upload()
    lang, sheet = language_of(request.scope), (upload.reading or {}).get("sheet")
    return own_json(
        {
            "rows": [row_document(row, sheet, lang) for row in rows[:limit]],
            "next": rows[limit - 1].row if len(rows) > limit else None,
            "version": upload.version,
        }
    )


@router.patch(
    "/uploads/{id}/rows/{row}",
    summary="Nod, say who it is, place it, leave it out, return it",
    **own_route(Change),
)
async def change_row(request: Request, caller: Asking, id: str, row: str) -> Response:  # noqa: A002
    service, which, actor = service_of(request), upload_id(id), actor_of(caller)
    body = await read_body(request, Change)
    number = _row_number(row)
    changed, upload = await service.writes.run(
        lambda connection: edit_row(
            connection, service.city, actor, which, number, body.as_change(), body.version
        )
    )
    lang, sheet = language_of(request.scope), (upload.reading or {}).get("sheet")
    more = {"upload": {"version": upload.version, "counts": upload.counts}}
    return own_json(row_document(changed, sheet, lang) | more)


def _one_of(query: dict[str, str], name: str, known: tuple[str, ...]) -> str | None:
    value = query.get(name)
    if value is not None and value not in known:
        raise invalid(name, " or ".join(known), " 或 ".join(known))
    return value


def _row_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise GeoplanError(
            "unknown_row",
            Text(f"没有第 {text[:20]} 行", f"There is no row {text[:20]}"),
            Text("行号见 …/rows", "See …/rows for the numbers of rows"),
            status=404,
        )
    return int(text)
