"""Properties of this room: no time limit, as a kernel compiles at its first call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from geoplan.catalogue import City
from geoplan.planning.ground import Grounds
from tests.conftest import TestDatabase
from tests.planning.streets import cells_around, settle, write_grid

settings.register_profile("planning", deadline=None, max_examples=60)
settings.load_profile("planning")


@pytest.fixture
def connection(database: TestDatabase) -> Iterator[psycopg.Connection]:
    with database.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def grounds(folder: Path) -> Grounds:
    return Grounds(folder / "networks")


@pytest.fixture
def town(connection: psycopg.Connection, city: City, folder: Path) -> psycopg.Connection:
    settle(connection, city, folder, write_grid(folder / "grid.osm"), cells_around(6))
    return connection
