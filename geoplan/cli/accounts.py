"""`geoplan account`: who may log in."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import psycopg
import typer
from psycopg.conninfo import make_conninfo

from geoplan.cli.console import connecting, err, out
from geoplan.settings import Settings
from geoplan.store.accounts import AccountRole

T = TypeVar("T")
Connection = psycopg.AsyncConnection

account_app = typer.Typer(no_args_is_help=True, help="Who may log in, and what they may do.")

NameArgument = Annotated[str, typer.Argument(help="Username")]
StdinOption = Annotated[bool, typer.Option("--stdin", help="Read the password from standard input")]


@account_app.command("add")
def add_command(
    username: NameArgument,
    role: Annotated[AccountRole, typer.Option(help="What it may do")] = "staff",
    unit: Annotated[
        list[str] | None,
        typer.Option(help="District or zone of staff, by code or name; may repeat"),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name to show")] = None,
    subject: Annotated[
        str | None, typer.Option(help="Who this is for the identity provider of single sign-on")
    ] = None,
    stdin: StdinOption = False,
) -> None:
    """Add an account; its password is made at random and printed, or read with --stdin."""
    from geoplan.access import accounts
    from geoplan.access.passwords import new_password
    from geoplan.running import city_of

    given = _read_password() if stdin else None
    made = new_password() if given is None and subject is None else None
    city = city_of(Settings())

    async def work(connection: Connection) -> None:
        await accounts.add(
            connection,
            city,
            username,
            role,
            units=unit or (),
            password=made if given is None else given,
            subject=subject,
            display_name=name,
        )

    _acting(work)
    _tell_password(username, made)


@account_app.command("list")
def list_command() -> None:
    """All accounts: username, role, units, state."""
    from geoplan.store.accounts import accounts

    for account in _acting(accounts):
        state = "" if account.active else "off"
        if account.locked_until is not None:
            state = f"locked until {account.locked_until:%Y-%m-%d %H:%M:%S %Z}"
        units = ",".join(account.units) or "-"
        line = f"{account.username:<24} {account.role:<8} {units:<24} {state}"
        out.print(line.rstrip(), markup=False)


@account_app.command("password")
def password_command(username: NameArgument, stdin: StdinOption = False) -> None:
    """Give an account a new password, made at random or read; its sessions end."""
    from geoplan.access.passwords import new_password

    given = _read_password() if stdin else None
    made = new_password() if given is None else None
    _change(username, password=made if given is None else given)
    _tell_password(username, made)


@account_app.command("disable")
def disable_command(username: NameArgument) -> None:
    """Switch an account off; its sessions end and its tokens are revoked."""
    _change(username, active=False)


@account_app.command("enable")
def enable_command(username: NameArgument) -> None:
    """Switch an account on again."""
    _change(username, active=True)


@account_app.command("unlock")
def unlock_command(username: NameArgument) -> None:
    """Let an account log in again at once after too many wrong passwords."""
    _change(username, unlock=True)


def _change(username: str, **wanted: object) -> None:
    from geoplan.access.accounts import Change, change, find
    from geoplan.running import city_of
    from geoplan.store.features import OPERATOR

    city = city_of(Settings())

    async def work(connection: Connection) -> None:
        held = await find(connection, username=username.strip().lower())
        await change(connection, city, held, Change(**wanted), by=OPERATOR)  # type: ignore[arg-type]

    _acting(work)


def _acting(work: Callable[[Connection], Awaitable[T]]) -> T:
    """Do something as the operator, in one transaction."""
    from geoplan.store.accounts import act_as
    from geoplan.store.features import OPERATOR

    async def run(conninfo: str) -> T:
        async with await psycopg.AsyncConnection.connect(conninfo) as connection:
            await act_as(connection, OPERATOR, "command line")
            return await work(connection)

    with connecting() as connect, connect() as connection:
        told = connection.info
        return asyncio.run(run(make_conninfo(told.dsn, password=told.password)))


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\n")


def _tell_password(username: str, made: str | None) -> None:
    """To standard output alone, so that it can be kept away from logs."""
    if made is not None:
        err.print(f"password of {username}, told only now:", markup=False)
        out.print(made, markup=False)
