"""Everyday places where people live: shops, clinics, kindergartens and the like, beside streets."""

from __future__ import annotations

import numpy as np
import shapely

from geoplan.sample.draft import Draft
from geoplan.sample.land import Land
from geoplan.sample.plane import Floats, stream
from geoplan.sample.population import Population
from geoplan.sample.streets import Streets
from geoplan.sample.towns import newness

# Key, value, Chinese and English name, places per 10,000 people, and how much fewer there are in
# the countryside. The rates are made up so that some quarters lack something.
_PLACES = (
    ("amenity", "kindergarten", "幼儿园", "Kindergarten", 0.62, 0.9),
    ("amenity", "clinic", "诊所", "Clinic", 0.36, 0.9),
    ("amenity", "pharmacy", "药店", "Pharmacy", 0.68, 0.5),
    ("amenity", "marketplace", "菜市场", "Wet Market", 0.26, 0.6),
    ("amenity", "restaurant", "餐馆", "Restaurant", 1.0, 0.3),
    ("amenity", "fast_food", "早餐店", "Breakfast", 0.32, 0.2),
    ("amenity", "cafe", "茶馆", "Teahouse", 0.22, 0.4),
    ("amenity", "bank", "银行网点", "Bank", 0.26, 0.3),
    ("amenity", "toilets", "公共厕所", "Toilets", 0.36, 0.2),
    ("amenity", "post_office", "邮政所", "Post Office", 0.07, 0.9),
    ("amenity", "community_centre", "社区服务站", "Community Centre", 0.36, 0.9),
    ("amenity", "social_facility", "日间照料中心", "Day Care", 0.22, 0.5),
    ("amenity", "library", "图书馆", "Library", 0.05, 0.3),
    ("amenity", "arts_centre", "文化站", "Culture Station", 0.10, 0.8),
    ("amenity", "parking", "停车场", "Car Park", 0.26, 0.1),
    ("amenity", "fuel", "加油站", "Filling Station", 0.08, 0.9),
    ("shop", "supermarket", "超市", "Supermarket", 0.48, 0.4),
    ("shop", "convenience", "便利店", "Convenience Store", 0.9, 0.5),
    ("shop", "greengrocer", "生鲜店", "Greengrocer", 0.24, 0.1),
    ("shop", "hairdresser", "理发店", "Hairdresser", 0.36, 0.4),
    ("shop", "laundry", "洗衣店", "Laundry", 0.16, 0.05),
    ("shop", "bakery", "面包店", "Bakery", 0.18, 0.1),
    ("shop", "clothes", "服装店", "Clothes", 0.24, 0.3),
    ("leisure", "pitch", "球场", "Pitch", 0.26, 0.3),
    ("leisure", "fitness_station", "健身点", "Fitness Ground", 0.24, 0.5),
    ("leisure", "sports_centre", "体育馆", "Sports Hall", 0.04, 0.3),
    ("leisure", "playground", "儿童乐园", "Playground", 0.10, 0.1),
    ("tourism", "hotel", "旅馆", "Hotel", 0.12, 0.3),
    ("tourism", "museum", "博物馆", "Museum", 0.012, 0.5),
)
_TOWN = 1500.0  # built-up people per km²
_STRAY_M = 55.0
_KERB_M = (9.0, 22.0)
_NEW_LACKS = 0.65  # share of places that a new quarter does not have yet


def lay_everyday_places(land: Land, people: Population, streets: Streets, draft: Draft) -> None:
    """Draw the places as nodes beside streets. The streets are drawn already."""
    rng = stream(land.seed, "everyday places")
    total = people.people.sum()
    lacking = 1 - _NEW_LACKS * newness(people.xy)
    walked = [road for road in streets.roads if not road.bridge and road.kind != "trunk"]
    lines = np.array(
        [shapely.LineString(streets.xy[list(road.nodes)]) for road in walked], dtype=object
    )
    tree = shapely.STRtree(lines)
    for key, value, zh, en, rate, rural in _PLACES:
        weight = people.people * np.where(people.urban > _TOWN, 1, rural) * lacking
        count = round(rate * total / 10_000)
        cells = rng.choice(len(weight), count, p=weight / weight.sum())
        at = people.xy[cells] + rng.normal(0, _STRAY_M, (count, 2))
        for number, spot in enumerate(_beside(rng, at, lines, tree), 1):
            name = {"name": f"示意{zh}{number}", "name:en": f"Sample {en} {number}"}
            draft.point(spot, {key: value, **name})


def _beside(
    rng: np.random.Generator, at: Floats, lines: np.ndarray, tree: shapely.STRtree
) -> Floats:
    """Points led to the nearest street and set beside it."""
    points = shapely.points(at)
    line = lines[tree.nearest(points)]
    distance = shapely.line_locate_point(line, points)
    a, b = (
        shapely.get_coordinates(
            shapely.line_interpolate_point(line, np.maximum(distance + step, 0))
        )
        for step in (-3, 3)
    )
    way = (b - a) / np.maximum(np.hypot(*(b - a).T), 1e-9)[:, None]
    side = rng.choice((-1, 1), len(at)) * rng.uniform(*_KERB_M, len(at))
    beside: Floats = (a + b) / 2 + side[:, None] * np.column_stack([-way[:, 1], way[:, 0]])
    return beside
