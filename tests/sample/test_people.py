"""People of the sample: the census to the person, and where they live."""

from __future__ import annotations

import numpy as np
import pytest

from geoplan.catalogue import City
from geoplan.grid import Districts, cell_centers
from geoplan.ingest import read_population
from geoplan.sample.plane import stream
from geoplan.sample.population import apportion
from tests.conftest import Sample


@pytest.fixture(scope="module")
def people(sample: Sample) -> dict[str, np.ndarray]:
    """Columns of the population file, as the import reads them."""
    [file] = [file for file in sample.files if file.kind == "population"]
    batches = list(read_population(file.path))
    names = ("cell", "people", "aged_0_14", "aged_15_59", "aged_60_up")
    return {name: np.concatenate([getattr(batch, name) for batch in batches]) for name in names}


def test_each_district_holds_its_census_figure_to_the_person(
    people: dict[str, np.ndarray], sample: Sample, city: City
) -> None:
    # By the very test with which the import puts a cell into a district.
    districts = Districts(list(sample.boundaries), np.array(list(sample.boundaries.values())))
    lies_in = districts.locate(cell_centers(people["cell"]))
    for unit in city.units:
        if unit.kind == "district":
            assert people["people"][lies_in == unit.code].sum() == unit.population, unit.code
    assert people["people"].sum() == 20_937_757


def test_no_cell_is_listed_twice_and_none_is_empty(people: dict[str, np.ndarray]) -> None:
    assert len(np.unique(people["cell"])) == len(people["cell"])
    assert people["people"].min() > 0


def test_age_groups_add_up_in_every_cell(people: dict[str, np.ndarray]) -> None:
    ages = people["aged_0_14"] + people["aged_15_59"] + people["aged_60_up"]
    assert (ages == people["people"]).all()
    assert min(people[name].min() for name in ("aged_0_14", "aged_15_59", "aged_60_up")) >= 0


def test_people_thin_out_from_the_centre(people: dict[str, np.ndarray], sample: Sample) -> None:
    centre = np.array([[104.0635, 30.6598]])
    degrees_m = np.array([95_841.0, 110_864.0])  # of longitude and latitude at Chengdu
    far_km = np.hypot(*((cell_centers(people["cell"]) - centre) * degrees_m).T) / 1000
    rings = [0, 5, 10, 20, 40, 80]
    held, _ = np.histogram(far_km, rings, weights=people["people"])
    per_km2 = held / (np.pi * np.diff(np.square(rings)))
    assert (np.diff(per_km2) < 0).all()
    assert per_km2[0] > 10_000 > 1_000 > per_km2[-1]


def test_apportioned_people_are_whole_exact_and_close_to_their_share() -> None:
    rng = stream(1, "test")
    weights = rng.uniform(5, 500, 900)
    given = apportion(weights, 123_457)
    assert given.dtype == np.int64
    assert given.sum() == 123_457
    assert np.abs(given - weights * 123_457 / weights.sum()).max() < 1
