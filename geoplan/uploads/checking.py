"""The check of a file: read in the sandbox, judged row by row, kept whole or not at all.

What there is to check is told by the uploads themselves: one that is `received` or `checking` while
nobody holds its lock is taken up by whoever looks next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from geoplan.catalogue import City, Layer
from geoplan.errors import GeoplanError, Issue
from geoplan.ingest.check import check_file
from geoplan.ingest.checked import Checked
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.upload_rows import NewRow, put_rows
from geoplan.store.uploads import (
    Upload,
    alone,
    begin_check,
    header_memory,
    held_bytes,
    held_upload,
    put_checked,
    put_progress,
    put_rejected,
    same_bytes,
    to_check,
    to_preview,
)
from geoplan.text import Text
from geoplan.uploads import documents
from geoplan.uploads.correction import Origin, corrects, origin_of
from geoplan.uploads.files import Files
from geoplan.uploads.options import to_read
from geoplan.uploads.ownership import Ownership
from geoplan.uploads.reference import read_reference

_MOST_ATTEMPTS = 5
_TELL_EVERY_S = 0.5
_SHOWN = ("total", "hidden")  # of the rows passed over: those that somebody may look for


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a check found: the checked file, or why it cannot be read.

    origin  the upload whose report the file says it is; names  of held features by their id.
    """

    checked: Checked | None
    refused: list[documents.Document]
    origin: Origin | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def check_upload(
    connection: psycopg.Connection, city: City, files: Files, upload_id: UUID
) -> Upload | None:
    """Check an upload that waits for it; None when there is nothing to do or another does.

    connection  as geoplan_app, outside a transaction.
    Options that change meanwhile are heeded: the check begins again.
    """
    with alone(connection, upload_id) as mine:
        while mine:
            with connection.transaction():
                act_as(connection, OPERATOR, "")
                upload = begin_check(connection, upload_id)
            if upload is None:
                return None
            judged = _judge(connection, city, files, upload)
            with connection.transaction():
                act_as(connection, OPERATOR, "")
                present = held_upload(connection, upload_id, locked=True)
                if present is not None and present.version == upload.version:
                    _keep(connection, city, upload, judged)
                    return held_upload(connection, upload_id)
    return None


def waiting(connection: psycopg.Connection) -> tuple[list[UUID], list[UUID]]:
    """Uploads to be checked, and those whose preview is to be computed, whoever is at work."""
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        return to_check(connection), to_preview(connection)


def forget_bytes(connection: psycopg.Connection, files: Files) -> int:
    """Remove the bytes that no upload names, left by receipts that broke off; returns how many."""
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        held = held_bytes(connection)
    return files.tidy(held)


def _judge(connection: psycopg.Connection, city: City, files: Files, upload: Upload) -> _Judged:
    if upload.attempts > _MOST_ATTEMPTS:
        return _Judged(None, documents.issues_of(_broke_off()))
    layer = city.layer(upload.layer)
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        reference = read_reference(connection, city, layer, upload.unit)
        options = to_read(upload.options, header_memory(connection, upload.unit, upload.layer))
    try:
        with files.named(upload.sha256, upload.file_name) as path:
            tell = _teller(connection, upload.id)
            checked = check_file(path, layer, city, options, reference, tell)
            origin = origin_of(path)
    except GeoplanError as error:
        return _Judged(None, documents.issues_of(error))
    known = reference.features
    return _Judged(checked, [], origin, dict(zip(known.feature_id, known.name, strict=True)))


def _keep(connection: psycopg.Connection, city: City, upload: Upload, judged: _Judged) -> None:
    checked = judged.checked
    if checked is None:
        put_rows(connection, upload.id, [])
        put_rejected(connection, upload.id, judged.refused)
        return
    layer = city.layer(upload.layer)
    personal = {
        header.header for header in checked.headers if header.field in _personal_fields(layer)
    }
    file_issues = [documents.issue(found) for found in checked.file_issues]
    earlier = same_bytes(connection, upload.sha256, upload.layer, upload.unit, but=upload.id)
    if earlier is not None:
        file_issues.append(documents.issue(_same_file(earlier)))
    put_rows(connection, upload.id, _rows(city, upload, checked, judged.names, personal))
    headers = [header.header for header in checked.headers]
    correction = corrects(connection, upload, headers, judged.origin)
    put_checked(
        connection,
        upload.id,
        format=checked.format,
        reading=documents.reading(checked, personal),
        crs=documents.crs(checked.crs),
        file_issues=file_issues,
        corrects=None if correction is None else correction.upload,
        changes=None if correction is None else correction.as_json(),
    )


def _rows(
    city: City,
    upload: Upload,
    checked: Checked,
    names: Mapping[str, str],
    personal: set[str],
) -> Iterator[NewRow]:
    named = next((use.header for use in checked.headers if use.field == "unit"), None)
    owner = Ownership(city, upload.unit, upload.file_name, checked.sheet, named)
    for row in checked.rows:
        unit, strange = owner.of(row)
        issues = [documents.issue(found) for found in (*row.issues, *strange)]
        yield NewRow(
            row=row.row,
            verdict="error" if strange else row.verdict,
            raw={header: cell for header, cell in row.raw.items() if header not in personal},
            values=row.values,
            wkb=row.wkb,
            original=row.original,
            source_crs=row.source_crs,
            unit=unit,
            issues=issues,
            codes=documents.codes(issues),
            warnings=documents.warnings(issues),
            match=None if row.match is None else documents.match(row.match, names),
        )
    for skipped in checked.skipped:
        if skipped.reason in _SHOWN:
            yield NewRow(
                skipped.row,
                "skipped",
                {},
                {},
                None,
                None,
                "",
                None,
                [],
                [],
                [],
                None,
                skipped.reason,
            )


def _teller(
    connection: psycopg.Connection, upload_id: UUID
) -> Callable[[str, int, int | None], None]:
    told_at = 0.0

    def tell(step: str, done: int, of: int | None) -> None:
        nonlocal told_at
        if time.monotonic() - told_at < _TELL_EVERY_S:
            return
        told_at = time.monotonic()
        with connection.transaction():
            act_as(connection, OPERATOR, "")
            put_progress(connection, upload_id, {"step": step, "done": done, "of": of})

    return tell


def _personal_fields(layer: Layer) -> set[str]:
    return {field.id for field in layer.all_fields() if field.personal}


def _same_file(earlier: Upload) -> Issue:
    day = f"{earlier.created_at:%Y-%m-%d}"
    return Issue(
        "same_file",
        Text(
            f"同样的文件已于 {day} 上传过（{earlier.file_name}）",
            f"the same file came on {day} already ({earlier.file_name})",
        ),
        Text("如非有意，请改用那次上传", "unless it is meant, go on with that upload"),
        value=str(earlier.id),
        severity="info",
    )


def _broke_off() -> GeoplanError:
    return GeoplanError(
        "check_failed",
        Text(
            f"检查此文件中断了 {_MOST_ATTEMPTS} 次",
            f"the check of this file broke off {_MOST_ATTEMPTS} times",
        ),
        Text(
            "请另存为新的 XLSX 或 CSV 再上传，或联系管理员",
            "save it anew as XLSX or CSV and send that, or tell the operator",
        ),
    )
