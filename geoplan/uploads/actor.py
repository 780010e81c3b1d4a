"""Who works on an upload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from geoplan.errors import GeoplanError
from geoplan.text import Text


@dataclass(frozen=True, slots=True)
class Actor:
    """An account and what it may do: `staff` of some units sends, planners and administrators
    review and have all units."""

    account: UUID
    role: Literal["staff", "planner", "admin"]
    units: tuple[str, ...] = ()

    @property
    def reviews(self) -> bool:
        return self.role != "staff"

    def must_review(self) -> None:
        """Raise GeoplanError 403 unless the account reviews."""
        if not self.reviews:
            raise GeoplanError(
                "not_allowed",
                Text("审核由规划人员进行", "Planners review uploads"),
                Text("请联系规划人员", "Ask a planner"),
                status=403,
            )
