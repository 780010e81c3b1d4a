"""Whether shapes are what a layer holds and are sound, and agree with the sizes that rows state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import Field, Layer
from geoplan.ingest.findings import BadValue
from geoplan.ingest.geometry import all_finite, fault, is_of_kind, wrong_kind
from geoplan.ingest.notes import Notes
from geoplan.ingest.quantities import scale
from geoplan.text import Text
from geoplan.units import geodesic_area_m2, geodesic_length_m

TOLERANCE = 0.05
"""Share by which a stated size may differ from the drawn one (domain)."""

_LINES, _POLYGONS = (1, 2, 5), (3, 6)


def usable(
    geometry: NDArray[np.object_], faults: Mapping[int, str], layer: Layer, notes: Notes
) -> NDArray[np.bool_]:
    """Which geometries (n,), in the file's system, can be placed; empty ones cannot.

    faults  index → what the reader could not make of one.
    Notes what `faults` says, `geometry_kind`, `geometry_not_finite`.
    """
    left: NDArray[np.bool_] = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    for index, code in faults.items():
        left[index] = False
        if code and code != "missing":
            notes.add(index, fault(code))
    for index in np.flatnonzero(left & ~is_of_kind(geometry, layer)).tolist():
        left[index] = False
        notes.add(index, wrong_kind(geometry[index], layer))
    for index in np.flatnonzero(left & ~all_finite(geometry)).tolist():
        left[index] = False
        notes.add(index, fault("not_finite"))
    return left


def repair(geometry: NDArray[np.object_], layer: Layer, notes: Notes) -> None:
    """Make shapes (n,) valid in place, EPSG:4326, and tell what that did to their size.

    Rings are made valid first, then shells joined and holes taken off; what collapses is dropped.
    Notes `geometry_repaired`, and `geometry_invalid` where nothing of the layer's kind is left.
    """
    for index in np.flatnonzero(
        ~(shapely.is_valid(geometry) | shapely.is_missing(geometry))
    ).tolist():
        broken = geometry[index]
        reason = shapely.is_valid_reason(broken)
        whole = shapely.make_valid(broken, method="structure", keep_collapsed=False)
        if whole.is_empty or not is_of_kind(np.array([whole], dtype=object), layer)[0]:
            notes.add(index, _invalid(reason))
            continue
        geometry[index] = whole
        notes.add(index, _repaired(reason, _size(broken), _size(whole)), "warning")


def check_sizes(
    geometry: NDArray[np.object_],
    values: Sequence[Mapping[str, Any]],
    layer: Layer,
    headers: Mapping[str, str],
    halved: set[int],
    notes: Notes,
) -> None:
    """Notes `length_differs`, `area_differs`: what a row states against what is drawn (n,).

    headers  header of each field, by its id.
    halved   rows whose drawn line is told to be double already.
    """
    kind = shapely.get_type_id(geometry)
    for field, is_length in _stated(layer):
        rows = np.flatnonzero(np.isin(kind, _LINES if is_length else _POLYGONS))
        rows = np.array([row for row in rows.tolist() if field.id in values[row]], dtype=np.int64)
        measure = geodesic_length_m if is_length else geodesic_area_m2
        a_unit = scale(field.unit.zh, "米" if is_length else "平方米") if field.unit else None
        if a_unit is None or len(rows) == 0:
            continue
        drawn = measure(geometry[rows]) / a_unit
        stated = np.array([float(values[row][field.id]) for row in rows.tolist()])
        for row, was, told in zip(rows.tolist(), drawn.tolist(), stated.tolist(), strict=True):
            if abs(told - was) > TOLERANCE * was and row not in halved:
                notes.add(
                    row,
                    _differs(field, told, was, is_length=is_length),
                    "warning",
                    column=headers.get(field.id),
                    value=f"{told:g}",
                )


def stated_length_m(values: Sequence[Mapping[str, Any]], layer: Layer) -> NDArray[np.float64]:
    """Metres (n,) that rows state as their length; NaN where they state none."""
    metres = np.full(len(values), np.nan)
    for field, is_length in _stated(layer):
        a_unit = scale(field.unit.zh, "米") if field.unit and is_length else None
        if a_unit is not None:
            metres = np.array([float(row.get(field.id, np.nan)) * a_unit for row in values])
    return metres


def _stated(layer: Layer) -> list[tuple[Field, bool]]:
    """Fields in which rows state the size of what is drawn, and whether it is a length."""
    return [
        (field, field.id.startswith("length_"))
        for field in layer.fields
        if field.id.startswith(("length_", "area_")) and field.type == "number"
    ]


def _size(geometry: Any) -> Text:
    one = np.array([geometry], dtype=object)
    if shapely.get_type_id(geometry) in _POLYGONS:
        hectares = geodesic_area_m2(one)[0] / 10_000
        return Text(f"{hectares:,.4f} 公顷", f"{hectares:,.4f} ha")
    metres = geodesic_length_m(one)[0]
    return Text(f"{metres:,.1f} 米", f"{metres:,.1f} m")


def _repaired(reason: str, before: Text, after: Text) -> BadValue:
    return BadValue(
        "geometry_repaired",
        Text(
            f"图形无效（{reason}），已修复：{before.zh} → {after.zh}",
            f"the shape was not valid ({reason}) and was repaired: {before.en} → {after.en}",
        ),
        Text("请在地图上核对修复后的图形", "look at the repaired shape on the map"),
    )


def _invalid(reason: str) -> BadValue:
    return BadValue(
        "geometry_invalid",
        Text(f"图形无效：{reason}", f"the shape is not valid: {reason}"),
        Text("请重新绘制，或在 QGIS 中修复几何图形", "draw it again, or repair it in QGIS"),
    )


def _differs(field: Field, told: float, drawn: float, *, is_length: bool) -> BadValue:
    unit = field.unit or Text("", "")
    share = abs(told - drawn) / drawn if drawn else np.inf
    percent = f"{share:.0%}" if share < 10 else ">1000%"
    what = Text("长度", "length") if is_length else Text("面积", "area")
    return BadValue(
        "length_differs" if is_length else "area_differs",
        Text(
            f"填报{what.zh} {told:g} {unit.zh}，图上量得 {drawn:.4g} {unit.zh}，相差 {percent}",
            f"{what.en} {told:g} {unit.en} stated, {drawn:.4g} {unit.en} drawn: {percent} apart",
        ),
        Text("请核对数字的单位，或重新绘制图形", "check the number's unit, or draw it again"),
    )
