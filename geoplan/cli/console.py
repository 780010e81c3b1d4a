"""How the command line speaks: languages, errors, progress, the database at hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import psycopg
from rich.console import Console
from rich.progress import (
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from geoplan.errors import GeoplanError
from geoplan.settings import Settings
from geoplan.text import Lang, Text

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def language() -> Lang:
    """Chinese for a Chinese locale, else English."""
    words = (
        os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    )
    return "zh" if words.startswith("zh") else "en"


def report(error: GeoplanError) -> NoReturn:
    lang = language()
    err.print(f"[red]{'错误' if lang == 'zh' else 'error'}[/red] {error.code}: ", end="")
    err.print(error.detail.get(lang), markup=False)
    for issue in error.issues:
        value = "" if issue.value is None else f" ({issue.value!r})"
        words = f"{issue.detail.get(lang)}{value} → {issue.remedy.get(lang)}"
        err.print(
            f"  {issue.where}: {issue.code}: {words}",
            markup=False,
        )
    if error.where and str(error.where):
        err.print(f"  {error.where}", markup=False)
    err.print(f"  → {error.remedy.get(lang)}", markup=False)
    raise SystemExit(1)


def database_lost(error: psycopg.OperationalError) -> GeoplanError:
    """What to say when the database went away or never answered; its transaction is undone."""
    words = str(error).strip().splitlines() or ["?"]
    return GeoplanError(
        "database_unavailable",
        Text(f"数据库无法使用：{words[0]}", f"the database cannot be used: {words[0]}"),
        Text(
            "没有写入任何内容；请运行 geoplan doctor，然后重试",
            "nothing was written; run geoplan doctor, then try again",
        ),
        status=503,
    )


def tell(message: str) -> None:
    out.print(f"· {message}", markup=False)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f} rows"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def stepping(what: str, steps: int) -> Iterator[Callable[[str, bool], None]]:
    """A bar over named steps; each is told with whether it changed anything."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=steps)

        def step(name: str, changed: bool) -> None:
            bar.advance(task)
            out.print(f"{name}: {'changed' if changed else 'as before'}", markup=False)

        yield step


@contextmanager
def connecting() -> Iterator[Callable[[], psycopg.Connection]]:
    """Gives connections as geoplan_app to a database that is migrated and knows the catalogue."""
    from geoplan.running import city_of, database, prepare

    settings = Settings()
    with database(settings, tell) as running:
        prepare(running, city_of(settings), tell)
        yield lambda: psycopg.connect(running.url("geoplan_app"), autocommit=True)


@contextmanager
def connected() -> Iterator[psycopg.Connection]:
    """One such connection."""
    with connecting() as connect, connect() as connection:
        yield connection
