"""A file of 60,000 rows into the database: `python -m bench.imports`."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import shapely
from psycopg import sql

from bench.figures import Figure, show
from bench.place import ROWS, Place, installation, ledger
from geoplan.store.cluster import RunningCluster

WORDS = ("--layer", "charger", "--crs", "EPSG:4326", "--synthetic")
_LOOK_S = 0.05
_BUDGET_S = 60 + 20  # checked row by row, and published
_BUDGET_MB = 1024


def run(place: Place) -> Iterator[Figure]:
    """Import the ledger, again, and beside it plain rows; the stations stay in the database."""
    path = ledger(place.files)
    seconds, peak_mb = _import(place, path)
    floor_s = copy_floor(place.database, path)
    yield Figure(
        f"a CSV of {ROWS:,} charging stations imported: checked, located, cut by cells, written",
        f"{seconds:.1f} s",
        f"psycopg COPY of the rows into a table with a GiST index: {floor_s:.2f} s",
        seconds / floor_s,
        f"{_BUDGET_S} s",
        seconds < _BUDGET_S,
    )
    yield Figure(
        "memory at its peak, reader and writer together",
        f"{peak_mb:.0f} MB",
        budget=f"{_BUDGET_MB} MB",
        kept=peak_mb < _BUDGET_MB,
    )
    again_s, _ = _import(place, path)
    yield Figure(
        "the same file again, which changes nothing",
        f"{again_s:.1f} s",
        f"the first time: {seconds:.1f} s",
        again_s / seconds,
    )


def _import(place: Place, path: Path) -> tuple[float, float]:
    """Seconds and peak memory (MB) of `geoplan import features`."""
    start, peak = time.perf_counter(), 0
    process = place.geoplan("import", "features", str(path), *WORDS)
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        time.sleep(_LOOK_S)
    seconds = time.perf_counter() - start
    assert process.stdout is not None
    said = process.stdout.read()
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, "geoplan import", said)
    return seconds, peak / 2**20


def memory(pid: int) -> int:
    """Bytes of a process and all below it, shared pages counted once (PSS)."""
    total = 0
    with suppress(OSError):  # a process that ended between two looks
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(memory(int(child)) for child in (task / "children").read_text().split())
    return total


def copy_floor(database: RunningCluster, path: Path) -> float:
    """Seconds to bring the same rows into a plain table."""
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    points = shapely.to_wkb(
        shapely.points([[float(row[5]), float(row[6])] for row in rows]),
        hex=True,
        include_srid=True,
    )
    with psycopg.connect(database.url("administrator"), autocommit=True) as connection:
        connection.execute("CREATE SCHEMA bench")
        connection.execute(
            "CREATE TABLE bench.station (key text PRIMARY KEY, name text, status text, day date,"
            " piles integer, geom geometry(Point))"
        )
        connection.execute("CREATE INDEX ON bench.station USING gist (geom)")
        start = time.perf_counter()
        with connection.cursor().copy(sql.SQL("COPY bench.station FROM STDIN")) as copy:
            for row, point in zip(rows, points, strict=True):
                copy.write_row((*row[:5], point))
        return time.perf_counter() - start


if __name__ == "__main__":
    with installation() as place:
        show(run(place))
