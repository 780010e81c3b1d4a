"""What all services are measured on: people by cell, the network, and where cells meet it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
from numpy.typing import NDArray

from geoplan.grid import cell_centers
from geoplan.network import Beelines, Graph, Positions, Snapper, load
from geoplan.store.demand import Demand, held_demand
from geoplan.store.network import active_network


@dataclass(frozen=True, slots=True)
class Ground:
    """The n populated cells on the walking network.

    lonlat     (n, 2) degrees, centres of the cells.
    beelines   straight ways from them; snapper  of the network, None while there is none.
    positions  where cells meet the network; estimated  (n,) bool: those that do not.
    """

    demand: Demand
    network_id: str | None
    lonlat: NDArray[np.float64]
    beelines: Beelines
    snapper: Snapper | None
    positions: Positions | None
    estimated: NDArray[np.bool_]

    @property
    def graph(self) -> Graph | None:
        return None if self.snapper is None else self.snapper.graph


class Grounds:
    """Keeps the ground from one service to the next: to make it takes longer than to use it."""

    def __init__(self, networks: Path) -> None:
        """networks  the folder that holds a folder of arrays for each network."""
        self._networks = networks
        self._held: Ground | None = None
        self._lock = threading.Lock()

    def of(self, connection: psycopg.Connection, demand_version: int) -> Ground:
        """The ground as this transaction sees it.

        Raises GeoplanError `network_missing` or `network_damaged` when the files of the active
        network are not there.
        """
        with self._lock:
            active = active_network(connection)
            key = demand_version, None if active is None else active.id
            held = self._held
            if held is not None and (held.demand.version, held.network_id) == key:
                return held
            same = held is not None and held.network_id == key[1]
            snapper = held.snapper if held is not None and same else None
            if snapper is None and active is not None:
                snapper = Snapper(load(self._networks / active.id))
            self._held = _made(held_demand(connection), key[1], snapper)
            return self._held


def _made(demand: Demand, network_id: str | None, snapper: Snapper | None) -> Ground:
    lonlat = cell_centers(demand.cell)
    beelines, estimated = Beelines(lonlat), np.ones(len(demand.cell), dtype=np.bool_)
    if snapper is None:
        return Ground(demand, network_id, lonlat, beelines, None, None, estimated)
    snapped = snapper.snap(lonlat)
    estimated[:] = False
    estimated[snapped.unsnapped] = True
    return Ground(demand, network_id, lonlat, beelines, snapper, snapped.positions, estimated)
