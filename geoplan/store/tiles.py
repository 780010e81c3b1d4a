"""Vector tiles made by PostGIS: one round trip each, by the statements of tiles/*.sql."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql
from ruamel.yaml import YAML

from geoplan.catalogue import City, Layer, Service
from geoplan.resources import resource
from geoplan.store.sql import load_blocks

NANO = 1_000_000_000
DEEPEST_ZOOM = 22
_WORLD_M = 2 * 20037508.342789244  # width of the Web Mercator square, EPSG:3857

Kind = Literal[
    "points", "lines", "polygons", "cells", "units", "base", "reach", "facilities", "circle"
]  # fmt: skip
_KINDS: Mapping[str, Kind] = {"point": "points", "line": "lines", "polygon": "polygons"}
_BASE_LAYERS = {
    "earth": "areas",
    "landuse": "areas",
    "water": "areas",
    "buildings": "areas",
    "boundaries": "lines",
    "transit": "lines",
    "roads": "lines",
    "places": "points",
    "pois": "points",
}


@dataclass(frozen=True, slots=True)
class Level:
    """How far a tile is thinned; lengths in tile units (see tiles/rules.yaml)."""

    points: int
    tolerance: int
    tiny: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The zoom rules of tiles/rules.yaml."""

    extent: int
    buffer: int
    most_bytes: int
    levels: tuple[Level, ...]
    single_points_from: int
    resolutions: tuple[tuple[int, int], ...]
    deepest: Mapping[str, int]

    def resolution(self, z: int) -> int:
        """H3 resolution of sums and hexagons at a zoom."""
        return next(res for to, res in self.resolutions if z <= to)


@cache
def load_rules(folder: Path) -> Rules:
    """The rules in `folder/rules.yaml`."""
    data = YAML(typ="safe").load((folder / "rules.yaml").read_text(encoding="utf-8"))
    return Rules(
        extent=data["extent"],
        buffer=data["buffer"],
        most_bytes=data["most_bytes"],
        levels=tuple(Level(**level) for level in data["levels"]),
        single_points_from=data["single_points_from"],
        resolutions=tuple((row["to"], row["res"]) for row in data["resolutions"]),
        deepest=data["deepest"],
    )


@dataclass(frozen=True, slots=True)
class Source:
    """What a tile is made of.

    version_of  names the layer or data set whose version it has.
    facts_of    collections it is made from: whose sample data and credits it carries.
    circles     standards whose missing categories it tells, and how many each has.
    """

    id: str
    kind: Kind
    version_of: str
    facts_of: tuple[str, ...]
    layer: Layer | None = None
    service: Service | None = None
    circles: tuple[tuple[str, int], ...] = ()


def sources(city: City) -> dict[str, Source]:
    """Every source that the public may ask for."""
    found = {
        "units": Source("units", "units", "units", ("units",)),
        "base": Source("base", "base", "base", ("base",)),
        **_of_layers(each for each in city.layers.values() if each.visibility == "public"),
    }
    seen = [service for service in city.services.values() if service.visible]
    for service in seen:
        name = f"reach.{service.id}"
        found[name] = Source(name, "reach", name, _made_from([service]), service=service)
        places = f"facility.{service.id}"
        found[places] = Source(places, "facilities", name, _supplied_by([service]), service=service)
    circles = tuple((circle.id, len(circle.categories)) for circle in city.circles.values())
    found["circle"] = Source("circle", "circle", "circle", _made_from(seen), circles=circles)
    return found


def private_sources(city: City) -> dict[str, Source]:
    """The sources of layers that are not public."""
    return _of_layers(each for each in city.layers.values() if each.visibility != "public")


def _of_layers(layers: Iterable[Layer]) -> dict[str, Source]:
    found = {}
    for layer in layers:
        if layer.geometry != "none":
            kind = _KINDS[layer.geometry]
            found[layer.id] = Source(layer.id, kind, layer.id, (layer.id,), layer)
            name = f"grid.{layer.id}"
            found[name] = Source(name, "cells", layer.id, (layer.id,), layer)
    return found


def _made_from(services: Sequence[Service]) -> tuple[str, ...]:
    """Collections that walks to services are made from: the ways, and the facilities' layers."""
    return ("base", *_supplied_by(services))


def _supplied_by(services: Sequence[Service]) -> tuple[str, ...]:
    return tuple(sorted({supply.layer for service in services for supply in service.supply}))


