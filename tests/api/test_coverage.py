"""Coverage over HTTP, against plain SQL over people and reach; and what all these routes refuse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.errors import InsufficientPrivilege

from geoplan.catalogue import City
from tests.api import walked
from tests.api.asking import Api, running, wait_until
from tests.api.conftest import application, copy_of
from tests.api.walked import OPERATOR, as_operator, by_unit, people_within, population
from tests.conftest import TestDatabase


@pytest.fixture(scope="module")
def database(walked_city: TestDatabase) -> TestDatabase:
    return copy_of(walked_city)


@pytest.fixture(scope="module")
def api(database: TestDatabase, city: City, walked_home: Path) -> Iterator[Api]:
    with running(application(database, city, home=walked_home)) as asked:
        yield asked


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
    api: Api, database: TestDatabase, city: City, walked_home: Path
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
    assert "market" in walked.compute(database, city, walked_home)
    wait_until(lambda: api.get(path).headers["etag"] != before.headers["etag"])
    assert api.get(path).json()["rows"] != before.json()["rows"]
