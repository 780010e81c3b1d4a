"""Walkable ways read from OSM extracts in the confined process."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import osmium
import pytest
from osmium.osm.mutable import Node
from osmium.osm.mutable import Way as OsmWay

from geoplan.errors import GeoplanError
from geoplan.ingest import osm_walk
from geoplan.ingest.osm_walk import read_walk
from geoplan.network import build

XML = """<osm version="0.6">
  <node id="1" lon="104.06" lat="30.66"/>
  <node id="2" lon="104.061" lat="30.66"/>
  <node id="9" lon="104.062" lat="30.66"><tag k="highway" v="crossing"/></node>
  <node id="5" lon="104.0605" lat="30.661"/>
  <way id="30"><nd ref="1"/><nd ref="2"/><nd ref="7"/><nd ref="9"/>
    <tag k="highway" v="residential"/></way>
  <way id="10"><nd ref="2"/><nd ref="5"/>
    <tag k="highway" v="footway"/><tag k="oneway:foot" v="-1"/>
    <tag k="bridge" v="yes"/><tag k="layer" v="2"/></way>
  <way id="20"><nd ref="1"/><nd ref="5"/><tag k="highway" v="motorway"/></way>
  <way id="40"><nd ref="1"/><nd ref="5"/><tag k="waterway" v="river"/></way>
</osm>"""


def write(path: Path, text: str = XML) -> Path:
    path.write_text(text)
    return path


def test_ways_and_their_nodes_become_arrays(tmp_path: Path) -> None:
    ways = read_walk(write(tmp_path / "a.osm"))

    assert ways.way_id.tolist() == [30, 10]
    assert ways.way_indptr.tolist() == [0, 4, 6]
    assert ways.refs.tolist() == [1, 2, 7, 9, 2, 5]
    assert ways.direction.tolist() == [0, -1]
    assert ways.bridge.tolist() == [False, True]
    assert ways.layer.tolist() == [0, 2]
    assert ways.node_id.tolist() == [1, 2, 5, 9]
    assert ways.lon.tolist() == pytest.approx([104.06, 104.061, 104.0605, 104.062], abs=1e-9)
    assert ways.lat.tolist() == pytest.approx([30.66, 30.66, 30.661, 30.66], abs=1e-9)
    assert ways.not_walkable == 1
    graph = build(ways)
    assert (graph.nodes, graph.edges, graph.missing_nodes) == (3, 2, 1)


def test_a_box_leaves_out_ways_without_a_node_inside(tmp_path: Path) -> None:
    path = write(tmp_path / "a.osm")
    assert read_walk(path, box=(104.0601, 30.6605, 105, 31)).way_id.tolist() == [10]
    assert read_walk(path, box=(100, 20, 101, 21)).way_id.tolist() == []


def test_many_ways_come_in_several_batches_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "many.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for node in range(1, 3001):
            writer.add_node(Node(id=node, location=(104 + node * 1e-5, 30.5)))
        for way in range(1, 6001):
            first = way % 2900 + 1
            refs = list(range(first, first + 80))
            writer.add_way(OsmWay(id=way, nodes=refs, tags={"highway": "footway"}))
    ways = read_walk(path)
    assert ways.way_id.tolist() == list(range(1, 6001))
    assert len(ways.refs) == 480_000
    assert ways.refs[80 * 4321 : 80 * 4322].tolist() == list(
        range(4322 % 2900 + 1, 4322 % 2900 + 81)
    )
    assert len(ways.node_id) == 2979
    assert np.allclose(ways.lon, 104 + ways.node_id * 1e-5, atol=1e-8)


def test_an_extract_without_ways_gives_none(tmp_path: Path) -> None:
    ways = read_walk(
        write(tmp_path / "a.osm", "<osm version='0.6'><node id='1' lon='1' lat='2'/></osm>")
    )
    assert len(ways.way_id) == len(ways.node_id) == 0
    assert build(ways).nodes == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.osm.pbf", b"\0\0\0\x0dnonsense", "osm_unreadable"),
        ("a.osm", b"<html>no", "osm_unreadable"),
        ("a.txt", b"<osm/>", "osm_format_unknown"),
        ("a.osm", b"", "file_empty"),
    ],
)
def test_what_is_no_extract_is_told(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(GeoplanError) as caught:
        read_walk(tmp_path / name)
    assert caught.value.code == code


def encoded(**values: list[int]) -> dict[str, str]:
    every = {"way": [1], "size": [2], "direction": [0], "layer": [0], "is": [0]}
    every |= {"ref": [1, 2], "lon": [0, 0], "lat": [0, 0]} | values
    types = osm_walk._BY_WAY | osm_walk._BY_REF
    return {
        name: base64.b64encode(np.array(every[name], dtype=types[name]).tobytes()).decode()
        for name in types
    }


def test_arrays_that_a_reader_taken_over_might_send_are_refused() -> None:
    assert osm_walk._decoded(encoded()) is not None
    for wrong in (
        encoded(size=[3]),
        encoded(size=[-2]),
        encoded(direction=[0, 1]),
        encoded(lon=[1]),
        {**encoded(), "ref": "no base64!"},
        {**encoded(), "ref": "AAAA"},
        {**encoded(), "ref": 5},
        {name: value for name, value in encoded().items() if name != "lat"},
    ):
        assert osm_walk._decoded(wrong) is None
