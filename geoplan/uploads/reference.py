"""What a file is checked against, from the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
import shapely

from geoplan.catalogue import City, Layer
from geoplan.ingest.reference import Constraint, Known, Reference
from geoplan.store.reference import KnownRow, known_features, known_places, outlines, shapes_of

_CHINA = ZoneInfo("Asia/Shanghai")


def read_reference(
    connection: psycopg.Connection, city: City, layer: Layer, unit: str | None
) -> Reference:
    """What is held, as the unit whose file it is may know it (None: the whole city).

    connection  in a transaction of an account that sees all.
    """
    return Reference(
        features=_known(known_features(connection, layer.id, unit)),
        places=_known(known_places(connection, unit)),
        units={code: shapely.from_wkb(wkb) for code, wkb in outlines(connection)},
        constraints=tuple(
            _constraint(connection, limiting)
            for limiting in city.layers.values()
            if limiting.id != layer.id and _limits(limiting)
        ),
        today=datetime.now(_CHINA).date(),
    )


def _limits(layer: Layer) -> bool:
    return layer.geometry != "none" and any(target.kind == "constraint" for target in layer.targets)


def _constraint(connection: psycopg.Connection, layer: Layer) -> Constraint:
    shapes, as_of = shapes_of(connection, layer.id)
    geometry = shapely.from_wkb(np.array(shapes, dtype=object))
    return Constraint(layer.id, layer.title, as_of, geometry)


def _known(rows: Sequence[KnownRow]) -> Known:
    told = any(row.properties is not None for row in rows) or not rows
    return Known(
        feature_id=[row.feature_id for row in rows],
        source_id=[row.source_id for row in rows],
        key=[row.key for row in rows],
        layer=[row.layer for row in rows],
        project_no=[row.project_no for row in rows],
        name=[row.name for row in rows],
        unit=[row.unit for row in rows],
        lonlat=np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2),
        properties=[row.properties or {} for row in rows] if told else None,
    )
