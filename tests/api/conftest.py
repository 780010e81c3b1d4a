"""The application over a database of the module's own, with a small invented city in it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import uvicorn
from fastapi import FastAPI

from geoplan.api import create_app
from geoplan.catalogue import City
from geoplan.resources import resource
from geoplan.serving import pages
from geoplan.settings import Settings
from tests.api import made, walked
from tests.api.asking import Api, running, wait_until
from tests.conftest import TestDatabase, _create


@pytest.fixture(scope="session")
def filled(
    template: TestDatabase, city: City, tmp_path_factory: pytest.TempPathFactory
) -> TestDatabase:
    """Sample greenways and chargers, parks of a ledger, one feature in each hidden layer, and some
    people, who have no network to walk on."""
    built = copy_of(template)
    folder = tmp_path_factory.mktemp("made")
    with built.connect() as connection:
        made.put(connection, city, folder, "greenway", made.greenways())
        made.put(connection, city, folder, "charger", made.chargers(300, made.around))
        made.put(connection, city, folder, "park", made.parks(), made.LEDGER)
        for layer in city.layers.values():
            if layer.visibility != "public" and layer.geometry != "none":
                made.put(connection, city, folder, layer.id, made.hidden(layer))
    walked.put_people(built, folder, walked.few_people())
    walked.compute(built, city, folder)
    return built


@pytest.fixture(scope="session")
def walked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the city to walk in, with its network."""
    return tmp_path_factory.mktemp("walked")


@pytest.fixture(scope="session")
def walked_city(
    template: TestDatabase, city: City, walked_home: Path, shared_data: Path
) -> TestDatabase:
    """The real extract with invented people, all services computed."""
    built = copy_of(template)
    walked.settle(built, city, walked_home, shared_data / "osm_chengdu_centre.osm.pbf")
    return built


@pytest.fixture(scope="module")
def database(filled: TestDatabase) -> TestDatabase:
    """A database of the module's own, made from the filled one."""
    return copy_of(filled)


def copy_of(database: TestDatabase) -> TestDatabase:
    """A new database with what this one holds; nobody may be connected to it."""
    return _create(database.server, f"test_{uuid4().hex[:12]}", database.name)


def application(database: TestDatabase, city: City, **settings: object) -> FastAPI:
    """The application as it is served, over this database."""
    chosen = Settings(**settings)
    return create_app(
        chosen,
        city,
        tiles_conninfo=database.url("geoplan_tiles"),
        app_conninfo=database.url("geoplan_app"),
        page=pages(chosen, city),
        hosts=["map.test"],
    )


@pytest.fixture(scope="module")
def api(database: TestDatabase, city: City) -> Iterator[Api]:
    with running(application(database, city)) as asked:
        yield asked


@pytest.fixture(scope="module")
def url(database: TestDatabase, city: City) -> Iterator[str]:
    """The address of a real server on a free port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        application(database, city), log_level="warning", access_log=False, server_header=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The folder of the built page."""
    folder = resource("web")
    if not (folder / ".vite" / "manifest.json").is_file():
        pytest.skip("the page is not built: run `npm run build` in web/ (make test does)")
    return folder
