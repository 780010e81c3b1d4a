"""Whether shapes are what a layer holds, sound, and where the city is."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City, Layer
from geoplan.ingest.coordinates import explain_place, to_lonlat
from geoplan.ingest.findings import BadValue, Findings
from geoplan.text import Text

NEAR = 0.05
"""Degrees (about 5 km) that a feature may reach beyond the city's box."""

_KINDS = {"point": (0, 4), "line": (1, 5), "polygon": (3, 6)}
_ZH = {"point": "点", "line": "线", "polygon": "面"}


def check_geometry(
    geometry: NDArray[Any],
    rows: list[int],
    faults: dict[int, str],
    code: str,
    layer: Layer,
    city: City,
    findings: Findings,
) -> NDArray[Any]:
    """Shapes in EPSG:4326; those that are noted as bad hold None.

    geometry  (n,) shapely, 2D, in the system `code`, x = east; rows (n,) their numbers;
    faults    index → what the reader could not make of it; '' where the finding is noted already.
    Notes, one a row: `geometry_missing`, what `faults` says, `geometry_kind`,
    `geometry_not_finite`, `outside_city`, `geometry_invalid`.
    """
    lonlat: NDArray[Any] = np.full(len(geometry), None, dtype=object)
    left = np.ones(len(geometry), dtype=bool)

    def note(bad: NDArray[np.bool_], describe: Any) -> None:
        for index in np.flatnonzero(bad & left).tolist():
            findings.add(describe(index), row=rows[index])
        left[bad] = False

    faulty = np.zeros(len(geometry), dtype=bool)
    faulty[[index for index, fault in faults.items() if fault]] = True
    left[[index for index, fault in faults.items() if not fault]] = False
    note(faulty, lambda index: fault(faults[index]))
    note(shapely.is_missing(geometry) | shapely.is_empty(geometry), lambda _: fault("missing"))
    note(~is_of_kind(geometry, layer), lambda i: wrong_kind(geometry[i], layer))
    note(~all_finite(geometry), lambda _: fault("not_finite"))
    lonlat[left] = to_lonlat(geometry[left], code)
    west, south, east, north = city.bbox
    bounds = shapely.bounds(lonlat)
    inside = (bounds[:, :2] >= (west - NEAR, south - NEAR)).all(axis=1)
    inside &= (bounds[:, 2:] <= (east + NEAR, north + NEAR)).all(axis=1)
    note(~inside, lambda i: _place(geometry[i], lonlat[i], code, city))
    note(~shapely.is_valid(lonlat), lambda index: _invalid(lonlat[index]))
    lonlat[~left] = None
    return lonlat


def is_of_kind(geometry: NDArray[Any], layer: Layer) -> NDArray[np.bool_]:
    """Which geometries (n,) are of a kind that the layer holds."""
    kinds = [kind for name in (layer.geometry, *layer.also) for kind in _KINDS.get(name, ())]
    return np.isin(shapely.get_type_id(geometry), kinds)


def all_finite(geometry: NDArray[Any]) -> NDArray[np.bool_]:
    """Which geometries (n,) have no NaN and no infinity."""
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    finite = np.ones(len(geometry), dtype=bool)
    finite[owner[~np.isfinite(xy).all(axis=1)]] = False
    return finite


def _place(geometry: Any, lonlat: Any, code: str, city: City) -> BadValue:
    """Explained by the first vertex that lies outside."""
    west, south, east, north = city.bbox
    lon, lat = shapely.get_coordinates(lonlat).T
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    x, y = shapely.get_coordinates(geometry)[int(np.argmin(inside))].tolist()
    return explain_place(x, y, code, city.bbox)


def wrong_kind(geometry: Any, layer: Layer) -> BadValue:
    """The finding that a layer holds other kinds of geometry."""
    wanted = (layer.geometry, *layer.also)
    return BadValue(
        "geometry_kind",
        Text(
            f"几何类型是 {geometry.geom_type}，{layer.id} 要{'或'.join(_ZH[k] for k in wanted)}",
            f"the geometry is a {geometry.geom_type}; {layer.id} holds {' or '.join(wanted)}s",
        ),
        Text("请选择对应的图层或改正几何", "choose the layer that fits, or correct the geometry"),
    )


def _invalid(geometry: Any) -> BadValue:
    reason = shapely.is_valid_reason(geometry)
    return BadValue(
        "geometry_invalid",
        Text(f"图形无效：{reason}", f"the shape is not valid: {reason}"),
        Text(
            "请修复后再导入，如 QGIS 的“修复几何图形”",
            "repair it, for instance with QGIS's Fix geometries",
        ),
    )


def fault(code: str) -> BadValue:
    """The finding of a geometry that a reader could make nothing of."""
    return _FAULTS[code]


_FAULTS = {
    "missing": BadValue(
        "geometry_missing",
        Text("没有几何", "there is no geometry"),
        Text("请补充位置，或删除该行", "give its place, or delete the row"),
    ),
    "not_finite": BadValue(
        "geometry_not_finite",
        Text("坐标中有 NaN 或无穷大", "a coordinate is NaN or infinite"),
        Text("请改正坐标", "correct the coordinates"),
    ),
    "geometry_unreadable": BadValue(
        "geometry_unreadable",
        Text("无法理解的几何", "the geometry cannot be understood"),
        Text("请重新导出该要素", "export the feature again"),
    ),
    "ring_not_closed": BadValue(
        "ring_not_closed",
        Text("面的边界没有闭合", "a ring of the polygon is not closed"),
        Text("请使首尾坐标相同", "let the first and the last position be the same"),
    ),
    "not_a_feature": BadValue(
        "not_a_feature",
        Text("不是 GeoJSON 要素", "this is no GeoJSON Feature"),
        Text("请重新导出该文件", "export the file again"),
    ),
    "too_many_vertices": BadValue(
        "too_many_vertices",
        Text("顶点超过 100 万个", "the shape has more than 1,000,000 vertices"),
        Text("请化简或拆分图形", "simplify or split the shape"),
    ),
}
