"""All figures as one table: `make bench`."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from pathlib import Path

import h3
import shapely

from bench import grid, imports, names, page, reach, tiles, uploads
from bench.figures import Figure, show
from bench.place import installation


def machine() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, load {os.getloadavg()[0]:.1f} before;"
        f" Python {platform.python_version()}, shapely {shapely.__version__}"
        f" (GEOS {'.'.join(map(str, shapely.geos_version))}), h3 {h3.__version__}"
    )


def figures() -> Iterator[Figure]:
    """All of them, one room after the other."""
    yield from grid.run()
    yield from names.run()
    with installation() as place:
        yield from imports.run(place)
        yield from tiles.run(place)
    with installation() as place:
        yield from uploads.run(place)
    with installation() as place:
        yield from page.run(place)
    yield from reach.run()


def main() -> None:
    print(machine(), end="\n\n", flush=True)
    show(figures())


if __name__ == "__main__":
    main()