class TileMaker:
    """Makes tiles of one source; the statement is composed once and prepared by each connection."""

    def __init__(self, source: Source, folder: Path | None = None) -> None:
        self._folder = folder or resource("tiles")
        self.source = source
        self.rules = load_rules(self._folder)
        self._statements = {
            kind: _statement(self._folder, source, kind) for kind in _forms(source.kind)
        }

    def statement(self, z: int) -> bytes:
        """The SQL that makes the source's tiles of a zoom."""
        if self.source.kind != "points":
            return self._statements["tile"]
        return self._statements["singles" if z >= self.rules.single_points_from else "sums"]

    def parameters(self, z: int, x: int, y: int, level: Level) -> dict[str, float]:
        """What the statement is asked with."""
        rules = self.rules
        unit_m = _WORLD_M / 2**z / rules.extent
        margin = (rules.buffer + 1) / rules.extent
        west, north = _lon_lat(z, x - margin, y - margin)
        east, south = _lon_lat(z, x + 1 + margin, y + 1 + margin)
        return {
            "z": z, "x": x, "y": y,
            "west": west, "south": south, "east": east, "north": north,
            "extent": rules.extent, "buffer": rules.buffer, "res": rules.resolution(z),
            "bin": unit_m * rules.buffer, "bins": rules.extent // rules.buffer,
            "most": level.points,
            "tolerance": level.tolerance * unit_m, "tiny": level.tiny * unit_m,
        }  # fmt: skip

    async def make(self, connection: psycopg.AsyncConnection, z: int, x: int, y: int) -> bytes:
        """The tile as Mapbox Vector Tile bytes, empty where nothing lies.

        z, x, y  a tile of the XYZ scheme; the caller has checked the range.
        """
        statement, tile = self.statement(z), b""
        async with connection.cursor(binary=True) as cursor:
            for level in self.rules.levels:
                await cursor.execute(statement, self.parameters(z, x, y, level), prepare=True)
                row = await cursor.fetchone()
                tile = bytes(row[0]) if row is not None else b""
                if len(tile) <= self.rules.most_bytes:
                    break
        return tile


def tile_bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile in degrees."""
    west, north = _lon_lat(z, x, y)
    east, south = _lon_lat(z, x + 1, y + 1)
    return west, south, east, north


def _lon_lat(z: int, x: float, y: float) -> tuple[float, float]:
    side = float(2**z)
    lon = min(max(x / side * 360 - 180, -180.0), 180.0)
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / side))))
    return lon, lat


def _forms(kind: Kind) -> Sequence[str]:
    return ("sums", "singles") if kind == "points" else ("tile",)


def _statement(folder: Path, source: Source, form: str) -> bytes:
    if source.kind == "base":
        blocks = load_blocks(folder / "base" / "tile.sql")
        parts = [
            sql.SQL(load_blocks(folder / "base" / f"{file}.sql")["layer"]).format(
                theme=sql.Literal(theme)
            )
            for theme, file in _BASE_LAYERS.items()
        ]
        return sql.SQL(blocks["tile"]).format(layers=sql.SQL(" || ").join(parts)).as_bytes()
    blocks = load_blocks(folder / f"{source.kind}.sql")
    words = _words(source)
    if source.kind == "points":
        words["items"] = sql.SQL(blocks[form]).format(**words)
    elif source.kind == "facilities":
        words["items"] = sql.SQL(blocks["items"]).format(**words)
        blocks = load_blocks(folder / "points.sql")
    return sql.SQL(blocks["tile"]).format(**words).as_bytes()


def _words(source: Source) -> dict[str, sql.Composable]:
    """Literals from the catalogue, so that plans are made for the layer's own partition."""
    if source.service is not None:
        return {
            "service": sql.Literal(source.service.id),
            "name": sql.Literal(source.id),
            "scale": sql.Literal(1),
        }
    if source.circles:
        return {
            "circles": sql.Literal([name for name, _ in source.circles]),
            "categories": sql.Literal([count for _, count in source.circles]),
        }
    if source.layer is None:
        return {}
    main = source.layer.measures[0]
    return {
        "layer": sql.Literal(source.layer.id),
        "name": sql.Literal(source.id),
        "measure": sql.Literal(main.id),
        "scale": sql.SQL("({}::numeric / {}::numeric)").format(
            sql.Literal(str(main.factor)), sql.Literal(str(NANO))
        ),
    }
