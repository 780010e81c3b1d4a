"""The objects of an OSM extract, streamed with their geometry; what cannot be drawn is counted.

Runs in the reader's process (see sandbox.py), where the file's name is not the person's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Generic, Literal, TypeVar

import osmium
import shapely
from osmium.geom import WKBFactory

from geoplan.errors import GeoplanError
from geoplan.ingest.osm_input import unreadable
from geoplan.text import Text

Shape = Literal["point", "line", "area"]
Tags = dict[str, str]
Box = tuple[float, float, float, float]
T = TypeVar("T")

_AREA_RELATIONS = ("multipolygon", "boundary")
_FEWEST_NODES = 4  # of a ring, the first counted twice
_NAMED = 5  # objects named for each finding; all are counted


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """An object that a rule wants. `key`: its type and id; `wkb`: hexadecimal, EPSG:4326."""

    key: str
    id: int
    tags: Tags
    wkb: str
    rule: T


@dataclass(slots=True)
class Tally:
    """What was left out or mended while reading, by finding, with the keys of the first."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[str]] = field(default_factory=dict)

    def note(self, finding: str, key: str) -> None:
        self.counts[finding] += 1
        named = self.first.setdefault(finding, [])
        if len(named) < _NAMED:
            named.append(key)


def find(
    extract: osmium.io.File,
    keys: Sequence[str],
    wanted: Callable[[Shape, Tags], T | None],
    tally: Tally,
) -> Iterator[Found[T]]:
    """Objects of the extract that `wanted` has a rule for, in the order of the file.

    keys    only objects with one of these keys are looked at.
    wanted  the rule for tags on a node (point), on a way (line), or on a closed way or
            multipolygon (area); None leaves the object out.
    tally   gets `line_cut` (nodes missing: drawn as far as they are known), `line_lost`,
            `area_open` (a way with an area's tags that does not close) and `area_broken`
            (nodes or members missing, or rings that cross).
    Memory is that of the node locations, 16 bytes each. Raises GeoplanError `osm_unreadable`.
    """
    has_key = osmium.filter.KeyFilter(*keys)
    objects = osmium.FileProcessor(extract).with_areas(has_key).with_filter(has_key)
    finder = _Finder(wanted, tally)
    for seen, tags in _read(objects):
        found = finder.found(seen, tags)
        if found is not None:
            yield found
    finder.tell_missing()


class _Finder(Generic[T]):
    """Turns osmium's objects into found ones."""

    def __init__(self, wanted: Callable[[Shape, Tags], T | None], tally: Tally) -> None:
        self._wanted, self._tally = wanted, tally
        self._factory = WKBFactory()
        self._promised: set[int] = set()  # relations that ought to become areas
        self._made: set[int] = set()

    def found(self, seen: Any, tags: Tags) -> Found[T] | None:
        """The object with its geometry, if a rule wants it and it has one."""
        if seen.is_way():
            return self._way(seen, tags)
        if seen.is_area():
            return self._area(seen, tags)
        if seen.is_relation():
            if tags.get("type") in _AREA_RELATIONS and self._wanted("area", tags) is not None:
                self._promised.add(seen.id)
            return None
        rule = self._wanted("point", tags)
        if rule is None:
            return None
        return Found(f"node/{seen.id}", seen.id, tags, self._factory.create_point(seen), rule)

    def tell_missing(self) -> None:
        """Count the relations that never became areas, as members are missing."""
        for relation in sorted(self._promised - self._made):
            self._tally.note("area_broken", f"relation/{relation}")

    def _way(self, way: Any, tags: Tags) -> Found[T] | None:
        if self._wanted("area", tags) is not None:
            _judge_ring(way, tags, self._factory, self._tally)
        rule = self._wanted("line", tags)
        wkb = None if rule is None else _line(way, self._factory, self._tally)
        if rule is None or wkb is None:
            return None
        return Found(f"way/{way.id}", way.id, tags, wkb, rule)

    def _area(self, area: Any, tags: Tags) -> Found[T] | None:
        rule = self._wanted("area", tags)
        if rule is None:
            return None
        key = f"{'way' if area.from_way() else 'relation'}/{area.orig_id()}"
        if not area.from_way():
            self._made.add(area.orig_id())
        if area.num_rings()[0] == 0:
            self._tally.note("area_broken", key)
            return None
        return Found(key, area.orig_id(), tags, self._factory.create_multipolygon(area), rule)


def require_content(extract: osmium.io.File, box: Box) -> None:
    """Raises GeoplanError for what is no OSM extract, has no nodes, or none in a box of degrees."""
    west, south, east, north = box
    empty = True
    for node, _ in _read(osmium.FileProcessor(extract, osmium.osm.NODE)):
        if node.location.valid():
            empty = False
            if west <= node.lon <= east and south <= node.lat <= north:
                return
    if empty:
        raise GeoplanError(
            "osm_empty",
            Text("文件中没有任何节点", "the extract has no nodes"),
            Text(
                "请重新导出，并包含道路和面所用的节点",
                "extract it again with the nodes that its ways refer to",
            ),
        )
    raise GeoplanError(
        "osm_elsewhere",
        Text("文件中没有位于本市的数据", "nothing in the extract lies in the city"),
        Text(
            f"请提供覆盖本市的数据（东经 {west:g}–{east:g}，北纬 {south:g}–{north:g}）",
            f"give an extract that covers {west:g} to {east:g} E, {south:g} to {north:g} N",
        ),
    )


def _read(objects: osmium.FileProcessor) -> Iterator[tuple[Any, Tags]]:
    """osmium's objects (each alive until the next) and their tags; faults told in our words."""
    try:
        for seen in objects:
            yield seen, dict(seen.tags)
    except (RuntimeError, ValueError) as error:
        raise unreadable(error) from error


def _judge_ring(way: Any, tags: Tags, factory: WKBFactory, tally: Tally) -> None:
    """Count a way with an area's tags that osmium passes over without a word."""
    if tags.get("area") == "no":
        return
    if not way.is_closed():
        tally.note("area_open", f"way/{way.id}")
        return
    try:
        factory.create_linestring(way)
        whole = len(way.nodes) >= _FEWEST_NODES
    except (osmium.InvalidLocationError, RuntimeError):
        whole = False
    if not whole:
        tally.note("area_broken", f"way/{way.id}")


def _line(way: Any, factory: WKBFactory, tally: Tally) -> str | None:
    """The way's line; where nodes are missing, every stretch between known ones."""
    try:
        return str(factory.create_linestring(way))
    except (osmium.InvalidLocationError, RuntimeError):
        runs = groupby(way.nodes, key=lambda node: node.location.valid())
        known = [[(node.lon, node.lat) for node in run] for valid, run in runs if valid]
        parts = [run for run in known if len(set(run)) > 1]
    if not parts:
        tally.note("line_lost", f"way/{way.id}")
        return None
    tally.note("line_cut", f"way/{way.id}")
    line = shapely.LineString(parts[0]) if len(parts) == 1 else shapely.MultiLineString(parts)
    return str(shapely.to_wkb(line, hex=True))
