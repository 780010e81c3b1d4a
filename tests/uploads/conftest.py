"""A database of the module's own with people who send and review, and a folder for files."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from geoplan.uploads.files import Files
from tests.conftest import TestDatabase
from tests.uploads.desk import People, put_people


@pytest.fixture(scope="module")
def people(database: TestDatabase) -> People:
    return put_people(database)


@pytest.fixture
def connection(database: TestDatabase) -> Iterator[psycopg.Connection]:
    with database.connect() as opened:
        yield opened


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("home"))
