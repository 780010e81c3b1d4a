"""Before and after: what publishing an upload would change."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.bodies import own_json
from geoplan.api.caller import Asking, Caller, acting
from geoplan.api.filters import today
from geoplan.api.query import strict_router
from geoplan.api.service import Service, service_of
from geoplan.api.upload_asking import actor_of, own_route, upload_id
from geoplan.planning.areas import CITY
from geoplan.planning.progress import Progress
from geoplan.store.uploads import read_upload
from geoplan.uploads.preview import Ahead, feeds_services, look
from geoplan.uploads.receive import unknown_upload

_WAIT_S = 20.0
_LOOK_EVERY_S = 0.5
_DECIMALS = 9  # amounts are whole billionths; a factor must not show more

router = strict_router(prefix="/api", tags=["uploads"], responses=described.PROBLEM)


@router.get(
    "/uploads/{id}/preview",
    summary="Before and after",
    description="`features`: how many would be added, updated, unchanged; `progress`: targets of "
    "the city, `units`: of each unit concerned; `coverage`: people within reach on foot by "
    "service and time, with `coverage_state`: none (the layer feeds no service), ready, "
    "computing (a worker is at it), later (once it is submitted), or failed. `edited`: features "
    "that somebody changed after the upload was checked. Nothing is changed by looking.",
    **own_route(),
)
async def preview(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    service, which, actor = service_of(request), upload_id(id), actor_of(caller)
    ahead = await service.writes.run(
        lambda connection: look(connection, service.city, actor, which, today())
    )
    state, coverage = await _coverage(service, caller, which)
    return own_json(
        {
            "features": _features(ahead),
            "progress": _compared(ahead, city=True),
            "units": _compared(ahead, city=False),
            "coverage": coverage,
            "coverage_state": state,
            "edited": ahead.edited,
        }
    )


def _features(ahead: Ahead) -> dict[str, int]:
    counts = ahead.features
    return {
        "added": counts["inserted"],
        "updated": counts["updated"],
        "unchanged": counts["unchanged"],
    }


def _compared(ahead: Ahead, *, city: bool) -> list[dict[str, Any]]:
    """Targets before and after; of units only those where something changes."""
    before = {(row.target, row.unit): row for row in ahead.before}
    after = {(row.target, row.unit): row for row in ahead.after}
    rows = []
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if (key[1] == CITY) is city and (city or _done(old) != _done(new)):
            rows.append(_line(key, old, new))
    return rows


def _line(key: tuple[str, str], old: Progress | None, new: Progress | None) -> dict[str, Any]:
    known = new or old
    return {
        "layer": None if known is None else known.layer,
        "target": key[0],
        "unit": key[1],
        "measure": None if known is None else known.measure,
        "before": _done(old),
        "after": _done(new),
        "share_before": None if old is None else old.share,
        "share_after": None if new is None else new.share,
    }


def _done(row: Progress | None) -> float | None:
    return None if row is None or row.done is None else round(row.done, _DECIMALS)


async def _coverage(
    service: Service, caller: Caller, which: UUID
) -> tuple[str, list[dict[str, Any]]]:
    """What the worker found out; waits a little for it, since it begins with the submission."""
    ends = time.monotonic() + _WAIT_S
    while True:
        async with acting(service, caller) as connection:
            upload = await read_upload(connection, which)
        if upload is None:
            raise unknown_upload()
        if not feeds_services(service.city, upload.layer):
            return "none", []
        held = upload.preview
        current = held is not None and held["of"]["version"] == upload.version
        if held is not None and (current or upload.state != "submitted"):
            return "failed" if "error" in held else "ready", held["coverage"]
        if upload.state != "submitted":
            return "later", []
        if time.monotonic() > ends:
            return "computing", []
        await asyncio.sleep(_LOOK_EVERY_S)
