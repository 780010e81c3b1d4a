"""TipG beside geoplan, when there is one: GEOPLAN_BENCH_TIPG names the Python that has it.

python3 -m venv DIR && DIR/bin/pip install tipg uvicorn
GEOPLAN_BENCH_TIPG=DIR/bin/python make bench
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench.bare import uvicorn
from bench.client import Address
from bench.place import Place

ABSENT = "TipG is not installed (set GEOPLAN_BENCH_TIPG, see bench/peer_tipg.py)"
PATH = "/collections/bench.station/tiles/WebMercatorQuad/{z}/{x}/{y}"


@contextmanager
def serving(place: Place) -> Iterator[Address | None]:
    """TipG with one worker on the table that bench.imports filled; None when it is not there."""
    python = os.environ.get("GEOPLAN_BENCH_TIPG")
    if not python:
        yield None
        return
    url = place.database.url("administrator")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "ALTER TABLE bench.station ALTER geom TYPE geometry(Point, 4326)"
            " USING ST_SetSRID(geom, 4326)"
        )
        connection.execute("ANALYZE bench.station")
    words = conninfo_to_dict(url)
    account = f"{words['user']}:{quote(str(words['password']))}"
    reach = f"{quote(str(words['host']), safe='')}:{words['port']}/{words['dbname']}"
    with uvicorn(
        python,
        "tipg.main:app",
        DATABASE_URL=f"postgresql://{account}@{reach}",
        TIPG_DB_SCHEMAS='["bench"]',
    ) as (address, _):
        yield address
