"""What a role reaches, and how far a token of it goes."""

from __future__ import annotations

import itertools

import pytest

from geoplan.access.roles import ROLES, SCOPES, Role, may_see, reaches, role_within, scopes_of
from geoplan.catalogue import City


@pytest.mark.parametrize(
    ("role", "scopes", "reads_as", "changes_as"),
    [
        ("staff", {"read"}, "staff", "public"),
        ("staff", {"upload"}, "staff", "staff"),
        ("planner", {"read"}, "planner", "public"),
        ("planner", {"upload"}, "planner", "staff"),
        ("planner", {"review"}, "planner", "planner"),
        ("admin", {"read"}, "planner", "public"),
        ("admin", {"review"}, "planner", "planner"),
        ("admin", {"admin"}, "admin", "admin"),
        ("staff", {"admin"}, "staff", "staff"),  # an account that was an administrator's once
    ],
)
def test_a_token_goes_as_far_as_its_scopes_and_its_account(
    role: Role, scopes: set[str], reads_as: Role, changes_as: Role
) -> None:
    assert role_within(role, scopes, changes=False) == reads_as  # type: ignore[arg-type]
    assert role_within(role, scopes, changes=True) == changes_as  # type: ignore[arg-type]


def test_no_token_goes_further_than_its_account() -> None:
    for role in ROLES:
        for count in range(1, 5):
            for scopes in itertools.combinations(SCOPES, count):
                for changes in (True, False):
                    assert reaches(role, role_within(role, scopes, changes=changes))


def test_roles_stand_above_each_other() -> None:
    assert [reaches("planner", role) for role in ROLES] == [True, True, True, False]
    assert [scopes_of(role) for role in ROLES] == [
        (),
        ("read", "upload"),
        ("read", "upload", "review"),
        SCOPES,
    ]


def test_what_is_the_citys_is_not_for_staff(city: City) -> None:
    seen = {
        role: {layer.visibility for layer in city.layers.values() if may_see(role, layer)}
        for role in ROLES
    }
    assert seen == {
        "public": {"public"},
        "staff": {"public", "staff"},
        "planner": {"public", "staff", "city"},
        "admin": {"public", "staff", "city"},
    }
