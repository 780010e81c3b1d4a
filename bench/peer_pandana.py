"""pandana beside geoplan, when there is one: GEOPLAN_BENCH_PANDANA names the Python that has it.

python3 -m venv DIR && DIR/bin/pip install pandana
GEOPLAN_BENCH_PANDANA=DIR/bin/python make bench
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.figures import Figure, best
from geoplan.network import Graph, Snapper, kernel
from geoplan.network.access import to_points

ABSENT = "pandana is not installed (set GEOPLAN_BENCH_PANDANA, see bench/peer_pandana.py)"
_WORK = Path(__file__).with_name("pandana_work.py")
_RANGES = 1_000
_MOST_S = 300


def run(graph: Graph, piles: NDArray[np.float64], limit_mm: int) -> Iterator[Figure]:
    """Both on the same nodes and arcs; pandana takes a pile to be at its nearest node."""
    near = f"from all nodes to the nearest of {len(piles):,} piles"
    many = f"{_RANGES:,} searches of {limit_mm // 60_000} minutes"
    python = os.environ.get("GEOPLAN_BENCH_PANDANA")
    if not python:
        yield Figure(f"{near}; {many}", "", ABSENT)
        return
    arcs, zero = graph.arriving, np.zeros(1, dtype=np.int32)
    seeds = to_points(graph, Snapper(graph).snap(piles).positions)
    nodes = np.linspace(0, graph.nodes - 1, _RANGES).astype(np.int32)
    starts = [kernel.Access(zero, node, zero) for node in nodes[:, None]]
    nearest_s = best(lambda: kernel.nearest(arcs, seeds))
    ranges_s = best(lambda: [kernel.bounded(graph.leaving, each, limit_mm) for each in starts], 2)
    source = np.repeat(np.arange(graph.nodes), np.diff(graph.indptr))
    with tempfile.TemporaryDirectory(prefix="geoplan-bench-") as folder:
        given = Path(folder) / "given.npz"
        np.savez(
            given,
            lon=graph.lon,
            lat=graph.lat,
            source=source,
            step=graph.step,
            piles=piles,
            nodes=nodes,
            limit_m=limit_mm / 1000,
        )
        command = [python, str(_WORK), str(given)]
        try:
            said = subprocess.run(
                command, check=True, capture_output=True, text=True, timeout=_MOST_S
            ).stdout
        except subprocess.TimeoutExpired:
            yield Figure(
                f"{near}; {many}",
                f"{nearest_s * 1000:.0f} ms; {ranges_s * 1000:.0f} ms",
                f"pandana, not done with both after {_MOST_S} s",
            )
            return
    theirs = json.loads(said.splitlines()[-1])
    made_s = theirs["made_s"]
    for what, ours_s, name in ((near, nearest_s, "nearest_s"), (many, ranges_s, "ranges_s")):
        yield Figure(
            what,
            f"{ours_s * 1000:.0f} ms",
            f"pandana {theirs['version']}, node to node within 1 km: {theirs[name] * 1000:.0f} ms,"
            f" after {made_s:.0f} s to prepare the network",
            ours_s / theirs[name],
        )
