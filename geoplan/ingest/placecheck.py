"""Whether places can be true: in the city, in the district they name, not one place for many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City, Unit
from geoplan.ingest.findings import BadValue
from geoplan.ingest.notes import Notes
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.projects import ProjectName
from geoplan.ingest.sizes import fit, systems_of
from geoplan.ingest.systems import SHIFTED, is_geographic, title, utm
from geoplan.text import Text

SHARED_BY = 3
"""Different names on one coordinate from which on it is taken for an office's address."""

_WORLD = (180.0, 90.0)
_LEAST_M = 1.0  # nearer to its district than that is on the boundary


def check_city(
    geometry: NDArray[np.object_],
    xy: NDArray[np.float64],
    system: NDArray[np.str_],
    city: City,
    outlines: Outlines,
    notes: Notes,
    column: str | None,
) -> NDArray[np.bool_]:
    """Which rows (n) lie in the city; notes `outside_city` of the others that have a place.

    geometry  (n,) EPSG:4326, None without a place; what is not of this world becomes None.
    xy        (n, 2) as they stand in the file, in `system` (n,).
    """
    placed: NDArray[np.bool_] = ~shapely.is_missing(geometry)
    outside = np.flatnonzero(placed & outlines.reaches_out(geometry))
    like = _likely(xy[outside], system[outside], city)
    for index, other in zip(outside.tolist(), like, strict=True):
        x, y = xy[index].tolist()
        degrees = is_geographic(str(system[index]))
        where = f"{x:.10g}, {y:.10g}" if degrees else f"{x:,.1f}, {y:,.1f}"
        bad = _outside_city(where, other)
        if shapely.get_type_id(geometry[index]) != 0 and outlines.touches(geometry[index]):
            bad = _REACHES_OUT
        notes.add(index, bad, column=column, value=where)
    bounds = np.abs(shapely.bounds(geometry[outside])).reshape(-1, 2, 2)
    with np.errstate(invalid="ignore"):
        unreal = ~(bounds <= _WORLD).all(axis=(1, 2))
    geometry[outside[unreal]] = None
    placed[outside] = False
    return placed


def check_districts(
    geometry: NDArray[np.object_],
    rows: NDArray[np.bool_],
    units: Sequence[Unit | None],
    outlines: Outlines,
    notes: Notes,
    column: str | None,
) -> None:
    """Notes `outside_district` with the distance: `rows` (n,) that name a unit with an outline."""
    codes = [
        unit.code if unit is not None and is_in else None
        for unit, is_in in zip(units, rows.tolist(), strict=True)
    ]
    metres = outlines.distance_m(geometry, codes)
    for index in np.flatnonzero(metres >= _LEAST_M).tolist():
        unit = units[index]
        if unit is not None:
            notes.add(
                index,
                _outside_district(unit, metres[index]),
                "warning",
                column=column,
                value=unit.name.zh,
            )


def check_shared(
    lonlat: NDArray[np.float64],
    names: Sequence[ProjectName | None],
    notes: Notes,
    column: str | None,
) -> None:
    """Notes `one_coordinate_for_many`: points (n, 2; NaN for none) with SHARED_BY names or more.

    The phases of one project are one name: they may well share a place.
    """
    rows = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
    _, site, count = np.unique(
        np.rint(lonlat[rows] * 1e6).astype(np.int64),
        axis=0,
        return_inverse=True,
        return_counts=True,
    )
    names_at: dict[int, set[str]] = {}
    rows_at: dict[int, list[int]] = {}
    for row, at in zip(rows.tolist(), site.reshape(-1).tolist(), strict=True):
        if count[at] < SHARED_BY:
            continue
        name = names[row]
        rows_at.setdefault(at, []).append(row)
        if name is not None:
            names_at.setdefault(at, set()).add(name.base)
    for at, distinct in names_at.items():
        if len(distinct) < SHARED_BY:
            continue
        for row in rows_at[at]:
            lon, lat = lonlat[row].tolist()
            said = f"{lon:.6f}, {lat:.6f}"
            notes.add(row, _shared(len(distinct)), "warning", column=column, value=said)


def swapped(x: float, y: float) -> BadValue:
    """The finding that a row has north first; x, y as they were read, east first."""
    return BadValue(
        "coordinates_swapped",
        Text(
            f"东、北两个坐标颠倒，已按 {x:.10g}, {y:.10g} 读取",
            f"north came first; read as {x:.10g}, {y:.10g}",
        ),
        Text("请在地图上核对，并在原表中对调", "look at the map, and swap them in the table"),
    )


def _likely(
    xy: NDArray[np.float64], system: NDArray[np.str_], city: City
) -> list[tuple[str, bool]]:
    """Of places outside the city: the system under which they would lie in it, and if swapped."""
    box = city.bbox
    found = [("", False)] * len(xy)
    for own in np.unique(system).tolist():
        rows = np.flatnonzero(system == own)
        others = [one for one in (*systems_of(box), *utm(box)) if not _alike(one, own)]
        result = fit(xy[rows], others, box)
        for row, code, swapped in zip(
            rows.tolist(), result.system.tolist(), result.swapped.tolist(), strict=True
        ):
            found[row] = (code, swapped)
    return found


def _alike(one: str, own: str) -> bool:
    """Whether a hint at one system would say nothing new: degrees for degrees."""
    return one == own or (is_geographic(one) and (own in SHIFTED or is_geographic(own)))


def _outside_city(where: str, like: tuple[str, bool]) -> BadValue:
    zh, en = "", ""
    remedy = Text("请检查坐标和坐标系", "check the coordinates and their system")
    if like[0]:
        name = title(like[0])
        zh, en = f"：数值像是 {name.zh}", f": the numbers look like {name.en}"
        remedy = Text(
            f"请改正坐标，或确认坐标系是否为 {like[0]}",
            f"correct the coordinates, or check whether their system is {like[0]}",
        )
    return BadValue(
        "outside_city",
        Text(f"位置 {where} 不在城市范围内{zh}", f"{where} lies outside the city{en}"),
        remedy,
    )


def _outside_district(unit: Unit, metres: float) -> BadValue:
    return BadValue(
        "outside_district",
        Text(
            f"位置不在{unit.name.zh}内，相距 {metres:,.0f} 米",
            f"the place lies outside {unit.name.en}, {metres:,.0f} m from it",
        ),
        Text("请核对坐标和区县", "check the coordinates and the district"),
    )


def _shared(count: int) -> BadValue:
    return BadValue(
        "one_coordinate_for_many",
        Text(
            f"{count} 个不同名称的项目用同一坐标，可能是填报单位的地址",
            f"{count} projects of different names have this coordinate; an office's address?",
        ),
        Text("请填写每个项目自己的坐标", "give each project its own coordinates"),
    )


_REACHES_OUT = BadValue(
    "outside_city",
    Text("图形有一部分不在城市范围内", "a part of the shape lies outside the city"),
    Text("请检查图形中偏离的顶点", "check the shape's vertices"),
)
