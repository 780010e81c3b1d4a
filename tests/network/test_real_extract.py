"""The network of the real extract of central Chengdu (OpenStreetMap, about 2018)."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely

from geoplan.ingest.osm_walk import WalkWays, read_walk
from geoplan.network import (
    Graph,
    Snapper,
    build,
    catchment,
    facilities_within,
    load,
    nearest_facility,
    stretches,
)
from geoplan.network.plane import geometry_to_plane
from tests.conftest import SHARED_DATA
from tests.network.made import GEOD

EXTRACT = SHARED_DATA / "osm_chengdu_centre.osm.pbf"
STREETS = SHARED_DATA / "osm_chengdu_centre_streets.geojson"
BOX = (104.0421, 30.6528, 104.1296, 30.7279)  # what the extract was cut to
JIN_RIVER = 37132222  # the way of 锦江 (府河) through the extract
NORTH_BANK, SOUTH_BANK = (104.06537, 30.68330), (104.06483, 30.68279)

pytestmark = pytest.mark.skipif(
    not (EXTRACT.exists() and STREETS.exists()), reason="the real extract is not on this machine"
)


@pytest.fixture(scope="module")
def ways() -> WalkWays:
    return read_walk(EXTRACT)


@pytest.fixture(scope="module")
def graph(ways: WalkWays) -> Graph:
    return build(ways)


def some_of(ways: WalkWays, kept: np.ndarray) -> WalkWays:
    of_way = np.repeat(kept, np.diff(ways.way_indptr))
    size = np.diff(ways.way_indptr)[kept]
    by_way = ("way_id", "direction", "bridge", "tunnel", "steps", "crossing", "layer")
    return replace(
        ways,
        refs=ways.refs[of_way],
        way_indptr=np.concatenate([[0], np.cumsum(size)]),
        **{name: getattr(ways, name)[kept] for name in by_way},
    )


def test_walkable_ways_are_those_of_the_data_readme_but_for_rules_that_it_did_not_look_at(
    ways: WalkWays,
) -> None:
    """README: 2,141 walkable of 2,268 lines, told by kind of highway and `foot` alone.

    We also walk around the 10 squares (`area=yes`), which are no lines there, and leave out 6
    ways closed by `access` or `motorroad`.
    """
    features = json.loads(STREETS.read_text())["features"]
    listed = {one["properties"]["osm_id"] for one in features if one["properties"]["walkable"]}
    ours = set(ways.way_id.tolist())
    assert len(listed) == 2141
    assert len(ours) == 2145
    tags = {
        way.id: dict(way.tags)
        for way in osmium.FileProcessor(str(EXTRACT), osmium.osm.WAY)
        if way.id in ours ^ listed
    }
    assert len(ours - listed) == 10
    assert all(tags[way]["area"] == "yes" for way in ours - listed)
    assert len(listed - ours) == 6
    assert all(
        tags[way].get("access") in {"no", "private"} or tags[way].get("motorroad") == "yes"
        for way in listed - ours
    )


def test_the_graph_is_the_one_of_the_data_readme_before_chains_are_contracted(
    ways: WalkWays,
) -> None:
    """README: 8,928 nodes, 10,332 edges, 39 components, the largest of 8,622 nodes, every vertex of
    a line being a node and every step between two an edge; on its own ways, all but our six."""
    features = json.loads(STREETS.read_text())["features"]
    lines = [one["properties"]["nodes"] for one in features if one["properties"]["walkable"]]
    refs = np.array([node for line in lines for node in line], dtype=np.int64)
    count = len(lines)
    every = {
        node: (lon, lat)
        for one, line in zip(
            (one for one in features if one["properties"]["walkable"]), lines, strict=True
        )
        for node, (lon, lat) in zip(line, one["geometry"]["coordinates"], strict=True)
    }
    node_id = np.array(sorted(every), dtype=np.int64)
    lonlat = np.array([every[node] for node in node_id.tolist()])
    theirs = WalkWays(
        way_id=np.arange(count, dtype=np.int64),
        way_indptr=np.cumsum([0, *map(len, lines)]).astype(np.int64),
        refs=refs,
        direction=np.zeros(count, dtype=np.int8),
        **{
            name: np.zeros(count, dtype=np.bool_)
            for name in ("bridge", "tunnel", "steps", "crossing")
        },
        layer=np.zeros(count, dtype=np.int8),
        node_id=node_id,
        lon=lonlat[:, 0].copy(),
        lat=lonlat[:, 1].copy(),
        not_walkable=0,
    )
    graph = build(theirs)
    inner = int(np.diff(graph.edge_indptr).sum() - 2 * graph.edges)
    assert graph.nodes + inner == len(node_id) == 8928
    steps = [frozenset(pair) for line in lines for pair in pairwise(line)]
    # Parallel edges are ours: 21 steps belong to two ways and count once in the README.
    assert int(np.diff(graph.edge_indptr).sum() - graph.edges) == len(steps) == 10_353
    assert len(set(steps)) == 10_332
    assert graph.components == 39
    largest = graph.component[graph.edge_u] == 0
    in_largest = int((np.diff(graph.edge_indptr) - 2)[largest].sum()) + graph.component_size[0]
    assert in_largest == 8622


def test_the_network_as_it_is_used(graph: Graph) -> None:
    assert (graph.nodes, graph.edges, graph.components) == (3459, 4930, 45)
    assert graph.component_size[:2].tolist() == [3290, 39]
    assert graph.missing_nodes == 0
    assert np.maximum(graph.edge_cost_uv, graph.edge_cost_vu).sum() / 1e6 == pytest.approx(
        818.5, 1e-3
    )
    assert (graph.edge_cost_uv == graph.edge_cost_vu).all()  # nothing is one-way on foot here


def test_lengths_are_geodesic_to_the_millimetre(graph: Graph) -> None:
    for edge in range(0, graph.edges, 37):
        line = graph.edge_xy[graph.edge_indptr[edge] : graph.edge_indptr[edge + 1]]
        assert abs(GEOD.line_length(*line.T) * 1000 - graph.edge_cost_uv[edge]) <= 0.51


def river_and_crossings(graph: Graph) -> tuple[shapely.Geometry, set[int]]:
    rivers = osmium.FileProcessor(str(EXTRACT)).with_locations()
    (line,) = (
        shapely.LineString([(node.lon, node.lat) for node in way.nodes])
        for way in rivers.with_filter(osmium.filter.KeyFilter("waterway"))
        if way.is_way() and way.id == JIN_RIVER
    )
    vertex = np.repeat(np.arange(graph.edges), np.diff(graph.edge_indptr))
    edges = shapely.linestrings(graph.edge_xy, indices=vertex)
    return line, set(np.flatnonzero(shapely.intersects(edges, line)).tolist())


@pytest.mark.parametrize("home", [NORTH_BANK, SOUTH_BANK])
def test_a_catchment_beside_the_river_does_not_reach_over_it_but_by_bridges(
    graph: Graph, home: tuple[float, float]
) -> None:
    river, crossings = river_and_crossings(graph)
    place = Snapper(graph).snap(np.array([home])).positions

    near = catchment(graph, place, 5 * 60 * 1000, lonlat=home)
    assert not crossings & set(near.stretches.edge.tolist())
    assert not near.outline.intersects(river)

    far = catchment(graph, place, 15 * 60 * 1000, lonlat=home)
    over = np.array([edge in crossings for edge in far.stretches.edge.tolist()])
    assert over.sum() == 3
    assert far.outline.is_valid
    bridges = []
    for edge in far.stretches.edge[over]:
        first, last = graph.edge_indptr[edge : edge + 2]
        bridges.append(shapely.LineString(graph.edge_en[first:last]))
    outline, line = geometry_to_plane(np.array([far.outline, river]))
    wet = shapely.intersection(outline, line)
    beside = shapely.buffer(shapely.union_all(bridges), 32)
    assert wet.length > 100
    assert shapely.difference(wet, beside).length == 0

    # With the edges over the river closed the other bank is out of reach.
    closed = np.isin(np.arange(graph.edges), list(crossings))
    kept = build_without(graph, closed)
    own = stretches(kept, Snapper(kept).snap(np.array([home])).positions, 15 * 60 * 1000)
    assert len(own.edge)
    lost = set(far.stretches.edge[~over].tolist())
    assert len(own.edge) < len(lost)


def build_without(graph: Graph, closed: np.ndarray) -> Graph:
    """The network without some edges, every other edge a way of its own."""
    kept = np.flatnonzero(~closed)
    size = np.diff(graph.edge_indptr)[kept]
    vertex = np.repeat(~closed, np.diff(graph.edge_indptr))
    xy, number = np.unique(graph.edge_xy[vertex], axis=0, return_inverse=True)
    count = len(kept)
    return build(
        WalkWays(
            way_id=np.arange(count, dtype=np.int64),
            way_indptr=np.concatenate([[0], np.cumsum(size)]).astype(np.int64),
            refs=number.astype(np.int64),
            direction=np.zeros(count, dtype=np.int8),
            **{
                name: np.zeros(count, dtype=np.bool_)
                for name in ("bridge", "tunnel", "steps", "crossing")
            },
            layer=np.zeros(count, dtype=np.int8),
            node_id=np.arange(len(xy), dtype=np.int64),
            lon=xy[:, 0].copy(),
            lat=xy[:, 1].copy(),
            not_walkable=0,
        )
    )


def test_markets_of_the_extract_are_reached_by_the_network_never_sooner_than_by_air(
    graph: Graph,
) -> None:
    poi = json.loads((SHARED_DATA / "osm_chengdu_centre_poi.geojson").read_text())["features"]
    market = [
        one["geometry"]["coordinates"] for one in poi if one["properties"]["category"] == "market"
    ]
    rng = np.random.default_rng(1)
    people = rng.uniform(BOX[:2], BOX[2:], (4000, 2))
    snapper = Snapper(graph)
    homes, goals = snapper.snap(people), snapper.snap(np.array(market))

    walked, facility = nearest_facility(graph, homes.positions, goals.positions, count=4000)

    assert (homes.state < 2).mean() > 0.99
    reached = walked >= 0
    assert reached.mean() > 0.98
    goal = np.array(market)[facility[reached]]
    air = GEOD.inv(*people[reached].T, *goal.T)[2]
    assert (walked[reached] >= 1000 * air - 5).all()
    within = facilities_within(graph, homes.positions, goals.positions, 900_000, count=4000)
    assert ((within > 0) == (reached & (walked <= 900_000))).all()


def test_saved_and_loaded_it_is_the_same(graph: Graph, tmp_path: Path) -> None:
    graph.save(tmp_path / "real")
    loaded = load(tmp_path / "real")
    assert np.array_equal(loaded.edge_xy, graph.edge_xy)
    assert loaded.bbox == graph.bbox
