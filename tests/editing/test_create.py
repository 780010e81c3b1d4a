"""Drawing a feature: it is there with its shares and sums, or nothing is."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import psycopg
import pyproj
import pytest

from geoplan.editing.change import remove
from geoplan.editing.create import Once, create
from geoplan.editing.place import System
from geoplan.errors import GeoplanError
from tests.editing.desk import (
    CENTRE,
    JINJIANG,
    QINGYANG,
    WGS84,
    Desk,
    everything,
    rows,
    station,
    versions,
)


def refused(desk: Desk, document: dict[str, Any], system: System = WGS84) -> GeoplanError:
    with pytest.raises(GeoplanError) as caught:
        create(desk.edit(), document, system)
    return caught.value


def codes(error: GeoplanError) -> list[tuple[str, str | None]]:
    return [(issue.code, issue.where.column) for issue in error.issues]


@pytest.mark.parametrize(
    "name",
    ['示意,"站"', "示意\\站\\.", "\\N", '"', "'); DROP TABLE feature; --", "NULL", "示意𠮷站 ✓"],
)
def test_a_name_is_kept_to_the_letter(clerk: Desk, name: str) -> None:
    shown = clerk.shown(clerk.draw(name=name, piles=1, address=name).id)
    assert shown is not None
    assert (shown["properties"]["name"], shown["properties"]["address"]) == (name, name)
    assert shown["properties"].get("name_en") is None


def test_a_drawn_feature_has_its_unit_shares_sums_and_source(
    connection: psycopg.Connection, clerk: Desk
) -> None:
    before = versions(connection)
    made = clerk.draw(name="示意站一", piles=12, project_no="DRAW-1")
    shown = clerk.shown(made.id)
    assert shown is not None
    assert shown["geometry"]["coordinates"] == list(CENTRE[JINJIANG])
    values = shown["properties"]
    assert (values["unit"], values["district"], values["piles"]) == (JINJIANG, JINJIANG, 12)
    assert (values["amount_piles"], values["amount_count"]) == (12, 1)
    assert values["source_title"] == "地图编辑（锦江区）"
    found = rows(
        connection,
        "SELECT res, sum(amounts[1])::bigint FROM feature_cell WHERE feature_id = %s GROUP BY res ORDER BY res",
        made.id,
    )
    assert found == [(res, 12 * 10**9) for res in range(6, 11)]
    [(source, account)] = rows(
        connection, "SELECT source_id, account_id FROM feature WHERE id = %s", made.id
    )
    assert (source, account) == (f"edit-{JINJIANG}", clerk.editor.account)
    after = versions(connection)
    assert {name for name in after if after[name] != before[name]} == {"charger"}
    everything(connection)


def test_staff_of_one_unit_need_not_name_it_and_planners_get_the_district(
    clerk: Desk, planner: Desk
) -> None:
    elsewhere = clerk.draw(lonlat=CENTRE[QINGYANG])
    shown = clerk.shown(elsewhere.id)
    assert shown is not None
    assert (shown["properties"]["unit"], shown["properties"]["district"]) == (JINJIANG, QINGYANG)
    of_planner = planner.draw(lonlat=CENTRE[QINGYANG])
    shown = planner.shown(of_planner.id)
    assert shown is not None
    assert shown["properties"]["unit"] == QINGYANG


def test_a_place_outside_the_unit_is_told_with_its_distance(clerk: Desk) -> None:
    [warning] = clerk.draw(lonlat=CENTRE[QINGYANG]).issues
    assert (warning.code, warning.severity) == ("outside_district", "warning")
    metres = int("".join(filter(str.isdigit, warning.detail.en.partition(" m")[0])))
    far = pyproj.Geod(ellps="WGS84").inv(*CENTRE[QINGYANG], *CENTRE[JINJIANG])[2]
    assert 3_000 < metres < far
    assert clerk.draw().issues == ()


def test_nobody_draws_for_another_unit(
    connection: psycopg.Connection, clerk: Desk, planner: Desk
) -> None:
    before = everything(connection)
    for unit in (QINGYANG, "青羊区", "zone_hitech"):
        error = refused(clerk, station(unit=unit))
        assert (error.code, error.status) == ("unit_not_yours", 403)
    assert everything(connection) == before
    made = planner.draw(unit="青羊区")
    assert rows(connection, "SELECT unit FROM feature WHERE id = %s", made.id) == [(QINGYANG,)]


def test_every_error_is_named_and_nothing_is_written(
    connection: psycopg.Connection, clerk: Desk
) -> None:
    before = everything(connection)
    wrong = {
        "name": "",
        "status": "nearly",
        "piles": "3.5",
        "connectors": {"a": 1},
        "access": ["public"],
        "power_kw": -1,
        "operator": "\x07bell",
        "unit": "Atlantis",
        "started_on": "2023-02-30",
        "colour": "red",
        "note": True,
    }
    error = refused(clerk, station(geometry={"type": "Point", "coordinates": [0, 0]}, **wrong))
    assert (error.code, error.status) == ("feature_rejected", 422)
    assert sorted(codes(error)) == sorted(
        [
            ("outside_city", "geometry"),
            ("value_missing", "name"),
            ("value_unknown", "status"),
            ("number_not_whole", "piles"),
            ("value_not_plain", "connectors"),
            ("value_not_plain", "access"),
            ("number_negative", "power_kw"),
            ("text_unprintable", "operator"),
            ("unit_unknown", "unit"),
            ("date_invalid", "started_on"),
            ("property_unknown", "colour"),
            ("value_not_plain", "note"),
        ]
    )
    assert everything(connection) == before


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "geometry_missing"),
        ({"type": "Point", "coordinates": []}, "geometry_missing"),
        ({"type": "LineString", "coordinates": [[104.1, 30.6], [104.2, 30.6]]}, "geometry_kind"),
        ({"type": "GeometryCollection", "geometries": []}, "geometry_missing"),
        ({"type": "Point", "coordinates": [30.603, 104.113]}, "outside_city"),
        ({"type": "Point", "coordinates": [410223.1, 3393620.7]}, "outside_city"),
        ({"type": "Point", "coordinates": ["104.1", "30.6"]}, "geometry_unreadable"),
        ({"type": "Point"}, "geometry_unreadable"),
        ({"type": "Blob", "coordinates": [104.1, 30.6]}, "geometry_unreadable"),
        ({"type": "Point", "coordinates": [[104.1, 30.6]] * 3}, "geometry_unreadable"),
        ("POINT (104.1 30.6)", "geometry_unreadable"),
        ([104.1, 30.6], "geometry_unreadable"),
    ],
)
def test_a_place_that_is_none_is_refused(clerk: Desk, geometry: Any, code: str) -> None:
    document = station()
    document["geometry"] = geometry
    assert codes(refused(clerk, document)) == [(code, "geometry")]


@pytest.mark.parametrize(
    ("ring", "code"),
    [
        ([[104.1, 30.6], [104.11, 30.61], [104.11, 30.6], [104.1, 30.61], [104.1, 30.6]], "geometry_invalid"),
        ([[104.1, 30.6], [104.11, 30.6], [104.11, 30.61], [104.1, 30.61]], "ring_not_closed"),
        ([[104.1, 30.6], [104.11, 30.6], [104.11, 32.61], [104.1, 30.6]], "outside_city"),
    ],
)  # fmt: skip
def test_an_outline_is_never_repaired_in_silence(
    connection: psycopg.Connection, clerk: Desk, ring: Any, code: str
) -> None:
    desk = Desk(connection, clerk.city, clerk.editor, "park")
    document = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": "示意公园", "status": "open"},
    }
    assert codes(refused(desk, document)) == [(code, "geometry")]


def test_values_are_read_as_those_of_files_and_personal_ones_left_out(
    connection: psycopg.Connection, clerk: Desk
) -> None:
    made = clerk.draw(
        piles="1.2万个", status="投运", access="公共", finished_on="2023年9月底", power_kw="3兆瓦",
        unit="锦江", phone="13800000000", note="仅供内部",
    )  # fmt: skip
    shown = clerk.shown(made.id)
    assert shown is not None
    wanted = {
        "piles": 12000, "status": "open", "access": "public", "finished_on": "2023-09-30",
        "power_kw": 3000, "unit": JINJIANG, "note": "仅供内部",
    }  # fmt: skip
    assert {name: shown["properties"][name] for name in wanted} == wanted
    assert [(i.code, i.severity, i.where.column) for i in made.issues] == [
        ("date_vague", "warning", "finished_on"),
        ("personal_column", "info", "phone"),
    ]
    [(kept,)] = rows(connection, "SELECT properties FROM feature WHERE id = %s", made.id)
    assert "phone" not in kept


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (System("EPSG:4326", north_first=True), 4326),
        (System("EPSG:4490", north_first=True), 4490),
        (System("EPSG:4544", north_first=True), 4544),
        (System("EPSG:3857"), 3857),
    ],
)
def test_coordinates_are_taken_in_the_system_and_axis_order_of_the_request(
    connection: psycopg.Connection, clerk: Desk, system: System, code: int
) -> None:
    lon, lat = 104.1133333, 30.6077777
    east, north = pyproj.Transformer.from_crs(4326, code, always_xy=True).transform(lon, lat)
    coordinates = [north, east] if system.north_first else [east, north]
    made = create(
        clerk.edit(),
        station(geometry={"type": "Point", "coordinates": coordinates}),
        system,
    )
    [(x, y, source_crs, original)] = rows(
        connection,
        "SELECT ST_X(geom), ST_Y(geom), source_crs, original FROM feature WHERE id = %s",
        made.id,
    )
    assert pyproj.Geod(ellps="WGS84").inv(lon, lat, x, y)[2] < 0.001
    assert source_crs == f"EPSG:{code}"
    if code == 4326:
        assert original is None
    else:
        assert (original["x"], original["y"]) == pytest.approx((east, north))


def test_a_project_number_is_a_units_once(clerk: Desk, planner: Desk) -> None:
    clerk.draw(project_no="TWICE-1")
    error = refused(clerk, station(project_no="TWICE-1"))
    assert (error.code, error.status) == ("project_no_taken", 409)
    planner.draw(project_no="TWICE-1", lonlat=CENTRE[QINGYANG])


def test_the_same_request_again_makes_nothing_new(
    connection: psycopg.Connection, clerk: Desk, neighbour: Desk
) -> None:
    document = station(name="示意站重发", lonlat=CENTRE[QINGYANG])
    once = Once("key-1", hashlib.sha256(b"as it was").digest())
    first = create(clerk.edit(), document, WGS84, once)
    assert first.issues[0].code == "outside_district"
    before = everything(connection)
    assert create(clerk.edit(), document, WGS84, once) == first
    assert everything(connection) == before
    with pytest.raises(GeoplanError) as caught:
        create(clerk.edit(), document, WGS84, Once("key-1", hashlib.sha256(b"other").digest()))
    assert (caught.value.code, caught.value.status) == ("idempotency_key_reused", 422)
    other = create(neighbour.edit(), document, WGS84, once)
    assert other.id != first.id, "a key is its account's own"
    remove(clerk.edit(), first.id, [first.state])
    with pytest.raises(GeoplanError) as caught:
        create(clerk.edit(), document, WGS84, once)
    assert (caught.value.code, caught.value.status) == ("created_and_removed", 409)


def test_a_request_that_failed_leaves_its_key_free(clerk: Desk) -> None:
    once = Once("key-2", hashlib.sha256(b"x").digest())
    with pytest.raises(GeoplanError):
        create(clerk.edit(), station(piles="?"), WGS84, once)
    assert create(clerk.edit(), station(), WGS84, once).id


def test_what_is_odd_is_accepted_and_told_as_of_a_file(
    connection: psycopg.Connection, clerk: Desk
) -> None:
    made = clerk.draw(
        piles="约12", connectors=3, status="open", finished_on="2099-12-31", started_on="2023.10"
    )
    assert {(i.code, i.severity, i.where.column) for i in made.issues} == {
        ("number_approximate", "warning", "piles"),
        ("date_vague", "warning", "started_on"),
        ("date_in_future", "warning", "finished_on"),
        ("piles_exceed_connectors", "warning", "connectors"),
    }
    line = {"type": "LineString", "coordinates": [[104.1, 30.6], [104.11, 30.6]]}
    document = {
        "type": "Feature",
        "geometry": line,
        "properties": {"name": "示意绿道", "status": "open", "length_km": 2.5},
    }
    desk = Desk(connection, clerk.city, clerk.editor, "greenway")
    [told] = create(desk.edit(), document, WGS84).issues
    assert (told.code, told.where.column) == ("length_differs", "length_km")


@pytest.mark.parametrize("vertices", [60_000, 5])
def test_a_shape_that_would_keep_everybody_waiting_comes_as_a_file(
    connection: psycopg.Connection, clerk: Desk, vertices: int
) -> None:
    angle = np.linspace(0, 2 * np.pi, vertices)
    ring = np.stack([104.0 + 0.3 * np.cos(angle), 30.65 + 0.3 * np.sin(angle)], axis=1).round(7)
    ring[-1] = ring[0]
    document = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring.tolist()]},
        "properties": {"name": "示意公园", "status": "open"},
    }
    desk = Desk(connection, clerk.city, clerk.editor, "park")
    assert codes(refused(desk, document)) == [("shape_too_large", "geometry")]


def test_a_flood_of_errors_is_named_in_part(clerk: Desk) -> None:
    wrong = {f"p{number}": number for number in range(300)}
    error = refused(clerk, station(status="?", phone="13800000000", **wrong))
    assert len(error.issues) == 100
    assert "(301)" in error.detail.en
    assert error.where is not None
    assert "personal_column" not in {code for code, _ in codes(error)}
