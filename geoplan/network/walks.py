"""Walks from points to facilities: over the network or along a shared edge, door to door."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geoplan.network import kernel
from geoplan.network.access import Positions, from_points, on_one_edge, to_points
from geoplan.network.costs import MOST_MM, UNREACHED
from geoplan.network.graph import Graph


def nearest_facility(
    graph: Graph, points: Positions, facilities: Positions, *, count: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The shortest walk from each point to a facility, and the facility's number.

    points, facilities  where they meet the network; a facility's number is its `point`.
    count               how many points there are, those without a place on the network included.
    Returns millimetres (count,) with both legs, and the facility (count,): of several that are
    equally far the lowest number; both -1 where none can be reached.
    """
    walked, facility = kernel.nearest(graph.arriving, to_points(graph, facilities))
    first = from_points(graph, points)
    first = kernel.Access(*(column[walked[first.node] != UNREACHED] for column in first))
    direct = on_one_edge(graph, points, facilities)
    best = kernel.no_labels(count)
    total = first.cost_mm.astype(np.int64) + walked[first.node]
    np.minimum.at(best, first.point, kernel.labels(total, facility[first.node]))
    np.minimum.at(best, direct.point, kernel.labels(direct.cost_mm, direct.facility))
    return kernel.split_labels(best)


def facilities_within(
    graph: Graph,
    points: Positions,
    facilities: Positions,
    limit_mm: int,
    *,
    count: int,
    threads: int | None = None,
) -> NDArray[np.int32]:
    """How many facilities each point (count,) reaches by a walk of at most `limit_mm`, both legs
    included; a facility with several entries counts once. Arguments as in `nearest_facility`."""
    return kernel.counts(
        graph.arriving,
        to_points(graph, facilities),
        from_points(graph, points),
        on_one_edge(graph, points, facilities),
        limit_mm,
        points=count,
        threads=threads,
    )


def walks_from(
    graph: Graph, point: Positions, facilities: Positions, limit_mm: int, *, count: int
) -> NDArray[np.int32]:
    """The shortest walk from one point to each facility (count,), -1 beyond `limit_mm`.

    point  the places on the network of that one point.
    """
    limit_mm = min(limit_mm, MOST_MM)
    reached = kernel.bounded(graph.leaving, from_points(graph, point), limit_mm)
    walked = np.full(graph.nodes, UNREACHED, dtype=np.int32)
    walked[reached.node] = reached.cost_mm
    last = to_points(graph, facilities)
    last = kernel.Access(*(column[walked[last.node] != UNREACHED] for column in last))
    direct = on_one_edge(graph, point, facilities)
    best = np.full(count, limit_mm + 1, dtype=np.int64)
    np.minimum.at(best, last.point, last.cost_mm.astype(np.int64) + walked[last.node])
    np.minimum.at(best, direct.facility, direct.cost_mm)
    return np.where(best <= limit_mm, best, UNREACHED).astype(np.int32)
