"""Tiles of 60,000 points: `python -m bench.tiles`."""

from __future__ import annotations

import asyncio
import math
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psycopg
from numpy.typing import NDArray

from bench import bare, imports, peer_tipg
from bench.client import Address, fetch, fetch_all, rate
from bench.figures import Figure, show
from bench.place import ROWS, Place, installation
from geoplan.catalogue import load_city
from geoplan.resources import resource
from geoplan.store.tiles import TileMaker, sources

BOX = (103.45, 30.05, 104.67, 31.27)  # the stations lie within
ZOOMS = range(10, 15)
_SAMPLE = 300
_ROUNDS = 5
_SECONDS = 6.0
_MOST_BYTES = 500_000
_COLD_RATIO, _PEER_RATIO, _CACHED_RATE = 1.3, 3.0, 15_000
Tile = tuple[int, int, int]
Times = NDArray[np.float64]


def run(place: Place) -> Iterator[Figure]:
    """The figures on an installation that holds the stations."""
    maker = TileMaker(sources(load_city(resource("layers") / "chengdu"))["charger"])
    url = place.database.url("geoplan_tiles")
    with psycopg.connect(place.database.url("administrator"), autocommit=True) as connection:
        connection.execute("ANALYZE")  # as autovacuum does within a minute
    every = [tile for z in ZOOMS for tile in _tiles(z)]
    sizes = asyncio.run(_sizes(url, maker, every))
    largest = max(sizes, key=lambda tile: sizes[tile])
    yield Figure(
        f"the largest of the {len(every):,} tiles of zoom 10 to 14, {ROWS:,} points",
        f"{sizes[largest] / 1000:.0f} kB (zoom {largest[0]})",
        budget=f"{_MOST_BYTES / 1000:.0f} kB",
        kept=sizes[largest] <= _MOST_BYTES,
    )
    random = np.random.default_rng(7)
    held = [tile for tile in every if sizes[tile]]
    some = [held[n] for n in random.choice(len(held), _SAMPLE, replace=False)]
    cold_s, plain_s = _cold(place, url, maker, some)
    ours, floor = cold_s.mean() * 1000, plain_s.mean() * 1000
    yield Figure(
        f"a cold tile over HTTP, mean of {len(some)}",
        f"{ours:.2f} ms",
        f"the same SQL through a bare psycopg loop: {floor:.2f} ms",
        ours / floor,
        f"ratio {_COLD_RATIO}",
        bool(ours / floor <= _COLD_RATIO),
    )
    yield from _cached(place, sorted(held, key=lambda tile: sizes[tile])[len(held) // 2])
    deepest = [n for n, tile in enumerate(some) if tile[0] == max(ZOOMS)]
    yield _peer(place, [some[n] for n in deepest], cold_s[deepest])


def _cold(place: Place, url: str, maker: TileMaker, tiles: list[Tile]) -> tuple[Times, Times]:
    """Seconds of each tile, asked of new servers and through the plain loop; the best of rounds."""
    over_http, plain = [], []
    for _ in range(_ROUNDS):
        plain.append(asyncio.run(_loop(url, maker, tiles)))
        with serving(place) as (address, _):
            over_http.append(_ask(address, tiles))
    return np.min(over_http, axis=0), np.min(plain, axis=0)


def _cached(place: Place, tile: Tile) -> Iterator[Figure]:
    """One tile asked for again and again, and beside it the same bytes from uvicorn alone."""
    path = _path(tile)
    with serving(place) as (address, pid):
        plain = address.request(path, Accept_Encoding="gzip")
        with address.connect() as connection:
            answer = fetch(connection, plain)
        size = len(answer.split(b"\r\n\r\n", 1)[1])
        etag = re.search(rb'\r\netag: ("[^"]+")', answer)
        assert etag is not None
        known = address.request(path, Accept_Encoding="gzip", If_None_Match=etag[1].decode())
        found = {
            f"cached tile of {size} bytes": _rate(address, plain, pid),
            "the same, 304": _rate(address, known, pid),
        }
    with bare.serving(size) as (address, pid):
        floor, floor_us = _rate(address, address.request(path, Accept_Encoding="gzip"), pid)
    for name, (ours, each_us) in found.items():
        yield Figure(
            f"{name}, answers a second from one worker",
            f"{ours:,.0f} ({each_us:.0f} µs of processor each)",
            f"uvicorn with fixed bytes: {floor:,.0f} ({floor_us:.0f} µs)",
            ours / floor,
            f"{_CACHED_RATE:,}",
            ours >= _CACHED_RATE,
        )


def _rate(address: Address, request: bytes, pid: int) -> tuple[float, float]:
    """Answers a second, and µs of the server's processor time for each."""
    before_s = processor_s(pid)
    found = rate(address, request, seconds=_SECONDS)
    return found, (processor_s(pid) - before_s) / (found * _SECONDS) * 1e6


def _peer(place: Place, tiles: list[Tile], cold_s: Times) -> Figure:
    what, ours = "cold tiles of zoom 14, one after another, a second", 1 / cold_s.mean()
    with peer_tipg.serving(place) as peer:
        if peer is None:
            return Figure(what, f"{ours:.0f}", peer_tipg.ABSENT)
        rounds = [_ask(peer, tiles, peer_tipg.PATH) for _ in range(_ROUNDS)]
    theirs = 1 / np.min(rounds, axis=0).mean()
    return Figure(
        what,
        f"{ours:.0f}",
        f"TipG on a table of the same rows: {theirs:.0f}",
        ours / theirs,
        f"ratio {_PEER_RATIO:.0f}",
        bool(ours / theirs >= _PEER_RATIO),
    )


@contextmanager
def serving(place: Place) -> Iterator[tuple[Address, int]]:
    """A new `geoplan serve`, with nothing in its memory: where it listens and its process."""
    process = place.geoplan("serve")
    assert process.stdout is not None
    try:
        for line in process.stdout:
            found = re.search(r"http://([\w.]+):(\d+)", line)
            if found:
                address = Address(found[1], int(found[2]))
                _wait(address)
                yield address, process.pid
                return
        raise subprocess.CalledProcessError(process.wait(), "geoplan serve")
    finally:
        process.terminate()
        process.wait(20)


def processor_s(pid: int) -> float:
    """Seconds of processor that a process has used; other work on the machine is not in it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait(address: Address) -> None:
    for _ in range(200):
        try:
            with address.connect() as connection:
                if fetch(connection, address.request("/readyz"))[9:12] == b"200":
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the server did not become ready")


def _ask(
    address: Address, tiles: list[Tile], path: str = "/tiles/charger/{z}/{x}/{y}.mvt"
) -> list[float]:
    """Seconds of each tile, one after another."""
    requests = [
        address.request(path.format(z=z, x=x, y=y), Accept_Encoding="gzip") for z, x, y in tiles
    ]
    seconds, answers = fetch_all(address, [*requests, address.request(path.format(z=3, x=0, y=0))])
    if any(answer[9:12] not in {b"200", b"204"} for answer in answers):
        raise ValueError("a tile was refused")
    return seconds


async def _loop(url: str, maker: TileMaker, tiles: list[Tile]) -> list[float]:
    """Seconds of the same statements on one connection."""
    seconds = []
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        for z in ZOOMS:
            await maker.make(connection, z, 0, 0)  # prepared, and not counted
        for tile in tiles:
            start = time.perf_counter()
            await maker.make(connection, *tile)
            seconds.append(time.perf_counter() - start)
    return seconds


async def _sizes(url: str, maker: TileMaker, tiles: list[Tile]) -> dict[Tile, int]:
    """Bytes of each tile before compression."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        return {tile: len(await maker.make(connection, *tile)) for tile in tiles}


def _tiles(z: int) -> Iterator[Tile]:
    """All tiles of the box."""
    west, south, east, north = BOX
    columns = range(_column(z, west), _column(z, east) + 1)
    for y in range(_row(z, north), _row(z, south) + 1):
        for x in columns:
            yield z, x, y


def _column(z: int, lon: float) -> int:
    return int((lon + 180) / 360 * 2**z)


def _row(z: int, lat: float) -> int:
    return int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)


def _path(tile: Tile) -> str:
    z, x, y = tile
    return f"/tiles/charger/{z}/{x}/{y}.mvt"


if __name__ == "__main__":
    with installation() as place:
        loading = list(imports.run(place))
        show([*loading, *run(place)])
