"""District boundaries from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import psycopg
import shapely

from geoplan.catalogue import City
from geoplan.errors import GeoplanError, Issue, Where
from geoplan.imports.source import Origin, source_of
from geoplan.ingest import read_units
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.sources import put_source
from geoplan.store.units import put_boundaries
from geoplan.text import Text
from geoplan.units import geodesic_area_m2

# Generalised boundaries differ from the published areas by up to 1.7 % (measured on the 20
# districts of Tianditu); twice that is taken as a wrong or broken boundary.
AREA_TOLERANCE = 0.035


def import_units(connection: psycopg.Connection, city: City, path: Path, origin: Origin) -> int:
    """Store the boundaries of the catalogue's districts; the same file changes nothing.

    connection  as geoplan_app, outside a transaction.
    Returns how many boundaries changed. Raises GeoplanError when a district is missing or its
    geodesic area differs from the published one by more than `AREA_TOLERANCE`.
    """
    boundaries = read_units(path, city)
    issues = []
    for unit in city.units:
        if unit.code not in boundaries or not unit.area_km2:
            continue
        area = float(geodesic_area_m2(np.array([boundaries[unit.code]], dtype=object))[0]) / 1e6
        found, published = f"{area:,.1f}", f"{unit.area_km2:,.1f}"
        if abs(area / unit.area_km2 - 1) > AREA_TOLERANCE:
            issues.append(
                Issue(
                    "area_differs",
                    Text(
                        f"{unit.name.zh} 边界面积 {found} 平方公里，公布面积 {published}",
                        f"{unit.name.en} covers {found} km², published are {published}",
                    ),
                    Text("请检查边界和坐标系", "check the boundary and its coordinate system"),
                    Where(file=path.name),
                )
            )
    if issues:
        raise GeoplanError(
            "import_rejected",
            Text(
                f"{path.name} 中 {len(issues)} 个区县的面积不符",
                f"{len(issues)} areas in {path.name} are off",
            ),
            issues[0].remedy,
            issues=issues,
        )
    with connection.transaction():
        act_as(connection, OPERATOR, f"import {path.name}")
        put_source(connection, source_of("units", origin, path))
        wkb = {
            code: shapely.to_wkb(
                shapely.multipolygons([geometry]) if geometry.geom_type == "Polygon" else geometry
            )
            for code, geometry in boundaries.items()
        }
        return put_boundaries(connection, origin.source_id, wkb)
