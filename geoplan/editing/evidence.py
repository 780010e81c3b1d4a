"""Attaching photos and documents to a feature, and taking them off again."""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg

from geoplan.editing.edit import Edit, unknown_feature
from geoplan.errors import GeoplanError
from geoplan.ingest import sandbox
from geoplan.ingest.sandbox import Limits
from geoplan.store.edits import held_feature
from geoplan.store.evidence import (
    Evidence,
    NewEvidence,
    add_evidence,
    evidence_of,
    is_kept,
    lock_bytes,
    lock_feature,
    remove_evidence,
)
from geoplan.store.kept_files import KeptFiles
from geoplan.text import Text

MOST_BYTES = 10 * 2**20
MOST_FILES = 20
LONGEST_NAME = 120
LONGEST_NOTE = 500
_LIMITS = Limits(input_bytes=MOST_BYTES, cpu_s=60, wall_s=90, written_bytes=2**20)
_SUFFIX = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
_HIDDEN = re.compile(r"[\W_]+")
_ORPHAN_S = 3600.0
"""A file without a row is younger than this only while somebody is attaching it."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file that may be kept. width, height  in pixels, of pictures."""

    media_type: str
    width: int | None
    height: int | None
    data: bytes


def clean(data: bytes) -> Cleaned:
    """Judge a file by its content, in the sandbox; of a photo only the picture is left.

    Raises GeoplanError 413 `file_too_large`, 422 `file_empty`, and what `ingest.evidence.read` and
    `sandbox.run` raise.
    """
    if len(data) > MOST_BYTES:
        raise too_large()
    with tempfile.NamedTemporaryFile(prefix="geoplan-evidence-") as file:
        file.write(data)
        file.flush()
        [found] = sandbox.run("geoplan.ingest.evidence:read", Path(file.name), limits=_LIMITS)
    return Cleaned(
        found["media_type"], found["width"], found["height"], base64.b64decode(found["data"])
    )


def attach(
    edit: Edit, files: KeptFiles, fid: UUID, cleaned: Cleaned, name: str, note: str | None
) -> tuple[Evidence, bool]:
    """Keep a file as evidence of a feature; returns it, and whether it is new.

    name  what the sender calls it. The same bytes are attached to a feature once.
    The bytes are on the disk before the database names them. Raises GeoplanError 404
    `unknown_feature`, 403 `unit_not_yours`, 409 `too_much_evidence`, 507 `disk_full`.
    """
    connection, layer = edit.connection, edit.layer.id
    with edit.transaction():
        _must_own(edit, fid)
        lock_feature(connection, layer, fid)
        sha256 = hashlib.sha256(cleaned.data).hexdigest()
        lock_bytes(connection, sha256)
        held = evidence_of(connection, layer, fid)
        same = next((one for one in held if one.sha256 == sha256), None)
        if same is not None:
            return same, False
        if len(held) >= MOST_FILES:
            raise _too_much()
        _keep(files, cleaned.data)
        made = add_evidence(
            connection,
            NewEvidence(
                layer=layer,
                feature=fid,
                media_type=cleaned.media_type,
                file_name=safe_name(name, cleaned.media_type),
                sha256=sha256,
                bytes=len(cleaned.data),
                width=cleaned.width,
                height=cleaned.height,
                note=note,
                account=edit.editor.account,
            ),
        )
        [new] = [one for one in evidence_of(connection, layer, fid) if one.id == made]
        return new, True


def detach(edit: Edit, files: KeptFiles, fid: UUID, which: UUID) -> None:
    """Take evidence off a feature. Its bytes go when no other feature has them.

    Raises GeoplanError 404 `unknown_feature`, `unknown_evidence`, 403 `unit_not_yours`.
    """
    connection, layer = edit.connection, edit.layer.id
    with edit.transaction():
        _must_own(edit, fid)
        held = {one.id: one.sha256 for one in evidence_of(connection, layer, fid)}
        if which not in held or not remove_evidence(
            connection, layer, fid, which, edit.editor.account
        ):
            raise unknown_evidence(which)
    # After the commit: a removal that is undone must find its bytes.
    _forget(connection, files, held[which])


def forget_orphans(connection: psycopg.Connection, files: KeptFiles) -> int:
    """Remove what a killed process left: bytes that no feature has. Returns how many."""
    return sum(_forget(connection, files, sha256) for sha256 in list(files.old(_ORPHAN_S)))


def _forget(connection: psycopg.Connection, files: KeptFiles, sha256: str) -> bool:
    with connection.transaction():
        lock_bytes(connection, sha256)
        if is_kept(connection, sha256):
            return False
        files.forget(sha256)
        return True


def _must_own(edit: Edit, fid: UUID) -> None:
    feature = held_feature(edit.connection, edit.layer.id, fid)
    if feature is None:
        raise unknown_feature(fid)
    edit.editor.must_own(feature.unit, edit.city)


def _keep(files: KeptFiles, data: bytes) -> None:
    try:
        files.keep(data)
    except OSError as error:
        raise GeoplanError(
            "disk_full",
            Text("文件无法写入服务器磁盘", "The file cannot be written on the server"),
            Text("请联系管理员", "Tell the operator"),
            status=507,
        ) from error


def safe_name(name: str, media_type: str) -> str:
    """A name to save the file under: what the sender calls it, without folders, with the ending
    of what it is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*')
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", plain).strip(". ")[:LONGEST_NAME]
    return (stem if _HIDDEN.sub("", stem) else "evidence") + _SUFFIX[media_type]


def too_large() -> GeoplanError:
    """The error of a file beyond the limit."""
    return GeoplanError(
        "file_too_large",
        Text("文件超过 10 MB", "The file is larger than 10 MB"),
        Text("请缩小图片，或拆分文档", "Make the picture smaller, or split the document"),
        status=413,
    )


def unknown_evidence(which: object) -> GeoplanError:
    """The error of evidence that is not there, or not for this account."""
    return GeoplanError(
        "unknown_evidence",
        Text(f"没有附件 {which!s:.60}", f"There is no evidence {which!s:.60}"),
        Text("附件见 …/evidence", "See …/evidence for what there is"),
        status=404,
    )


def _too_much() -> GeoplanError:
    return GeoplanError(
        "too_much_evidence",
        Text(f"一个要素最多 {MOST_FILES} 个附件", f"A feature has at most {MOST_FILES} files"),
        Text("请先删除不需要的附件", "Remove what is not needed first"),
        status=409,
    )
