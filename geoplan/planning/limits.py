"""How far is near enough: a standard's radius or minutes as whole millimetres of walking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from geoplan.catalogue.services import ServiceStandard
from geoplan.catalogue.standards import Walking

Speed = Literal["planning", "adult", "elderly", "child"]
SPEEDS: tuple[Speed, ...] = get_args(Speed)


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest walk (network) and the radius of the circle on paper (straight line)."""

    walk_mm: int
    straight_m: int


def speed_mm_s(walking: Walking, speed: Speed) -> int:
    """A walking speed of standards.yaml in millimetres a second."""
    if speed == "planning":
        return round(walking.planning_m_per_min.value * 1000 / 60)
    return round({
        "adult": walking.adult_m_s,
        "elderly": walking.elderly_m_s,
        "child": walking.child_m_s,
    }[speed].value * 1000)  # fmt: skip


def walk_mm(limit_mm: int, walking: Walking, speed: Speed) -> int:
    """How far people of a speed come in the time that a limit takes at the planning speed.

    A radius of 500 m is 500 s, in which an elderly person comes 400 m far. Floor: who needs a
    millimetre more is beyond.
    """
    return limit_mm * speed_mm_s(walking, speed) // speed_mm_s(walking, "planning")


def limit_of(standard: ServiceStandard, walking: Walking, speed: Speed = "planning") -> Limit:
    """The limits of a standard for people who walk at a speed.

    A standard's radius stays the circle that it is; one that gives minutes has the circle that its
    walkers reach in a beeline.
    """
    walk = walk_mm(standard.limit_mm, walking, speed)
    return Limit(walk, walk // 1000 if standard.radius_m is None else int(standard.radius_m))
