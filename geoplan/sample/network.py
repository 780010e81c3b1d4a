"""Nodes and the streets between them: one planar network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from geoplan.sample.plane import Floats


@dataclass(frozen=True, slots=True)
class Street:
    """A run of nodes. `source`: index of the main line, -1 for one that halves a face of
    `face_m2`; `wet`: it spans water."""

    nodes: tuple[int, ...]
    source: int
    face_m2: float
    wet: bool


@dataclass(slots=True)
class Network:
    """Nodes in metres, streets between them, and the blocks left over (rings of nodes)."""

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)
    blocks: list[tuple[int, ...]] = field(default_factory=list)
    middle: dict[tuple[int, int], int] = field(default_factory=dict)
    """The node that was put between two others, smaller one first."""

    def add(self, x: float, y: float) -> int:
        self.x.append(x)
        self.y.append(y)
        return len(self.x) - 1

    def between(self, a: int, b: int) -> list[int]:
        """Nodes from a to b, b left out, with all that were put on the way since."""
        middle = self.middle.get((a, b) if a < b else (b, a))
        if middle is None:
            return [a]
        return self.between(a, middle) + self.between(middle, b)

    def expand(self, nodes: Sequence[int]) -> list[int]:
        """The same run of nodes with all that were put on it since."""
        run = [node for a, b in pairwise(nodes) for node in self.between(a, b)]
        return [*run, nodes[-1]]

    def xy(self) -> Floats:
        return np.column_stack([self.x, self.y])
