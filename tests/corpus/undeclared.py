"""Degrees of which nobody said the system: evidence decides, or a person is asked."""

from __future__ import annotations

from pathlib import Path

import shapely

from geoplan.catalogue import load_city
from geoplan.ingest import default_boundaries, read_units
from geoplan.resources import resource
from tests.corpus.coordinates import known, places, rounded, table
from tests.corpus.expected import SILENT, Case, error, info
from tests.corpus.ground import Spot, bd09, gcj02, moved, spot
from tests.corpus.writing import NAMES, csv_file, ledger

_L = "龙泉驿区"
_HEAD = ["学校名称", "区县", "状态"]


ASKED = Case(
    "degrees without a word and nothing to compare with: a person is asked",
    "school",
    ledger(table(["经度", "纬度"], [spot(_L, n) for n in range(12)])),
    (error(None, None, "crs_undecided"),),
    options=SILENT,
    how=("undecided",),
    rows=tuple(range(2, 14)),
)

BY_NAMES_GCJ = Case(
    "Amap's coordinates that nobody declared, found by eight known names",
    "school",
    csv_file(table(["经度", "纬度"], [rounded(gcj02, spot(_L, n)) for n in range(12)])),
    (info(None, None, "crs_by_shift"),),
    options=SILENT,
    places=known(8),
    crs="GCJ-02",
    how=("names",),
    good=places(12),
)

BY_NAMES_BD = Case(
    "Baidu's coordinates that nobody declared, found by eight known names",
    "school",
    csv_file(table(["经度", "纬度"], [rounded(bd09, spot(_L, n)) for n in range(12)])),
    (info(None, None, "crs_by_shift"),),
    options=SILENT,
    places=known(8),
    crs="BD-09",
    how=("names",),
    good=places(12),
)

BY_NAMES_WGS = Case(
    "true coordinates that nobody declared, found by eight known names",
    "school",
    csv_file(table(["经度", "纬度"], [spot(_L, n) for n in range(12)])),
    (info(None, None, "crs_by_shift"),),
    options=SILENT,
    places=known(8),
    crs="EPSG:4326",
    how=("names",),
    good=places(12),
)

ONE_NAME = Case(
    "one known name is not enough to decide",
    "school",
    csv_file(table(["经度", "纬度"], [rounded(gcj02, spot(_L, n)) for n in range(5)])),
    (error(None, None, "crs_undecided"),),
    options=SILENT,
    places=known(1),
    how=("undecided",),
)


def _at_the_edge(folder: Path) -> Path:
    """Forty schools of 锦江区 just inside its southern side, in GCJ-02.

    Read as WGS 84 they lie some 350 m further south-east, read as BD-09 900 m further south-west:
    in the next district.
    """
    return csv_file(
        [[*_HEAD, "经度", "纬度"]]
        + [
            [f"示意{NAMES[n % 30]}{n}小学", "锦江区", "在建", *rounded(gcj02, place)]
            for n, place in enumerate(edge(40))
        ]
    )(folder)


def edge(count: int) -> list[Spot]:
    """Spots inside 锦江区 that both wrong readings of GCJ-02 take out of it."""
    city = load_city(resource("layers") / "chengdu")
    district = read_units(default_boundaries(), city)["510104"]
    inner = district.buffer(-0.0008)
    ring = max(getattr(inner, "geoms", [inner]), key=lambda part: part.area).exterior
    spots: list[Spot] = []
    steps = 3000
    for step in range(steps):
        at = ring.interpolate(step / steps, normalized=True)
        place = moved((at.x, at.y), 0, 0)
        wrong = shapely.points([gcj02(place), moved(place, -623, -665)])
        near = any(abs(place[0] - x) + abs(place[1] - y) < 0.0003 for x, y in spots)
        if (
            not near
            and not district.contains(wrong).any()
            and district.contains(shapely.Point(place))
        ):
            spots.append(place)
        if len(spots) == count:
            return spots
    raise AssertionError(f"only {len(spots)} spots at the edge")


BY_DISTRICTS = Case(
    "undeclared coordinates of forty rows at a district's edge, which the districts decide",
    "school",
    _at_the_edge,
    (info(None, None, "crs_by_shift"),),
    options=SILENT,
    crs="GCJ-02",
    how=("districts",),
)  # fmt: skip

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
