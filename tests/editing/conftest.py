"""A database of the module's own with people who edit."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from geoplan.catalogue import City
from tests.conftest import TestDatabase
from tests.editing.desk import Desk, People, put_people


@pytest.fixture(scope="module")
def people(database: TestDatabase) -> People:
    return put_people(database)


@pytest.fixture
def connection(database: TestDatabase) -> Iterator[psycopg.Connection]:
    with database.connect() as opened:
        yield opened


@pytest.fixture
def clerk(connection: psycopg.Connection, city: City, people: People) -> Desk:
    return Desk(connection, city, people.clerk)


@pytest.fixture
def neighbour(connection: psycopg.Connection, city: City, people: People) -> Desk:
    return Desk(connection, city, people.neighbour)


@pytest.fixture
def planner(connection: psycopg.Connection, city: City, people: People) -> Desk:
    return Desk(connection, city, people.planner)
