"""A real list of charging stations in GCJ-02 that does not say so: asked about or found out."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pyproj
import pytest
import shapely

from geoplan.catalogue import City
from tests.corpus.expected import SILENT, Case, Found, Held, check
from tests.corpus.ground import Spot, gcj02
from tests.corpus.writing import csv_file

_ROWS = 1_587


@pytest.fixture
def shenzhen(city: City) -> City:
    return replace(city, bbox=(113.74, 22.39, 114.63, 22.87))


@pytest.fixture
def stations(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "ev_stations_shenzhen_gcj02.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _true(at: Spot) -> Spot:
    """The WGS 84 place of a GCJ-02 one, by fixed point."""
    lon, lat = at
    for _ in range(6):
        x, y = gcj02((lon, lat))
        lon, lat = lon - (x - at[0]), lat - (y - at[1])
    return lon, lat


def _name(row: dict[str, str]) -> str:
    return f"示意{row['station_id']}站"


def _place(row: dict[str, str]) -> Spot:
    return float(row["longitude"]), float(row["latitude"])


def _check(
    stations: list[dict[str, str]], places: tuple[Held, ...], folder: Path, city: City
) -> Found:
    table = [["站点名称", "桩数", "状态", "longitude", "latitude"]] + [
        [_name(row), row["charge_count"], "投运", row["longitude"], row["latitude"]]
        for row in stations
    ]
    case = Case("shenzhen", "charger", csv_file(table), options=SILENT, places=places)
    return check(case, folder, city, {})


def test_without_a_reference_a_person_is_asked(
    stations: list[dict[str, str]], tmp_path: Path, shenzhen: City
) -> None:
    checked = _check(stations, (), tmp_path, shenzhen).checked
    assert checked is not None
    assert (checked.crs.chosen, checked.crs.how) == (None, "undecided")
    assert {reading.crs for reading in checked.crs.candidates} == {"EPSG:4326", "GCJ-02", "BD-09"}
    assert [issue.code for issue in checked.file_issues] == ["crs_undecided"]
    assert len(checked.rows) == _ROWS
    assert all(row.wkb is None for row in checked.rows)


def test_a_handful_of_known_stations_shows_that_it_is_gcj02(
    stations: list[dict[str, str]], tmp_path: Path, shenzhen: City
) -> None:
    known = tuple(Held(_name(row), _true(_place(row))) for row in stations[::200])
    checked = _check(stations, known, tmp_path, shenzhen).checked
    assert checked is not None
    assert (checked.crs.chosen, checked.crs.how) == ("GCJ-02", "names")
    assert "crs_by_shift" in [issue.code for issue in checked.file_issues]
    geod = pyproj.Geod(ellps="WGS84")
    for row, station in zip(checked.rows, stations, strict=True):
        place = shapely.from_wkb(row.wkb)
        true = _true(_place(station))
        assert geod.inv(place.x, place.y, *true)[2] < 0.01
