"""Every staff file of the corpus is judged right: each issue at its cell, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import shapely

from geoplan.catalogue import City
from tests.corpus import (
    columns,
    coordinates,
    dates,
    encodings,
    identity,
    ledgers,
    numbers,
    places,
    shapes,
    survey,
    totals_and_merges,
    undeclared,
)
from tests.corpus.expected import Case, check, faults
from tests.corpus.ground import METRES_LON, MIDDLES

THEMES = (
    ledgers,
    numbers,
    places,
    dates,
    columns,
    coordinates,
    encodings,
    shapes,
    survey,
    undeclared,
    totals_and_merges,
    identity,
)
CASES = [
    pytest.param(case, id=f"{theme.__name__.rsplit('.', 1)[1]}: {case.id}")
    for theme in THEMES
    for case in theme.CASES
]


@pytest.mark.parametrize("case", CASES)
def test_a_staff_file_is_judged_right(
    case: Case, tmp_path: Path, city: City, outlines: Mapping[str, Any]
) -> None:
    found = faults(case, check(case, tmp_path, city, outlines))
    assert not found, "\n".join(["", *found])


def test_the_corpus_is_large_enough_and_its_cases_differ() -> None:
    ids = [case.id for theme in THEMES for case in theme.CASES]
    assert len(ids) >= 60
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", MIDDLES)
def test_the_spots_of_a_district_lie_inside_it(
    name: str, city: City, outlines: Mapping[str, Any]
) -> None:
    lon, lat, radius = MIDDLES[name]
    unit = city.find_unit(name)
    assert unit is not None
    outline = outlines[unit.code]
    middle = shapely.Point(lon, lat)
    assert outline.contains(middle)
    assert outline.boundary.distance(middle) * METRES_LON >= radius
