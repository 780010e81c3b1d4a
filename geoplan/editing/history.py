"""What differs between two states of a feature, in the words of its catalogue entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

_COLUMNS = {"name": "name_zh", "name_en": "name_en"}
_DIRECT = ("unit", "status", "started_on", "finished_on")


@dataclass(frozen=True, slots=True)
class Change:
    """One property before and after."""

    property: str
    before: Any
    after: Any


def properties_of(state: Mapping[str, Any]) -> dict[str, Any]:
    """Property → value of a state as the database keeps it (`feature_version.state`)."""
    own = {name: state.get(column) for name, column in _COLUMNS.items()}
    own |= {name: state.get(name) for name in _DIRECT}
    return {**own, **(state.get("properties") or {})}


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], shown: Collection[str]
) -> list[Change]:
    """What became of the properties that the reader may see, in their order.

    before, after  states as the database keeps them; shown  ids of properties.
    """
    old, new = properties_of(before), properties_of(after)
    return [
        Change(name, old.get(name), new.get(name))
        for name in shown
        if old.get(name) != new.get(name)
    ]
