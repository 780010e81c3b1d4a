"""Motorways of two carriageways with interchanges, and railways: above all that they cross."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely

from geoplan.sample.arteries import Artery, expressways, railways
from geoplan.sample.curves import along, length, normals, resampled, rounded
from geoplan.sample.draft import Draft
from geoplan.sample.land import Land
from geoplan.sample.plane import Floats, Geometries
from geoplan.sample.streets import Streets

_STEP_M = 110.0
_HALF_M = 13.0  # from the middle of a motorway to the middle of a carriageway
_APPROACH_M = 45.0  # a bridge begins so far before what it crosses
_VIADUCT_M = 160.0  # bridges that are nearer to each other are one
_RAMP = 4  # vertices from an interchange to the beginning of its ramps
_APART_M = 3200.0  # between interchanges
_NEAR_M = 400.0  # from an interchange to a node of the road below
_JOINED = ("trunk", "primary", "secondary")


@dataclass(frozen=True, slots=True)
class _Below:
    """What motorways and railways cross."""

    lines: Geometries
    tree: shapely.STRtree
    water: shapely.Geometry

    def bridges(self, line: Floats) -> list[tuple[float, float]]:
        """Where a line of (n, 2) metres is a bridge, as distances from its start."""
        drawn = shapely.LineString(line)
        hits = shapely.intersection(drawn, self.lines[self.tree.query(drawn, "intersects")])
        wet = shapely.get_parts(shapely.intersection(drawn, self.water))
        ends = np.concatenate([
            np.repeat(shapely.line_locate_point(drawn, shapely.centroid(hits)), 2),
            shapely.line_locate_point(drawn, shapely.points(_ends(wet))),
        ]).reshape(-1, 2)  # fmt: skip
        found: list[tuple[float, float]] = []
        for low, high in sorted((min(pair), max(pair)) for pair in ends.tolist()):
            start = round(max(low - _APPROACH_M, 0.0), 3)
            end = round(min(high + _APPROACH_M, drawn.length), 3)
            if found and start - found[-1][1] < _VIADUCT_M:
                start, end = found[-1][0], max(end, found.pop()[1])
            found.append((start, end))
        return found


@dataclass(slots=True)
class _Carriageway:
    """One direction of a motorway: its vertices in metres and, once drawn, their nodes."""

    line: Floats
    artery: Artery
    nodes: list[int] = field(default_factory=list)

    def draw(self, draft: Draft, below: _Below) -> None:
        names = {"name": self.artery.name, "name:en": self.artery.name_en}
        tags = {"highway": "motorway", "oneway": "yes", "foot": "no", **names}
        self.line, self.nodes = _draw(draft, self.line, below, tags)

    def nearest(self, spot: Floats) -> int:
        return int(np.hypot(*(self.line - spot).T).argmin())

    def join(self, draft: Draft, spot: Floats, road: int, road_xy: Floats) -> None:
        """A ramp down to a node of the road below and one up again."""
        at = self.nearest(spot)
        before, after = at - _RAMP, at + _RAMP
        if before >= 0:
            self.ramp(draft, before, road, road_xy)
        if after < len(self.nodes):
            self.ramp(draft, after, road, road_xy, up=True)

    def ramp(self, draft: Draft, at: int, other: int, other_xy: Floats, up: bool = False) -> None:
        """A link between a vertex and a node elsewhere; upwards it ends on this carriageway."""
        start = self.line[at]
        ahead = self.line[min(at + 1, len(self.line) - 1)] - self.line[max(at - 1, 0)]
        onward = start + ahead * (-0.75 if up else 0.75)
        bend = rounded(np.vstack([start, onward, other_xy]), 2)[1:-1]
        nodes = [self.nodes[at], *draft.nodes(bend), other]
        tags = {
            "highway": "motorway_link",
            "oneway": "yes",
            "foot": "no",
            "bridge": "yes",
            "layer": "1",
        }
        draft.way(nodes[::-1] if up else nodes, tags)


def lay_expressways(land: Land, streets: Streets, draft: Draft) -> None:
    """Draw motorways with links to the main roads, and railways. The streets are drawn already."""
    lines = np.array(
        [shapely.LineString(streets.xy[list(road.nodes)]) for road in streets.roads], dtype=object
    )
    below = _Below(lines, shapely.STRtree(lines), land.water.shape)
    joined = [road.kind in _JOINED and not road.bridge for road in streets.roads]
    mains = lines[joined]
    nodes = np.unique(
        [
            node
            for road, is_main in zip(streets.roads, joined, strict=True)
            if is_main
            for node in road.nodes
        ]
    )
    ring: list[_Carriageway] = []
    for artery in expressways(land):
        for middle in _inside(artery.line, land.city):
            side = _HALF_M * normals(middle)
            # Traffic keeps to the right.
            ways = [
                _Carriageway(middle - side, artery),
                _Carriageway((middle + side)[::-1], artery),
            ]
            for way in ways:
                way.draw(draft, below)
            for spot in _interchanges(middle, mains):
                far = np.hypot(*(streets.xy[nodes] - spot).T)
                road = int(nodes[far.argmin()])
                if far.min() < _NEAR_M:
                    for way in ways:
                        way.join(draft, spot, road, streets.xy[road])
            ring = ring or ways
            if artery.line[0].tolist() != artery.line[-1].tolist():
                _branch(draft, ring, ways)
    for artery in railways(land):
        tags = {"railway": "rail", "name": artery.name, "name:en": artery.name_en}
        for line in _inside(artery.line, land.city):
            _draw(draft, line, below, tags)


def _branch(draft: Draft, ring: Sequence[_Carriageway], ways: Sequence[_Carriageway]) -> None:
    """Links between the ring expressway and one that begins at it."""
    out, back = ways
    for way in ring:
        at = way.nearest(out.line[0])
        way.ramp(draft, (at - _RAMP) % len(way.nodes), out.nodes[0], out.line[0])
        way.ramp(draft, (at + _RAMP) % len(way.nodes), back.nodes[-1], back.line[-1], up=True)


def _draw(
    draft: Draft, line: Floats, below: _Below, tags: dict[str, str]
) -> tuple[Floats, list[int]]:
    """Draw a line in pieces, bridges apart; returns its vertices and nodes."""
    bridges = below.bridges(line)
    cuts = [cut for bridge in bridges for cut in bridge]
    # To the millimetre, so that a cut at a vertex is that vertex.
    distances = np.unique(np.round([*np.linspace(0, length(line), len(line)), *cuts], 3))
    vertices = along(line, distances)
    nodes = list(draft.nodes(vertices))
    if np.hypot(*(vertices[0] - vertices[-1])) < 1:
        nodes[-1] = nodes[0]
    stops = sorted({0.0, *cuts, float(distances[-1])})
    for start, end in pairwise(stops):
        run = nodes[np.searchsorted(distances, start) : np.searchsorted(distances, end) + 1]
        over = {"bridge": "viaduct", "layer": "2"} if (start, end) in bridges else {}
        draft.way(run, {**tags, **over})
    return vertices, nodes


def _interchanges(line: Floats, mains: Geometries) -> list[Floats]:
    """Where a motorway and main roads meet, not too near to each other."""
    drawn = shapely.LineString(line)
    meets = shapely.intersection(mains, drawn)
    spots = shapely.get_coordinates(meets[~shapely.is_empty(meets)])
    kept: list[Floats] = []
    for spot in spots[np.argsort(shapely.line_locate_point(drawn, shapely.points(spots)))]:
        if all(np.hypot(*(spot - other)) > _APART_M for other in kept):
            kept.append(spot)
    return kept


def _inside(line: Floats, city: shapely.Geometry) -> Iterator[Floats]:
    """The parts of a line inside the city that are long enough for a road."""
    parts = shapely.line_merge(shapely.intersection(shapely.LineString(line), city))
    for part in shapely.get_parts(parts):
        if part.length > _APART_M:
            yield resampled(shapely.get_coordinates(part), _STEP_M)


def _ends(lines: Geometries) -> Floats:
    """First and last point of each line, alternating; nothing for what is no line."""
    lines = lines[shapely.get_type_id(lines) == 1]
    both = np.stack([shapely.get_point(lines, 0), shapely.get_point(lines, -1)], axis=1)
    points: Floats = shapely.get_coordinates(both)
    return points
