"""Reach on a small town: paper answers, edits, people and networks that change, who may see it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import h3
import numpy as np
import psycopg
import pytest
import shapely

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.imports.population import import_population
from geoplan.planning.circle_masks import stale_circles, update_circles
from geoplan.planning.ground import Grounds
from geoplan.planning.reach import compute, compute_all, stale_services
from geoplan.store.circle import held_circle
from geoplan.store.demand import held_demand
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.network import active_network, forget_retired
from geoplan.store.reach import held_facilities, held_reach
from tests.conftest import TestDatabase
from tests.planning.streets import (
    GEOD,
    SCHOOL,
    Made,
    apart_m,
    at,
    cells_around,
    origin,
    put,
    school,
    seen,
    settle,
    write_grid,
    write_osm,
    write_people,
)

EDITS = 1_000
AT_ONCE = 10  # edits of one import, then the service is computed


def named(connection: psycopg.Connection, service: str) -> list[tuple[object, ...]]:
    """Facilities and reach as rows, facilities by their features: numbers depend on history."""
    with connection.transaction():
        act_as(connection, OPERATOR, "look")
        reach, facilities = held_reach(connection, service), held_facilities(connection, service)
    feature = dict(zip(facilities.number.tolist(), facilities.feature_id, strict=True)) | {-1: None}
    rows: list[tuple[object, ...]] = sorted(
        zip(
            facilities.feature_id,
            facilities.open.tolist(),
            facilities.lon.tolist(),
            facilities.access,
            strict=True,
        )
    )
    columns = (
        reach.cell, reach.now_mm, reach.plan_mm, reach.now_count, reach.plan_count,
        reach.now_straight_m, reach.plan_straight_m, reach.estimated,
    )  # fmt: skip
    rows += zip(*(column.tolist() for column in columns), strict=True)
    rows += [
        (feature[now], feature[plan])
        for now, plan in zip(reach.now_facility.tolist(), reach.plan_facility.tolist(), strict=True)
    ]
    return rows


def forget(database: TestDatabase, service: str) -> None:
    """Drop all that is held of a service, so that it is computed from nothing."""
    with database.connect("geoplan_owner") as connection:
        for table in ("reach", "facility"):
            connection.execute(
                f"DELETE FROM {table} WHERE service_no = (SELECT no FROM service WHERE id = %s)",
                (service,),
            )


def walk_m(
    street: tuple[tuple[float, float], tuple[float, float]], *places: tuple[float, float]
) -> float:
    """Door to door along one straight street: to it, along it, and off it again."""
    stations = np.array(GEOD.npts(*street[0], *street[1], 24_000))
    feet, legs = [], []
    for lon, lat in places:
        ends = np.full(len(stations), lon), np.full(len(stations), lat)
        distance = GEOD.inv(*ends, stations[:, 0], stations[:, 1])[2]
        feet.append(tuple(stations[np.argmin(distance)]))
        legs.append(float(distance.min()))
    return sum(legs) + apart_m(feet[0], feet[1])


def test_minutes_on_one_street_equal_the_paper(
    connection: psycopg.Connection, city: City, folder: Path
) -> None:
    ends = at(-600, 0), at(600, 0)
    osm = write_osm(
        folder / "street.osm", {"a": ends[0], "b": ends[1]}, [("a b", {"highway": "footway"})]
    )
    cells = cells_around(3)
    settle(connection, city, folder, osm, cells)
    near, far = at(310, 25), at(-450, -60)
    put(connection, city, folder, "school", [school("near", near), school("far", far, "planned")])
    grounds = Grounds(folder / "networks")
    assert compute(connection, city, SCHOOL, grounds)
    reach = seen(connection, SCHOOL)
    assert reach.cell.tolist() == sorted(h3.str_to_int(cell) for cell in cells)
    for cell, now, plan in zip(
        reach.cell.tolist(), reach.now_mm.tolist(), reach.plan_mm.tolist(), strict=True
    ):
        lat, lon = h3.cell_to_latlng(h3.int_to_str(cell))
        to_near, to_far = walk_m(ends, (lon, lat), near), walk_m(ends, (lon, lat), far)
        assert now / 1000 == pytest.approx(to_near, abs=0.2)
        assert plan / 1000 == pytest.approx(min(to_near, to_far), abs=0.2)
    limit = city.service(SCHOOL).limit_mm
    assert reach.now_count.tolist() == (reach.now_mm <= limit).astype(int).tolist()


def test_straight_metres_are_never_more_than_the_walk(
    town: psycopg.Connection, city: City, folder: Path, grounds: Grounds
) -> None:
    put(town, city, folder, "school", [school("one", at(111, 222)), school("two", at(-300, 40))])
    compute(town, city, SCHOOL, grounds)
    reach = seen(town, SCHOOL)
    assert not reach.estimated.any()
    assert (reach.now_mm / 1000 >= reach.now_straight_m - 1).all()


def test_a_thousand_edits_equal_a_full_computation(
    town: psycopg.Connection, database: TestDatabase, city: City, folder: Path, grounds: Grounds
) -> None:
    random = np.random.default_rng(20230703)
    held: dict[str, Made] = {}
    kept = closed = 0
    for number in range(EDITS):
        step = random.choice(["add", "move", "close", "reopen", "delete"])
        key = str(random.choice(sorted(held))) if held and step != "add" else f"s{number}"
        place = at(*random.uniform(-480, 480, 2))
        if step == "delete" and key in held:
            del held[key]
        elif step == "close" and key in held:
            held[key] = replace(held[key], status=str(random.choice(["stopped", "planned"])))
            closed += 1
        elif step == "reopen" and key in held:
            held[key] = replace(held[key], status="open")
        elif step == "move" and key in held:
            held[key] = replace(held[key], geometry=shapely.Point(place))
        else:
            held[key] = school(key, place)
        if number % AT_ONCE < AT_ONCE - 1:
            continue
        put(town, city, folder, "school", list(held.values()))
        compute(town, city, SCHOOL, grounds)
        if number % 50 == 49:
            step_by_step = named(town, SCHOOL)
            forget(database, SCHOOL)
            compute(town, city, SCHOOL, grounds, full=True)
            assert named(town, SCHOOL) == step_by_step, f"after edit {number}"
        kept = max(kept, len(held))
    assert kept > 10
    assert closed > 10


def test_of_schools_equally_far_the_same_is_taken_whatever_was_there_before(
    town: psycopg.Connection, database: TestDatabase, city: City, folder: Path, grounds: Grounds
) -> None:
    twins = [school("a", at(55, 0)), school("b", at(55, 0)), school("c", at(55, 0))]
    for order in ((0, 1, 2), (2, 1, 0)):
        put(town, city, folder, "school", [])
        compute(town, city, SCHOOL, grounds)
        for upto in range(1, 4):
            put(town, city, folder, "school", [twins[index] for index in order[:upto]])
            compute(town, city, SCHOOL, grounds)
        step_by_step = named(town, SCHOOL)
        forget(database, SCHOOL)
        compute(town, city, SCHOOL, grounds, full=True)
        assert named(town, SCHOOL) == step_by_step


def test_a_feature_keeps_its_number_and_nothing_else_is_written(
    town: psycopg.Connection, city: City, folder: Path, grounds: Grounds
) -> None:
    schools = [school(f"s{n}", at(100 * n - 400, 37 * n - 150)) for n in range(8)]
    put(town, city, folder, "school", schools)
    compute(town, city, SCHOOL, grounds)
    before = {
        row[0]: row[1] for row in town.execute("SELECT feature_id, number FROM facility").fetchall()
    }
    version = seen(town, SCHOOL).data_version
    assert not compute(town, city, SCHOOL, grounds)
    assert seen(town, SCHOOL).data_version == version
    put(town, city, folder, "school", schools[1:])
    assert compute(town, city, SCHOOL, grounds)
    for feature, number in town.execute("SELECT feature_id, number FROM facility").fetchall():
        assert before[feature] == number
    assert seen(town, SCHOOL).data_version == version + 1


def test_only_services_of_the_changed_layer_become_stale(
    town: psycopg.Connection, database: TestDatabase, city: City, folder: Path, grounds: Grounds
) -> None:
    compute_all(database.connect, city, stale_services(town), grounds, lambda *_: None)
    assert stale_services(town) == []
    assert stale_circles(town) == []
    put(town, city, folder, "school", [school("new", at(5, 5))])
    assert stale_services(town) == ["kindergarten", SCHOOL, "junior_secondary"]
    with town.transaction(force_rollback=True):
        put(town, city, folder, "park", [Made("p", shapely.Point(at(0, 0)))])
        assert "park_large" in stale_services(town)
    assert stale_services(town) == ["kindergarten", SCHOOL, "junior_secondary"]


def test_people_who_move_and_a_network_that_changes_are_followed(
    town: psycopg.Connection, city: City, folder: Path, grounds: Grounds
) -> None:
    put(town, city, folder, "school", [school("one", at(10, 10))])
    compute(town, city, SCHOOL, grounds)
    first = active_network(town)
    people = write_people(folder / "fewer.csv", cells_around(4))
    import_population(town, people, origin("people"))
    assert SCHOOL in stale_services(town)
    assert compute(town, city, SCHOOL, grounds)
    assert len(seen(town, SCHOOL).cell) == len(cells_around(4))
    settle(town, city, folder, write_grid(folder / "other.osm", 7, 150), cells_around(6))
    assert SCHOOL in stale_services(town)
    compute(town, city, SCHOOL, grounds)
    reach = seen(town, SCHOOL)
    assert reach.cell.tolist() == held_demand(town).cell.tolist()
    second = active_network(town)
    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert first.id in forget_retired(town, folder / "networks")
    assert (folder / "networks" / second.id).is_dir()


def test_without_a_way_near_them_cells_are_estimated_and_facilities_told_apart(
    connection: psycopg.Connection, city: City, folder: Path, grounds: Grounds
) -> None:
    osm = write_osm(
        folder / "far.osm",
        {"a": at(-4000, 0), "b": at(-3000, 0)},
        [("a b", {"highway": "footway"})],
    )
    settle(connection, city, folder, osm, cells_around(2))
    put(
        connection,
        city,
        folder,
        "school",
        [school("here", at(40, 30)), school("there", at(-3500, 9))],
    )
    compute(connection, city, SCHOOL, grounds)
    reach, factor = seen(connection, SCHOOL), city.standards.walking.detour_factor.value
    assert reach.estimated.all()
    for cell, mm, straight in zip(
        reach.cell.tolist(), reach.now_mm.tolist(), reach.now_straight_m.tolist(), strict=True
    ):
        lat, lon = h3.cell_to_latlng(h3.int_to_str(cell))
        metres = apart_m((lon, lat), at(40, 30))
        assert mm / 1000 == pytest.approx(metres * factor, abs=0.02)
        assert straight - 1 <= metres <= straight
    facilities = held_facilities(connection, SCHOOL)
    assert sorted(zip(facilities.access, facilities.reason, strict=True), key=str) == [
        ("unsnapped", "too_far"),
        ("walk", None),
    ]


def test_a_service_without_facilities_is_reached_from_nowhere(
    town: psycopg.Connection, city: City, folder: Path, grounds: Grounds
) -> None:
    compute(town, city, "housekeeping", grounds)
    reach = seen(town, "housekeeping")
    assert reach.cell.tolist() == held_demand(town).cell.tolist()
    assert (reach.now_mm == -1).all()
    assert (reach.plan_straight_m == -1).all()


def test_circles_hold_what_the_services_say(
    town: psycopg.Connection, database: TestDatabase, city: City, folder: Path, grounds: Grounds
) -> None:
    random = np.random.default_rng(3)
    for round_ in range(4):
        schools = [school(f"{round_}-{n}", at(*random.uniform(-450, 450, 2))) for n in range(3)]
        put(town, city, folder, "school", schools)
        cares = [
            Made(f"{round_}-{n}", shapely.Point(at(*random.uniform(-450, 450, 2))))
            for n in range(2)
        ]
        put(town, city, folder, "day_care", cares)
        for service in stale_services(town):
            compute(town, city, service, grounds)
        update_circles(town, city)
        assert stale_circles(town) == []
        for circle in city.circles.values():
            masks = held_circle(town, circle.id)
            wanted = np.zeros(len(masks.cell), dtype=np.int64)
            for bit, category in enumerate(circle.categories):
                for service, limit in zip(category.services, category.limits_mm, strict=True):
                    mm = seen(town, service).now_mm
                    wanted |= ((mm >= 0) & (mm <= limit)).astype(np.int64) << bit
            assert masks.now.tolist() == wanted.tolist(), circle.id
            assert (masks.now & ~masks.plan == 0).all()


def test_two_who_compute_at_once_leave_one_whole_version_and_readers_see_no_mixture(
    town: psycopg.Connection, database: TestDatabase, city: City, folder: Path, grounds: Grounds
) -> None:
    versions: dict[int, set[bytes]] = {}
    done = threading.Event()

    def read() -> None:
        with database.connect() as connection:
            while not done.is_set():
                reach = held_reach(connection, SCHOOL)
                content = reach.now_mm.tobytes() + reach.now_facility.tobytes()
                versions.setdefault(reach.data_version, set()).add(content)

    def work() -> None:
        with database.connect() as connection:
            compute(connection, city, SCHOOL, grounds)

    reader = threading.Thread(target=read)
    reader.start()
    random = np.random.default_rng(11)
    for number in range(12):
        schools = [school(f"{number}-{n}", at(*random.uniform(-450, 450, 2))) for n in range(4)]
        put(town, city, folder, "school", schools)
        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    done.set()
    reader.join()
    assert len(versions) > 1
    assert all(len(contents) == 1 for contents in versions.values())
    at_last = named(town, SCHOOL)
    forget(database, SCHOOL)
    compute(town, city, SCHOOL, grounds, full=True)
    assert named(town, SCHOOL) == at_last


def test_a_network_whose_files_are_gone_is_told_and_the_last_version_stays(
    town: psycopg.Connection, city: City, folder: Path, tmp_path: Path, grounds: Grounds
) -> None:
    put(town, city, folder, "school", [school("kept", at(30, 30))])
    compute(town, city, SCHOOL, grounds)
    before = named(town, SCHOOL)
    put(town, city, folder, "school", [school("new", at(-30, -30))])
    with pytest.raises(GeoplanError, match="no walking network") as caught:
        compute(town, city, SCHOOL, Grounds(tmp_path))
    assert caught.value.code == "network_missing"
    assert named(town, SCHOOL) == before
    row = town.execute("SELECT state, error FROM service_state WHERE id = %s", (SCHOOL,)).fetchone()
    assert row == ("stale", "network_missing")
    compute(town, city, SCHOOL, grounds)
    row = town.execute("SELECT state, error FROM service_state WHERE id = %s", (SCHOOL,)).fetchone()
    assert row == ("fresh", None)
