"""Circles, gaps and equity over HTTP, against plain counts over people and reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import h3.api.basic_int as h3
import pytest
import shapely

from geoplan.catalogue import City
from tests.api.asking import Api, running
from tests.api.conftest import application, copy_of
from tests.api.walked import as_operator, by_unit, population
from tests.conftest import TestDatabase


@pytest.fixture(scope="module")
def database(walked_city: TestDatabase) -> TestDatabase:
    return copy_of(walked_city)


@pytest.fixture(scope="module")
def api(database: TestDatabase, city: City, walked_home: Path) -> Iterator[Api]:
    with running(application(database, city, home=walked_home)) as asked:
        yield asked


@pytest.mark.parametrize("speed", ["planning", "elderly"])
@pytest.mark.parametrize("circle", ["gb50180_min10", "convenience_basic"])
def test_circles_are_what_the_database_counts(
    api: Api, database: TestDatabase, city: City, circle: str, speed: str
) -> None:
    standard = city.circles[circle]
    scale = {"planning": 10, "elderly": 8}[speed]
    lacks: dict[int, set[str]] = defaultdict(set)
    people = dict(as_operator(database, "SELECT cell, people FROM cell"))
    near: dict[str, dict[int, int]] = {}
    for name in {service for category in standard.categories for service in category.services}:
        near[name] = dict(
            as_operator(
                database,
                "SELECT r.cell, r.now_mm FROM reach AS r JOIN service AS s ON s.no = r.service_no WHERE s.id = %s",
                name,
            )
        )
    for category in standard.categories:
        for cell in people:
            if not any(
                0 <= near[name].get(cell, -1) <= limit * scale // 10
                for name, limit in zip(category.services, category.limits_mm, strict=True)
            ):
                lacks[cell].add(category.id)
    found = api.json("/api/circles", circle=circle, when="now", speed=speed)
    rows = [row for row in found["rows"] if row["unit"] == "city"]
    lacking = {
        category.id: sum(n for cell, n in people.items() if category.id in lacks[cell])
        for category in standard.categories
    }
    if not any(row["suppressed"] for row in rows):
        for name, number in lacking.items():
            assert sum(row["lacking"][name] for row in rows) == number
    complete = sum(n for cell, n in people.items() if not lacks[cell])
    if all(row["numerator"] is not None for row in rows):
        assert sum(row["numerator"] for row in rows) == complete
    network = next(row for row in rows if row["measure"] == "network")
    assert network["denominator"] == sum(people.values())
    assert network["most_missing"] in {category.id for category in standard.categories}
    assert len(network["missing"]) == len(standard.categories) + 1


def test_gaps_hold_every_uncovered_person_once_and_touch_only_where_one_was_cut(
    api: Api, database: TestDatabase, city: City
) -> None:
    found = api.json("/api/gaps", service="market", limit=500)
    limit = city.services["market"].limit_mm
    people = dict(as_operator(database, "SELECT cell, people FROM cell"))
    rows = as_operator(
        database,
        "SELECT r.cell, r.now_mm FROM reach AS r JOIN service AS s ON s.no = r.service_no WHERE s.id = 'market'",
    )
    uncovered = {cell for cell, mm in rows if people[cell] > 0 and not 0 <= mm <= limit}
    gaps = found["gaps"]
    assert [gap["rank"] for gap in gaps] == list(range(1, len(gaps) + 1))
    assert [gap["people"] for gap in gaps] == sorted((g["people"] for g in gaps), reverse=True)
    assert found["matched"] == len(gaps)
    seen: set[int] = set()
    for gap in gaps:
        cells = {int(cell, 16) for cell in gap["cells"]}
        assert cells <= uncovered
        assert not cells & seen
        seen |= cells
        assert gap["people"] == sum(people[cell] for cell in cells) >= 50
        assert len(cells) == gap["cell_count"] >= 2
        around = set().union(*(h3.grid_disk(cell, 1) for cell in cells)) & uncovered
        if around - cells:  # a part of a gap too wide for one facility
            assert len({h3.cell_to_parent(cell, 7) for cell in cells}) == 1
        shape = shapely.geometry.shape(gap["geometry"])
        assert shape.is_valid
        assert shape.contains(shapely.Point(gap["lon"], gap["lat"]))
        assert gap["missing"] == [
            {
                "id": "market",
                "title": {
                    "zh": city.services["market"].title.zh,
                    "en": city.services["market"].title.en,
                },
            }
        ]
        assert gap["nearest_m"] is None or gap["nearest_m"] >= limit // 1000
    left = sum(people[cell] for cell in uncovered - seen)
    assert found["people"] + left == sum(people[cell] for cell in uncovered)
    assert found["suppressed"]["gaps"] >= (1 if left else 0)
    coverage = api.json("/api/coverage", service="market", when="now", unit="city")["rows"]
    covered = sum(row["numerator"] for row in coverage if row["measure"] != "straight")
    assert coverage[0]["denominator"] - covered == found["people"] + left


def test_a_gap_is_named_by_a_place_of_the_base_map(api: Api, database: TestDatabase) -> None:
    names = {
        name
        for (name,) in as_operator(database, "SELECT name FROM base_feature WHERE theme = 'places'")
    }
    gaps = api.json("/api/gaps", service="market", cells="false")["gaps"]
    named = [gap["place"] for gap in gaps if gap["place"]]
    assert named
    assert {place["name"] for place in named} <= names
    assert all(place["metres"] <= 5000 for place in named)
    assert all("cells" not in gap for gap in gaps)


def test_gaps_of_a_unit_hold_only_its_people(api: Api, database: TestDatabase) -> None:
    gaps = api.json("/api/gaps", service="market", unit="510108")["gaps"]
    inside = {
        cell for (cell,) in as_operator(database, "SELECT cell FROM cell WHERE district = '510108'")
    }
    assert gaps
    for gap in gaps:
        assert gap["unit"] == "510108"
        assert {int(cell, 16) for cell in gap["cells"]} <= inside


def test_gaps_of_a_circle_tell_what_is_missing_most(api: Api, city: City) -> None:
    few = api.json("/api/gaps", circle="gb50180_min5", limit=5, lacks=5)
    many = api.json("/api/gaps", circle="gb50180_min5", limit=5, lacks=1)
    assert few["people"] <= many["people"]
    known = {category.id for category in city.circles["gb50180_min5"].categories}
    for gap in many["gaps"]:
        assert gap["missing"]
        assert {lack["id"] for lack in gap["missing"]} <= known
        assert "nearest_m" in gap


def test_the_limit_of_gaps_cuts_the_list_and_not_the_count(api: Api) -> None:
    all_, one = (api.json("/api/gaps", service="market", limit=n) for n in (500, 1))
    assert one["gaps"] == all_["gaps"][:1]
    assert one["matched"] == all_["matched"] > 1


def test_equity_is_that_of_single_people(api: Api, database: TestDatabase) -> None:
    found = api.json("/api/equity", service="market")
    rows = as_operator(
        database,
        """SELECT r.now_mm, sum(c.people) FROM reach AS r JOIN service AS s ON s.no = r.service_no JOIN cell AS c USING (cell)
           WHERE s.id = 'market' GROUP BY 1 ORDER BY 1""",
    )
    walks = [(int(mm), int(people)) for mm, people in rows if mm >= 0 and people]
    total = sum(people for _, people in walks)
    mean = sum(mm * people for mm, people in walks) / total
    differences = sum(abs(a - b) * m * n for a, m in walks for b, n in walks) / total**2
    city_row = by_unit(found["rows"])["city"]
    assert city_row["gini"] == pytest.approx(differences / (2 * mean), abs=1e-5)
    assert city_row["mean_min"] == pytest.approx(mean / 60_000, abs=0.01)
    assert city_row["people"] == sum(population(database).values())
    assert city_row["worst"]["people"] == -(-city_row["people"] // 10)
    assert city_row["of_city_worst"] == city_row["worst"]["people"]
    assert city_row["lorenz"][0] == [0, 0]
    assert city_row["lorenz"][-1] == pytest.approx([1, 1])
    districts = by_unit(found["rows"], kind="district")
    told = [row["of_city_worst"] for row in districts.values()]
    if None not in told:
        assert sum(told) == city_row["of_city_worst"]
    assert all("lorenz" not in row for row in districts.values())
    assert (
        "lorenz"
        in by_unit(api.json("/api/equity", service="market", unit="510108")["rows"])["510108"]
    )
