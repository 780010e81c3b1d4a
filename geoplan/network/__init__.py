"""The walking network: built from ways, kept as mapped arrays, searched for shortest walks."""

from geoplan.network.access import Positions
from geoplan.network.build import BUILDER, Ways, build
from geoplan.network.catchment import Catchment, Stretches, catchment, stretches
from geoplan.network.doors import Doors
from geoplan.network.entries import Entrances
from geoplan.network.graph import Graph, load
from geoplan.network.nearby import Nearby, circle
from geoplan.network.pairs import Pairs, beelines_within, pairs_within
from geoplan.network.snap import Snapped, Snapper, SnapState
from geoplan.network.straight import Beelines
from geoplan.network.walks import facilities_within, nearest_facility, walks_from

__all__ = [
    "BUILDER",
    "Beelines",
    "Catchment",
    "Doors",
    "Entrances",
    "Graph",
    "Nearby",
    "Pairs",
    "Positions",
    "SnapState",
    "Snapped",
    "Snapper",
    "Stretches",
    "Ways",
    "beelines_within",
    "build",
    "catchment",
    "circle",
    "facilities_within",
    "load",
    "nearest_facility",
    "pairs_within",
    "stretches",
    "walks_from",
]
