"""Starting and stopping the whole service on one machine."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable

import psycopg
import uvicorn

from geoplan.api import create_app
from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.imports.sample import load_boundaries, load_sample
from geoplan.running import city_of, database, prepare
from geoplan.settings import Settings
from geoplan.store.cluster import Database
from geoplan.store.home import Home
from geoplan.text import Text

Tell = Callable[[str], None]


def run_up(settings: Settings, *, sample: bool, seed: int, tell: Tell) -> None:
    """Start the database, load what is missing, serve until stopped, then stop what was started."""
    home = Home(settings.home, secret=settings.secret)
    city = city_of(settings)
    listener = reserve_port(settings.host, settings.port)
    url = url_of(settings.host, listener)
    with home.lock(url), database(settings, tell) as running:
        prepare(running, city, tell)
        with psycopg.connect(running.url("geoplan_app"), autocommit=True) as connection:
            if sample:
                load_sample(connection, city, home.path / "sample", seed, tell)
            else:
                load_boundaries(connection, city, tell)
        serve_on(listener, settings, city, running, tell)


def run_serve(settings: Settings, tell: Tell) -> None:
    """Serve on a database that is prepared already."""
    city = city_of(settings)
    listener = reserve_port(settings.host, settings.port)
    with database(settings, tell) as running:
        serve_on(listener, settings, city, running, tell)


def reserve_port(host: str, port: int) -> socket.socket:
    """Bind the address without listening yet, so that a taken port is told before any work.

    Raises GeoplanError when the port is taken or not allowed.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        raise GeoplanError(
            "port_taken" if taken else "address_unusable",
            Text(
                f"无法使用 {host}:{port}：{error.strerror}",
                f"cannot use {host}:{port}: {error.strerror}",
            ),
            Text(
                f"请换一个端口，例如 PORT={port + 1} make demo",
                f"choose another port, e.g. PORT={port + 1} make demo",
            ),
        ) from error
    return listener


def url_of(host: str, listener: socket.socket) -> str:
    """Where a browser on this machine finds the service."""
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{listener.getsockname()[1]}"


def serve_on(
    listener: socket.socket, settings: Settings, city: City, running: Database, tell: Tell
) -> None:
    """Serve on a reserved port until SIGINT or SIGTERM."""
    app = create_app(
        settings,
        city,
        tiles_conninfo=running.url("geoplan_tiles"),
        app_conninfo=running.url("geoplan_app"),
    )
    config = uvicorn.Config(
        app,
        log_level=settings.log_level.lower(),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=65_536,
    )
    tell(f"geoplan is at {url_of(settings.host, listener)} (Ctrl-C stops it)")
    uvicorn.Server(config).run(sockets=[listener])
