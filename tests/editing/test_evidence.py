"""Evidence: a picture is kept and nothing else of its file; what could act or starve is refused."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import psycopg
import pytest
from PIL import Image

from geoplan.catalogue import City
from geoplan.editing.change import remove, restore, update
from geoplan.editing.evidence import (
    MOST_BYTES,
    MOST_FILES,
    Cleaned,
    attach,
    clean,
    detach,
    forget_orphans,
    safe_name,
)
from geoplan.errors import GeoplanError
from geoplan.store.evidence import Evidence, evidence_of
from geoplan.store.features import act_as
from geoplan.store.kept_files import KeptFiles
from tests.conftest import TestDatabase
from tests.editing import pictures
from tests.editing.desk import QINGYANG, WGS84, Desk, People, rows
from tests.editing.test_writers import at_once


@pytest.fixture
def files(tmp_path: Path) -> KeptFiles:
    return KeptFiles(tmp_path / "evidence")


def refused(work: Any, *arguments: Any) -> tuple[str, int]:
    with pytest.raises(GeoplanError) as caught:
        work(*arguments)
    return caught.value.code, caught.value.status


def some(number: int) -> Cleaned:
    data = b"\xff\xd8\xff" + str(number).encode()
    return Cleaned("image/jpeg", 4, 3, data)


def held(desk: Desk, fid: Any) -> list[Evidence]:
    with desk.connection.transaction():
        act_as(desk.connection, desk.editor.account, "")
        return evidence_of(desk.connection, desk.layer, fid)


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg")])  # fmt: skip
def test_of_a_photo_only_the_picture_is_left(kind: str, media_type: str) -> None:
    given = pictures.photo(1, kind=kind)
    assert pictures.SECRET in given
    cleaned = clean(given)
    assert (cleaned.media_type, cleaned.width, cleaned.height) == (media_type, 48, 32)
    assert pictures.SECRET not in cleaned.data
    with Image.open(io.BytesIO(cleaned.data)) as left:
        assert not left.getexif()
        assert not {"exif", "icc_profile", "comment", "Comment", "xmp"} & left.info.keys()
        difference = np.asarray(left.convert("RGB"), float) - np.asarray(pictures.pixels(1), float)
        assert np.abs(difference).mean() < 12, "another picture"


def test_a_photo_stands_as_its_camera_was_held() -> None:
    cleaned = clean(pictures.photo(2, turned=6))
    assert (cleaned.width, cleaned.height) == (32, 48)
    with Image.open(io.BytesIO(cleaned.data)) as left:
        found = np.asarray(left, float)
    upright, upside_down = (
        np.abs(found - np.asarray(pictures.pixels(2).rotate(angle, expand=True), float)).mean()
        for angle in (-90, 90)
    )
    assert upright < 12 < 3 * 12 < upside_down


def test_what_follows_a_picture_is_not_kept() -> None:
    cleaned = clean(pictures.photo(3) + b"PK\x03\x04<script>" + pictures.SECRET)
    assert pictures.SECRET not in cleaned.data
    assert b"<script>" not in cleaned.data


def test_a_document_is_kept_as_it_is() -> None:
    given = pictures.document(Lang=pikepdf.String("zh"))
    assert clean(given) == Cleaned("application/pdf", None, None, given)
    link = pictures.on_opening("GoTo", D=pikepdf.Array([0, pikepdf.Name("/Fit")]))
    assert clean(link).data == link


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"", "file_empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "evidence_type"),
        (b"GIF89a" + b"\0" * 50, "evidence_type"),
        (b"MZ" + b"\0" * 50, "evidence_type"),
        (b" %PDF-1.4", "evidence_type"),
        (b"<!doctype html><img>", "evidence_type"),
        (b"\xff\xd8\xff<html>", "evidence_unreadable"),
        (pictures.photo()[:400], "evidence_unreadable"),
        (b"%PDF-1.7\n%%EOF", "evidence_unreadable"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "evidence_unreadable"),
        (pictures.bomb(60_000, 60_000), "evidence_too_many_pixels"),
        (pictures.bomb(4_000, 4_000), "evidence_unreadable"),
        (pictures.animated("PNG"), "evidence_animated"),
        (pictures.animated("WEBP"), "evidence_animated"),
        (pictures.on_opening("JavaScript", JS=pikepdf.String("app.alert(1)")), "evidence_active"),
        (pictures.on_opening("Launch", F=pikepdf.String("cmd.exe")), "evidence_active"),
        (pictures.on_opening("SubmitForm", F=pikepdf.String("http://127.0.0.1")), "evidence_active"),
        (pictures.with_file(), "evidence_active"),
        (pictures.locked(), "evidence_locked"),
    ],
    ids=range(19),
)  # fmt: skip
def test_what_is_no_picture_or_could_act_is_refused_with_words(given: bytes, code: str) -> None:
    with pytest.raises(GeoplanError) as caught:
        clean(given)
    assert caught.value.code == code
    assert caught.value.remedy.zh
    assert "/tmp" not in str(caught.value.where)


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    assert refused(clean, b"\xff\xd8\xff" * MOST_BYTES) == ("file_too_large", 413)


def test_evidence_is_kept_by_its_hash_for_its_owner_alone(
    clerk: Desk, files: KeptFiles, tmp_path: Path
) -> None:
    made = clerk.draw()
    one, new = attach(clerk.edit(), files, made.id, some(1), "../现场/照片.jpeg", "竣工照片")
    assert new
    assert (one.file_name, one.note, one.by, one.bytes) == ("照片.jpg", "竣工照片", "clerk", 4)
    place = tmp_path / "evidence" / one.sha256[:2] / one.sha256
    assert hashlib.sha256(place.read_bytes()).hexdigest() == one.sha256
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    again, new = attach(clerk.edit(), files, made.id, some(1), "b.jpg", None)
    assert (again, new) == (one, False)
    assert held(clerk, made.id) == [one]


def test_only_the_unit_the_district_and_planners_see_evidence(
    connection: psycopg.Connection, clerk: Desk, neighbour: Desk, planner: Desk, files: KeptFiles
) -> None:
    made = clerk.draw()
    one, _ = attach(clerk.edit(), files, made.id, some(2), "a", None)
    assert held(planner, made.id) == [one]
    assert held(neighbour, made.id) == []
    assert refused(attach, neighbour.edit(), files, made.id, some(3), "a", None) == ("unit_not_yours", 403)  # fmt: skip
    assert refused(detach, neighbour.edit(), files, made.id, one.id) == ("unit_not_yours", 403)
    # It lies in the neighbour's district: they see it, and leave it as it is.
    lies = clerk.draw(lonlat=(103.979, 30.682))
    two, _ = attach(clerk.edit(), files, lies.id, some(2), "a", None)
    assert held(neighbour, lies.id) == [two]
    assert refused(detach, neighbour.edit(), files, lies.id, two.id) == ("unit_not_yours", 403)
    assert connection.execute("SELECT count(*) FROM evidence").fetchone() == (0,)
    moved = update(planner.edit(), made.id, {"properties": {"unit": QINGYANG}}, WGS84, [made.state])
    assert moved.state
    assert held(neighbour, made.id) == [one]


def test_the_database_keeps_evidence_from_other_units_by_itself(
    database: TestDatabase, clerk: Desk, neighbour: Desk, files: KeptFiles
) -> None:
    made = clerk.draw()
    one, _ = attach(clerk.edit(), files, made.id, some(4), "a", None)
    with database.connect() as other, other.transaction(force_rollback=True):
        act_as(other, neighbour.editor.account, "")
        assert other.execute("SELECT count(*) FROM evidence WHERE id = %s", (one.id,)).fetchone() == (0,)  # fmt: skip
        assert other.execute("UPDATE evidence SET removed_at = now(), removed_by = %s WHERE id = %s", (neighbour.editor.account, one.id)).rowcount == 0  # fmt: skip
        insert = (
            "INSERT INTO evidence (layer_id, feature_id, media_type, file_name, sha256, bytes, account_id) "
            "VALUES ('charger', %s, 'image/png', 'a', repeat('0', 64), 1, %s)"
        )
        for account in (neighbour.editor.account, clerk.editor.account):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), other.transaction():
                other.execute(insert, (made.id, account))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), other.transaction():
            other.execute("DELETE FROM evidence")
    with (
        database.connect("geoplan_tiles") as tiles,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        tiles.execute("SELECT * FROM evidence")


def test_a_feature_has_twenty_files_whoever_comes_at_once(
    database: TestDatabase, city: City, people: People, clerk: Desk, files: KeptFiles
) -> None:
    made = clerk.draw()
    for number in range(MOST_FILES - 3):
        attach(clerk.edit(), files, made.id, some(number), "a", None)

    def add(index: int) -> bool:
        with database.connect() as own:
            desk = Desk(own, city, people.planner)
            return attach(desk.edit(), files, made.id, some(100 + index), "a", None)[1]

    found = at_once(add, 8)
    assert sorted(found) == [True, True, True, 409, 409, 409, 409, 409]
    assert len(held(clerk, made.id)) == MOST_FILES


def test_what_is_taken_off_leaves_a_note_and_no_bytes(
    connection: psycopg.Connection, clerk: Desk, files: KeptFiles
) -> None:
    one, two = clerk.draw(), clerk.draw()
    first, _ = attach(clerk.edit(), files, one.id, some(50), "a", None)
    second, _ = attach(clerk.edit(), files, two.id, some(50), "b", None)
    detach(clerk.edit(), files, one.id, first.id)
    assert held(clerk, one.id) == []
    assert files.path(first.sha256).is_file(), "another feature has the same picture"
    assert refused(detach, clerk.edit(), files, one.id, first.id) == ("unknown_evidence", 404)
    assert refused(detach, clerk.edit(), files, one.id, second.id) == ("unknown_evidence", 404)
    detach(clerk.edit(), files, two.id, second.id)
    assert not files.path(first.sha256).exists()
    found = rows(connection, "SELECT removed_by FROM evidence WHERE sha256 = %s", first.sha256)
    assert found == [(clerk.editor.account,)] * 2
    _, new = attach(clerk.edit(), files, one.id, some(50), "a", None)
    assert new
    assert files.path(first.sha256).is_file()


def test_evidence_comes_back_with_its_feature(
    connection: psycopg.Connection, clerk: Desk, files: KeptFiles
) -> None:
    made = clerk.draw()
    one, _ = attach(clerk.edit(), files, made.id, some(60), "a", None)
    remove(clerk.edit(), made.id, [made.state])
    assert held(clerk, made.id) == []
    assert refused(attach, clerk.edit(), files, made.id, some(61), "a", None) == ("unknown_feature", 404)  # fmt: skip
    [(version,)] = rows(connection, "SELECT version_id FROM feature_version WHERE id = %s", made.id)
    restore(clerk.edit(), made.id, version, None)
    assert held(clerk, made.id) == [one]


def test_bytes_that_no_feature_has_are_swept_after_a_while(
    connection: psycopg.Connection, clerk: Desk, files: KeptFiles
) -> None:
    made = clerk.draw()
    kept, _ = attach(clerk.edit(), files, made.id, some(70), "a", None)
    orphan, fresh = files.keep(b"orphan"), files.keep(b"fresh")
    half = files.path(orphan).parent / ".half"
    half.write_bytes(b"")
    long_ago = time.time() - 2 * 3600
    for place in (files.path(kept.sha256), files.path(orphan), half):
        os.utime(place, (long_ago, long_ago))
    assert forget_orphans(connection, files) == 1
    assert files.path(kept.sha256).is_file()
    assert files.path(fresh).is_file()
    assert not files.path(orphan).exists()
    assert not half.exists()


def test_a_full_disk_is_told_and_leaves_nothing(clerk: Desk, tmp_path: Path) -> None:
    made = clerk.draw()
    (tmp_path / "full").write_bytes(b"")  # a file where the folder should be
    files = KeptFiles(tmp_path / "full")
    assert refused(attach, clerk.edit(), files, made.id, some(80), "a", None) == ("disk_full", 507)
    assert held(clerk, made.id) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("现场.JPG", "现场.jpg"),
        ("..\\..\\etc/passwd", "passwd.jpg"),
        ("a\u202egpj.exe", "agpj.jpg"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie x.jpg"),
        ('<img src="x">.png', "img src=x.jpg"),
        ("", "evidence.jpg"),
        ("....", "evidence.jpg"),
        ("x" * 500, "x" * 120 + ".jpg"),
        ("报告.v2.pdf", "报告.v2.jpg"),
    ],
)
def test_a_name_is_made_harmless_and_its_ending_true(name: str, kept: str) -> None:
    assert safe_name(name, "image/jpeg") == kept
