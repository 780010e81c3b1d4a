"""The report of an upload: the uploader's workbook with what was found in it, and as JSON."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath
from typing import TypeVar
from uuid import UUID

import psycopg
from fastapi import Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from geoplan.api import described
from geoplan.api.answers import etag_of, not_modified
from geoplan.api.caller import Asking, Caller, acting
from geoplan.api.language import language_of
from geoplan.api.query import strict_router
from geoplan.api.service import service_of
from geoplan.api.upload_asking import actor_of, upload_id
from geoplan.catalogue import City
from geoplan.store.features import act_as
from geoplan.store.uploads import Upload, held_upload, read_upload
from geoplan.uploads.files import Files
from geoplan.uploads.receive import unknown_upload
from geoplan.uploads.report import Gathered, gather, report_json, write_workbook

T = TypeVar("T")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_REPORT = "-检查报告"
_AT_ONCE = asyncio.Semaphore(2)
"""Workbooks of one service that are made at once."""

router = strict_router(prefix="/api", tags=["uploads"], responses=described.PROBLEM)


@router.get(
    "/uploads/{id}/report.xlsx",
    summary="The report as the uploader's own workbook",
    description="Bad cells are coloured and commented; a column says what is wrong with a row, "
    "a sheet 检查报告 sums it up. Of a file that is no workbook, one of its rows. Corrected and "
    "sent again, it is known as the correction of this upload.",
    response_class=Response,
    responses=described.answer(XLSX),
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def workbook(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    service, which = service_of(request), upload_id(id)
    upload = await _seen(request, caller, which)
    etag = etag_of("report", upload.id, upload.version)
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    files = Files(service.settings.home)
    made = _file(".xlsx")
    try:
        async with _AT_ONCE:
            for own in (True, False):
                with tempfile.TemporaryDirectory(prefix="geoplan-report-") as folder:
                    work = partial(_gather, service.city, files, Path(folder), own)
                    gathered = await _read(request, caller, which, work)
                    if await asyncio.to_thread(_write, gathered, made):
                        break
    except BaseException:
        made.unlink()
        raise
    name = f"{PurePath(upload.file_name).stem.removesuffix(_REPORT)}{_REPORT}.xlsx"
    return _sent(made, XLSX, name, etag)


@router.get(
    "/uploads/{id}/report.json",
    summary="The report as JSON",
    description="Every row of which there is something to say, with its issues.",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def document(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    service, which, lang = service_of(request), upload_id(id), language_of(request.scope)
    upload = await _seen(request, caller, which)
    etag = etag_of("report", upload.id, upload.version, lang)
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    made = _file(".json")

    def write(connection: psycopg.Connection, held: Upload) -> None:
        with made.open("wb") as stream:
            stream.writelines(report_json(connection, service.city, held, lang))

    try:
        await _read(request, caller, which, write)
    except BaseException:
        made.unlink()
        raise
    return _sent(made, "application/json", None, etag)


def _gather(
    city: City, files: Files, folder: Path, own: bool, connection: psycopg.Connection, held: Upload
) -> Gathered:
    return gather(connection, city, files, held, folder, own=own)


def _write(gathered: Gathered, made: Path) -> bool:
    with made.open("wb") as stream:
        return write_workbook(gathered, stream)


async def _seen(request: Request, caller: Caller, which: UUID) -> Upload:
    """The upload. Raises GeoplanError 404 for one of another unit."""
    actor_of(caller)
    async with acting(service_of(request), caller) as connection:
        upload = await read_upload(connection, which)
    if upload is None:
        raise unknown_upload()
    return upload


async def _read(
    request: Request,
    caller: Caller,
    which: UUID,
    work: Callable[[psycopg.Connection, Upload], T],
) -> T:
    """The result of `work` in one transaction of the caller's, in a thread."""
    account = actor_of(caller).account

    def read(connection: psycopg.Connection) -> T:
        with connection.transaction():
            act_as(connection, account, "")
            held = held_upload(connection, which)
            if held is None:
                raise unknown_upload()
            return work(connection, held)

    return await service_of(request).writes.run(read)


def _file(ending: str) -> Path:
    """A new empty file that goes when it has been sent."""
    with tempfile.NamedTemporaryFile(prefix="geoplan-report-", suffix=ending, delete=False) as new:
        return Path(new.name)


def _sent(path: Path, media_type: str, name: str | None, etag: str) -> Response:
    answer = FileResponse(
        path,
        media_type=media_type,
        filename=name,
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
    answer.headers["etag"] = etag
    answer.headers["cache-control"] = "private, no-cache"
    return answer
