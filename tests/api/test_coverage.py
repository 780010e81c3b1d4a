"""Coverage, circles, gaps and equity over HTTP, against plain SQL over people and reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h3.api.basic_int as h3
import pytest
import shapely
from psycopg.errors import InsufficientPrivilege

from geoplan.catalogue import City
from tests.api import walked
from tests.api.asking import Api, running, wait_until
from tests.api.conftest import application, copy_of
from tests.conftest import TestDatabase

OPERATOR = "00000000-0000-0000-0000-000000000001"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("walked")


@pytest.fixture(scope="module")
def database(template: TestDatabase, city: City, home: Path, shared_data: Path) -> TestDatabase:
    built = copy_of(template)
    walked.settle(built, city, home, shared_data / "osm_chengdu_centre.osm.pbf")
    return built


@pytest.fixture(scope="module")
def api(database: TestDatabase, city: City, home: Path) -> Iterator[Api]:
    with running(application(database, city, home=home)) as asked:
        yield asked


def as_operator(database: TestDatabase, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Rows as somebody sees them who may see everything."""
    with database.connect() as connection, connection.transaction():
        connection.execute("SELECT set_config('geoplan.account', %s, true)", (OPERATOR,))
        return connection.execute(query, parameters).fetchall()


def people_within(
    database: TestDatabase, service: str, column: str, limit: int, *, estimated: bool | None
) -> dict[str, int]:
    """People by district whose cell is within a limit, counted by the database."""
    rows = as_operator(
        database,
        f"""SELECT c.district, coalesce(sum(c.people) FILTER (WHERE r.{column} BETWEEN 0 AND %s
                   AND (%s::bool IS NULL OR r.estimated = %s)), 0)
            FROM cell AS c JOIN reach AS r USING (cell) JOIN service AS s ON s.no = r.service_no AND s.id = %s
            GROUP BY c.district""",
        limit, estimated, estimated, service,
    )  # fmt: skip
    return {district: int(people) for district, people in rows}


def population(database: TestDatabase, column: str = "people") -> dict[str, int]:
    rows = as_operator(database, f"SELECT district, sum({column}) FROM cell GROUP BY district")
    return {district: int(people) for district, people in rows}


def by_unit(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, dict[str, Any]]:
    return {
        row["unit"]: row
        for row in rows
        if all(row[name] == value for name, value in wanted.items())
    }


