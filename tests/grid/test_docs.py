"""docs/grid.md: its example runs, and its figures are true."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from geoplan.grid import cells_in_bbox, encode

PAGE = (Path(__file__).parents[2] / "docs" / "grid.md").read_text(encoding="utf-8")


def test_the_example_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example, "docs/grid.md", "exec"), {})


def test_a_cell_takes_five_bytes() -> None:
    cells = cells_in_bbox(103.0, 30.1, 104.9, 31.4, 8)
    few = np.sort(np.random.default_rng(1).choice(cells, len(cells) // 20, replace=False))
    assert "5.0 bytes a cell" in PAGE
    for some in (cells, few):
        size = len(encode(8, {}, some, np.zeros(len(some))))
        assert 5.0 <= size / len(some) < 5.1
