"""A small town as users bring it: streets as an OSM file, people as a CSV, features as batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import h3
import numpy as np
import psycopg
import shapely
from pyproj import Geod

from geoplan.catalogue import City
from geoplan.imports.features import write_batches
from geoplan.imports.osm import import_osm
from geoplan.imports.population import import_population
from geoplan.imports.source import Origin, source_of
from geoplan.ingest import FeatureBatch
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.reach import ServiceReach, held_reach
from geoplan.store.sources import put_source
from geoplan.text import Text

GEOD = Geod(ellps="WGS84")
HOME = (104.0635, 30.6598)  # Tianfu Square
LonLat = tuple[float, float]
SCHOOL = "primary_school"
PRIMARY = (("stage", "primary"),)


def at(east_m: float, north_m: float) -> LonLat:
    """A place so many metres east and then so many metres north of the square, both geodesic."""
    lon, lat, _ = GEOD.fwd(*HOME, 90, east_m)
    lon, lat, _ = GEOD.fwd(lon, lat, 0, north_m)
    return lon, lat


def apart_m(one: LonLat, other: LonLat) -> float:
    return float(GEOD.inv(*one, *other)[2])


def write_osm(
    path: Path, nodes: Mapping[str, LonLat], ways: Iterable[tuple[str, Mapping[str, str]]]
) -> Path:
    """Ways through named nodes, with their tags."""
    number = {name: index for index, name in enumerate(nodes, 1)}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    lines += [
        f'<node id="{number[name]}" version="1" lon="{lon:.7f}" lat="{lat:.7f}"/>'
        for name, (lon, lat) in nodes.items()
    ]
    for way_id, (names, tags) in enumerate(ways, 1):
        refs = "".join(f'<nd ref="{number[name]}"/>' for name in names.split())
        said = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<way id="{way_id}" version="1">{refs}{said}</way>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def write_grid(path: Path, side: int = 9, step_m: float = 110) -> Path:
    """Streets in squares around the place, some of them for one direction only."""
    middle = (side - 1) / 2
    nodes = {
        f"n{x}_{y}": at((x - middle) * step_m, (y - middle) * step_m)
        for x in range(side)
        for y in range(side)
    }
    ways: list[tuple[str, Mapping[str, str]]] = []
    for line in range(side):
        one_way = {"oneway:foot": "yes"} if line % 4 == 1 else {}
        tags = {"highway": "residential", **one_way}
        ways.append((" ".join(f"n{x}_{line}" for x in range(side)), tags))
        ways.append((" ".join(f"n{line}_{y}" for y in range(side)), tags))
    return write_osm(path, nodes, ways)


def cells_around(radius: int) -> list[str]:
    return sorted(h3.grid_disk(h3.latlng_to_cell(HOME[1], HOME[0], 10), radius))


def write_people(path: Path, cells: Sequence[str], people: int = 7) -> Path:
    rows = [f"{cell},{people + index % 5}" for index, cell in enumerate(cells)]
    path.write_text("\n".join(["cell,people", *rows]), encoding="utf-8")
    return path


def origin(name: str) -> Origin:
    return Origin(name, Text(name, name))


def settle(
    connection: psycopg.Connection, city: City, folder: Path, osm: Path, cells: Sequence[str]
) -> None:
    """Import streets and people; networks lie in `folder/networks`."""
    import_osm(connection, city, osm, origin("streets"), folder / "networks")
    people = write_people(folder / "people.csv", cells)
    import_population(connection, people, origin("people"))


@dataclass(frozen=True)
class Made:
    """A feature to be."""

    key: str
    geometry: shapely.Geometry
    status: str = "open"
    properties: tuple[tuple[str, object], ...] = ()


def put(
    connection: psycopg.Connection, city: City, folder: Path, layer: str, features: Sequence[Made]
) -> None:
    """Make these the features of a layer, as an import with pruning does."""
    count = len(features)
    batch = FeatureBatch(
        key=[made.key for made in features],
        row=list(range(1, count + 1)),
        unit=[None] * count,
        name_zh=[f"示意{made.key}" for made in features],
        name_en=[None] * count,
        status=[made.status for made in features],
        started_on=[None] * count,
        finished_on=[None] * count,
        properties=[dict(made.properties) for made in features],
        original=[None] * count,
        source_crs="EPSG:4326",
        geometry=np.array([made.geometry for made in features], dtype=object),
    )
    listing = folder / "listing"
    listing.write_text(layer, encoding="utf-8")
    with connection.transaction():
        act_as(connection, OPERATOR, "test")
        put_source(connection, source_of("features", origin(f"made-{layer}"), listing))
        write_batches(
            connection,
            city.layer(layer),
            origin(f"made-{layer}"),
            [batch] if count else [],
            prune=True,
            progress=lambda _: None,
        )


def school(key: str, place: tuple[float, float], status: str = "open") -> Made:
    return Made(key, shapely.Point(place), status, PRIMARY)


def seen(connection: psycopg.Connection, service: str) -> ServiceReach:
    with connection.transaction():
        act_as(connection, OPERATOR, "look")
        return held_reach(connection, service)
