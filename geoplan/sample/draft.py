"""OSM objects on the drawing board: nodes, ways and relations, numbered as they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import shapely
from osmium.osm.mutable import Node, Relation, Way

from geoplan.sample.plane import Floats, to_lonlat

Tags = Mapping[str, str]

SOURCE = "geoplan synthetic sample"
"""source=* of everything that has tags."""
_FIRST_ID = 90_000_000_001  # far above any real OSM id


@dataclass(slots=True)
class Draft:
    """Nodes are numbered from 0 here and get their OSM ids when written."""

    _xy: list[Floats] = field(default_factory=list)
    _count: int = 0
    _node_tags: dict[int, Tags] = field(default_factory=dict)
    _ways: list[tuple[Sequence[int], Tags]] = field(default_factory=list)
    _relations: list[tuple[Sequence[tuple[int, str]], Tags]] = field(default_factory=list)

    def nodes(self, xy: Floats) -> range:
        """Put (n, 2) points in metres; returns their numbers."""
        self._xy.append(xy)
        first, self._count = self._count, self._count + len(xy)
        return range(first, self._count)

    def point(self, xy: Floats, tags: Tags) -> None:
        """A tagged node at (2,) metres."""
        self.tag(self.nodes(xy[None])[0], tags)

    def tag(self, node: int, tags: Tags) -> None:
        """Tags for a node that has none yet."""
        self._node_tags[node] = tags

    def way(self, nodes: Sequence[int], tags: Tags) -> int:
        """A way through nodes; returns its number."""
        self._ways.append((nodes, tags))
        return len(self._ways) - 1

    def line(self, xy: Floats, tags: Tags) -> None:
        """A way through (n, 2) points of its own."""
        self.way(self.nodes(xy), tags)

    def area(self, shape: shapely.Geometry, tags: Tags) -> None:
        """A polygon or multipolygon in metres: a closed way, or a relation when it has holes."""
        for polygon in shapely.get_parts(shape).tolist():
            outer, *inner = [self._ring(ring) for ring in shapely.get_rings(polygon)]
            if not inner:
                self.way(outer, tags)
                continue
            members = [(self.way(outer, {}), "outer")]
            members += [(self.way(ring, {}), "inner") for ring in inner]
            self._relations.append((members, {"type": "multipolygon", **tags}))

    def _ring(self, ring: shapely.LinearRing) -> list[int]:
        nodes = self.nodes(shapely.get_coordinates(ring)[:-1])
        return [*nodes, nodes[0]]

    def write(self, path: Path) -> None:
        """Write the OSM file; its format follows from the path's ending."""
        lonlat = to_lonlat(np.vstack(self._xy)).round(7)
        header = osmium.io.Header()
        (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
        header.add_box(osmium.osm.Box(west, south, east, north))
        header.set("generator", SOURCE)
        with osmium.SimpleWriter(path, header=header, overwrite=True) as writer:
            for node, (lon, lat) in enumerate(lonlat.tolist()):
                tags = self._node_tags.get(node)
                writer.add_node(Node(id=_id(node), location=(lon, lat), tags=_sourced(tags)))
            for way, (nodes, tags) in enumerate(self._ways):
                ids = [_id(node) for node in nodes]
                writer.add_way(Way(id=_id(way), nodes=ids, tags=_sourced(tags)))
            for relation, (members, tags) in enumerate(self._relations):
                refs = [("w", _id(way), role) for way, role in members]
                writer.add_relation(Relation(id=_id(relation), members=refs, tags=_sourced(tags)))


def _id(number: int) -> int:
    return _FIRST_ID + number


def _sourced(tags: Tags | None) -> dict[str, str]:
    return {**tags, "source": SOURCE} if tags else {}
