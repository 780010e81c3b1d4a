"""Exports and the spread of people over HTTP: the same rows as the answers that they are of."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest

from geoplan.api import export
from geoplan.catalogue import City
from geoplan.reports import csv_of
from tests.api.asking import Api, running
from tests.api.conftest import application, copy_of
from tests.conftest import TestDatabase


@pytest.fixture(scope="module")
def database(walked_city: TestDatabase) -> TestDatabase:
    return copy_of(walked_city)


@pytest.fixture(scope="module")
def api(database: TestDatabase, city: City, walked_home: Path) -> Iterator[Api]:
    with running(application(database, city, home=walked_home)) as asked:
        yield asked


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests ask for more files in a second than a reader does in minutes."""
    monkeypatch.setattr(export, "_rate", export.Rate(1_000, 1.0))


def rows_of(api: Api, **parameters: Any) -> list[dict[str, str]]:
    answer = api.get("/api/export", params=parameters)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.headers["content-disposition"].startswith('attachment; filename="geoplan-')
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "about",
    [
        {"service": "market", "speed": "elderly"},
        {"service": "primary_school", "measure": "straight"},
        {"circle": "gb50180_min10"},
        {"circle": "convenience_basic", "speed": "elderly"},
    ],
)
def test_exported_cells_are_those_of_the_answer(api: Api, about: dict[str, str]) -> None:
    unit = "missing" if "circle" in about else "minutes"
    rows = rows_of(api, view="cells", res=9, **about)
    assert rows
    for when in ("now", "planned"):
        found = api.json("/api/reach/cells", res=9, when=when, **about)
        assert [row["cell"] for row in rows] == found["cells"]
        assert [float(row[f"{unit}_{when}"]) for row in rows] == found["values"]
        assert {row["date"] for row in rows} == {found["date"]}
    for row in rows:
        change = float(row[f"{unit}_planned"]) - float(row[f"{unit}_now"])
        assert float(row["change"]) == pytest.approx(change, abs=1e-9)
    assert {row["synthetic"] for row in rows} == {"true"}


def test_minutes_are_longer_for_who_walks_slower_and_shorter_in_a_beeline(api: Api) -> None:
    def values(**more: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array(api.json("/api/reach/cells", service="market", res=9, **more)["values"])

    planning, elderly, straight = values(), values(speed="elderly"), values(measure="straight")
    assert np.all(elderly >= planning - 0.01)
    assert np.any(elderly > planning * 1.2)
    assert np.all(straight <= planning + 0.2)
    assert np.any(straight < planning * 0.9)


def test_exported_districts_are_the_rows_of_coverage_and_circles(api: Api) -> None:
    for path, about in (
        ("/api/coverage", {"service": "market", "speed": "elderly"}),
        ("/api/circles", {"circle": "gb50180_min10"}),
    ):
        found = api.json(path, **about)
        rows = rows_of(api, view="districts", **about)
        assert len(rows) == len(found["rows"])
        for row, told in zip(rows, found["rows"], strict=True):
            for name in ("unit", "measure", "when", "standard", "date"):
                assert row[name] == told[name]
            for name in ("numerator", "denominator", "share"):
                assert row[name] == ("" if told[name] is None else str(told[name]))
            assert row["name_zh"] == told["name"]["zh"]


def test_exported_gaps_and_targets_are_those_of_their_answers(api: Api) -> None:
    gaps = api.json("/api/gaps", service="market", limit=5)["gaps"]
    rows = rows_of(api, view="gaps", service="market", limit=5)
    assert [(row["rank"], row["people"]) for row in rows] == [
        (str(gap["rank"]), str(gap["people"])) for gap in gaps
    ]
    targets = api.json("/api/progress")["rows"]
    rows = rows_of(api, view="progress")
    assert [row["target"] for row in rows] == [row["target"] for row in targets]


def test_a_geopackage_opens_in_gdal_and_geopandas_with_the_values(api: Api, tmp_path: Path) -> None:
    answer = api.get("/api/export", params={"view": "cells", "service": "market", "f": "gpkg"})
    assert answer.headers["content-type"] == "application/geopackage+sqlite3"
    assert int(answer.headers["content-length"]) == len(answer.content)
    file = tmp_path / "cells.gpkg"
    file.write_bytes(answer.content)
    told = subprocess.run(
        ["ogrinfo", "-so", str(file), "cells"], capture_output=True, text=True, check=True
    ).stdout
    assert "Geometry: Polygon" in told
    assert "speed=planning" in told
    found = api.json("/api/reach/cells", service="market", res=8)
    frame = geopandas.read_file(file)
    assert frame.crs.to_epsg() == 4326
    assert frame["cell"].tolist() == found["cells"]
    assert frame["minutes_now"].tolist() == found["values"]
    assert frame.geometry.is_valid.all()


def test_a_box_keeps_the_cells_whose_centre_is_in_it(api: Api) -> None:
    box = (104.06, 30.66, 104.09, 30.69)
    everything = rows_of(api, view="cells", service="market", res=9, when="now")
    kept = rows_of(
        api, view="cells", service="market", res=9, when="now", bbox=",".join(map(str, box))
    )
    inside = [
        row
        for row in everything
        if box[0] <= float(row["lon"]) <= box[2] and box[1] <= float(row["lat"]) <= box[3]
    ]
    assert 0 < len(kept) < len(everything)
    assert [row["cell"] for row in kept] == [row["cell"] for row in inside]
    assert "change" not in kept[0]


def test_an_export_has_an_etag_of_its_data(api: Api) -> None:
    for parameters in (
        {"view": "districts", "service": "market"},
        {"view": "cells", "service": "market", "f": "gpkg"},
    ):
        tag = api.get("/api/export", params=parameters).headers["etag"]
        again = api.get("/api/export", params=parameters, headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("view=people", 400),
        ("view=cells", 400),
        ("view=cells&service=market&circle=gb50180_min10", 400),
        ("view=cells&circle=gb50180_min10&measure=straight", 400),
        ("view=cells&service=market&unit=city", 400),
        ("view=cells&service=market&res=10", 400),
        ("view=cells&service=market&bbox=1,2,3", 400),
        ("view=districts&service=market&f=gpkg", 400),
        ("view=districts&service=market&f=xlsx", 400),
        ("view=districts", 400),
        ("view=gaps&service=teleport", 404),
        ("view=gaps&service=market&limit=501", 400),
        ("view=progress&service=market", 400),
    ],
)
def test_what_an_export_refuses(api: Api, query: str, status: int) -> None:
    api.problem(f"/api/export?{query}", status)


