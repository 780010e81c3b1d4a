"""Adding and changing accounts, as an administrator does; every change is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from uuid import UUID

import psycopg

from geoplan.access.login import username_of
from geoplan.access.passwords import check_password, hash_password
from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.store import accounts, sessions
from geoplan.store.accounts import Account, AccountRole
from geoplan.store.features import OPERATOR
from geoplan.store.pool import Connection
from geoplan.text import Text


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change of an account; None leaves it. An empty subject or name takes it away."""

    role: AccountRole | None = None
    units: Sequence[str] | None = None
    active: bool | None = None
    subject: str | None = None
    display_name: str | None = None
    password: str | None = None
    unlock: bool = False

    def words(self) -> list[str]:
        """The names of what changes, for the record."""
        return [each.name for each in fields(self) if getattr(self, each.name) != each.default]


async def find(
    connection: Connection, *, account: UUID | None = None, username: str | None = None
) -> Account:
    """One account. Raises GeoplanError 404."""
    found = await accounts.accounts(connection, account=account, username=username)
    if not found:
        raise GeoplanError(
            "unknown_account",
            Text("没有这个账号", "There is no such account"),
            Text("账号见 geoplan account list", "`geoplan account list` names them"),
            status=404,
        )
    return found[0]


async def add(
    connection: Connection,
    city: City,
    username: str,
    role: AccountRole,
    *,
    units: Sequence[str] = (),
    password: str | None = None,
    subject: str | None = None,
    display_name: str | None = None,
) -> Account:
    """A new account, inside the caller's transaction, which acts for an administrator.

    units     codes or names of the districts and zones that a member of staff reports for.
    password  None: this account logs in by single sign-on only.
    Raises GeoplanError 400, or 409 for a username or subject that is taken.
    """
    name = username_of(username)
    if name is None:
        raise GeoplanError(
            "username_invalid",
            Text("用户名不符合要求", "This cannot be a username"),
            Text(
                "2 至 60 个小写字母、数字、点、横线或下划线",
                "Use 2 to 60 small letters, figures, dots, dashes or underscores",
            ),
        )
    codes = units_of(city, role, units)
    if password is not None:
        check_password(password, name)
    made = await accounts.add_account(
        connection,
        username=name,
        role=role,
        units=codes,
        password_hash=None if password is None else await hash_password(password),
        subject=subject or None,
        display_name=display_name or None,
    )
    if made is None:
        raise _taken()
    await accounts.note(connection, "account_added", name, {"role": role, "units": codes})
    return await find(connection, account=made)


async def change(
    connection: Connection, city: City, held: Account, wanted: Change, *, by: UUID
) -> Account:
    """Change an account, inside the caller's transaction, which acts for an administrator.

    by  who changes it. Its sessions end when its rights or its password change, its tokens when
        it is switched off.
    Raises GeoplanError 400; 409 for a subject that is taken, and for taking one's own rights.
    """
    _refuse_own(held, wanted, by)
    role = wanted.role or held.role
    units = held.units if wanted.units is None else wanted.units
    changed = replace(
        held,
        role=role,
        units=units_of(city, role, () if wanted.units is None and role != "staff" else units),
        active=held.active if wanted.active is None else wanted.active,
        subject=_told(wanted.subject, held.subject),
        display_name=_told(wanted.display_name, held.display_name),
    )
    try:
        await accounts.change_account(connection, changed)
    except psycopg.errors.UniqueViolation as error:
        raise _taken() from error
    if wanted.password is not None:
        check_password(wanted.password, held.username)
        await accounts.put_password(connection, held.id, await hash_password(wanted.password))
    if wanted.unlock or wanted.password is not None:
        await accounts.unlock(connection, held.username)
    rights = (changed.role, changed.units, changed.active)
    if rights != (held.role, held.units, held.active) or wanted.password is not None:
        await sessions.end_sessions(connection, held.id)
    if not changed.active:
        await sessions.revoke_tokens(connection, held.id)
    await accounts.note(
        connection,
        "account_changed",
        held.username,
        {"what": wanted.words(), "role": role, "units": changed.units, "active": changed.active},
    )
    return await find(connection, account=held.id)


def units_of(city: City, role: AccountRole, units: Sequence[str]) -> list[str]:
    """Codes of the units of an account. Raises GeoplanError 400 for one that is not there, for
    staff without one, and for others with one: they act for all."""
    found = [(text, city.find_unit(text)) for text in units]
    unknown = [text for text, unit in found if unit is None]
    if unknown:
        names = ", ".join(unknown)[:200]
        raise GeoplanError(
            "unit_unknown",
            Text(f"没有这个区（市）县或功能区：{names}", f"There is no unit {names}"),
            Text("代码与名称见 layers/…/units.yaml", "See layers/…/units.yaml for those there are"),
        )
    codes = sorted({unit.code for _, unit in found if unit is not None})
    if role == "staff" and not codes:
        raise GeoplanError(
            "units_missing",
            Text("填报人员须属于区（市）县或功能区", "Staff report for at least one unit"),
            Text("请给出代码或名称，例如 510104", "Give its code or name, such as 510104"),
        )
    if role != "staff" and codes:
        raise GeoplanError(
            "units_unused",
            Text("只有填报人员属于某个单位", "Only staff have units; others act for all"),
            Text("请去掉单位", "Leave the units out"),
        )
    return codes


def _refuse_own(held: Account, wanted: Change, by: UUID) -> None:
    loses = wanted.active is False or (wanted.role or held.role) != held.role
    if held.id == OPERATOR and wanted.words():
        raise GeoplanError(
            "operator_account",
            Text(
                "operator 是命令行自己的账号，不能更改",
                "operator is the command line's own account and does not change",
            ),
            Text("请另建管理员账号", "Add an administrator of your own"),
            status=409,
        )
    if held.id == by and loses:
        raise GeoplanError(
            "own_account",
            Text("不能停用自己或更改自己的角色", "You cannot take your own rights away"),
            Text("请由另一位管理员操作", "Ask another administrator"),
            status=409,
        )


def _told(wanted: str | None, held: str | None) -> str | None:
    return held if wanted is None else wanted or None


def _taken() -> GeoplanError:
    return GeoplanError(
        "account_taken",
        Text("用户名或登录标识已被使用", "The username or the subject is another account's"),
        Text("请换一个", "Choose another"),
        status=409,
    )
