"""Roles: what each may see and do, and how far a program's token goes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, get_args

from geoplan.catalogue import Layer
from geoplan.store.sessions import Scope

Role = Literal["public", "staff", "planner", "admin"]

ROLES: tuple[Role, ...] = get_args(Role)
SCOPES: tuple[Scope, ...] = get_args(Scope)
_ACTS_AS: dict[Scope, Role] = {"upload": "staff", "review": "planner", "admin": "admin"}
_SEEN_BY: dict[str, Role] = {"public": "public", "staff": "staff", "city": "planner"}


def reaches(role: Role, wanted: Role) -> bool:
    """Whether `role` may do what `wanted` may."""
    return ROLES.index(role) >= ROLES.index(wanted)


def may_see(role: Role, layer: Layer) -> bool:
    """Whether a role sees something of a layer; of staff's layers, staff see their units' rows."""
    return reaches(role, _SEEN_BY[layer.visibility])


def scopes_of(role: Role) -> tuple[Scope, ...]:
    """Every scope that an account of this role has."""
    return SCOPES[: ROLES.index(role) + 1] if role != "public" else ()


def role_within(role: Role, scopes: Collection[Scope], *, changes: bool) -> Role:
    """The role in which a token acts: its account's, as far as its scopes go.

    changes  the request changes something: `read` is then worth nothing. Reading, every scope sees
             what its account sees, except what only administrators see.
    """
    limits = [_ACTS_AS[scope] for scope in scopes if scope != "read"]
    if not changes:
        limits.append("planner")
    return min(role, max(limits, key=ROLES.index, default="public"), key=ROLES.index)
