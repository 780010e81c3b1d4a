"""TipG beside geoplan, when there is one: GEOPLAN_BENCH_TIPG names the Python that has it.

python3 -m venv DIR && DIR/bin/pip install tipg uvicorn
GEOPLAN_BENCH_TIPG=DIR/bin/python make bench
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = conninfo_to_dict(url)
    account = f"{words['user']}:{quote(str(words['password']))}"
    reach = f"{quote(str(words['host']), safe='')}:{words['port']}/{words['dbname']}"
    process = subprocess.Popen(
        [python, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--no-access-log"],
        env=os.environ
        | {"DATABASE_URL": f"postgresql://{account}@{reach}", "TIPG_DB_SCHEMAS": '["bench"]'},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = Address("127.0.0.1", port)
    try:
        for _ in range(300):
            try:
                address.connect().close()
                break
            except OSError:
                if process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)
