"""Which system a file is in: what is said, what sizes tell, and a real file that says nothing."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from geoplan.catalogue import City, Unit
from geoplan.errors import GeoplanError
from geoplan.ingest import default_boundaries, read_units
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.systems import system_of, twin, zones
from geoplan.ingest.webmap import wgs_from_gcj
from geoplan.text import Text
from tests.ingest.batches import codes, file_codes, known, pairs, shapes, table
from tests.ingest.triage_rows import METRES, Points, named, projected, shifted, spread, triage

# What is said.


@pytest.mark.parametrize(
    ("said", "system"),
    [
        ("高德坐标", "GCJ-02"), ("GCJ02", "GCJ-02"), ("火星坐标系", "GCJ-02"), ("腾讯", "GCJ-02"), ("百度", "BD-09"), ("bd09ll", "BD-09"),
        ("CGCS2000", "EPSG:4490"), ("2000国家大地坐标系", "EPSG:4490"), ("国家2000", "EPSG:4490"), ("2000", "EPSG:4490"), ("天地图", "EPSG:4490"),
        ("WGS 84", "EPSG:4326"), ("wgs84", "EPSG:4326"), ("GPS", "EPSG:4326"), ("EPSG:4544", "EPSG:4544"), ("4523", "EPSG:4523"), ("epsg::4490", "EPSG:4490"),
        ("CGCS2000 中央经线105", "EPSG:4544"), ("CGCS2000_3_Degree_GK_CM_102E", "EPSG:4543"), ("国家2000 3度带 35带", "EPSG:4523"),
        ("CGCS2000 6度带 18带", "EPSG:4496"), ("CGCS2000 六度带 中央子午线105°", "EPSG:4507"), ("大地2000 105°E", "EPSG:4544"),
        ("1980西安坐标系 中央子午线105°", "EPSG:2380"), ("西安80", "EPSG:4610"), ("WGS84 UTM 48N", "EPSG:32648"),
    ],
)  # fmt: skip
def test_systems_are_known_by_the_names_that_people_give_them(said: str, system: str) -> None:
    assert system_of(said) == system


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("成都地方坐标系", "crs_local"), ("成都市平面坐标系", "crs_local"), ("独立坐标", "crs_local"), ("北京54", "crs_refused"),
        ("EPSG:4214", "crs_refused"), ("banana", "crs_unknown"), ("EPSG:999999", "crs_unknown"), ("+proj=longlat +nadgrids=/etc/passwd", "crs_unknown"),
    ],
)  # fmt: skip
def test_systems_without_a_way_to_wgs84_are_refused_by_name(said: str, code: str) -> None:
    with pytest.raises(GeoplanError) as refused:
        system_of(said)
    assert refused.value.code == code


def test_zones_have_the_names_that_epsg_gives_them() -> None:
    for meridian in range(75, 138, 3):
        box = (meridian - 0.2, 30.0, meridian + 0.2, 30.4)
        plain, numbered, wide = zones(box)[0], zones(box)[1], zones(box)[-1]
        names = [pyproj.CRS(code).name for code in (plain, numbered, wide)]
        assert names[0] == f"CGCS2000 / 3-degree Gauss-Kruger CM {meridian}E"
        assert names[1] == f"CGCS2000 / 3-degree Gauss-Kruger zone {meridian // 3}"
        assert names[2].startswith("CGCS2000 / Gauss-Kruger zone ")
        assert (twin(plain), twin(numbered)) == (numbered, plain)


def test_a_declared_system_goes_cell_before_choice_before_header_before_file(
    city: City, outlines: Outlines
) -> None:
    at = np.array([[104.0633, 30.6597]])
    cell = f"{shifted(at, 'GCJ-02')[0, 0]},{shifted(at, 'GCJ-02')[0, 1]}"
    for chosen, column, header, in_file, system, how in (
        (None, None, "坐标", "EPSG:4490", "EPSG:4490", "declared"),
        (None, None, "高德坐标", "EPSG:4490", "GCJ-02", "declared"),
        ("BD-09", None, "高德坐标", "EPSG:4490", "BD-09", "chosen"),
        ("BD-09", "GCJ-02", "高德坐标", "EPSG:4490", "GCJ-02", "chosen"),
        (None, "百度", "坐标", None, "BD-09", "declared"),
        ("EPSG:4326", "不详", "坐标", None, "EPSG:4326", "chosen"),
    ):
        batch = table({"lonlat": [cell], "crs": [column]}, lonlat=header)
        placement, notes = triage(batch, city, outlines, chosen=chosen, in_file=in_file)
        assert (placement.system[0], placement.decision.how) == (system, how)
        assert file_codes(notes) == []


def test_every_row_may_say_its_own_system(city: City, outlines: Outlines) -> None:
    at = np.array([[104.3, 30.6]])
    said = ["WGS84", "GCJ-02", "百度", "CGCS2000"]
    written = [shifted(at, one)[0] for one in ("EPSG:4326", "GCJ-02", "BD-09", "EPSG:4326")]
    east, north = np.array(written).T.tolist()
    placement, notes = triage(table({"lon": east, "lat": north, "crs": said}), city, outlines)
    assert placement.system.tolist() == ["EPSG:4326", "GCJ-02", "BD-09", "EPSG:4490"]
    assert file_codes(notes) == []


def test_a_datum_alone_leaves_the_zone_to_the_numbers(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510112"], 5)
    for said, code, issues in (
        ("CGCS2000", 4544, []),
        ("CGCS2000", 4523, []),
        ("西安80", 2380, [("crs_old_datum", "warning")]),
    ):
        east, north = projected(points, code).T.tolist()
        batch = table({"lon": east, "lat": north, "crs": [said] * 5})
        placement, notes = triage(batch, city, outlines)
        assert placement.decision.chosen == f"EPSG:{code}"
        assert file_codes(notes) == issues


def test_a_declared_zone_is_read_with_and_without_its_number(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510112"], 5)
    for declared, written in ((4523, 4544), (4544, 4523), (4523, 4523)):
        placement, notes = triage(
            pairs(projected(points, written)), city, outlines, in_file=f"EPSG:{declared}"
        )
        assert placement.decision.chosen == f"EPSG:{written}"
        assert (placement.decision.how, file_codes(notes)) == ("declared", [])


def test_the_citys_own_system_is_refused_once_for_the_file(city: City, outlines: Outlines) -> None:
    batch = table({"lon": [21_000.5] * 3, "lat": [18_300.25] * 3, "crs": ["成都独立坐标系"] * 3})
    placement, notes = triage(batch, city, outlines)
    assert file_codes(notes) == [("crs_local", "error")]
    assert codes(notes) == []
    assert set(placement.system) == {""}
    assert (placement.decision.chosen, placement.decision.how) == (None, "none")


def test_a_choice_that_is_no_system_is_refused(city: City, outlines: Outlines) -> None:
    with pytest.raises(GeoplanError, match="no known coordinate system"):
        triage(pairs([[104.06, 30.66]]), city, outlines, chosen="banana")


# What sizes tell.


@pytest.mark.parametrize("code", [4543, 4523, 4522, 4496, 3857])
@pytest.mark.parametrize("swapped", [False, True])
def test_metres_tell_their_system_by_their_size_in_either_order(
    code: int, swapped: bool, city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510129" if code in {4543, 4522} else "510112"], 20)
    xy = projected(points, code)
    placement, notes = triage(pairs(xy[:, ::-1] if swapped else xy), city, outlines)
    assert (placement.decision.chosen, placement.decision.how) == (f"EPSG:{code}", "size")
    assert placement.swapped.all() == swapped
    assert placement.xy == pytest.approx(xy)
    assert file_codes(notes) == []


def test_both_zones_of_one_file_are_told_apart_row_by_row(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    west, east = spread(units["510129"], 6), spread(units["510112"], 4)
    xy = np.vstack([projected(west, 4543), projected(east, 4544)])
    placement, _ = triage(pairs(xy), city, outlines)
    assert placement.system.tolist() == ["EPSG:4543"] * 6 + ["EPSG:4544"] * 4


def test_utm_cannot_be_told_by_size_so_it_is_named_and_known_names_decide(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510112"], 12)
    for code in (4544, 32648):
        placement, notes = triage(pairs(projected(points, code)), city, outlines)
        assert (placement.decision.chosen, placement.decision.how) == ("EPSG:4544", "size")
        assert [one.crs for one in placement.decision.candidates] == ["EPSG:4544", "EPSG:32648"]
        assert file_codes(notes) == [("crs_by_size", "warning")]
        assert "EPSG:32648" in notes.of_file[0].detail.zh
        placement, notes = triage(
            pairs(projected(points, code)),
            city,
            outlines,
            names=named(12),
            places=known(named(12), points + 50 / METRES),
        )
        assert (placement.decision.chosen, placement.decision.how) == (f"EPSG:{code}", "names")
        assert file_codes(notes) == [("crs_by_shift", "info")]


def test_numbers_of_no_known_system_are_asked_about(city: City, outlines: Outlines) -> None:
    placement, notes = triage(pairs([[21_000.5, 18_300.25]] * 4), city, outlines)
    assert file_codes(notes) == [("crs_undecided", "error")]
    assert placement.decision.how == "undecided"
    assert set(placement.system) == {""}


def test_degrees_of_another_city_need_no_system_to_be_outside(
    city: City, outlines: Outlines
) -> None:
    placement, notes = triage(pairs([[113.93, 22.54]] * 4), city, outlines)
    assert file_codes(notes) == []
    assert placement.decision.how == "none"
    assert outlines.outside_city(placement.xy).all()


def test_a_few_degrees_in_the_city_among_many_outside_are_not_taken_for_wgs84(
    city: City, outlines: Outlines
) -> None:
    placement, notes = triage(
        pairs([[113.93, 22.54]] * 4 + [[104.063312, 30.659712]]), city, outlines
    )
    assert file_codes(notes) == [("crs_undecided", "error")]
    assert set(placement.system) == {""}


def test_rows_of_an_old_datum_warn_also_where_others_say_nothing(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    east, north = projected(spread(units["510112"], 4), 4523).T.tolist()
    batch = table({"lon": east, "lat": north, "crs": ["西安80", None, None, None]})
    placement, notes = triage(batch, city, outlines)
    assert placement.system.tolist() == ["EPSG:2359", "EPSG:4523", "EPSG:4523", "EPSG:4523"]
    assert file_codes(notes) == [("crs_old_datum", "warning")]


def test_shapes_without_a_system_are_told_by_size_too(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510112"], 4)
    for code, how in ((4523, "size"), (4326, "undecided")):
        xy = projected(points, code)
        side = 200 if code == 4523 else 0.002
        placement, _ = triage(
            shapes(list(shapely.box(xy[:, 0], xy[:, 1], *(xy + side).T))), city, outlines
        )
        assert placement.decision.how == how


# The real file.


@pytest.fixture(scope="module")
def shenzhen(city: City) -> City:
    """A city with Shenzhen's box and districts, of the packaged boundaries."""
    document = json.loads(default_boundaries().read_text(encoding="utf-8"))
    found = {
        str(feature["properties"]["gb"])[-6:]: feature["properties"]["name"]
        for feature in document["features"]
        if str(feature["properties"]["gb"])[-6:-2] == "4403"
    }
    districts = tuple(
        Unit(code=code, kind="district", name=Text(name, name), ring="central")
        for code, name in sorted(found.items())
    )
    return dataclasses.replace(city, bbox=(113.75, 22.44, 114.63, 22.87), units=districts)


