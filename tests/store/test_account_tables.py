"""Who reads and writes accounts, sessions, tokens and the record, with the application left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
import pytest

from tests.conftest import TestDatabase

# Everything that runs with its owner's rights, and who may call it.
TRIGGER = "a trigger"
DEFINERS = {
    "account_name(uuid)": {"geoplan_app"},
    "account_role()": {"geoplan_app", "geoplan_tiles"},
    "account_units()": {"geoplan_app", "geoplan_tiles"},
    "acting_account()": {"geoplan_app"},
    "change_grid(text,smallint[],bigint[],text[],text[],text[],bigint[],integer[])": {
        "geoplan_app"
    },
    "count_features_anew(text)": {"geoplan_app"},
    "demand()": {"geoplan_app"},
    "end_session(bytea)": {"geoplan_app"},
    "evidence_is_kept(text)": {"geoplan_app"},
    "give_feedback(text,text,uuid,text,text,double precision,double precision,text)": {
        "geoplan_app"
    },
    "keep_changed_features()": TRIGGER,
    "keep_feature_version()": TRIGGER,
    "login_account(text)": {"geoplan_app"},
    "login_attempt(text,text)": {"geoplan_app"},
    "login_passed(text,text)": {"geoplan_app"},
    "put_own_password(text)": {"geoplan_app"},
    "raise_layer_version(text)": {"geoplan_app"},
    "session_account(bytea,interval)": {"geoplan_app"},
    "subject_account(text)": {"geoplan_app"},
    "token_account(bytea)": {"geoplan_app"},
}
ROLES = ("geoplan_app", "geoplan_tiles")


@pytest.fixture(scope="module")
def accounts(database: TestDatabase) -> dict[str, str]:
    """Ids of two members of staff and an administrator, each with a session and a token."""
    made = {}
    with database.connect("geoplan_owner") as connection:
        for name, role, units in (
            ("anna", "staff", ["510104"]),
            ("berta", "staff", ["510116"]),
            ("boss", "admin", []),
        ):
            row = connection.execute(
                "INSERT INTO account (username, role, units, password_hash) VALUES (%s, %s, %s, 'hash of ' || %s)"
                " RETURNING id::text",
                (name, role, units, name),
            ).fetchone()
            assert row is not None
            made[name] = row[0]
            for table, columns in (("session", ""), ("api_token", ", prefix, name, scopes")):
                more = ", 'gp_xxxx', 'n', '{read}'" if columns else ""
                connection.execute(
                    f"INSERT INTO {table} (token_hash, account_id, expires_at{columns}) "
                    f"VALUES (%s, %s, now() + interval '1 h'{more})",
                    (hashlib.sha256(f"{table} {name}".encode()).digest(), row[0]),
                )
    return made


@contextmanager
def acting(
    database: TestDatabase, account: str | None, role: str = "geoplan_app"
) -> Iterator[psycopg.Connection]:
    with database.connect(role) as connection, connection.transaction(force_rollback=True):
        if account is not None:
            connection.execute("SELECT set_config('geoplan.account', %s, true)", (account,))
        yield connection


def test_functions_that_run_as_their_owner_are_these_and_called_by_these(
    database: TestDatabase,
) -> None:
    with database.connect("administrator") as connection:
        rows = connection.execute(
            """
            SELECT replace(p.oid::regprocedure::text, 'geoplan.', ''), p.prorettype = 'trigger'::regtype,
                   ARRAY(SELECT r FROM unnest(%s::text[]) AS r WHERE has_function_privilege(r, p.oid, 'EXECUTE')),
                   p.proconfig
            FROM pg_proc AS p WHERE p.pronamespace = 'geoplan'::regnamespace AND p.prosecdef
            """,
            [list(ROLES)],
        ).fetchall()
    found = {name: TRIGGER if trigger else set(roles) for name, trigger, roles, _ in rows}
    assert found == DEFINERS
    for name, *_, settings in rows:  # or whoever calls it decides what its names mean
        assert any(each.startswith("search_path=") for each in settings or ()), name


def test_what_staff_see_of_accounts_is_their_own(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    with acting(database, accounts["anna"]) as connection:
        assert connection.execute("SELECT username FROM account").fetchall() == [("anna",)]
        for table in ("session", "api_token"):
            rows = connection.execute(f"SELECT account_id::text FROM {table}").fetchall()
            assert rows == [(accounts["anna"],)]
        for table in ("audit", "login_throttle"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        for statement in (
            "DELETE FROM session WHERE account_id <> acting_account()",
            "UPDATE api_token SET revoked_at = now() WHERE account_id <> acting_account()",
            "UPDATE account SET role = 'admin'",
            "DELETE FROM login_throttle",
        ):
            assert connection.execute(statement).rowcount == 0, statement


@pytest.mark.parametrize("who", ["anna", "boss", None])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password_hash FROM account",
        "SELECT * FROM account",
        "INSERT INTO account (username, role, active) VALUES ('eve', 'admin', true)",
        "DELETE FROM account",
        "UPDATE account SET username = 'eve'",
        "UPDATE account SET id = gen_random_uuid()",
        "UPDATE session SET expires_at = 'infinity'",
        "UPDATE api_token SET scopes = '{admin}'",
        "DELETE FROM api_token",
        "UPDATE login_throttle SET failures = 0",
        "INSERT INTO login_throttle (key) VALUES ('')",
        "UPDATE audit SET action = 'nothing'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "TRUNCATE session",
    ],
)
def test_no_account_has_a_right_beyond_its_work(
    database: TestDatabase, accounts: Mapping[str, str], who: str | None, statement: str
) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        acting(database, who and accounts[who]) as connection,
    ):
        connection.execute(statement)


@pytest.mark.parametrize("table", ["account", "session", "api_token", "audit", "login_throttle"])
def test_the_tiles_role_reads_nothing_of_accounts(database: TestDatabase, table: str) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        acting(database, None, "geoplan_tiles") as connection,
    ):
        connection.execute(f"SELECT count(*) FROM {table}")


def test_a_session_a_token_or_a_record_in_anothers_name_cannot_be_made(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    for who in ("anna", "boss", None):
        for statement in (
            "INSERT INTO session (token_hash, account_id, expires_at) VALUES (sha256(''), %s, now())",
            """INSERT INTO api_token (token_hash, prefix, account_id, name, scopes, expires_at)
               VALUES (sha256(''), 'gp_xx', %s, 'n', '{read}', now())""",
            "INSERT INTO audit (account_id, action) VALUES (%s, 'login')",
        ):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                acting(database, who and accounts[who]) as connection,
            ):
                connection.execute(statement, [accounts["berta"]])


def test_an_administrator_sees_and_ends_but_does_not_take_over(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    with acting(database, accounts["boss"]) as connection:
        names = {row[0] for row in connection.execute("SELECT username FROM account")}
        assert {"anna", "berta", "boss", "operator"} <= names
        ended = connection.execute("DELETE FROM session WHERE account_id = %s", [accounts["anna"]])
        assert ended.rowcount == 1
        revoked = connection.execute("UPDATE api_token SET revoked_at = now()")
        assert revoked.rowcount == 3
        connection.execute(
            "INSERT INTO audit (account_id, action) VALUES (acting_account(), 'tried')"
        )
        assert connection.execute("SELECT action FROM audit").fetchall() == [("tried",)]


def test_ten_thousand_wrong_passwords_leave_a_handful_of_rows(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    with database.connect() as connection:
        connection.execute(
            "SELECT count(login_attempt('anna', '192.0.2.' || n % 50)) FROM generate_series(1, 5000) AS n"
        )
        connection.execute(
            "SELECT count(login_attempt('nobody' || n, '198.51.100.7')) FROM generate_series(1, 5000) AS n"
        )
    with database.connect("geoplan_owner") as connection:
        held = connection.execute("SELECT count(*) FROM login_throttle").fetchone()
        noted = connection.execute(
            "SELECT subject, count(*) FROM audit GROUP BY subject"
        ).fetchall()
        connection.execute("DELETE FROM login_throttle")
    # 50 addresses and one name; one address and the names it could ask for before it had to wait
    assert held is not None
    assert held[0] <= 51 + 1 + 101
    assert noted == [("anna", 1)]
