"""Starting and stopping the whole service on one machine."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import psycopg
import uvicorn

from geoplan.access.demo import FILE, DemoAccount, demo_examples, put_demo_accounts
from geoplan.api import Build, PageSource, create_app
from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.imports.sample import load_boundaries, load_sample
from geoplan.logs import configure_logs
from geoplan.map import (
    Page,
    build_page,
    build_plan_page,
    build_staff_page,
    content_security_policy,
)
from geoplan.map.raster import TIANDITU_ATTRIBUTION, raster_sources, tianditu_url
from geoplan.resources import resource
from geoplan.running import city_of, database, prepare
from geoplan.settings import Settings
from geoplan.store.cluster import Database
from geoplan.store.home import Home
from geoplan.text import Lang, Text
from geoplan.working import beside

Tell = Callable[[str], None]
_PAGES_KEPT = 16


def run_up(settings: Settings, *, sample: bool, seed: int, tell: Tell) -> None:
    """Start the database, load what is missing, serve until stopped, then stop what was started.

    What has to be computed is computed by a worker beside the service, while it serves.
    """
    home = Home(settings.home, secret=settings.secret)
    city = city_of(settings)
    listener = reserve_port(settings.host, settings.port)
    url = url_of(settings.host, listener)
    with home.lock(url), database(settings, tell, keeper=True) as running:
        prepare(running, city, tell)
        with psycopg.connect(running.url("geoplan_app"), autocommit=True) as connection:
            if sample:
                load_sample(connection, city, home.path / "sample", home.networks, seed, tell)
            else:
                load_boundaries(connection, city, tell)
        if sample:
            _tell_accounts(
                put_demo_accounts(running.url("geoplan_app"), city, home.path), home, tell
            )
        with beside(settings):
            serve_on(listener, settings, city, running, tell)


def _tell_accounts(made: list[DemoAccount], home: Home, tell: Tell) -> None:
    """Where it stands who may log in on a demonstration, and some of them."""
    tell(f"demo accounts are in {home.path / FILE}:")
    for each in demo_examples(made):
        tell(f"  {each.username}  {each.password}  {each.role} {' '.join(each.units)}".rstrip())


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
    configure_logs(settings.log_level)
    app = create_app(
        settings,
        city,
        tiles_conninfo=running.url("geoplan_tiles"),
        app_conninfo=running.url("geoplan_app"),
        page=pages(settings, city),
        hosts=settings.hosts.replace(",", " ").split(),
    )
    config = uvicorn.Config(
        app,
        log_level=settings.log_level.lower(),
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies.replace(" ", ""),
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=65_536,
    )
    tell(f"geoplan is at {url_of(settings.host, listener)} (Ctrl-C stops it)")
    uvicorn.Server(config).run(sockets=[listener])


def pages(settings: Settings, city: City) -> PageSource:
    """The pages for the API to serve, made anew whenever data or the built bundle change.

    Raises GeoplanError when the address of the raster base map is not one.
    """
    bundle = resource("web")
    raster, credit = _raster(settings)

    @lru_cache(maxsize=_PAGES_KEPT)
    def made(
        build: Callable[..., Page],
        lang: Lang,
        versions: tuple[tuple[str, int], ...],
        lines: tuple[Text, ...],
        _built_at: int,
    ) -> Page:
        return build(
            city,
            bundle=bundle,
            lang=lang,
            layer_versions=dict(versions),
            approval_number=settings.map_approval_number,
            attributions=lines,
            raster_url=raster,
            raster_attribution=credit,
        )

    def maker(build: Callable[..., Page]) -> Build:
        def make(lang: Lang, versions: Mapping[str, int], attributions: Sequence[Text]) -> Page:
            own = settings.map_attribution
            lines = (*attributions, Text(own, own)) if own else tuple(attributions)
            return made(build, lang, tuple(sorted(versions.items())), lines, _built_at(bundle))

        return make

    policy = content_security_policy(_raster_origins(raster))
    return PageSource(
        maker(build_page), maker(build_plan_page), maker(build_staff_page), policy, bundle
    )


def _built_at(bundle: Path) -> int:
    """When the bundle was built: a rebuilt one has other file names. 0 while there is none."""
    manifest = bundle / ".vite" / "manifest.json"
    return manifest.stat().st_mtime_ns if manifest.is_file() else 0


def _raster(settings: Settings) -> tuple[str, str]:
    """Templates of the raster base map and its attribution; both empty where there is none."""
    if settings.raster_url or not settings.tianditu_token:
        return settings.raster_url, settings.raster_attribution
    url = tianditu_url(settings.tianditu_map, settings.tianditu_token)
    return url, settings.raster_attribution or TIANDITU_ATTRIBUTION


def _raster_origins(url: str) -> tuple[str, ...]:
    try:
        return tuple(origin for source in raster_sources(url) for origin in source.origins())
    except ValueError as error:
        raise GeoplanError(
            "raster_url_invalid",
            Text(
                f"GEOPLAN_RASTER_URL 不是瓦片地址：{url}",
                f"GEOPLAN_RASTER_URL is not the address of tiles: {url}",
            ),
            Text(
                "请给出 https://主机/…/{z}/{x}/{y} 形式的地址",
                "give an address such as https://host/…/{z}/{x}/{y}",
            ),
            status=500,
        ) from error
