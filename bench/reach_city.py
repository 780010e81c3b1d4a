"""The sample city computed, asked and edited: `python -m bench.reach_city`."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psycopg
from numpy.typing import NDArray

from bench.client import Address, fetch, fetch_all, paced
from bench.figures import Figure, show
from bench.imports import memory
from bench.place import Place, installation
from bench.tiles import processor_s, serving
from geoplan.catalogue import City, load_city
from geoplan.grid import cell_centers
from geoplan.imports.features import import_features
from geoplan.imports.sample import load_sample
from geoplan.imports.source import Origin
from geoplan.planning.circle_masks import stale_circles
from geoplan.planning.reach import stale_services
from geoplan.resources import resource
from geoplan.store.cluster import Cluster
from geoplan.store.home import Home
from geoplan.text import Text

_SEED = 20230703
_SERVICE = "primary_school"
_SCHOOLS = 5
_RATES, _SECONDS = (20, 50), 12
_COMPUTE_S, _COMPUTE_MB, _SHOWN_S, _REACH_MS = 60, 4096, 2, 50
_LOOK_S, _PATIENCE_S = 0.05, 60.0
_WEIGH_S = 0.5  # each look at a process's memory takes some 20 ms of a core

# Where people live, the more the likelier.
_PLACES = (
    "SELECT cell FROM geoplan.cell WHERE people > 0 ORDER BY -ln(1 - random()) / people LIMIT %s"
)
# Places without a primary school near, where some hundred people live.
_LACKING = """
SELECT cell FROM geoplan.reach JOIN geoplan.cell USING (cell)
  JOIN geoplan.service ON no = service_no
 WHERE id = %s AND now_mm > 1000000 AND people >= 100 ORDER BY random() LIMIT %s