def test_too_many_cells_and_too_many_requests_are_refused(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_CELLS", 3)
    told = api.problem("/api/export?view=cells&service=market", 400)
    assert told["code"] == "too_many_cells"
    monkeypatch.setattr(export, "_rate", export.Rate(2, 60.0))
    statuses = [api.get("/api/export?view=districts&service=market").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_text_that_a_spreadsheet_would_run_stays_a_text() -> None:
    told = csv_of(("name", "n"), [("=1+1", -2), ("@x", 0.5), ("-", True), (None, "a,b")])
    assert told.decode("utf-8-sig").splitlines() == [
        "name,n",
        "'=1+1,-2",
        "'@x,0.5",
        "-,true",
        ',"a,b"',
    ]


@pytest.mark.parametrize("measure", ["network", "straight"])
@pytest.mark.parametrize("unit", ["city", "510106"])
def test_the_spread_sums_to_the_people_and_meets_the_coverage(
    api: Api, measure: str, unit: str
) -> None:
    found = api.json("/api/spread", service="market", unit=unit, measure=measure)
    groups = found["groups"]
    assert sum(group["people"] for group in groups) == found["people"]
    assert all(group["people"] == 0 or group["people"] >= 50 for group in groups)
    rows = api.json("/api/coverage", service="market", unit=unit, when="now")["rows"]
    covered = sum(
        row["numerator"]
        for row in rows
        if (row["measure"] == "straight") == (measure == "straight")
    )
    limit = 500
    below = sum(group["people"] for group in groups if (group["to_m"] or np.inf) <= limit)
    reached = sum(group["people"] for group in groups if group["from_m"] <= limit)
    assert below <= covered <= reached
    api.problem("/api/spread", 400)
    api.problem("/api/spread?service=teleport", 404)
    api.problem("/api/spread?service=market&measure=estimated", 400)


def test_files_wait_for_their_turn_and_too_many_are_sent_away(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_turns", export.Turns(at_once=2, most=4))
    paths = [
        f"/api/export?view=cells&service=market&res=9&f=gpkg&bbox=104,30,105,3{n}"
        for n in range(1, 9)
    ]
    answers = api.together(paths).values()
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] * 4 + [503] * 4
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)
