"""The page on a phone, and its frames under a finger: `python -m bench.page`.

`python -m bench.page first http://127.0.0.1:8000` looks at a service that runs already, such as
`make demo` with its base map and names; `frames` at one that holds many points.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from bench.browser import DESK, PHONE, PHONE_NOT_SLOWED, Watched, chromium, watched, within
from bench.figures import Figure, show
from bench.imports import WORDS
from bench.place import ROWS, Place, installation, ledger
from bench.tiles import serving

_USABLE_S, _MOST_KB, _SHARE = 4.0, 700, 0.95
_ROUNDS = 3
_WIDE = (0.25, 0.6)  # degrees: the stations lie in more than 40,000 cells of resolution 9
_HEX = "&hex=charger.piles"
_SCENES = {
    f"{ROWS:,} points, zoom 11": "#map=11/30.66/104.06&hex=&on=charger",
    f"{ROWS:,} points, zoom 13": "#map=13/30.66/104.06&hex=&on=charger",
    "their hexagons of resolution 8, zoom 10": f"#map=10/30.66/104.06{_HEX}&on=",
    "their 43,561 hexagons of resolution 9, zoom 13": f"#map=13/30.66/104.06{_HEX}&on=",
    "hexagons and points, zoom 14": f"#map=14/30.66/104.06{_HEX}&on=charger",
}


def run(place: Place) -> Iterator[Figure]:
    """The figures on an installation of its own, into which the stations are loaded first."""
    path = ledger(place.files, _WIDE)
    loading = place.geoplan("import", "features", str(path), *WORDS)
    if loading.wait() != 0:
        raise subprocess.CalledProcessError(loading.returncode, "geoplan import")
    with serving(place) as (address, _):
        url = f"http://{address.host}:{address.port}"
        yield from first(url)
        yield from frames(url)


def first(url: str) -> Iterator[Figure]:
    """The first view of the public page, on a slow phone with an empty cache."""
    with chromium() as browser:
        with watched(browser, PHONE_NOT_SLOWED) as seen:
            _usable(seen, url)
            work_ms = seen.processor_ms()
        times, sizes = [], []
        for _ in range(_ROUNDS):
            with watched(browser, PHONE, slow_net=True) as seen:
                times.append(_usable(seen, url))
                sizes.append((seen.received / 1000, seen.requests))
    hexagons_s, idle_s = np.median(np.array(times), axis=0)
    kilobytes, requests = sizes[-1]
    yield Figure(
        "first view on a phone (processor 4 × slower, fast 3G): hexagons to be seen, all drawn",
        f"{hexagons_s:.1f} s, {idle_s:.1f} s",
        budget=f"{_USABLE_S:.0f} s",
        kept=bool(idle_s < _USABLE_S),
    )
    yield Figure(
        "processor time of its page's thread until all is drawn, processor not slowed",
        f"{work_ms:.0f} ms",
    )
    yield Figure(
        "bytes over the wire until all is drawn, heads included",
        f"{kilobytes:.0f} kB in {requests} answers",
        budget=f"{_MOST_KB} kB",
        kept=kilobytes < _MOST_KB,
    )


def _usable(seen: Watched, url: str) -> tuple[float, float]:
    """Seconds until the hexagons are there, and until everything that was asked for is drawn."""
    start = time.perf_counter()
    seen.page.goto(f"{url}/?lang=zh", wait_until="commit")
    hexagons = 0.0
    while not hexagons:
        if seen.painted("hexagons"):
            hexagons = time.perf_counter() - start
        seen.page.wait_for_timeout(30)
    seen.idle()
    return hexagons, time.perf_counter() - start


def frames(url: str) -> Iterator[Figure]:
    """Frames while the map is dragged by a finger and zoomed by the wheel, and tiles come."""
    with chromium() as browser:
        for scene, fragment in _SCENES.items():
            for what, move in (("dragged", _drag), ("zoomed", _zoom)):
                with watched(browser, DESK) as seen:
                    seen.page.goto(f"{url}/?lang=zh{fragment}")
                    seen.idle()
                    seen.page.wait_for_timeout(500)
                    yield _moved(seen, f"{scene}, {what}", move)


def _moved(seen: Watched, what: str, move: Callable[[Watched], None]) -> Figure:
    seen.frames()
    before_ms = seen.processor_ms()
    move(seen)
    found = seen.frames()
    each_ms = (seen.processor_ms() - before_ms) / len(found)
    share = within(found)
    late, longest = np.percentile(found, [95, 100])
    return Figure(
        f"frames under 33 ms: {what}",
        f"{100 * share:.1f} % of {len(found)} (95 % in {late:.0f}, longest {longest:.0f} ms; "
        f"{each_ms:.0f} ms of processor each)",
        budget="95 %",
        kept=share >= _SHARE,
    )


def _drag(seen: Watched) -> None:
    for x, y in ((-350, 0), (0, -300), (350, 0), (0, 300), (-250, -250), (250, 250)):
        seen.drag(x, y)


def _zoom(seen: Watched) -> None:
    for steps in (1, 1, -1, -1, -1, 1):
        seen.wheel(steps)
        seen.page.wait_for_timeout(700)


def main() -> None:
    """All of it on an installation of its own, or a part of it on a running service."""
    if len(sys.argv) > 2:
        show({"first": first, "frames": frames}[sys.argv[1]](sys.argv[2]))
        return
    with installation() as place:
        show(run(place))


if __name__ == "__main__":
    main()