"""


def run(place: Place) -> Iterator[Figure]:
    """The figures on an installation into which the sample city is loaded first."""
    city = load_city(resource("layers") / "chengdu")
    home = Home(place.home)
    with psycopg.connect(place.database.url("geoplan_app"), autocommit=True) as connection:
        load_sample(connection, city, home.path / "sample", home.networks, _SEED, lambda _: None)
    yield from _computed(place, city)
    with serving(place) as (address, pid):
        yield from _asked(place, address, pid)
        yield from _edited(place, city, address)


def _computed(place: Place, city: City) -> Iterator[Figure]:
    seconds, ours_mb, database_mb = _compute(place)
    again_s, _, _ = _compute(place)
    with psycopg.connect(place.database.url("administrator"), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE geoplan.reach")
        start = time.perf_counter()
        connection.execute("CREATE TABLE public.reach_plain AS SELECT * FROM geoplan.reach")
        copy_s = time.perf_counter() - start
        row = connection.execute("SELECT count(*) FROM public.reach_plain").fetchone()
        connection.execute("DROP TABLE public.reach_plain")
    assert row is not None
    what = f"{len(city.services)} services of the sample city"
    yield Figure(
        f"{what} computed for the first time, {row[0]:,} rows written, and the circles",
        f"{seconds:.1f} s",
        f"PostgreSQL copying those rows into a plain table: {copy_s:.1f} s",
        seconds / copy_s,
        f"{_COMPUTE_S} s",
        seconds < _COMPUTE_S,
    )
    yield Figure(
        "memory at its peak, and PostgreSQL's with its shared buffers",
        f"{ours_mb:.0f} MB and {database_mb:.0f} MB",
        budget=f"{_COMPUTE_MB} MB",
        kept=ours_mb + database_mb < _COMPUTE_MB,
    )
    yield Figure(
        f"{what} computed again in full, which changes no row",
        f"{again_s:.1f} s",
        f"the first time: {seconds:.1f} s",
        again_s / seconds,
        f"{_COMPUTE_S} s",
        again_s < _COMPUTE_S,
    )


def _compute(place: Place) -> tuple[float, float, float]:
    """Seconds, and peak memory (MB), of `geoplan compute --full` and of the database beside it."""
    server = Cluster(Home(place.home)).pid()
    assert server is not None
    start, ours, database = time.perf_counter(), 0, 0
    process = place.geoplan("compute", "--full")
    while process.poll() is None:
        ours = max(ours, memory(process.pid))
        database = max(database, memory(server))
        time.sleep(_WEIGH_S)
    seconds = time.perf_counter() - start
    assert process.stdout is not None
    said = process.stdout.read()
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, "geoplan compute", said)
    return seconds, ours / 2**20, database / 2**20


def _asked(place: Place, address: Address, pid: int) -> Iterator[Figure]:
    """Every place once; a question about a place is never answered from memory."""
    count = max(_RATES) * _SECONDS
    requests = [
        address.request(f"/api/reach?lon={lon:.6f}&lat={lat:.6f}", Accept_Encoding="gzip")
        for lon, lat in _somewhere(place, _PLACES, (count,)).tolist()
    ]
    _ready(address, requests[0])
    alone = requests[:200]
    alone_s, answers = fetch_all(address, [*alone, alone[0]])
    each_ms = sum(alone_s) / len(answers) * 1000
    for a_second in _RATES:
        before_s = processor_s(pid)
        took_ms = np.array(paced(address, requests[: a_second * _SECONDS], a_second)) * 1000
        own_ms = (processor_s(pid) - before_s) / len(took_ms) * 1000
        median, high, most = np.quantile(took_ms, [0.5, 0.95, 1])
        yield Figure(
            f"/api/reach at {a_second} requests a second, {len(took_ms)} places: median,"
            " 95 %, longest",
            f"{median:.0f} ms, {high:.0f} ms, {most:.0f} ms ({own_ms:.1f} ms of processor each)",
            f"asked one after another, mean: {each_ms:.1f} ms",
            float(high / each_ms),
            f"95 % in {_REACH_MS} ms",
            bool(high < _REACH_MS),
        )


def _edited(place: Place, city: City, address: Address) -> Iterator[Figure]:
    path = f"/api/coverage?service={_SERVICE}&when=now"
    spots = _somewhere(place, _LACKING, (_SERVICE, _SCHOOLS))
    worker, shown = place.geoplan("worker"), []
    try:
        with (
            address.connect() as asked,
            psycopg.connect(place.database.url("geoplan_app"), autocommit=True) as connection,
        ):
            plain_s = min(
                _seconds(address, f"{path}&speed={speed}") for speed in ("adult", "child")
            )
            for number, (lon, lat) in enumerate(spots.tolist()):
                _at_rest(connection)
                before = _served(fetch(asked, address.request(path)))
                file = _school(place.files, number, lon, lat)
                origin = Origin(f"bench-school-{number}", Text("示意", "made up"), synthetic=True)
                import_features(connection, city, file, "school", origin, crs="EPSG:4326")
                start = time.perf_counter()
                while _served(fetch(asked, address.request(path))) == before:
                    if time.perf_counter() - start > _PATIENCE_S:
                        raise TimeoutError("a school was added and coverage stayed as it was")
                    time.sleep(_LOOK_S)
                shown.append(time.perf_counter() - start)
    finally:
        worker.terminate()
        worker.wait(20)
    yield Figure(
        f"one added school, from commit to new numbers in /api/coverage, median of {_SCHOOLS}"
        " (longest)",
        f"{np.median(shown):.2f} s ({max(shown):.2f} s)",
        f"/api/coverage of that service made anew: {plain_s:.2f} s",
        float(np.median(shown) / plain_s),
        f"{_SHOWN_S} s",
        max(shown) < _SHOWN_S,
    )


def _at_rest(connection: psycopg.Connection) -> None:
    """Until the worker has nothing more to do."""
    ends = time.monotonic() + _PATIENCE_S
    while stale_services(connection) or stale_circles(connection):
        if time.monotonic() > ends:
            raise TimeoutError("services stayed stale")
        time.sleep(_LOOK_S)
    time.sleep(1)  # until the pages' own caches have been told


def _somewhere(place: Place, query: str, words: tuple[object, ...]) -> NDArray[np.float64]:
    """Centres (n, 2) of the cells that a query finds, degrees."""
    with psycopg.connect(place.database.url("administrator")) as connection:
        connection.execute("SELECT setseed(0.5)")
        rows = connection.execute(query.encode(), words).fetchall()
    return cell_centers(np.array([cell for (cell,) in rows], dtype=np.int64))


def _school(folder: Path, number: int, lon: float, lat: float) -> Path:
    path = folder / f"school-{number}.csv"
    header = "项目编号,项目名称,状态,竣工时间,学段,经度,纬度"
    row = f"B-{number},示意小学{number},投用,2023-09-01,小学,{lon:.6f},{lat:.6f}"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    return path


def _served(answer: bytes) -> int:
    """People of the city within the standard's walk."""
    head, body = answer.split(b"\r\n\r\n", 1)
    if head[9:12] != b"200":
        raise ValueError(f"refused: {answer[:200]!r}")
    rows = json.loads(body)["rows"]
    return next(
        int(row["numerator"])
        for row in rows
        if row["unit"] == "city" and row["measure"] == "network"
    )


def _seconds(address: Address, path: str) -> float:
    with address.connect() as connection:
        start = time.perf_counter()
        fetch(connection, address.request(path))
        return time.perf_counter() - start


def _ready(address: Address, request: bytes) -> None:
    """Until the network and the facilities are in the server's memory."""
    for _ in range(600):
        with address.connect() as connection:
            if fetch(connection, request)[9:12] == b"200":
                return
        time.sleep(0.1)
    raise TimeoutError("no answer about any place")


if __name__ == "__main__":
    with installation() as place:
        show(run(place))
