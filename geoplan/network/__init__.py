"""The walking network: built from ways, kept as mapped arrays, searched for shortest walks."""

from geoplan.network.access import Positions
from geoplan.network.build import BUILDER, Ways, build
from geoplan.network.catchment import Catchment, Stretches, catchment, stretches
from geoplan.network.entries import Entrances
from geoplan.network.graph import Graph, load
from geoplan.network.snap import Snapped, Snapper, SnapState
from geoplan.network.straight import straight_m
from geoplan.network.walks import facilities_within, nearest_facility, walks_from

__all__ = [
    "BUILDER",
    "Catchment",
    "Entrances",
    "Graph",
    "Positions",
    "SnapState",
    "Snapped",
    "Snapper",
    "Stretches",
    "Ways",
    "build",
    "catchment",
    "facilities_within",
    "load",
    "nearest_facility",
    "straight_m",
    "stretches",
    "walks_from",
]
