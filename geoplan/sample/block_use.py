"""What stands on the blocks: buildings, campuses, woods on the mountains."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.sample.draft import Draft
from geoplan.sample.land import Land
from geoplan.sample.plane import Floats, Geometries, stream
from geoplan.sample.streets import Streets
from geoplan.sample.towns import density

_BUILT = 6500.0  # built-up people per km² from which buildings are drawn
_LARGEST_M2 = 400_000.0
_SETBACK_M = 16.0
# A slab of flats and the distance to the next, metres: length, depth, along, across.
_SLAB_M = (46.0, 13.0, 62.0, 44.0)
_STANDING = 0.62  # of the places for a slab
_WOOD_M = 600.0  # side of the raster on which woods are found
_WOOD = 0.55  # of `Land.mountain`
