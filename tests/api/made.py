"""Features for these tests: a small invented city, the same in every run."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely

from geoplan.catalogue import City, Layer
from geoplan.imports.features import import_features
from geoplan.imports.source import Origin
from geoplan.text import Text

SAMPLE = Origin(
    "sample",
    Text("示意项目", "sample projects"),
    attribution="示意数据，虚构",
    synthetic=True,
    as_of=date(2023, 11, 30),
)
LEDGER = Origin("ledger", Text("台账", "ledger"), attribution="测试台账", as_of=date(2023, 11, 30))
SECRET = "绝密红线"
STATUSES = ("planned", "building", "finished", "open", "stopped")
CENTRE = np.array([104.06, 30.66])
Row = dict[str, Any]


def put(
    connection: psycopg.Connection,
    city: City,
    folder: Path,
    layer: str,
    rows: list[Row],
    origin: Origin = SAMPLE,
) -> None:
    """Import rows (properties and `geometry`) as a GeoJSON file, as anyone's data."""
    features = [
        {
            "type": "Feature",
            "properties": {name: value for name, value in row.items() if name != "geometry"},
            "geometry": shapely.geometry.mapping(row["geometry"]),
        }
        for row in rows
    ]
    path = folder / f"{layer}.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False),
        encoding="utf-8",
    )
    import_features(connection, city, path, layer, origin)


def greenways(count: int = 40) -> list[Row]:
    """Random walks through the centre, over districts and many cells."""
    random = np.random.default_rng(7)
    rows = []
    for number in range(count):
        start = CENTRE + random.normal(0, 0.05, 2)
        line = start + np.cumsum(random.normal(0, 0.003, (30, 2)), axis=0)
        rows.append(
            _common(number, f"示意绿道{number}号", shapely.LineString(line))
            | {
                "level": ("regional", "city", "community")[number % 3],
                "connecting": number % 4 == 0,
                "length_km": round(1 + number / 7, 3),
            }
        )
    return rows


def parks(count: int = 25) -> list[Row]:
    """Rectangles, one with a hole, and a point where no outline is known."""
    random = np.random.default_rng(8)
    rows = []
    for number in range(count):
        west, south = CENTRE + random.normal(0, 0.06, 2)
        shape = shapely.box(west, south, west + 0.004, south + 0.003)
        if number == 0:
            shape = shape.difference(
                shapely.box(west + 0.001, south + 0.001, west + 0.002, south + 0.002)
            )
        if number == count - 1:
            shape = shapely.Point(west, south)
        rows.append(_common(number, f"口袋公园<{number}>“园”", shape))
    return rows


def chargers(count: int, spread: Callable[[np.random.Generator, int], np.ndarray]) -> list[Row]:
    """Stations with one to forty piles at the places that `spread` gives, (n, 2) degrees."""
    random = np.random.default_rng(9)
    places = spread(random, count).tolist()
    piles = random.integers(1, 41, count).tolist()
    return [
        _common(number, f"充电站{number}", shapely.Point(place))
        | {"piles": own, "access": ("public", "dedicated")[number % 2]}
        for number, (place, own) in enumerate(zip(places, piles, strict=True))
    ]


def places(count: int, spread: Callable[[np.random.Generator, int], np.ndarray]) -> list[Row]:
    """Everyday places at the points that `spread` gives, (n, 2) degrees."""
    points = spread(np.random.default_rng(10), count).tolist()
    return [
        _common(number, f"菜市场{number}", shapely.Point(point)) | {"category": "market"}
        for number, point in enumerate(points)
    ]


def around(random: np.random.Generator, count: int) -> np.ndarray:
    return CENTRE + random.normal(0, 0.05, (count, 2))


def hidden(layer: Layer) -> list[Row]:
    """One feature at the centre with every field filled and a name that must never be told."""
    shape = {
        "point": shapely.Point(CENTRE),
        "line": shapely.LineString([CENTRE, CENTRE + 0.01]),
        "polygon": shapely.box(*CENTRE, *(CENTRE + 0.01)),
    }[layer.geometry]
    row = _common(3, f"{SECRET}{layer.id}", shape)
    for field in layer.fields:
        values: dict[str, Any] = {
            "text": f"{SECRET}{field.id}",
            "enum": field.values[0].id if field.values else "",
            "date": "2023-08-01",
            "integer": 7,
            "number": 7.5,
            "boolean": True,
        }
        row[field.id] = values[field.type]
    return [row]


def _common(number: int, name: str, shape: shapely.Geometry) -> Row:
    """Common fields; every seventh row has no days, every fifth no start."""
    started = date(2022, 11, 1) + timedelta(days=13 * (number % 40))
    finished = started + timedelta(days=150)
    row: Row = {
        "project_no": f"P-{number:05d}",
        "name": name,
        "name_en": f"Project {number}",
        "status": STATUSES[number % 5],
        "geometry": shape,
    }
    if number % 5:
        row["started_on"] = started.isoformat()
    row["finished_on"] = finished.isoformat()
    return row