@pytest.mark.parametrize("service", ["market", "primary_school", "park_large", "metro_station"])
@pytest.mark.parametrize(("when", "prefix"), [("now", "now"), ("planned", "plan")])
def test_coverage_is_what_the_database_counts(
    api: Api, database: TestDatabase, city: City, service: str, when: str, prefix: str
) -> None:
    found = api.json("/api/coverage", service=service, when=when)
    limit = city.services[service].standards[0].limit_mm
    everybody = population(database)
    measures = {
        "network": (f"{prefix}_mm", limit, False),
        "estimated": (f"{prefix}_mm", limit, True),
        "straight": (f"{prefix}_straight_m", limit // 1000, None),
    }
    for measure, (column, most, estimated) in measures.items():
        counted = people_within(database, service, column, most, estimated=estimated)
        rows = by_unit(found["rows"], measure=measure, kind="district", when=when)
        for district, people in counted.items():
            if measure == "estimated" and district not in rows:
                assert people == 0
                continue
            row = rows[district]
            assert row["denominator"] == everybody[district]
            if 0 < people < 50:
                assert row["suppressed"]
                assert row["numerator"] is row["share"] is None
            else:
                assert row["numerator"] == people
                assert row["share"] == pytest.approx(people / everybody[district], abs=1e-6)
            assert row["standard"] == city.services[service].standards[0].standard
            assert row["tier"]
            assert row["date"]
    city_row = by_unit(found["rows"], measure="network", when=when)["city"]
    counted = people_within(database, service, f"{prefix}_mm", limit, estimated=False)
    assert city_row["numerator"] == sum(counted.values())
    assert city_row["denominator"] == sum(everybody.values())
    assert found["synthetic"] is True
    assert found["data_version"] > 0


def test_network_and_estimate_measure_everybody_once(api: Api) -> None:
    rows = api.json("/api/coverage", service="market", when="now")["rows"]
    network, estimated = by_unit(rows, measure="network"), by_unit(rows, measure="estimated")
    assert estimated["city"]["measured"] > 0
    for unit, row in network.items():
        other = estimated.get(unit, {"measured": 0})
        assert row["measured"] + other["measured"] == row["denominator"]


def test_rings_and_districts_add_up_to_the_city(api: Api) -> None:
    rows = api.json("/api/coverage", service="market")["rows"]
    for when in ("now", "planned"):
        for measure in ("network", "straight", "estimated"):
            total: dict[str, int] = defaultdict(int)
            silent = False
            for row in rows:
                if row["when"] == when and row["measure"] == measure:
                    silent = silent or row["suppressed"]
                    total[row["kind"]] += row["numerator"] or 0
            assert silent or total["city"] == total["ring"] == total["district"]


def test_a_slower_walker_has_less_and_the_same_circle(api: Api) -> None:
    rows = {
        speed: api.json("/api/coverage", service="market", when="now", speed=speed, unit="city")[
            "rows"
        ]
        for speed in ("elderly", "child", "planning", "adult")
    }
    walks = [next(r for r in rows[s] if r["measure"] == "network") for s in rows]
    numbers = [row["numerator"] for row in walks]
    assert numbers == sorted(numbers)
    assert numbers[0] < numbers[-1]
    assert [row["limit_m"] for row in walks] == [400, 450, 500, 600]
    circles = {next(r for r in rows[s] if r["measure"] == "straight")["numerator"] for s in rows}
    assert len(circles) == 1


def test_cells_where_circle_and_walk_disagree_are_told_without_people(
    api: Api, database: TestDatabase, city: City
) -> None:
    found = api.json("/api/coverage", service="market", when="now", cells="true", unit="city")
    (row,) = found["disagreement"]
    limit = city.services["market"].limit_mm
    cells = as_operator(
        database,
        """SELECT to_hex(r.cell), c.people FROM reach AS r JOIN service AS s ON s.no = r.service_no JOIN cell AS c USING (cell)
           WHERE s.id = 'market' AND NOT r.estimated AND c.people > 0
             AND r.now_straight_m BETWEEN 0 AND %s AND NOT r.now_mm BETWEEN 0 AND %s""",
        limit // 1000, limit,
    )  # fmt: skip
    assert sorted(row["cells"]) == sorted(cell for cell, _ in cells)
    assert row["circle_only_cells"] == len(cells) > 0
    assert row["circle_only_people"] == sum(people for _, people in cells)


@pytest.mark.parametrize("when", ["now", "planned"])
def test_places_split_all_children_of_every_unit(
    api: Api, database: TestDatabase, when: str
) -> None:
    rows = api.json("/api/coverage", service="primary_school", when=when)["capacity"]
    children = population(database, "aged_0_14")
    for row in rows:
        assert row["of"] == "aged_0_14"
        if row["served"] is not None:
            assert row["served"] + row["no_capacity"] + row["out_of_reach"] == row["people"]
    districts = by_unit(rows, kind="district")
    assert {unit: row["people"] for unit, row in districts.items() if row["people"]} == children
    city_row = by_unit(rows, kind="city")["city"]
    assert city_row["people"] == sum(children.values())
    # Schools of the extract do not tell their places: who reaches only them is told apart.
    assert city_row["untold"] > 0
    assert city_row["served"] > 0


def test_served_children_fit_into_the_places_there_are(api: Api) -> None:
    """40 and 500 places at 0.4 places a child; the planned school has 900 more."""
    served = {
        when: by_unit(api.json("/api/coverage", service="primary_school", when=when)["capacity"])[
            "city"
        ]["served"]
        for when in ("now", "planned")
    }
    assert served["now"] <= 100 + 1250
    assert served["now"] < served["planned"] <= 100 + 1250 + 2250


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


def test_gaps_hold_every_uncovered_person_and_touch_nowhere(
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
        assert not (set().union(*(h3.grid_disk(cell, 1) for cell in cells)) & uncovered) - cells
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


def test_services_tell_standards_state_and_what_is_off_the_network(
    api: Api, database: TestDatabase, city: City
) -> None:
    found = api.json("/api/services")
    assert [row["id"] for row in found["services"]] == [
        s.id for s in city.services.values() if s.visible
    ]
    assert all(row["state"] == "fresh" for row in found["services"])
    assert [circle["id"] for circle in found["circles"]] == list(city.circles)
    (market,) = api.json("/api/services", service="market")["services"]
    unsnapped = as_operator(
        database,
        "SELECT f.feature_id::text, f.reason FROM facility AS f JOIN service AS s ON s.no = f.service_no WHERE s.id = 'market' AND f.access = 'unsnapped'",
    )
    off = [(row["id"], row["reason"]) for row in market["facilities"]["off_network"]]
    assert sorted(off) == sorted(unsnapped)
    assert sum(market["facilities"]["access"].values()) == market["facilities"]["total"] > 0


NONSENSE = [
    ("/api/coverage?service=nosuch", 404),
    ("/api/coverage?service=market&when=tomorrow", 400),
    ("/api/coverage?service=market&speed=fast", 400),
    ("/api/coverage?service=market&speed=nan", 400),
    ("/api/coverage?service=market&unit=Atlantis", 400),
    ("/api/coverage?service=market&unit=zone_hitech", 400),
    ("/api/coverage?service=market&tier=min99", 400),
    ("/api/coverage?service=market&cells=perhaps", 400),
    ("/api/coverage?cells=true", 400),
    ("/api/coverage?service=market&minutes=600", 400),
    ("/api/coverage?service=market&service=market", 400),
    ("/api/circles?circle=nosuch", 404),
    ("/api/gaps", 400),
    ("/api/gaps?service=market&circle=gb50180_min5", 400),
    ("/api/gaps?service=market&limit=0", 400),
    ("/api/gaps?service=market&limit=501", 400),
    ("/api/gaps?service=market&limit=NaN", 400),
    ("/api/gaps?service=market&lacks=2", 400),
    ("/api/gaps?circle=gb50180_min5&lacks=99", 400),
    ("/api/gaps?circle=gb50180_min5&tier=min5", 400),
    ("/api/equity", 400),
    ("/api/equity?service=' OR 1=1", 404),
    ("/api/services?service=nosuch", 404),
]


@pytest.mark.parametrize(("path", "status"), NONSENSE)
def test_nonsense_gets_words(api: Api, path: str, status: int) -> None:
    api.problem(path, status)


PATHS = [
    "/api/coverage?service=market", "/api/circles?circle=gb50180_min5", "/api/gaps?service=market&limit=3",
    "/api/equity?service=market",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_what_the_client_holds_is_not_sent_again(api: Api, path: str) -> None:
    answer = api.get(path)
    again = api.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert not again.content


def test_people_by_cell_and_small_groups_are_closed_to_the_public_role(
    database: TestDatabase,
) -> None:
    """Decision 6: tiles cannot ask for people at all, the application only for all of them at once."""
    for query in ("SELECT * FROM demand()", "SELECT * FROM cell", "SELECT * FROM capacity"):
        with database.connect("geoplan_tiles") as connection, pytest.raises(InsufficientPrivilege):
            connection.execute(query)
    with database.connect("geoplan_app") as connection:
        assert connection.execute("SELECT count(*) FROM cell").fetchone() == (0,)
        row = connection.execute("SELECT cells FROM demand()").fetchone()
        assert row is not None
        assert len(row[0]) == 8 * len(walked.people())


def test_no_answer_holds_the_number_of_a_single_cell(api: Api, database: TestDatabase) -> None:
    """Groups of one cell are left out; what is told of cells is their name alone."""
    rows = api.json("/api/coverage", service="market", cells="true")["disagreement"]
    for row in rows:
        for name in ("circle_only", "walk_only"):
            if row[f"{name}_cells"] == 1:
                assert row[f"{name}_people"] is None
                assert row["suppressed"]
    for service in ("market", "kindergarten", "bus_stop"):
        for gap in api.json("/api/gaps", service=service, limit=500)["gaps"]:
            assert gap["cell_count"] > 1


def test_one_more_market_changes_numbers_and_etag(
    api: Api, database: TestDatabase, city: City, home: Path
) -> None:
    """Last in the file: it changes what the others count."""
    path = "/api/coverage?service=market&when=now&unit=city"
    before = api.get(path)
    gap = api.json("/api/gaps", service="market", limit=1)["gaps"][0]
    with database.connect() as connection, connection.transaction():
        connection.execute("SELECT set_config('geoplan.account', %s, true)", (OPERATOR,))
        connection.execute(
            """UPDATE feature SET geom = ST_SetSRID(ST_MakePoint(%s, %s), 4326) WHERE id =
               (SELECT f.feature_id FROM facility AS f JOIN service AS s ON s.no = f.service_no WHERE s.id = 'market' ORDER BY f.number LIMIT 1)""",
            (gap["lon"], gap["lat"]),
        )
        connection.execute("SELECT raise_layer_version('place')")
    assert api.get(path).headers["etag"] == before.headers["etag"]  # the last complete version
    (row,) = api.json("/api/services", service="market")["services"]
    assert row["state"] == "stale"
    assert "market" in walked.compute(database, city, home)
    wait_until(lambda: api.get(path).headers["etag"] != before.headers["etag"])
    assert api.get(path).json()["rows"] != before.json()["rows"]
