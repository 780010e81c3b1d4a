"""What is odd about a feature that is accepted: told to whoever changed it, as of a file's rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geoplan.catalogue import City, Layer
from geoplan.editing.values import Values
from geoplan.ingest.arithmetic import check_days, check_figures
from geoplan.ingest.notes import Notes
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.placecheck import check_districts
from geoplan.ingest.shapecheck import check_sizes

_CHINA = ZoneInfo("Asia/Shanghai")


def note_doubts(
    shape: Any, values: Values, layer: Layer, city: City, outlines: Outlines, notes: Notes
) -> None:
    """Note as warnings `outside_district`, `length_differs`, `area_differs`, `date_in_future`,
    `status_date_conflict`, `piles_exceed_connectors`, `places_out_of_range`.

    shape  shapely, EPSG:4326.
    """
    shapes: NDArray[Any] = np.array([shape], dtype=object)
    cells = [values.by_field()]
    headers = {field.id: field.id for field in layer.all_fields()}
    unit = next((each for each in city.units if each.code == values.unit), None)
    check_districts(shapes, np.array([True]), [unit], outlines, notes, "geometry")
    check_sizes(shapes, cells, layer, headers, set(), notes)
    check_days(cells, headers, datetime.now(_CHINA).date(), notes)
    check_figures(cells, headers, notes)
