"""Overlap with layers that limit where something may be built."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.ingest.findings import BadValue
from geoplan.ingest.notes import Notes
from geoplan.ingest.reference import Constraint
from geoplan.text import Text
from geoplan.units import geodesic_area_m2, geodesic_length_m

_LEAST_M2, _LEAST_M = 1.0, 1.0
"""Less than that is a common boundary, not an overlap."""


def check_constraints(
    geometry: NDArray[np.object_],
    rows: NDArray[np.bool_],
    constraints: Sequence[Constraint],
    notes: Notes,
    column: str | None,
) -> None:
    """Notes `constraint_overlap` of `rows` (n,), and `constraint_not_checked` of the file for a
    layer that has no data: a layer that is not there has nobody passed.

    geometry  (n,) EPSG:4326, valid.
    """
    at = np.flatnonzero(rows)
    for constraint in constraints:
        if len(constraint.geometry) == 0:
            _not_checked(constraint, notes)
            continue
        tree = shapely.STRtree(constraint.geometry)
        hit, zone = tree.query(geometry[at], predicate="intersects")
        order = np.argsort(hit, kind="stable")
        starts = np.flatnonzero(np.diff(hit[order], prepend=-1))
        for zones in np.split(order, starts[1:]) if len(order) else []:
            row = int(at[hit[zones[0]]])
            _overlap(row, geometry[row], constraint, zone[zones], notes, column)


def _overlap(
    row: int,
    shape: object,
    constraint: Constraint,
    zones: NDArray[np.int64],
    notes: Notes,
    column: str | None,
) -> None:
    """Note how much of a shape lies in some zones of a layer, each place counted once."""
    kind = shapely.get_dimensions(shape)
    parts = shapely.intersection(shape, constraint.geometry[zones])
    shared = np.array([shapely.union_all(parts)], dtype=object)
    whole = np.array([shape], dtype=object)
    if kind == 0:
        said = Text("位置在其范围内", "the place lies inside it")
    elif kind == 1:
        metres = geodesic_length_m(_of_dimension(shared, 1)).sum()
        if metres < _LEAST_M:
            return
        share = metres / geodesic_length_m(whole)[0]
        said = Text(
            f"重叠 {metres:,.0f} 米（{share:.1%}）", f"{metres:,.0f} m inside ({share:.1%})"
        )
    else:
        area = geodesic_area_m2(_of_dimension(shared, 2)).sum()
        if area < _LEAST_M2:
            return
        share = area / geodesic_area_m2(whole)[0]
        said = Text(
            f"重叠 {area:,.0f} 平方米（{share:.1%}）", f"{area:,.0f} m² overlap ({share:.1%})"
        )
    title, dated = constraint.title, _dated(constraint)
    notes.add(
        row,
        BadValue(
            "constraint_overlap",
            Text(
                f"与“{title.zh}”冲突：{said.zh}；{dated.zh}",
                f"in conflict with {title.en}: {said.en}; {dated.en}",
            ),
            Text(
                "请调整选址，或说明已获批准的依据", "move it, or say by what approval it may stand"
            ),
        ),
        "warning",
        column=column,
    )


def _of_dimension(shapes: NDArray[np.object_], dimension: int) -> NDArray[np.object_]:
    """The parts of shapes that have a length, or an area."""
    parts = shapely.get_parts(shapes)
    while (shapely.get_type_id(parts) == 7).any():  # collections may hold collections
        parts = shapely.get_parts(parts)
    chosen: NDArray[np.object_] = parts[shapely.get_dimensions(parts) == dimension]
    return chosen


def _not_checked(constraint: Constraint, notes: Notes) -> None:
    title = constraint.title
    notes.add_of_file(
        "constraint_not_checked",
        "info",
        Text(
            f"未检查“{title.zh}”：该图层没有数据",
            f"not checked against {title.en}: the layer has no data",
        ),
        Text("需要时请先由市级导入该图层", "have the city import that layer first if it matters"),
    )


def _dated(constraint: Constraint) -> Text:
    if constraint.as_of is None:
        return Text("图层日期未知", "the layer's date is not known")
    return Text(f"图层日期 {constraint.as_of}", f"layer of {constraint.as_of}")
