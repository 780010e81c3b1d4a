"""The city divided by streets: main lines make faces, faces are halved until blocks are small.

Every street ends on another street's node, so the result is one planar, connected network.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import shapely

from geoplan.sample.faces import lay_main_lines
from geoplan.sample.network import Network, Street
from geoplan.sample.plane import Floats

_ENOUGH = 1.5  # a face is halved while it is so many times larger than wanted
# Where blocks are larger than this (m²), roads sway by a share of their length, in so many waves.
_BENDS = ((6_000_000.0, (0.07, 4.0)), (300_000.0, (0.04, 1.4)), (0.0, (0.0, 0.0)))
_BEND_EVERY_M = 130.0
_MIDDLE = 0.17  # a street may leave the middle of its face by this share of the width
_SHORTEST_M = 25.0
_NEAR_M = 28.0  # a street ends on a node that is so near, else on a new one
# How a face is cut, best first: turned from its sides, and the smallest share that may come off.
_TRIES = ((0.0, 0.2), (0.0, 0.2), (math.pi / 4, 0.2), (0.0, 0.04), (math.pi / 6, 0.04))
_PARTS = 3


def divide(
    lines: Sequence[Floats],
    water: shapely.Geometry,
    target_m2: Callable[[Floats], Floats],
    rng: np.random.Generator,
) -> Network:
    """Streets from main lines and what lies between them.

    lines      (n, 2) metres each, the important ones first; they cross at grade.
    water      polygons in metres that only main lines cross; it is not divided.
    target_m2  largest block wanted at (n, 2) points.
    A street whose `source` is not below the number of lines joins a lake's shore to the rest.
    """
    network = Network()
    rings = lay_main_lines(network, list(lines), water)
    ends = Counter(
        node for street in network.streets for node in (street.nodes[0], street.nodes[-1])
    )
    junctions = {node for node, count in ends.items() if count > 2}
    # The largest face first, so that small streets end on large ones.
    queue = [(-_area(network, ring), index, ring) for index, ring in enumerate(rings)]
    heapq.heapify(queue)
    number = len(queue)
    while queue:
        area, _, ring = heapq.heappop(queue)
        ring = network.expand([*ring, ring[0]])[:-1]
        points = np.array([(network.x[node], network.y[node]) for node in ring])
        target = target_m2(points)
        halves = []
        if -area > _ENOUGH * target.min():
            usual = float(target.mean())
            halves = _Cut(network, ring, points, junctions, rng, usual).halves(-area)
        if not halves:
            network.blocks.append(tuple(ring))
        for half_m2, half in halves:
            number += 1
            heapq.heappush(queue, (-half_m2, number, half))
    return network


def _area(network: Network, ring: Sequence[int]) -> float:
    return _shoelace(np.array([(network.x[node], network.y[node]) for node in ring]))


class _Cut:
    """One street through the middle of one face."""

    def __init__(
        self,
        network: Network,
        ring: list[int],
        points: Floats,
        junctions: set[int],
        rng: np.random.Generator,
        target_m2: float,
    ) -> None:
        self._network, self._ring, self._points = network, ring, points
        self._junctions, self._rng = junctions, rng
        self._bends = next(bends for least, bends in _BENDS if target_m2 > least)

    def halves(self, area: float) -> list[tuple[float, list[int]]]:
        """Lay the street and return area and ring of both halves; none where none fits."""
        turn = self._lie()
        for lean, smallest in _TRIES:
            across = self._points @ np.array([math.cos(turn + lean), math.sin(turn + lean)])
            along = self._points @ np.array([-math.sin(turn + lean), math.cos(turn + lean)])
            if np.ptp(across) < np.ptp(along):
                across, along = along, -across
            for place in self._places(across):
                for start, end in self._crossings(across - place, along):
                    halves = self._lay(start, end, area, smallest)
                    if halves:
                        return halves
        return []

    def _lie(self) -> float:
        """Direction of the face's sides, right angles taken as one: streets run along them."""
        x, y = (_next(self._points) - self._points).T
        turn = 4 * np.arctan2(y, x)
        long = np.hypot(x, y)
        return 0.25 * math.atan2(long @ np.sin(turn), long @ np.cos(turn))

    def _places(self, across: Floats) -> Iterator[float]:
        """Where to cut, best first: through a junction near the middle, then anywhere near it."""
        low, width = across.min(), np.ptp(across)
        middle = low + width / 2
        off = np.abs(across - middle)
        near = [
            index
            for index in np.argsort(off, kind="stable")[:12].tolist()
            if off[index] < _MIDDLE * width and self._ring[index] in self._junctions
        ]
        if near and self._rng.random() < 0.8:
            yield float(across[near[0]])
        for share in (0.07, 0.12, 0.2):
            yield float(middle + share * width * self._rng.uniform(-1, 1))

    def _crossings(
        self, side: Floats, along: Floats
    ) -> Iterator[tuple[tuple[int, float], tuple[int, float]]]:
        """Inner parts of the line `side` = 0, longest first: the two edges that each runs
        between, by index of the first node and share of the way."""
        side = np.where(np.abs(side) < 1e-9, 1e-9, side)
        ahead, beyond = _next(side), _next(along)
        crossed = np.flatnonzero(side * ahead < 0)
        share = side[crossed] / (side[crossed] - ahead[crossed])
        at = along[crossed] + share * (beyond[crossed] - along[crossed])
        order = np.argsort(at, kind="stable")
        long = at[order][1::2] - at[order][0::2]
        for part in np.argsort(-long, kind="stable")[:_PARTS].tolist():
            ends = order[2 * part : 2 * part + 2]
            (i, j), (s, t) = crossed[ends].tolist(), share[ends].tolist()
            yield (i, s), (j, t)

    def _lay(
        self, start: tuple[int, float], end: tuple[int, float], area: float, smallest: float
    ) -> list[tuple[float, list[int]]]:
        """Area and ring on both sides of a street between two edges; none where it does not fit."""
        ring, points = self._ring, self._points
        stops = sorted((self._stop(*start), self._stop(*end)), key=lambda stop: stop[0])
        (at, a), (to, b) = stops
        run = self._bent(a, b)
        first = slice(math.floor(at) + 1, math.ceil(to))
        outline = np.vstack([a, points[first], run[::-1]])
        first_m2 = _shoelace(outline)
        if (
            math.hypot(*(b - a)) < _SHORTEST_M
            or not smallest < first_m2 / area < 1 - smallest
            or self._meets(run, {at, to})
        ):
            return []
        nodes = [self._node(at, a), *(self._network.add(*xy) for xy in run[1:-1].tolist())]
        nodes.append(self._node(to, b))
        self._network.streets.append(Street(tuple(nodes), -1, area, False))
        back = nodes[-2:0:-1]
        rest = [*ring[math.floor(to) + 1 :], *ring[: math.ceil(at)]]
        return [
            (first_m2, [nodes[0], *ring[first], nodes[-1], *back]),
            (area - first_m2, [nodes[-1], *rest, *nodes[:-1]]),
        ]

    def _stop(self, index: int, share: float) -> tuple[float, Floats]:
        """Place on the ring (an index, or one and a half between two nodes) and in metres; the
        node of an edge when it is near."""
        after = (index + 1) % len(self._ring)
        a, b = self._points[index], self._points[after]
        long = math.hypot(*(b - a))
        snap = min(_NEAR_M, 0.35 * long)
        if share * long < snap:
            return float(index), a
        if (1 - share) * long < snap:
            return float(after), b
        return index + 0.5, a + share * (b - a)

    def _node(self, at: float, xy: Floats) -> int:
        """The ring's node at a place, put on its edge when there is none yet."""
        index = math.floor(at)
        if at == index:
            node = self._ring[index]
        else:
            a, b = self._ring[index], self._ring[(index + 1) % len(self._ring)]
            node = self._network.add(*xy.tolist())
            self._network.middle[min(a, b), max(a, b)] = node
        self._junctions.add(node)
        return node

    def _bent(self, a: Floats, b: Floats) -> Floats:
        """The way from a to b; out of town it sways to both sides."""
        long = math.hypot(*(b - a))
        count = round(long / _BEND_EVERY_M)
        sway, waves = self._bends
        if not sway or count < 3:
            return np.vstack([a, b])
        share = np.linspace(0, 1, count + 1)
        off = np.sin(np.pi * share) * np.sin(np.pi * waves * self._rng.uniform(0.5, 1.5) * share)
        off *= self._rng.uniform(-1, 1) * sway * long
        normal = np.array([a[1] - b[1], b[0] - a[0]]) / long
        return a + share[:, None] * (b - a) + off[:, None] * normal

    def _meets(self, run: Floats, stops: set[float]) -> bool:
        """Whether a street would cross its own face's edge or leave it."""
        own = [index for stop in stops for index in {math.floor(stop), math.ceil(stop) - 1}]
        others = np.delete(np.arange(len(self._ring)), [index % len(self._ring) for index in own])
        a, b = self._points[others], _next(self._points)[others]
        p, q = run[:-1, None], run[1:, None]
        apart = (_side(p, q, a) * _side(p, q, b) > 0) | (_side(a, b, p) * _side(a, b, q) > 0)
        middle = run[len(run) // 2] if len(run) > 2 else run.mean(axis=0)
        return not bool(apart.all()) or not _inside(self._points, middle)


def _next(ring: Floats) -> Floats:
    """Of each row of a ring the one after it (numpy.roll takes five times as long)."""
    return np.concatenate((ring[1:], ring[:1]))


def _side(a: Floats, b: Floats, p: Floats) -> Floats:
    """Positive where p lies to the left of the way from a to b."""
    left: Floats = (b[..., 0] - a[..., 0]) * (p[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        p[..., 0] - a[..., 0]
    )
    return left


def _inside(ring: Floats, point: Floats) -> bool:
    """Whether a ray from the point leaves the ring an odd number of times."""
    a, b = ring, _next(ring)
    spans = (a[:, 1] > point[1]) != (b[:, 1] > point[1])
    a, b = a[spans], b[spans]
    at = a[:, 0] + (point[1] - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    return bool((at > point[0]).sum() % 2)


def _shoelace(ring: Floats) -> float:
    x, y = ring.T
    return float(0.5 * (x @ _next(y) - y @ _next(x)))
