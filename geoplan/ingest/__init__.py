"""Files as they come, read in a confined process, become checked arrays."""

from geoplan.ingest.batch import FeatureBatch
from geoplan.ingest.features import read_features
from geoplan.ingest.osm import read_osm
from geoplan.ingest.osm_walk import WalkWays, read_walk
from geoplan.ingest.population import PopulationBatch, read_population
from geoplan.ingest.sandbox import Confinement, confinement
from geoplan.ingest.units import default_boundaries, read_units

__all__ = [
    "Confinement",
    "FeatureBatch",
    "PopulationBatch",
    "WalkWays",
    "confinement",
    "default_boundaries",
    "read_features",
    "read_osm",
    "read_population",
    "read_units",
    "read_walk",
]
