"""What pandana does in bench.peer_pandana, run by the Python that has it; geoplan is not there."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import pandana  # type: ignore[import-not-found]
import pandas

FAR_M = 1_000  # how far it looks for the nearest: its work grows with the square


def work(given: str) -> dict[str, Any]:
    with np.load(given) as held:
        step, nodes, piles = held["step"], held["nodes"], held["piles"]
        begun = time.perf_counter()
        network = pandana.Network(
            pandas.Series(held["lon"]),
            pandas.Series(held["lat"]),
            pandas.Series(held["source"]),
            pandas.Series(step[:, 0].astype(np.int64)),
            pandas.DataFrame({"metres": step[:, 1] / 1000}),
            twoway=False,
        )
        limit_m = float(held["limit_m"])
    made_s = time.perf_counter() - begun
    x, y = pandas.Series(piles[:, 0]), pandas.Series(piles[:, 1])
    network.set_pois("pile", FAR_M, 1, x, y)
    begun = time.perf_counter()
    network.nearest_pois(FAR_M, "pile", num_pois=1)
    nearest_s = time.perf_counter() - begun
    begun = time.perf_counter()
    network.nodes_in_range(nodes.tolist(), limit_m)
    ranges_s = time.perf_counter() - begun
    return {
        "version": pandana.__version__,
        "made_s": made_s,
        "nearest_s": nearest_s,
        "ranges_s": ranges_s,
    }


if __name__ == "__main__":
    print(json.dumps(work(sys.argv[1])))
