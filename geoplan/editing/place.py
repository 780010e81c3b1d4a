"""Where a person puts a feature: read, moved into EPSG:4326, and checked as a file's shapes are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City, Layer
from geoplan.ingest.coordinates import explain_place, to_lonlat
from geoplan.ingest.findings import BadValue
from geoplan.ingest.geojson import to_shape
from geoplan.ingest.geometry import all_finite, fault, is_of_kind, wrong_kind
from geoplan.ingest.notes import Notes
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.systems import WGS84
from geoplan.text import Text
from geoplan.units import geodesic_area_m2

MOST_VERTICES = 20_000
MOST_AREA_KM2 = 1_000
"""What is cut in a second or two while the editor waits; larger shapes come as files."""
_MILLIMETRE_DEG = 1e-8


@dataclass(frozen=True, slots=True)
class System:
    """The coordinate system of a request: `EPSG:n`, and whether north stands first in it."""

    code: str = WGS84
    north_first: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A checked shape.

    shape       shapely, 2D, EPSG:4326, valid, in or near the city.
    source_crs  the system it came in; original  of a point, its x (east) and y there, unless that
                is EPSG:4326.
    """

    shape: Any
    source_crs: str
    original: dict[str, object] | None


def read_place(
    geometry: Any, system: System, layer: Layer, city: City, outlines: Outlines, notes: Notes
) -> Place | None:
    """A GeoJSON geometry as a place; None when something is wrong with it, which is noted.

    Nothing is repaired or swapped: whoever drew it sees it. Notes, the first that holds:
    `geometry_missing`, `geometry_unreadable`, `ring_not_closed`, `geometry_kind`,
    `geometry_not_finite`, `outside_city`, `geometry_invalid`, `shape_too_large`.
    """
    shape: Any
    shape, wrong = to_shape(geometry) if _is_of_numbers(geometry) else (None, "geometry_unreadable")
    bad = fault(wrong) if wrong else None
    if bad is None and (shape is None or shape.is_empty):
        bad = fault("missing")
    if bad is not None:
        notes.add(0, bad, column="geometry")
        return None
    if system.north_first:
        shape = shapely.transform(shape, lambda xy: xy[:, ::-1])
    found = _one(shape)
    if not is_of_kind(found, layer)[0]:
        bad = wrong_kind(shape, layer)
    elif not all_finite(found)[0]:
        bad = fault("not_finite")
    else:
        lonlat = to_lonlat(found, system.code)
        if not all_finite(lonlat)[0] or outlines.reaches_out(lonlat)[0]:
            bad = _outside(shape, lonlat, system, city, outlines)
        elif shapely.get_num_coordinates(lonlat)[0] > MOST_VERTICES:
            bad = _TOO_LARGE
        elif not shapely.is_valid(lonlat)[0]:
            bad = _invalid(lonlat[0])
        elif geodesic_area_m2(lonlat)[0] > MOST_AREA_KM2 * 1e6:
            bad = _TOO_LARGE
    if bad is not None:
        notes.add(0, bad, column="geometry")
        return None
    moved = system.code != WGS84
    original = {"x": shape.x, "y": shape.y} if moved and shape.geom_type == "Point" else None
    return Place(lonlat[0], system.code, original)


def is_as_shown(shape: Any, held: Any) -> bool:
    """Whether a shape is the held one as answers show it, with 6 decimals of a degree: whoever
    sends back what they read moves nothing. A projection adds errors of less than a millimetre."""
    shown = shapely.transform(shapely.orient_polygons(held), lambda xy: np.round(xy, 6))
    return bool(shapely.equals_exact(shapely.orient_polygons(shape), shown, _MILLIMETRE_DEG))


def _is_of_numbers(geometry: Any) -> bool:
    """Whether coordinates hold nothing but numbers: shapely would take "104.1" and true as well."""
    waiting = [geometry.get("coordinates")] if isinstance(geometry, dict) else []
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, bool) or not isinstance(one, int | float | None):
            return False
    return True


def _one(shape: Any) -> NDArray[Any]:
    found: NDArray[Any] = np.array([shape], dtype=object)
    return found


def _outside(
    shape: Any, lonlat: NDArray[Any], system: System, city: City, outlines: Outlines
) -> BadValue:
    """Explained by the first vertex that lies outside."""
    places = shapely.get_coordinates(lonlat)
    outside = ~np.isfinite(places).all(axis=1) | outlines.outside_city(places)
    x, y = shapely.get_coordinates(shape)[int(np.argmax(outside))].tolist()
    return explain_place(x, y, system.code, city.bbox)


def _invalid(shape: Any) -> BadValue:
    reason = shapely.is_valid_reason(shape)
    kind, _, place = reason.rstrip("]").partition("[")
    at = f"（{place.replace(' ', '，')}）" if place else ""
    return BadValue(
        "geometry_invalid",
        Text(
            f"图形无效：{_REASONS.get(kind, '不合规范')}{at}", f"the shape is not valid: {reason}"
        ),
        Text("请修正图形后再提交", "correct the shape and send it again"),
    )


_REASONS = {
    "Self-intersection": "自相交",
    "Ring Self-intersection": "边界自相交",
    "Hole lies outside shell": "洞在外边界之外",
    "Holes are nested": "洞中有洞",
    "Interior is disconnected": "内部不连通",
    "Nested shells": "范围相互嵌套",
    "Duplicate Rings": "边界重复",
    "Too few points in geometry component": "点数不够",
}
"""What GEOS says of a shape, before the place that it names in brackets."""

_TOO_LARGE = BadValue(
    "shape_too_large",
    Text(
        f"图形超过 {MOST_VERTICES:,} 个顶点或 {MOST_AREA_KM2:,} 平方公里",
        f"the shape has over {MOST_VERTICES:,} vertices or {MOST_AREA_KM2:,} km²",
    ),
    Text("请化简，或以文件上传", "simplify it, or send it as a file"),
)
