"""An OpenStreetMap extract: everyday places, green spaces and the base map around them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City
from geoplan.ingest import sandbox
from geoplan.ingest.batch import FeatureBatch
from geoplan.ingest.osm_ground import GROUND_KEYS, Ground, ground
from geoplan.ingest.osm_input import LIMITS, form_of
from geoplan.ingest.osm_objects import Box, Found, Tally, find, require_content
from geoplan.ingest.osm_places import GREEN_KEYS, PLACE_KEYS, green_space, names, place

_LOG = logging.getLogger(__name__)

BaseRow = tuple[str, str, str | None, str | None, str | None, int, int, bytes]

_RULES = {"place": (PLACE_KEYS, place), "green_space": (GREEN_KEYS, green_space)}
_BATCH = 4000
# Facilities beyond the city's edge serve people inside: 0.05° is the widest radius, 5 km.
_MARGIN_DEG = 0.05
_DEEPEST = 14  # zoom at which every area is shown
_SEEN_M = 134_600  # an area this wide fills two pixels of the map at tile zoom 0 (latitude 31°)
_M_PER_DEG = 110_864, 95_841  # at Chengdu: latitude, longitude


@dataclass(slots=True)
class OsmExtract:
    """An extract of which it is known that some of it lies in the city.

    `left_out` counts what could not be read, by finding (see `osm_objects.find`), or was
    `mended` (a polygon made valid) or lies `outside`, over all that was read so far.
    """

    path: Path
    box: Box
    left_out: Counter[str] = field(default_factory=Counter)

    def features(self, layer_id: str) -> Iterator[FeatureBatch]:
        """Places (points; an area becomes a point inside it) or green spaces (polygons).

        layer_id  `place` or `green_space`. Keys are OSM types and ids, rows the ids.
        Raises GeoplanError as `sandbox.run` does, and `osm_unreadable` for a damaged file.
        """
        for batch in self._read("read_places", {"layer_id": layer_id}):
            count = len(batch["key"])
            yield FeatureBatch(
                key=batch["key"],
                row=batch["id"],
                unit=[None] * count,
                name_zh=batch["name"],
                name_en=batch["name_en"],
                status=["open"] * count,
                started_on=[None] * count,
                finished_on=[None] * count,
                properties=batch["properties"],
                original=[None] * count,
                source_crs="EPSG:4326",
                geometry=shapely.from_wkb(batch["wkb"]),
            )

    def base(self) -> Iterator[list[BaseRow]]:
        """Rows of the base map: theme, kind, detail, name, name_en, min_zoom, sort, WKB."""
        for batch in self._read("read_base", {}):
            yield [
                (theme, kind, detail, name, name_en, zoom, sort, bytes.fromhex(wkb))
                for theme, kind, detail, name, name_en, zoom, sort, wkb in batch["rows"]
            ]

    def _read(self, reader: str, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for batch in _run(reader, self.path, {"box": self.box, **arguments}):
            if "left_out" in batch:
                self.left_out.update(batch["left_out"])
                for finding, count in batch["left_out"].items():
                    # A province's extract has much that lies elsewhere; the rest is a fault.
                    level = logging.INFO if finding == "outside" else logging.WARNING
                    first = ", ".join(batch["first"][finding])
                    _LOG.log(level, "%s: %s %s: %s", self.path.name, count, finding, first)
            else:
                yield batch


def read_osm(path: Path, city: City) -> OsmExtract:
    """Open an OSM extract (PBF or XML, also gz and bz2).

    Raises GeoplanError: as `sandbox.run` does; `osm_format_unknown`, `osm_unreadable`,
    `osm_empty` for one without nodes, `osm_elsewhere` when all of it lies outside the city.
    """
    west, south, east, north = city.bbox
    box = (west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG)
    for _ in _run("check", path, {"box": box}):
        pass
    return OsmExtract(path, box)


def _run(reader: str, path: Path, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    request = {"form": form_of(path), **arguments}
    return sandbox.run(f"{__name__}:{reader}", path, request, limits=LIMITS)


def check(path: Path, *, form: str, box: Box) -> Iterator[dict[str, Any]]:
    """In the reader's process: see `require_content`."""
    require_content(osmium.io.File(path, form), box)
    yield from ()


