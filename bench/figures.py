"""One row of the table: what was measured, beside a floor measured in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured.

    floor   the plainest way to do the same, or a peer, with its own figure; '' without one.
    budget  what was promised, and `kept` whether it was; '' and None without one.
    """

    what: str
    figure: str
    floor: str = ""
    ratio: float | None = None
    budget: str = ""
    kept: bool | None = None


def best(work: Callable[[], object], rounds: int = 3) -> float:
    """Seconds of the fastest of some rounds: what else the machine does only adds."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def show(figures: Iterable[Figure]) -> None:
    """Print the figures as a table in Markdown, each row as soon as it is measured."""
    print("| what | figure | beside it, in the same run | ratio | budget | kept |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    for row in figures:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        kept = {True: "yes", False: "**no**", None: ""}[row.kept]
        cells = (row.what, row.figure, row.floor, ratio, row.budget, kept)
        print(f"| {' | '.join(cells)} |", flush=True)
