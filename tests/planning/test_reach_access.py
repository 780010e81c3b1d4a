"""Who may see and write what is computed of a service, with the application left out."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from geoplan.catalogue import City
from geoplan.planning.ground import Grounds
from geoplan.planning.reach import compute
from geoplan.store.reach import held_reach
from tests.conftest import TestDatabase
from tests.planning.streets import SCHOOL, at, put, school, seen


@pytest.mark.parametrize("role", ["geoplan_app", "geoplan_tiles"])
def test_a_service_of_hidden_layers_is_hidden_with_all_it_holds(
    town: psycopg.Connection,
    database: TestDatabase,
    city: City,
    folder: Path,
    grounds: Grounds,
    role: str,
) -> None:
    put(town, city, folder, "school", [school("one", at(10, 10))])
    compute(town, city, SCHOOL, grounds)
    tables = ("service", "service_state", "facility", "reach")
    query = "SELECT count(*) FROM {} AS t WHERE {} = %s"

    def counts() -> list[int]:
        with database.connect("geoplan_owner") as owner:
            (number,) = owner.execute(
                "SELECT no FROM service WHERE id = %s", (SCHOOL,)
            ).fetchone() or (0,)
        with database.connect(role) as connection:
            return [
                connection.execute(
                    query.format(table, "no" if "service" in table else "service_no"), (number,)
                ).fetchone()[0]  # type: ignore[index]
                for table in tables
            ]

    assert all(counts())
    with database.connect("geoplan_owner") as owner:
        owner.execute("UPDATE service SET visibility = 'staff' WHERE id = %s", (SCHOOL,))
    try:
        assert counts() == [0, 0, 0, 0]
        with database.connect() as connection, pytest.raises(LookupError):
            held_reach(connection, SCHOOL)
        assert len(seen(town, SCHOOL).cell)
    finally:
        with database.connect("geoplan_owner") as owner:
            owner.execute("UPDATE service SET visibility = 'public' WHERE id = %s", (SCHOOL,))


def test_the_public_writes_no_reach(town: psycopg.Connection) -> None:
    for table in ("facility", "reach"):
        assert town.execute(f"DELETE FROM {table}").rowcount == 0
    assert town.execute("UPDATE service SET data_version = 0").rowcount == 0
