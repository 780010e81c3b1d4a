"""The command line: each command calls one use case.

Rooms are imported inside the commands: `geoplan --help` need not load GDAL and pandas.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from geoplan import __version__
from geoplan.cli.accounts import account_app
from geoplan.cli.console import (
    connected,
    connecting,
    database_lost,
    err,
    language,
    out,
    report,
    stepping,
    tell,
)
from geoplan.cli.imports import import_app
from geoplan.errors import GeoplanError
from geoplan.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The planning map service of a city.",
)
layers_app = typer.Typer(no_args_is_help=True, help="The layer catalogue.")
app.add_typer(account_app, name="account")
app.add_typer(import_app, name="import")
app.add_typer(layers_app, name="layers")


def main() -> None:
    """Entry point: a GeoplanError becomes words on stderr and exit status 1."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except GeoplanError as error:
        report(error)
    except psycopg.OperationalError as error:
        report(database_lost(error))


@app.command()
def version() -> None:
    """Print the version."""
    out.print(__version__)


@app.command()
def up(
    sample: Annotated[bool, typer.Option(help="Load the synthetic sample city")] = False,
    seed: Annotated[int, typer.Option(help="Seed of the sample city")] = 20230703,
) -> None:
    """Start everything on this machine: database, data, page. Ctrl-C stops it."""
    from geoplan.serving import run_up

    run_up(Settings(), sample=sample, seed=seed, tell=tell)


@app.command()
def serve() -> None:
    """Serve the page and the API on a database that is ready."""
    from geoplan.serving import run_serve

    run_serve(Settings(), tell)


@app.command()
def worker(
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Compute what became stale, until stopped; `up` runs one of its own."""
    from geoplan.working import run_worker

    run_worker(Settings(), tell, parent=parent)


@app.command()
def compute(
    service: Annotated[
        str | None, typer.Option(help="Only this service; default: all that are stale")
    ] = None,
    full: Annotated[bool, typer.Option(help="Also services that are not stale")] = False,
) -> None:
    """Compute how far people walk to each service; an interrupted run is taken up again."""
    from geoplan.planning.ground import Grounds
    from geoplan.planning.reach import compute_all, stale_services
    from geoplan.running import city_of, home_of

    settings = Settings()
    city = city_of(settings)
    wanted = list(city.services) if service is None else [city.service(service).id]
    with connecting() as connect:
        with connect() as connection:
            stale = stale_services(connection)
        chosen = [name for name in wanted if full or name in stale]
        with stepping("computing", len(chosen)) as step:
            grounds = Grounds(home_of(settings).networks)
            compute_all(connect, city, chosen, grounds, step, full=full)
    out.print(f"{len(chosen)} services computed, {len(wanted) - len(chosen)} were up to date")


@app.command()
def migrate() -> None:
    """Bring the database to this version's state and write the catalogue into it."""
    with connected():
        tell("the database is ready")


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Where the files are written")],
    seed: Annotated[int, typer.Option(help="The same seed makes the same city")] = 20230703,
) -> None:
    """Write the synthetic sample city as files of the kinds that users have."""
    from geoplan.imports.sample import load_boundaries, write_sample
    from geoplan.running import city_of

    city = city_of(Settings())
    with connected() as connection:
        load_boundaries(connection, city, tell)
        for file in write_sample(connection, city, folder, seed, tell):
            out.print(str(file.path), markup=False)


@app.command()
def doctor() -> None:
    """Examine the machine and the installation; exit status 1 when something is wrong."""
    from geoplan.doctor import examine

    lang, wrong = language(), 0
    for finding in examine(Settings()):
        mark = "[green]✓[/green]" if finding.ok else "[red]✗[/red]"
        out.print(f"{mark} {finding.name}: ", end="")
        out.print(finding.detail.get(lang), markup=False)
        if not finding.ok:
            wrong += 1
            out.print(f"    → {finding.remedy.get(lang)}", markup=False)
    if wrong:
        raise SystemExit(1)


@layers_app.command("check")
def layers_check(
    folder: Annotated[
        Path | None, typer.Argument(help="A city's folder; default: the configured city")
    ] = None,
) -> None:
    """Validate a city's catalogue; every problem with file and line."""
    from geoplan.catalogue import check, load_city
    from geoplan.resources import resource

    place = folder or resource("layers") / Settings().city
    problems = check(place)
    for problem in problems:
        err.print(
            f"{problem.where}: {problem.detail.get(language())} → {problem.remedy.get(language())}",
            markup=False,
        )
    if problems:
        raise SystemExit(1)
    city = load_city(place)
    out.print(f"{len(city.layers)} layers, {len(city.units)} units: no problem found")


@layers_app.command("schema")
def layers_schema() -> None:
    """Print the JSON Schema of layer files."""
    from geoplan.catalogue import schema

    sys.stdout.write(json.dumps(schema(), ensure_ascii=False, indent=2) + "\n")
