"""A workbook of 60,000 rows through check and publication: `python -m bench.uploads`."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from bench.figures import Figure, show
from bench.imports import copy_floor, memory
from bench.place import ROWS, Place, installation, ledger
from geoplan.catalogue import City, load_city
from geoplan.resources import resource
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.uploads import Upload, held_upload
from geoplan.uploads.actor import Actor
from geoplan.uploads.files import Files
from geoplan.uploads.receive import Parcel, receive
from geoplan.uploads.workflow import approve_upload, roll_back_upload, submit_upload

_LOOK_S = 0.1
_CHECK_S, _PUBLISH_S = 60, 20
_MOST_MB = 1024


def run(place: Place) -> Iterator[Figure]:
    """Send the ledger as a workbook, have it checked by a worker, publish it, take it back."""
    listing = ledger(place.files)
    workbook = _workbook(listing)
    city = load_city(resource("layers") / "chengdu")
    chief = Actor(OPERATOR, "admin")
    with _connected(place) as connection, _worker(place) as peak_of:
        upload = _send(connection, place, chief, workbook)
        start = time.perf_counter()
        checked, peak_mb = _until_checked(connection, upload, peak_of)
        check_s = time.perf_counter() - start
        assert checked.counts is not None
        assert checked.counts["ready"] == ROWS, checked.counts
        read_s = _read(workbook)
        yield Figure(
            f"a workbook of {ROWS:,} charging stations checked row by row, by a worker",
            f"{check_s:.1f} s",
            f"python-calamine reading its cells: {read_s:.1f} s",
            check_s / read_s,
            f"{_CHECK_S} s",
            check_s < _CHECK_S,
        )
        yield Figure(
            "memory at its peak, worker and reader together",
            f"{peak_mb:.0f} MB",
            budget=f"{_MOST_MB} MB",
            kept=peak_mb < _MOST_MB,
        )
        submit_upload(connection, chief, upload, version=None, valid_only=False)
        start = time.perf_counter()
        _until(connection, upload, lambda found: found.preview is not None)
        yield Figure(
            "then what it would change, before and after, for who reviews it",
            f"{time.perf_counter() - start:.1f} s",
        )
        publish_s = _timed(lambda: _publish(connection, city, chief, upload))
        floor_s = copy_floor(place.database, listing)
        yield Figure(
            f"its {ROWS:,} rows published: features, shares, grid, history, in one transaction",
            f"{publish_s:.1f} s",
            f"psycopg COPY of the rows into a table with a GiST index: {floor_s:.2f} s",
            publish_s / floor_s,
            f"{_PUBLISH_S} s",
            publish_s < _PUBLISH_S,
        )
        back_s = _timed(
            lambda: roll_back_upload(connection, city, chief, upload, version=None, reason=None)
        )
        yield Figure(
            "the same taken back",
            f"{back_s:.1f} s",
            f"publishing it: {publish_s:.1f} s",
            back_s / publish_s,
        )


def _publish(connection: psycopg.Connection, city: City, chief: Actor, upload: UUID) -> Upload:
    return approve_upload(connection, city, chief, upload, version=None, rows={})


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _workbook(listing: Path) -> Path:
    """The ledger with a title above its header, numbers as numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(["充电桩建设台账（示意）"])
    with listing.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    sheet.append(header)
    for row in rows:
        sheet.append([*row[:4], int(row[4]), float(row[5]), float(row[6])])
    path = listing.with_suffix(".xlsx")
    book.save(path)
    return path


def _read(workbook: Path) -> float:
    start = time.perf_counter()
    rows = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_index(0).to_python()
    assert len(rows) == ROWS + 2
    return time.perf_counter() - start


@contextmanager
def _connected(place: Place) -> Iterator[psycopg.Connection]:
    url = place.database.url("geoplan_app")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@contextmanager
def _worker(place: Place) -> Iterator[Callable[[], int]]:
    """A worker that is ready; gives a function that tells its memory in bytes."""
    process = place.geoplan("worker")
    try:
        while not _is_listening(place):
            time.sleep(_LOOK_S)
        yield lambda: memory(process.pid)
    finally:
        process.terminate()
        process.wait()


def _is_listening(place: Place) -> bool:
    url = place.database.url("administrator")
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'geoplan worker'"
        ).fetchone()
    return row is not None and row[0] > 0


def _send(connection: psycopg.Connection, place: Place, chief: Actor, path: Path) -> UUID:
    with Files(place.home).receive() as incoming:
        incoming.write(path.read_bytes())
        sha256 = incoming.keep()
        parcel = Parcel("charger", None, path.name, incoming.size, sha256, {"crs": "EPSG:4326"})
    return receive(connection, chief, parcel).upload.id


def _until_checked(
    connection: psycopg.Connection, upload: UUID, peak_of: Callable[[], int]
) -> tuple[Upload, float]:
    peak = 0

    def is_checked(found: Upload) -> bool:
        nonlocal peak
        peak = max(peak, peak_of())
        return found.state not in {"received", "checking"}

    found = _until(connection, upload, is_checked)
    assert found.state == "checked", found.file_issues
    return found, peak / 2**20


def _until(connection: psycopg.Connection, upload: UUID, is_so: Callable[[Upload], bool]) -> Upload:
    while True:
        with connection.transaction():
            act_as(connection, OPERATOR, "")
            found = held_upload(connection, upload)
        assert found is not None
        if is_so(found):
            return found
        time.sleep(_LOOK_S)


if __name__ == "__main__":
    with installation() as place:
        show(run(place))
