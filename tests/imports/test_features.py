"""Importing features: all or nothing, the same file twice, sums that equal the features."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas
import numpy as np
import psycopg
import pyproj
import pytest
import shapely

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.imports.features import import_features
from geoplan.imports.source import Origin
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.grid import drift
from geoplan.text import Text
from tests.conftest import TestDatabase

GEOD = pyproj.Geod(ellps="WGS84")
ORIGIN = Origin("test", Text("测试", "test"))


@pytest.fixture
def connection(database: TestDatabase) -> Iterator[psycopg.Connection]:
    with database.connect() as connection:
        yield connection
        with connection.transaction():
            act_as(connection, OPERATOR, "tidy")
            for table in ("feature_cell", "grid", "feature"):
                connection.execute(f"DELETE FROM {table}")


def write(path: Path, rows: list[dict[str, object]], crs: str = "EPSG:4326") -> Path:
    frame = geopandas.GeoDataFrame(rows, crs="EPSG:4326").to_crs(crs)
    frame.to_file(path, driver={".gpkg": "GPKG", ".geojson": "GeoJSON"}[path.suffix])
    return path


def greenways(count: int = 40) -> list[dict[str, object]]:
    """Random walks around the centre; they cross districts and many cells."""
    random = np.random.default_rng(7)
    rows: list[dict[str, object]] = []
    for number in range(count):
        start = np.array([104.06, 30.66]) + random.normal(0, 0.08, 2)
        line = start + np.cumsum(random.normal(0, 0.004, (60, 2)), axis=0)
        rows.append(
            {
                "project_no": f"GW-{number:03d}",
                "name": f"示意绿道{number}",
                "status": "finished" if number % 3 else "planned",
                "finished_on": "2023-09-15",
                "geometry": shapely.LineString(line),
            }
        )
    return rows


def state(connection: psycopg.Connection) -> dict[str, object]:
    """Everything an import may change, as one comparable value."""
    found: dict[str, object] = {}
    with connection.transaction():
        act_as(connection, OPERATOR, "look")
        for table in (
            "feature",
            "feature_version",
            "feature_cell",
            "grid",
            "source",
            "layer",
            "cell",
        ):
            rows = connection.execute(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} AS t"
            )
            found[table] = rows.fetchone()
        assert drift(connection) == []
    return found


def as_operator(connection: psycopg.Connection, query: str) -> list[tuple[object, ...]]:
    with connection.transaction():
        act_as(connection, OPERATOR, "look")
        return connection.execute(query).fetchall()


def test_the_same_file_again_changes_nothing(
    connection: psycopg.Connection, city: City, tmp_path: Path
) -> None:
    path = write(tmp_path / "greenway.gpkg", greenways())
    first, _ = import_features(connection, city, path, "greenway", ORIGIN)
    assert (first.inserted, first.updated, first.unchanged) == (40, 0, 0)
    before = state(connection)
    second, missing = import_features(connection, city, path, "greenway", ORIGIN)
    assert (second.inserted, second.updated, second.unchanged, missing) == (0, 0, 40, 0)
    assert state(connection) == before


def test_cells_sum_to_the_features_at_every_resolution(
    connection: psycopg.Connection, city: City, tmp_path: Path
) -> None:
    rows = greenways()
    import_features(connection, city, write(tmp_path / "g.gpkg", rows), "greenway", ORIGIN)
    truth = sum(GEOD.geometry_length(row["geometry"]) for row in rows)
    sums = as_operator(
        connection,
        "SELECT res, sum(amount) FROM grid WHERE layer_id = 'greenway' AND measure = 'length' GROUP BY res ORDER BY res",
    )
    assert [res for res, _ in sums] == [6, 7, 8, 9, 10]
    for _, amount in sums:
        assert float(str(amount)) / 1e9 == pytest.approx(truth, rel=1e-9)
    assert len({amount for _, amount in sums}) == 1


def test_453_km_are_453_km(connection: psycopg.Connection, city: City, tmp_path: Path) -> None:
    # A line along a meridian, cut where the geodesic length is exactly 453 km.
    start, azimuth = (104.2, 30.2), 0.0
    lines, left = [], 453_000.0
    while left > 0:
        length = min(left, 90_000.0)
        lon, lat, _ = GEOD.fwd(*start, azimuth, length)
        lines.append(shapely.LineString([start, (lon, lat)]))
        start, left = (start[0] + 0.01, start[1]), left - length
    rows = [
        {
            "project_no": str(n),
            "name": f"示意{n}",
            "status": "open",
            "finished_on": "2023-10-01",
            "geometry": line,
        }
        for n, line in enumerate(lines)
    ]
    import_features(connection, city, write(tmp_path / "g.geojson", rows), "greenway", ORIGIN)
    [(amount,)] = as_operator(
        connection,
        "SELECT sum(amount) FROM grid WHERE layer_id = 'greenway' AND measure = 'length' AND res = 8",
    )
    assert float(str(amount)) / 1e12 == pytest.approx(453, abs=1e-6)


def test_a_greenway_over_a_district_line_is_split_to_the_metre(
    connection: psycopg.Connection, database: TestDatabase, city: City, tmp_path: Path
) -> None:
    line = shapely.LineString([(103.99, 30.64), (104.16, 30.66)])
    rows = [
        {
            "project_no": "1",
            "name": "示意",
            "status": "open",
            "finished_on": "2023-10-01",
            "geometry": line,
        }
    ]
    import_features(connection, city, write(tmp_path / "g.geojson", rows), "greenway", ORIGIN)
    boundaries = connection.execute(
        "SELECT code, ST_AsBinary(geom) FROM unit WHERE kind = 'district'"
    ).fetchall()
    truth = {
        code: GEOD.geometry_length(part)
        for code, wkb in boundaries
        if not (part := shapely.intersection(line, shapely.from_wkb(wkb))).is_empty
    }
    for res in (6, 10):
        found = {
            str(code): float(str(amount)) / 1e9
            for code, amount in as_operator(
                connection,
                f"SELECT district, sum(amount) FROM grid WHERE layer_id = 'greenway' AND measure = 'length' AND res = {res} GROUP BY district",
            )
        }
        assert found == pytest.approx(truth, abs=1)
        assert len(found) >= 3


def test_an_edited_file_changes_what_was_edited_and_keeps_history(
    connection: psycopg.Connection, city: City, tmp_path: Path
) -> None:
    rows = greenways(10)
    import_features(connection, city, write(tmp_path / "a.gpkg", rows), "greenway", ORIGIN)
    rows[3]["status"], rows[4]["geometry"] = (
        "stopped",
        shapely.LineString([(104, 30.6), (104.01, 30.61)]),
    )
    changes, missing = import_features(
        connection, city, write(tmp_path / "b.gpkg", rows[:9]), "greenway", ORIGIN
    )
    assert (changes.inserted, changes.updated, changes.unchanged, missing) == (0, 2, 7, 1)
    state(connection)
    history = as_operator(
        connection,
        "SELECT state ->> 'key', reason FROM feature_version WHERE reason = 'import b.gpkg' ORDER BY 1",
    )
    assert history == [("GW-003", "import b.gpkg"), ("GW-004", "import b.gpkg")]
    changes, _ = import_features(
        connection, city, tmp_path / "b.gpkg", "greenway", ORIGIN, prune=True
    )
    assert changes.removed == 1
    assert as_operator(connection, "SELECT count(*) FROM feature") == [(9,)]
    state(connection)


def test_random_edits_leave_the_grid_equal_to_a_recount(
    connection: psycopg.Connection, city: City, tmp_path: Path
) -> None:
    random = np.random.default_rng(11)
    rows = greenways(30)
    for turn in range(8):
        for row in rows:
            if random.random() < 0.3:
                row["status"] = str(
                    random.choice(["planned", "building", "finished", "open", "stopped"])
                )
            if random.random() < 0.3:
                row["geometry"] = shapely.affinity.translate(
                    row["geometry"], *random.normal(0, 0.01, 2)
                )
        kept = [row for row in rows if random.random() < 0.9]
        path = write(tmp_path / f"{turn}.gpkg", kept)
        import_features(connection, city, path, "greenway", ORIGIN, prune=True)
        state(connection)


BROKEN = {
    "missing column": ({"项目": "x"}, "name"),
    "unknown status": ({"name": "示意", "status": "飞快", "finished_on": "2023-09-01"}, "飞快"),
    "bad date": ({"name": "示意", "status": "open", "finished_on": "2023-02-30"}, "2023-02-30"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_is_named_and_nothing_is_written(
    connection: psycopg.Connection, city: City, tmp_path: Path, case: str
) -> None:
    values, word = BROKEN[case]
    good = write(tmp_path / "good.gpkg", greenways(5))
    import_features(connection, city, good, "greenway", ORIGIN)
    before = state(connection)
    line = {"type": "LineString", "coordinates": [[104, 30.6], [104.1, 30.7]]}
    features = [{"type": "Feature", "properties": values, "geometry": line}]
    path = tmp_path / "bad.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    )
    with pytest.raises(GeoplanError) as caught:
        import_features(connection, city, path, "greenway", ORIGIN)
    said = caught.value.detail.en + "".join(
        f"{i.where} {i.detail.en} {i.value}" for i in caught.value.issues
    )
    assert word in said
    assert caught.value.remedy.zh
    assert state(connection) == before


def test_an_invalid_polygon_among_good_rows_is_named_by_row(
    connection: psycopg.Connection, city: City, tmp_path: Path
) -> None:
    bow = [[104, 30.6], [104.01, 30.61], [104.01, 30.6], [104, 30.61], [104, 30.6]]
    square = [[104, 30.6], [104.01, 30.6], [104.01, 30.61], [104, 30.61], [104, 30.6]]
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"示意{n}", "status": "open", "finished_on": "2023-09-01"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for n, ring in enumerate([square, square, bow])
    ]
    path = tmp_path / "park.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    before = state(connection)
    with pytest.raises(GeoplanError) as caught:
        import_features(connection, city, path, "park", ORIGIN)
    assert [issue.where.row for issue in caught.value.issues] == [3]
    assert state(connection) == before


def test_an_unknown_layer_and_an_indicator_are_refused(
    connection: psycopg.Connection, city: City, tmp_path: Path
) -> None:
    path = write(tmp_path / "g.gpkg", greenways(1))
    with pytest.raises(GeoplanError) as unknown:
        import_features(connection, city, path, "greenways", ORIGIN)
    assert unknown.value.code == "unknown_layer"
    assert "greenway" in unknown.value.remedy.en
    with pytest.raises(GeoplanError) as figure:
        import_features(connection, city, path, "nev_new", ORIGIN)
    assert figure.value.code == "layer_without_geometry"


def test_projected_files_come_to_the_same_place(
    connection: psycopg.Connection, city: City, tmp_path: Path
) -> None:
    rows = greenways(5)
    import_features(connection, city, write(tmp_path / "a.gpkg", rows), "greenway", ORIGIN)
    before = dict(as_operator(connection, "SELECT key, ST_AsText(geom, 7) FROM feature"))
    import_features(
        connection, city, write(tmp_path / "b.gpkg", rows, "EPSG:4544"), "greenway", ORIGIN
    )
    assert dict(as_operator(connection, "SELECT key, ST_AsText(geom, 7) FROM feature")) == before
