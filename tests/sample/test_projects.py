"""Projects of the sample: readable, labelled, inside the city and believable."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from geoplan.catalogue import City, load_city
from geoplan.imports.features import amounts_of
from geoplan.planning.progress import Progress, countable, statement
from geoplan.resources import resource
from geoplan.sample.ground import AS_OF
from geoplan.store.progress import Sum
from tests.conftest import Sample
from tests.sample.conftest import Rows

Read = Callable[[str], Rows]

CATALOGUE = load_city(resource("layers") / "chengdu")
NAMED = ("greenway", "park", "charger", "school", "life_circle")
# Everyday places come with the streets; the others have a file of their own.
MADE = [
    layer.id
    for layer in CATALOGUE.layers.values()
    if layer.visibility == "public" and layer.geometry != "none" and layer.id != "place"
]


@pytest.mark.parametrize("layer_id", MADE)
def test_every_public_layer_with_a_place_is_read_without_an_issue(
    layer_id: str, rows_of: Read, city: City
) -> None:
    layer = city.layer(layer_id)
    rows = rows_of(layer_id)  # an issue would raise
    assert rows.key
    assert len(set(rows.key)) == len(rows.key)
    assert None not in rows.unit
    kinds = {"Multi" + name.capitalize() for name in (layer.geometry, *layer.also)}
    names = {"Point": "MultiPoint", "LineString": "MultiLine", "Polygon": "MultiPolygon"}
    assert {names[shape.geom_type] for shape in rows.geometry} <= kinds
    assert shapely.is_valid(rows.geometry).all()


@pytest.mark.parametrize("layer_id", MADE)
def test_every_name_says_that_it_is_made_up(layer_id: str, rows_of: Read, sample: Sample) -> None:
    rows = rows_of(layer_id)
    assert all(name.startswith("示意") for name in rows.name)
    assert len(set(rows.name)) == len(rows.name)
    assert "示意数据" in sample.file_of(layer_id).title.zh
    assert "Sample" in sample.file_of(layer_id).title.en


@pytest.mark.parametrize("layer_id", MADE)
def test_days_fit_the_status(layer_id: str, rows_of: Read) -> None:
    rows = rows_of(layer_id)
    is_stock = layer_id == "green_space"  # exists; nobody knows since when
    for status, started, finished in zip(
        rows.status.tolist(), rows.started_on, rows.finished_on, strict=True
    ):
        done = status in ("finished", "open")
        assert (finished is not None) == (done and not is_stock)
        assert (started is None) == (status == "planned" or is_stock)
        assert max(day for day in (started, finished, AS_OF) if day) == AS_OF
        assert started is None or finished is None or started <= finished


@pytest.mark.parametrize("layer_id", NAMED)
def test_named_layers_have_projects_in_every_status(layer_id: str, rows_of: Read) -> None:
    assert set(rows_of(layer_id).status.tolist()) == {
        "planned", "building", "finished", "open", "stopped",
    }  # fmt: skip


@pytest.mark.parametrize("layer_id", NAMED)
def test_zones_and_nearly_all_districts_report(layer_id: str, rows_of: Read, city: City) -> None:
    reporting = set(rows_of(layer_id).unit)
    assert {unit.code for unit in city.units if unit.kind == "zone"} <= reporting
    assert len(reporting) >= 20


@pytest.mark.parametrize("layer_id", MADE)
def test_everything_lies_in_the_city(layer_id: str, rows_of: Read, sample: Sample) -> None:
    city = shapely.union_all(list(sample.boundaries.values()))
    shapely.prepare(city)
    assert shapely.covers(city, rows_of(layer_id).geometry).all()


def test_what_a_district_reports_lies_in_it(rows_of: Read, sample: Sample) -> None:
    rows = rows_of("charger")
    for code, boundary in sample.boundaries.items():
        mine = rows.geometry[np.array(rows.unit) == code]
        # Drawn in metres and kept in degrees: a point may stand a hair beyond the line.
        assert shapely.dwithin(mine, boundary, 2e-5).all()


def test_greenways_bend_and_do_not_jag(rows_of: Read) -> None:
    turns = []
    for line in rows_of("greenway").geometry:
        way = np.diff(shapely.get_coordinates(line) * [95_841, 110_864], axis=0)
        heading = np.arctan2(way[:, 1], way[:, 0])
        turns.append(np.abs((np.diff(heading) + np.pi) % (2 * np.pi) - np.pi))
    assert np.quantile(np.concatenate(turns), 0.99) < np.radians(30)


@pytest.mark.parametrize("layer_id", ["life_circle", "green_space", "key_area"])
def test_neighbours_do_not_overlap(layer_id: str, rows_of: Read) -> None:
    shapes = rows_of(layer_id).geometry
    first, second = shapely.STRtree(shapes).query(shapes, "intersects")
    pairs = first < second
    shared = shapely.area(shapely.intersection(shapes[first[pairs]], shapes[second[pairs]]))
    assert shared.sum() < 1e-3 * shapely.area(shapes).sum()


def test_the_plans_projects_are_some_thousand(rows_of: Read) -> None:
    assert 8_000 <= sum(len(rows_of(layer_id).key) for layer_id in MADE) <= 12_000


def test_progress_is_believable_some_ahead_some_behind(progress: dict[str, Progress]) -> None:
    with_share = {target: row for target, row in progress.items() if row.share is not None}
    assert {"greenway", "park", "charger", "school", "school_place"} <= set(with_share)
    for target, row in with_share.items():
        assert 0.3 < row.share < 1.2, (target, row.share)
    assert progress["greenway"].time_progress == pytest.approx(4 / 6)
    assert progress["charger"].time_progress == pytest.approx(10 / 12)
    assert progress["greenway"].ahead_pp < 0 < progress["park"].ahead_pp
    assert progress["charger"].ahead_pp > 0


def test_districts_are_uneven(rows_of: Read, city: City) -> None:
    done = []
    for unit in city.units:
        rows = rows_of("charger")
        mine = np.array(rows.unit) == unit.code
        done.append(np.isin(rows.status[mine], ("finished", "open")).mean())
    assert max(done) - min(done) > 0.03


@pytest.fixture(scope="module")
def progress(rows_of: Read, city: City) -> dict[str, Progress]:
    """Each target's progress on the sample's day, summed here row by row."""
    sums = []
    for layer_id in MADE:
        layer, rows = city.layer(layer_id), rows_of(layer_id)
        amounts = amounts_of(layer, rows.geometry, rows.properties)
        for target in layer.targets:
            if not countable(layer, target):
                continue
            column = [measure.id for measure in layer.measures].index(target.measure)
            for row, amount in enumerate(amounts[:, column].tolist()):
                counted = target.filter is None or (
                    rows.properties[row].get(target.filter.field) == target.filter.text
                )
                finished = rows.finished_on[row]
                done = (
                    finished is not None
                    and (target.starts_on is None or finished >= target.starts_on)
                    and finished <= min(target.ends_on, AS_OF)
                )
                if counted:
                    sums.append(
                        Sum(
                            layer.id,
                            target.id,
                            rows.unit[row],
                            str(rows.status[row]),
                            amount if done else 0,
                            amount,
                            True,
                            AS_OF,
                        )
                    )
    return {row.target: row for row in statement(city, sums, as_of=AS_OF)}
