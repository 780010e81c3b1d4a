"""A made city of streets, as large as a real one, for the figures of bench.reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.grid import CENTER
from geoplan.ingest.osm_walk import WalkWays
from geoplan.network import Graph, build

SIDE = 560  # 313,600 junctions
_BLOCK_M = 80.0
_RIVER_ROWS = (170, 360)
_BRIDGE_EVERY = 12
_LOST, _ONE_WAY = 0.08, 0.03
_DEGREE_M = np.array([95_400.0, 110_900.0])  # of longitude and latitude, at the centre


@dataclass(frozen=True, slots=True)
class Streets:
    """Junctions (n, 2) of the made city, degrees, and the network built from its ways."""

    junctions: NDArray[np.float64]
    ways: WalkWays
    graph: Graph

    def places(
        self, random: np.random.Generator, count: int, apart_m: float
    ) -> NDArray[np.float64]:
        """Places (count, 2) some way off a junction."""
        near = self.junctions[random.integers(0, len(self.junctions), count)]
        off = random.normal(0, apart_m, (count, 2)) / _DEGREE_M
        return np.asarray(near + off, dtype=np.float64)


def ways_of(random: np.random.Generator) -> tuple[NDArray[np.float64], WalkWays]:
    """Streets of an irregular grid, each with a bend: some are missing, some are footways of one
    direction, and over two rivers lead only bridges."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    metres = np.column_stack([column, row]) * _BLOCK_M - SIDE * _BLOCK_M / 2
    metres = metres + random.normal(0, 12, metres.shape)
    number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    along = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    across = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    over = np.isin(row[across[:, 0]], _RIVER_ROWS)
    bridge = over & (column[across[:, 0]] % _BRIDGE_EVERY == 0)
    kept = np.where(over, bridge, random.random(len(across)) >= _LOST)
    rows = along[random.random(len(along)) >= _LOST]
    ends = np.concatenate([rows, across[kept]])
    is_bridge = np.concatenate([np.zeros(len(rows), dtype=np.bool_), bridge[kept]])
    bend = metres[ends].mean(axis=1) + random.normal(0, 6, (len(ends), 2))
    one_way = random.random(len(ends)) < _ONE_WAY
    lonlat = CENTER + np.concatenate([metres, bend]) / _DEGREE_M
    middle = len(metres) + np.arange(len(ends))
    none = np.zeros(len(ends), dtype=np.bool_)
    ways = WalkWays(
        way_id=np.arange(len(ends), dtype=np.int64) + 1,
        way_indptr=np.arange(len(ends) + 1, dtype=np.int64) * 3,
        refs=np.column_stack([ends[:, 0], middle, ends[:, 1]]).ravel().astype(np.int64) + 1,
        direction=np.where(one_way, random.choice([-1, 1], len(ends)), 0).astype(np.int8),
        bridge=is_bridge,
        tunnel=none,
        steps=none,
        crossing=none,
        layer=is_bridge.astype(np.int8),
        node_id=np.arange(len(lonlat), dtype=np.int64) + 1,
        lon=lonlat[:, 0].copy(),
        lat=lonlat[:, 1].copy(),
        not_walkable=0,
    )
    return lonlat[: len(metres)], ways


def streets(random: np.random.Generator) -> Streets:
    """The made city and its network."""
    junctions, ways = ways_of(random)
    return Streets(junctions, ways, build(ways))