def read_places(path: Path, *, form: str, box: Box, layer_id: str) -> Iterator[dict[str, Any]]:
    """In the reader's process: columns of a layer's features, at the end what was left out."""
    keys, rule = _RULES[layer_id]
    tally = Tally()
    objects = find(osmium.io.File(path, form), keys, rule, tally)
    while chunk := list(islice(objects, _BATCH)):
        found, geometry = _placed(chunk, box, tally)
        if layer_id == "place":
            geometry = shapely.point_on_surface(geometry)
        named = [names(one.tags) for one in found]
        yield {
            "key": [one.key for one in found],
            "id": [one.id for one in found],
            "name": [name for name, _ in named],
            "name_en": [name_en for _, name_en in named],
            "properties": [_properties(one) for one in found],
            "wkb": shapely.to_wkb(geometry, hex=True).tolist(),
        }
    yield from _told(tally)


def _properties(one: Found[Any]) -> dict[str, str]:
    osm_type, _, osm_id = one.key.partition("/")
    properties = {"kind": one.rule.kind, "osm_type": osm_type, "osm_id": osm_id}
    return (
        properties if one.rule.category is None else {"category": one.rule.category, **properties}
    )


def read_base(path: Path, *, form: str, box: Box) -> Iterator[dict[str, Any]]:
    """In the reader's process: rows of the base map, at the end what was left out."""
    tally = Tally()
    # No coastline is put together: the city and all around it is land.
    land = shapely.to_wkb(shapely.box(*box), hex=True)
    yield {"rows": [["earth", "earth", None, None, None, 0, 0, land]]}
    objects = find(osmium.io.File(path, form), GROUND_KEYS, ground, tally)
    while chunk := list(islice(objects, _BATCH)):
        found, geometry = _placed(chunk, box, tally)
        zooms, shapes = _first_zoom(geometry).tolist(), shapely.to_wkb(geometry, hex=True).tolist()
        yield {
            "rows": [
                _base_row(row, one, zoom, wkb)
                for one, zoom, wkb in zip(found, zooms, shapes, strict=True)
                for row in one.rule
            ]
        }
    yield from _told(tally)


def _base_row(row: Ground, one: Found[Any], zoom: int, wkb: str) -> list[Any]:
    if row.theme == "pois":
        zoom, wkb = 0, shapely.to_wkb(shapely.point_on_surface(shapely.from_wkb(wkb)), hex=True)
    name, name_en = names(one.tags)
    return [row.theme, row.kind, row.detail, name, name_en, max(zoom, row.min_zoom), row.sort, wkb]


def _placed(
    chunk: list[Found[Any]], box: Box, tally: Tally
) -> tuple[list[Found[Any]], NDArray[np.object_]]:
    """The objects that touch the box and their geometry: single where it can be, and valid."""
    geometry = shapely.from_wkb(np.array([one.wkb for one in chunk], dtype=object))
    single = (shapely.get_type_id(geometry) == 6) & (shapely.get_num_geometries(geometry) == 1)
    geometry[single] = shapely.get_geometry(geometry[single], 0)
    for index in np.flatnonzero(~shapely.is_valid(geometry)).tolist():
        tally.note("mended", chunk[index].key)
        geometry[index] = shapely.make_valid(
            geometry[index], method="structure", keep_collapsed=False
        )
    west, south, east, north = shapely.bounds(geometry).T
    inside = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
    for index in np.flatnonzero(~inside).tolist():
        tally.note("outside", chunk[index].key)
    return [one for one, kept in zip(chunk, inside.tolist(), strict=True) if kept], geometry[inside]


def _first_zoom(geometry: NDArray[np.object_]) -> NDArray[np.int64]:
    """The tile zoom at which an area is wide enough to be seen; 0 for lines and points."""
    area_m2 = shapely.area(geometry) * _M_PER_DEG[0] * _M_PER_DEG[1]
    side_m = np.sqrt(np.where(area_m2 > 0, area_m2, _SEEN_M**2))
    return np.clip(np.ceil(np.log2(_SEEN_M / side_m)), 0, _DEEPEST).astype(np.int64)


def _told(tally: Tally) -> Iterator[dict[str, Any]]:
    if tally.counts:
        yield {"left_out": tally.counts, "first": tally.first}
