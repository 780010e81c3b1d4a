"""Projects of one layer, as columns, with their names and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.sample.ground import Ground, short_names
from geoplan.sample.plane import Floats, Geometries
from geoplan.sample.stages import Band, Stages, stage

SYNTHETIC = "示意"
"""Begins every name, so that no project can be taken for a real one."""


@dataclass(frozen=True, slots=True)
class Projects:
    """Features of a layer: geometry in metres (EPSG:4544), values by field id, one a row.

    Units are codes and enum values ids; the files put them into words.
    """

    layer: str
    geometry: Geometries
    values: dict[str, list[Any]]


def projects(
    ground: Ground,
    layer: str,
    prefix: str,
    geometry: Geometries,
    units: NDArray[np.str_],
    words: Sequence[tuple[str, str]],
    stages: Stages,
    own: Mapping[str, Sequence[Any] | NDArray[Any]],
    *,
    at: Floats,
    numbered: str = "{unit}{number}号",
) -> Projects:
    """One layer's projects, ordered by unit and from west to east, numbered within the unit.

    prefix  begins the project numbers. words: what each is, zh and en, such as 公园 and "park".
    own     the layer's own fields. at: (n, 2) metres, where each lies.
    numbered  the end of a name, from the unit's short name and the number.
    """
    order = np.lexsort((at[:, 1], at[:, 0], units))
    called = short_names(ground.units)
    counts: Counter[tuple[str, str]] = Counter()
    numbers: Counter[str] = Counter()
    values: dict[str, list[Any]] = {key: [] for key in ("project_no", "name", "name_en", "unit")}
    for row in order.tolist():
        unit, (zh, en) = str(units[row]), words[row]
        counts[unit, zh] += 1
        numbers[unit] += 1
        number = counts[unit, zh]
        short, short_en = called[unit]
        values["project_no"].append(f"{prefix}-{unit.removeprefix('zone_')}-{numbers[unit]:04d}")
        place = numbered.format(unit=short, number=number)
        values["name"].append(f"{SYNTHETIC}{zh} {place}")
        values["name_en"].append(f"Sample {en} {short_en} {number}")
        values["unit"].append(unit)
    columns: dict[str, Sequence[Any] | NDArray[Any]] = {
        "status": stages.status,
        "started_on": stages.started_on,
        "finished_on": stages.finished_on,
        **own,
    }
    for key, column in columns.items():
        rows = column.tolist() if isinstance(column, np.ndarray) else column
        values[key] = [rows[row] for row in order.tolist()]
    return Projects(layer, geometry[order], values)


def point_projects(
    ground: Ground,
    layer: str,
    prefix: str,
    at: Floats,
    words: Sequence[tuple[str, str]],
    bands: Sequence[Band],
    works_days: tuple[int, int],
    own: Mapping[str, Sequence[Any] | NDArray[Any]],
    *,
    amounts: Floats | None = None,
) -> Projects:
    """Projects at points, dealt into their stages by chance and by each unit's pace.

    at  (n, 2) metres. amounts: (n,) what `bands` count, 1 each when None.
    """
    rng = ground.rng(f"stages of {layer}")
    units = ground.unit_of(at)
    score = rng.uniform(size=len(at)) - 0.2 * ground.pace(layer, units)
    weights = np.ones(len(at)) if amounts is None else amounts
    stages = stage(rng, score, weights, bands, works_days)
    return projects(ground, layer, prefix, shapely.points(at), units, words, stages, own, at=at)
