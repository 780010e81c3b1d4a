"""pgRouting beside geoplan, where PostgreSQL has it: apt-get install postgresql-15-pgrouting."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import psycopg

from bench.figures import Figure, best
from bench.place import Place
from geoplan.network import Graph, kernel

ABSENT = "pgRouting is not installed (see bench/peer_pgrouting.py)"
_SEARCHES = 50

_RANGES = """
SELECT count(*) FROM pgr_drivingDistance(
    'SELECT id, source, target, cost, reverse_cost FROM walk.edge', %s::bigint[], %s)
"""


def run(place: Place, graph: Graph, limit_mm: int) -> Iterator[Figure]:
    """Searches of one call: it reads all edges each time it is called."""
    what = f"{_SEARCHES} searches of {limit_mm // 60_000} minutes"
    with psycopg.connect(place.database.url("administrator"), autocommit=True) as connection:
        known = "SELECT 1 FROM pg_available_extensions WHERE name = 'pgrouting'"
        if connection.execute(known).fetchone() is None:
            yield Figure(what, "", ABSENT)
            return
        connection.execute("CREATE SCHEMA walk")
        connection.execute("CREATE EXTENSION pgrouting")
        _copy(connection, graph)
        nodes = np.linspace(0, graph.nodes - 1, _SEARCHES).astype(np.int32)
        begun = time.perf_counter()
        row = connection.execute(_RANGES, (nodes.tolist(), limit_mm)).fetchone()
        theirs_s = time.perf_counter() - begun
        one_s = best(lambda: connection.execute(_RANGES, (nodes[:1].tolist(), limit_mm)).fetchone())
        version = connection.execute("SELECT pgr_version()").fetchone()
        connection.execute("DROP EXTENSION pgrouting")
        connection.execute("DROP SCHEMA walk CASCADE")
    assert row is not None
    assert version is not None
    zero = np.zeros(1, dtype=np.int32)
    starts = [kernel.Access(zero, node, zero) for node in nodes[:, None]]
    ours_s = best(lambda: [kernel.bounded(graph.leaving, each, limit_mm) for each in starts])
    reached = sum(len(kernel.bounded(graph.leaving, each, limit_mm).node) for each in starts)
    if row[0] != reached:
        raise ValueError(f"pgRouting reaches {row[0]} nodes, geoplan {reached}")
    yield Figure(
        what,
        f"{ours_s * 1000:.0f} ms",
        f"pgRouting {version[0]} in one call of pgr_drivingDistance: {theirs_s * 1000:,.0f} ms;"
        f" a call for one search {one_s * 1000:,.0f} ms",
        ours_s / theirs_s,
    )


def _copy(connection: psycopg.Connection, graph: Graph) -> None:
    connection.execute(
        "CREATE TABLE walk.edge (id bigint PRIMARY KEY, source bigint, target bigint,"
        " cost float8, reverse_cost float8)"
    )
    rows = zip(
        range(graph.edges),
        graph.edge_u.tolist(),
        graph.edge_v.tolist(),
        graph.edge_cost_uv.tolist(),
        graph.edge_cost_vu.tolist(),
        strict=True,
    )
    with connection.cursor().copy("COPY walk.edge FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute("ANALYZE walk.edge")
