"""A throw-away installation with the catalogue and the districts, and the files to load into it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg

from bench.grid import boundaries, spots
from geoplan.catalogue import load_city
from geoplan.grid import Districts
from geoplan.imports.sample import load_boundaries
from geoplan.resources import resource
from geoplan.running import prepare
from geoplan.store.cluster import Cluster, RunningCluster
from geoplan.store.home import Home

ROWS = 60_000
_HEADER = ("项目编号", "项目名称", "状态", "竣工时间", "充电桩数量", "经度", "纬度")


@dataclass(frozen=True, slots=True)
class Place:
    """A running private cluster, its home, and a folder for files."""

    home: Path
    database: RunningCluster
    files: Path

    def geoplan(self, *words: str) -> subprocess.Popen[str]:
        """A command of geoplan on this installation, its output on one pipe."""
        return subprocess.Popen(
            [sys.executable, "-m", "geoplan", *words],
            env=os.environ | {"GEOPLAN_HOME": str(self.home), "PORT": "0", "LANG": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@contextmanager
def installation() -> Iterator[Place]:
    """An installation that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="geoplan-bench-") as folder:
        home = Path(folder) / "home"
        cluster = Cluster(Home(home))
        running = cluster.start()
        try:
            city = load_city(resource("layers") / "chengdu")
            prepare(running, city)
            with psycopg.connect(running.url("geoplan_app"), autocommit=True) as connection:
                load_boundaries(connection, city, lambda _: None)
            yield Place(home, running, Path(folder))
        finally:
            cluster.remove()


def ledger(folder: Path, spread: tuple[float, float] = (0.06, 0.16)) -> Path:
    """A CSV of 60,000 synthetic charging stations, half of them within the inner rings.

    spread  of the inner and of the outer half around the centre, degrees.
    """
    random = np.random.default_rng(453)
    wide = np.concatenate([spots(random, 2 * ROWS, each) for each in spread])
    within = wide[Districts(*boundaries()).locate(wide) != ""]
    lonlat = random.choice(within, ROWS, replace=False)
    path = folder / "charger.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEADER)
        for number, ((lon, lat), piles) in enumerate(
            zip(lonlat.tolist(), random.integers(1, 40, ROWS).tolist(), strict=True)
        ):
            day = f"2023-{1 + number % 12:02}-15"
            name = f"示意充电站{number}"
            writer.writerow([f"C-{number}", name, "投用", day, piles, f"{lon:.6f}", f"{lat:.6f}"])
    return path
