"""A running geoplan: which database it uses, brought to the state this program needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from geoplan.catalogue import City, load_city
from geoplan.errors import GeoplanError
from geoplan.resources import resource
from geoplan.settings import Settings
from geoplan.store import catalogue
from geoplan.store.cluster import Cluster, Database, ExternalDatabase
from geoplan.store.home import Home
from geoplan.store.migrate import migrate
from geoplan.text import Text

Tell = Callable[[str], None]


def city_of(settings: Settings) -> City:
    """The configured city's catalogue. Raises GeoplanError when there is none of that name."""
    folder = resource("layers") / settings.city
    if not (folder / "city.yaml").is_file():
        known = sorted(path.parent.name for path in resource("layers").glob("*/city.yaml"))
        raise GeoplanError(
            "unknown_city",
            Text(f"没有城市 {settings.city}", f"there is no city {settings.city}"),
            Text(
                f"GEOPLAN_CITY 可选：{', '.join(known)}",
                f"set GEOPLAN_CITY to one of {', '.join(known)}",
            ),
        )
    return load_city(folder)


def home_of(settings: Settings) -> Home:
    """The folder of this installation. Raises GeoplanError when it cannot be used."""
    return Home(settings.home, secret=settings.secret)


@contextmanager
def database(
    settings: Settings, tell: Tell = lambda _: None, *, keeper: bool = False
) -> Iterator[Database]:
    """The database of these settings; a private one is stopped again if this started it.

    keeper  holds the home's lock, so nobody else keeps the private database up: it is stopped at
            the end even when a killed predecessor had started it.
    """
    home = home_of(settings)
    if settings.database_url:
        yield ExternalDatabase(settings.database_url, home)
        return
    cluster = Cluster(home)
    running_already = cluster.running()
    if not running_already:
        tell("starting the private database")
    running = cluster.start()
    try:
        yield running
    finally:
        if keeper or not running_already:
            cluster.stop()


def prepare(running: Database, city: City, tell: Tell = lambda _: None) -> None:
    """Migrate, write the catalogue, and build grids again whose measures changed."""
    with psycopg.connect(running.url("administrator"), autocommit=True) as connection:
        migrate(connection, resource("migrations"), running.password, tell)
    with psycopg.connect(running.url("geoplan_owner"), autocommit=True) as connection:
        stale = catalogue.sync(connection, city)
    if stale:
        from geoplan.imports.regrid import regrid  # noqa: PLC0415  heavy, and seldom needed

        with psycopg.connect(running.url("geoplan_app"), autocommit=True) as connection:
            for layer_id in stale:
                tell(f"building the grid of {layer_id} again: its measures changed")
                regrid(connection, city.layer(layer_id))