@pytest.fixture(scope="module")
def stations(shared_data: Any) -> Points:
    """The published places of charging stations, in GCJ-02 as their source says."""
    path = shared_data / "ev_stations_shenzhen_gcj02.csv"
    return np.loadtxt(path, delimiter=",", skiprows=1, usecols=(1, 2))


@pytest.fixture(scope="module")
def shenzhen_units(shenzhen: City) -> dict[str, Any]:
    return read_units(default_boundaries(), shenzhen)


@pytest.mark.parametrize("evidence", ["none", "two names", "names", "districts"])
def test_the_stations_of_shenzhen_are_never_taken_for_wgs84(
    evidence: str, stations: Points, shenzhen: City, shenzhen_units: dict[str, Any]
) -> None:
    outlines = Outlines(shenzhen, shenzhen_units)
    true = np.column_stack(wgs_from_gcj(stations[:, 0], stations[:, 1]))
    names = [f"示意充电站{n}" for n in range(len(stations))]
    made = np.random.default_rng(13)
    count = {"names": 12, "two names": 2}.get(evidence, 0)
    chosen = made.choice(len(stations), count, replace=False)
    places = known(
        [names[n] for n in chosen], true[chosen] + made.normal(0, 60, (count, 2)) / METRES
    )
    districts: list[str | None] = [None] * len(stations)
    if evidence == "districts":
        for code, outline in shenzhen_units.items():
            for row in np.flatnonzero(shapely.contains_xy(outline, true[:, 0], true[:, 1])):
                districts[int(row)] = code
    placement, notes = triage(
        pairs(stations), shenzhen, outlines, names=names, districts=districts, places=places
    )
    if evidence in {"names", "districts"}:
        assert (placement.decision.chosen, placement.decision.how) == ("GCJ-02", evidence)
        assert file_codes(notes) == [("crs_by_shift", "info")]
    else:
        assert (placement.decision.chosen, placement.decision.how) == (None, "undecided")
        assert file_codes(notes) == [("crs_undecided", "error")]
        assert set(placement.system) == {""}
