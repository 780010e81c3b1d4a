"""The street network: main roads, roads along water, bridges, local streets; their classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geoplan.sample.arteries import Artery, main_roads
from geoplan.sample.blocks import divide
from geoplan.sample.curves import normals, resampled
from geoplan.sample.land import Land
from geoplan.sample.network import Street
from geoplan.sample.plane import Floats, Noise, stream
from geoplan.sample.street_names import Names
from geoplan.sample.towns import density

_RASTER_M = 250.0
_BANK_M = 14.0  # from the water to the road beside it
_BORDER_M = 250.0
_FOOTBRIDGES_M = 480.0  # between bridges over a river in town
_TOWN = 1800.0  # built-up people per km² from which rivers have small bridges
# Wanted size of blocks by built-up density (people per km², before scaling to the census).
_DENSITIES = (1, 300, 1500, 4000, 8000, 16000)
_BLOCKS_M2 = (2_600_000, 1_300_000, 330_000, 135_000, 90_000, 66_000)
_URBAN_BLOCK_M2 = 350_000.0
# A street that halves a face of at least this size has this class, in town and outside.
_URBAN_CLASSES = (("secondary", 2_200_000.0), ("tertiary", 600_000.0), ("unclassified", 250_000.0))
_RURAL_CLASSES = (("tertiary", 16_000_000.0), ("unclassified", 0.0))


@dataclass(frozen=True, slots=True)
class Road:
    """One way of the network; `kind` is its highway=*."""

    nodes: tuple[int, ...]
    kind: str
    name: str | None
    name_en: str | None
    bridge: bool


@dataclass(frozen=True, slots=True)
class Streets:
    """`xy`: (n, 2) metres of all nodes. `blocks`: rings of nodes, counter-clockwise."""

    xy: Floats
    roads: list[Road]
    blocks: list[tuple[int, ...]]


class Grain:
    """The size of block wanted at each place, looked up on a raster."""

    def __init__(self, land: Land) -> None:
        west, south, east, north = land.city.bounds
        self._corner = np.array([west, south])
        x, y = np.arange(west, east, _RASTER_M), np.arange(south, north, _RASTER_M)
        self._limits = np.array([len(x) - 1, len(y) - 1])
        at = np.column_stack([axis.ravel() for axis in np.meshgrid(x, y, indexing="ij")])
        people = density(at)
        size = np.exp(
            np.interp(np.log(np.maximum(people, 1)), np.log(_DENSITIES), np.log(_BLOCKS_M2))
        )
        # Mountains have hardly any roads.
        size *= np.where(people < 300, 1 + 60 * land.mountain(at) ** 3, 1)
        size *= np.exp(0.5 * Noise(stream(land.seed, "blocks"), 1500, 2)(at))
        self._size = size.reshape(len(x), len(y))

    def __call__(self, xy: Floats) -> Floats:
        """m² at (n, 2) points in metres."""
        at = ((xy - self._corner) / _RASTER_M).astype(np.int64)
        i, j = np.minimum(np.maximum(at, 0), self._limits).T
        size: Floats = self._size[i, j]
        return size


def lay_streets(land: Land) -> Streets:
    """All streets that are walked on, sharing nodes where they meet; one connected network."""
    mains = main_roads(land)
    water = shapely.buffer(shapely.intersection(land.water.shape, land.city), _BANK_M, quad_segs=2)
    water = shapely.simplify(water, 8)
    banks = _outlines(water)
    border = _outlines(shapely.simplify(shapely.buffer(land.city, -_BORDER_M), 60))
    bridges = list(_small_bridges(land))
    lines = [road.line for road in mains] + bridges + banks + border
    shapely.prepare(water)
    grain = Grain(land)
    network = divide(lines, water, grain, stream(land.seed, "streets"))
    classes = _Classes(land, mains, (len(bridges), len(banks), len(border)), grain)
    xy, roads = network.xy(), []
    for street in network.streets:
        nodes = tuple(network.expand(street.nodes))
        found = classes.of(street, xy[list(nodes)])
        if found is not None:
            roads.append(Road(nodes, *found, bridge=street.wet))
    return Streets(xy, _connected(roads, len(xy)), network.blocks)


def _outlines(shape: shapely.Geometry) -> list[Floats]:
    return [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]


def _small_bridges(land: Land) -> Iterator[Floats]:
    """Short lines across the rivers in town, from bank to bank and a little further."""
    for river in land.water.rivers:
        line = resampled(river.line, _FOOTBRIDGES_M / 8)
        middles, across = line[8::8], normals(line)[8::8]
        reach = river.width_m / 2 + 2.5 * _BANK_M
        in_town = density(middles) > _TOWN
        for middle, way in zip(middles[in_town], across[in_town], strict=True):
            yield np.vstack([middle - reach * way, middle + reach * way])


class _Classes:
    """The class and name of each street, by the line it was laid on."""

    def __init__(
        self, land: Land, mains: list[Artery], lines: tuple[int, ...], grain: Grain
    ) -> None:
        self._mains, self._grain = mains, grain
        self._bridges, self._banks, self._border = np.cumsum([len(mains), *lines]).tolist()[1:]
        rng = stream(land.seed, "street names")
        self._names, self._chance = Names(rng), rng
        water = land.water
        self._waters = [*water.rivers, *water.lakes]
        shores = [shapely.LineString(river.line) for river in water.rivers]
        self._shores = shapely.STRtree(shores + [lake.shape.exterior for lake in water.lakes])

    def of(self, street: Street, xy: Floats) -> tuple[str, str | None, str | None] | None:
        """Class, name and English name of a street through (n, 2) points; None for no road."""
        middle = xy[len(xy) // 2 - 1 : len(xy) // 2 + 1].mean(axis=0)
        source = street.source
        if 0 <= source < len(self._mains):
            main = self._mains[source]
            return main.kind, main.name, main.name_en
        if source < 0:
            return self._local(street, middle)
        if self._banks <= source < self._border:
            return None
        if source < self._bridges:
            return "residential", None, None
        if source < self._banks:
            return self._bank(middle)
        return "unclassified", None, None

    def _local(self, street: Street, middle: Floats) -> tuple[str, str | None, str | None]:
        town = self._grain(middle[None])[0] < _URBAN_BLOCK_M2
        classes = _URBAN_CLASSES if town else _RURAL_CLASSES
        last = "residential" if self._chance.random() < 0.9 else "living_street"
        kind = next((kind for kind, least in classes if street.face_m2 > least), last)
        if not town and kind == "unclassified":
            return kind, None, None
        return kind, *self._names.street(kind)

    def _bank(self, middle: Floats) -> tuple[str, str | None, str | None]:
        if self._grain(middle[None])[0] > _URBAN_BLOCK_M2:
            return "track", None, None
        water = self._waters[self._shores.nearest(shapely.Point(middle))]
        return "residential", f"{water.name}滨河路", f"{water.name_en} Bank Road"


def _connected(roads: Sequence[Road], nodes: int) -> list[Road]:
    """The roads of the largest connected part; what is cut off at the city's edge is left out."""
    root = list(range(nodes))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for road in roads:
        first = find(road.nodes[0])
        for node in road.nodes[1:]:
            root[find(node)] = first
    parts = [find(road.nodes[0]) for road in roads]
    largest = Counter(parts).most_common(1)[0][0]
    return [road for road, part in zip(roads, parts, strict=True) if part == largest]
