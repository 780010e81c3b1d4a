"""Killed at random moments of receipt, check and publication: nothing lost, doubled or halved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.uploads.killing import PHASES, VICTIMS, Killed, Round, rounds

# Each victim and each phase once; `python -m tests.uploads.killing 50` has all pairs of them.
TURNS = [
    turn
    for turn in rounds(len(PHASES) * len(VICTIMS), seed=20231130)
    if PHASES.index(turn.phase) == VICTIMS.index(turn.victim)
]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    found = Killed(tmp_path_factory.mktemp("kill") / "home")
    yield found
    found.stop()


@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: f"{turn.victim} in {turn.phase}")
def test_every_acknowledged_file_is_whole_and_goes_on(killed: Killed, turn: Round) -> None:
    killed.run(TURNS.index(turn), turn)


def test_the_moments_are_the_same_every_time(tmp_path: Path) -> None:
    assert rounds(50, 7) == rounds(50, 7)
    assert len({turn.after_s for turn in rounds(50, 7)}) == 50
