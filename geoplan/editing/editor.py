"""Who changes a feature, and whose features those are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.text import Text


@dataclass(frozen=True, slots=True)
class Editor:
    """An account as far as it may act: `staff` for its own units, the others everywhere."""

    account: UUID
    role: Literal["staff", "planner", "admin"]
    units: tuple[str, ...] = ()

    def owns(self, unit: str | None) -> bool:
        """Whether features that this unit reports are this account's to change."""
        return self.role != "staff" or unit in self.units

    def must_own(self, unit: str | None, city: City) -> None:
        """Raise GeoplanError 403 `unit_not_yours` unless it owns the unit."""
        if not self.owns(unit):
            names = {each.code: each.name for each in city.units}
            raise unit_not_yours(names.get(unit or "", Text("无区（市）县的要素", "no unit")))


def unit_not_yours(name: Text) -> GeoplanError:
    """The error of a change for the unit of that name."""
    return GeoplanError(
        "unit_not_yours",
        Text(f"你的账号不能更改{name.zh}的数据", f"Your account changes nothing of {name.en}"),
        Text(
            "请由该单位或规划人员更改；新建时请写明自己的 unit",
            "Leave it to that unit or a planner; of a new feature give a unit of your own",
        ),
        status=403,
    )
