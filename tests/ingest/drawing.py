"""Small OSM extracts drawn by hand, and all that is read of one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium
import shapely
from osmium.osm.mutable import Node, Relation, Way

from geoplan.ingest.osm import BaseRow, OsmExtract

CITY_LON, CITY_LAT = 104.06, 30.66
FAR_LON = 121.47  # Shanghai


class Drawing:
    """A small extract drawn by hand; positions are in units of 0.001° from the city's middle."""

    def __init__(self) -> None:
        self.nodes: dict[int, Node] = {}
        self.ways: list[Way] = []
        self.relations: list[Relation] = []

    def node(self, x: float, y: float, *, lon: float = CITY_LON, **tags: str) -> int:
        number = len(self.nodes) + 1
        location = (round(lon + x / 1000, 7), round(CITY_LAT + y / 1000, 7))
        self.nodes[number] = Node(id=number, location=location, tags=keyed(tags))
        return number

    def ring(self, x: float, y: float, size: float) -> list[int]:
        corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
        nodes = [self.node(*corner) for corner in corners]
        return [*nodes, nodes[0]]

    def way(self, nodes: list[int], **tags: str) -> int:
        self.ways.append(Way(id=len(self.ways) + 1, nodes=nodes, tags=keyed(tags)))
        return len(self.ways)

    def relation(self, members: list[tuple[int, str]], **tags: str) -> None:
        refs = [("w", way, role) for way, role in members]
        number = len(self.relations) + 1
        self.relations.append(Relation(id=number, members=refs, tags=keyed(tags)))

    def write(self, path: Path) -> Path:
        with osmium.SimpleWriter(path) as writer:
            for node in self.nodes.values():
                writer.add_node(node)
            for way in self.ways:
                writer.add_way(way)
            for relation in self.relations:
                writer.add_relation(relation)
        return path


def keyed(tags: dict[str, str]) -> dict[str, str]:
    """`name__en` stands for the key name:en."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def features(extract: OsmExtract, layer: str) -> Iterator[dict[str, Any]]:
    for batch in extract.features(layer):
        for row, key in enumerate(batch.key):
            yield {
                "key": key,
                "row": batch.row[row],
                "names": (batch.name_zh[row], batch.name_en[row]),
                "status": batch.status[row],
                "geometry": batch.geometry[row],
                **batch.properties[row],
            }


def base(extract: OsmExtract, theme: str) -> list[tuple[BaseRow, shapely.Geometry]]:
    rows = [row for batch in extract.base() for row in batch]
    return [(row, shapely.from_wkb(row[7])) for row in rows if row[0] == theme]
