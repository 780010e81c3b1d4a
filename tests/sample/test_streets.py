"""The sample's streets: a network to walk on, as the OSM file has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import osmium
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoplan.grid import cell_centers
from geoplan.ingest import read_population
from geoplan.sample.blocks import divide
from geoplan.sample.draft import SOURCE
from geoplan.sample.network import Network
from geoplan.sample.plane import to_plane
from tests.conftest import Sample

NOT_WALKED = {"motorway", "motorway_link"}
FIRST_ID = 90_000_000_000


@dataclass(frozen=True, slots=True)
class Extract:
    """What the OSM file has: positions in metres, ways with their tags, tags of all objects."""

    xy: dict[int, tuple[float, float]]
    ways: list[tuple[list[int], dict[str, str]]]
    tags: list[dict[str, str]]
    water: shapely.Geometry

    def walked(self) -> list[tuple[list[int], dict[str, str]]]:
        return [
            (nodes, tags)
            for nodes, tags in self.ways
            if "highway" in tags and tags["highway"] not in NOT_WALKED
        ]

    def lines(self, ways: list[tuple[list[int], dict[str, str]]]) -> NDArray[np.object_]:
        drawn = [shapely.LineString([self.xy[node] for node in nodes]) for nodes, _ in ways]
        return np.array(drawn, dtype=object)


@pytest.fixture(scope="module")
def extract(sample: Sample) -> Extract:
    [file] = [file for file in sample.files if file.kind == "osm"]
    ids, lonlat, ways, tags, water = [], [], [], [], []
    factory = osmium.geom.WKBFactory()
    for seen in osmium.FileProcessor(file.path).with_areas():
        if seen.is_area():
            if seen.tags.get("natural") == "water":
                water.append(shapely.from_wkb(factory.create_multipolygon(seen)))
            continue
        if seen.is_node():
            ids.append(seen.id)
            lonlat.append((seen.lon, seen.lat))
        elif seen.is_way():
            ways.append(([node.ref for node in seen.nodes], dict(seen.tags)))
        if seen.tags:
            tags.append(dict(seen.tags))
    xy = dict(zip(ids, map(tuple, to_plane(np.array(lonlat)).tolist()), strict=True))
    return Extract(xy, ways, tags, shapely.transform(shapely.union_all(water), to_plane))


def test_all_streets_are_one_network(extract: Extract) -> None:
    assert parts([nodes for nodes, _ in extract.walked()]) == 1


def test_streets_meet_in_shared_nodes_or_cross_on_bridges(extract: Extract) -> None:
    ways = [way for way in extract.walked() if "bridge" not in way[1]]
    lines = extract.lines(ways)
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    one, other = one[one < other], other[one < other]
    meets = shapely.intersection(lines[one], lines[other])
    at, pair = shapely.get_coordinates(meets, return_index=True)
    assert (shapely.get_dimensions(meets) == 0).all()
    vertices = np.array(
        [shapely.multipoints(shapely.get_coordinates(line)) for line in lines], dtype=object
    )
    points = shapely.points(at)
    for way in (one[pair], other[pair]):
        assert shapely.distance(vertices[way], points).max() < 0.05


def test_water_is_crossed_on_bridges_and_in_tunnels_only(extract: Extract) -> None:
    ways = [
        way
        for way in extract.ways
        if ("highway" in way[1] or "railway" in way[1]) and not way[1].keys() & {"bridge", "tunnel"}
    ]
    deep = shapely.buffer(extract.water, -3)
    shapely.prepare(deep)
    wet = shapely.intersects(deep, extract.lines(ways))
    assert [ways[index][1] for index in np.flatnonzero(wet)] == []


def test_every_class_of_street_and_a_bridge_over_each_river_in_town(extract: Extract) -> None:
    kinds = Counter(tags["highway"] for _, tags in extract.ways if "highway" in tags)
    assert {
        "motorway",
        "motorway_link",
        "trunk",
        "primary",
        "secondary",
        "tertiary",
    } <= kinds.keys()
    assert 25_000 < sum(kinds.values()) < 60_000
    assert all(
        tags.get("oneway") == "yes" for _, tags in extract.ways if tags.get("highway") == "motorway"
    )
    bridges = extract.lines([way for way in extract.walked() if "bridge" in way[1]])
    for nodes, tags in extract.ways:
        if tags.get("name") in {"府河", "南河", "沙河"}:
            river = extract.lines([(nodes, tags)])[0]
            assert shapely.intersects(river, bridges).sum() > 10


def test_everything_says_that_it_is_synthetic(extract: Extract) -> None:
    assert all(tags["source"] == SOURCE for tags in extract.tags)
    made = ("amenity", "shop", "leisure", "tourism")
    named = [tags["name"] for tags in extract.tags if any(key in tags for key in made)]
    assert all(name.startswith("示意") for name in named)
    assert min(extract.xy) > FIRST_ID


def test_people_live_near_a_street(extract: Extract, sample: Sample) -> None:
    [file] = [file for file in sample.files if file.kind == "population"]
    batches = list(read_population(file.path))
    people = np.concatenate([batch.people for batch in batches])
    homes = shapely.points(
        to_plane(cell_centers(np.concatenate([batch.cell for batch in batches])))
    )
    lines = extract.lines(extract.walked())
    far = shapely.distance(homes, lines[shapely.STRtree(lines).nearest(homes)])
    assert people[far < 700].sum() > 0.97 * people.sum()


def parts(runs: Sequence[Sequence[int]]) -> int:
    """How many parts a network has that runs of nodes make."""
    root: dict[int, int] = {}

    def find(node: int) -> int:
        while root.setdefault(node, node) != node:
            node = root[node]
        return node

    for run in runs:
        for node in run[1:]:
            root[find(node)] = find(run[0])
    return sum(node == above for node, above in root.items())


def dead_ends(runs: Sequence[Sequence[int]]) -> list[int]:
    """Nodes from which only one way leads on."""
    on = Counter(node for run in runs for pair in pairwise(run) for node in pair)
    return [node for node, count in on.items() if count == 1]


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), target=st.floats(20_000, 400_000), lean=st.floats(-0.4, 0.4))
def test_a_face_is_divided_without_gaps_or_overlaps(seed: int, target: float, lean: float) -> None:
    frame = [(0, 0), (3000, 0), (3000, 2000), (1500, 2400), (0, 2000), (0, 0)]
    road = np.array([(-100.0, 1000.0), (3100.0, 1000.0 + 2000 * lean)])
    river = shapely.buffer(shapely.LineString([(1000, -50), (1200, 2500)]), 30)
    bank = shapely.get_coordinates(
        shapely.boundary(shapely.intersection(river, shapely.Polygon(frame)))
    )
    rng = np.random.default_rng(seed)
    network = divide(
        [np.array(frame, float), road, bank], river, lambda xy: np.full(len(xy), target), rng
    )
    xy = network.xy()
    blocks = np.array(
        [shapely.Polygon(xy[network.expand([*ring, ring[0]])[:-1]]) for ring in network.blocks]
    )
    dry = shapely.difference(shapely.Polygon(frame), river)
    assert shapely.is_valid(blocks).all()
    assert shapely.area(blocks).sum() == pytest.approx(dry.area, rel=2e-3)
    assert shapely.area(shapely.union_all(blocks)) == pytest.approx(shapely.area(blocks).sum())
    assert np.median(shapely.area(blocks)) < 1.5 * target
    runs = [network.expand(street.nodes) for street in network.streets]
    assert parts(runs) == 1
    assert dead_ends(runs) == []


def test_the_same_seed_divides_alike() -> None:
    def made() -> Network:
        square = np.array([(0.0, 0.0), (2000, 0), (2000, 2000), (0, 2000), (0, 0)])
        rng = np.random.default_rng(7)
        return divide([square], shapely.Polygon(), lambda xy: np.full(len(xy), 3e4), rng)

    assert made().streets == made().streets
    assert (made().xy() == made().xy()).all()
