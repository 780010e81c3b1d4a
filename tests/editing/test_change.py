"""Changing what is there: only what was named, only by whom it concerns, only from what was seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import h3
import psycopg
import pytest

from geoplan.catalogue import City
from geoplan.editing.change import remove, replace, restore, update
from geoplan.editing.edit import Written
from geoplan.editing.editor import Editor
from geoplan.editing.place import System
from geoplan.errors import GeoplanError
from geoplan.imports.features import import_features
from geoplan.imports.source import Origin
from geoplan.store.edits import state_of
from geoplan.text import Text
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

NORTH_FIRST = System("EPSG:4544", north_first=True)


def patch(desk: Desk, made: Written, geometry: Any = None, **properties: Any) -> Written:
    said: dict[str, Any] = {"properties": properties}
    if geometry is not None:
        said["geometry"] = geometry
    return update(desk.edit(), made.id, said, WGS84, [made.state])


def refused(work: Any, *arguments: Any) -> tuple[str, int]:
    with pytest.raises(GeoplanError) as caught:
        work(*arguments)
    return caught.value.code, caught.value.status


def h3_cell(lon: float, lat: float) -> int:
    return int(h3.latlng_to_cell(lat, lon, 10), 16)


def values(desk: Desk, fid: UUID) -> dict[str, Any]:
    shown = desk.shown(fid)
    assert shown is not None
    found: dict[str, Any] = shown["properties"]
    return found


def test_a_patch_changes_what_it_names_and_nothing_else(
    connection: psycopg.Connection, clerk: Desk
) -> None:
    made = clerk.draw(name="示意站改", operator="示意公司", started_on="2023-01-05")
    before = values(clerk, made.id)
    changed = patch(clerk, made, status="stopped", operator=None)
    assert changed.state != made.state
    assert values(clerk, made.id) == {**before, "status": "stopped", "operator": None}
    [(status, total)] = rows(
        connection,
        "SELECT status, sum(amount)::bigint FROM grid WHERE layer_id = 'charger' AND res = 8 AND measure = 'piles' "
        "AND cell IN (SELECT cell FROM feature_cell WHERE feature_id = %s AND res = 8) AND status = 'stopped' GROUP BY 1",
        made.id,
    )
    assert (status, total) == ("stopped", 8 * 10**9)
    everything(connection)


def test_a_moved_feature_takes_its_shares_and_sums_along(
    connection: psycopg.Connection, clerk: Desk
) -> None:
    made = clerk.draw()
    where = "SELECT cell FROM feature_cell WHERE feature_id = %s AND res = 10"
    before = rows(connection, where, made.id)
    moved = patch(clerk, made, {"coordinates": [104.2, 30.58]})
    after = rows(connection, where, made.id)
    assert [cell for (cell,) in before] == [h3_cell(*CENTRE[JINJIANG])]
    assert [cell for (cell,) in after] == [h3_cell(104.2, 30.58)]
    assert values(clerk, made.id)["district"] != JINJIANG
    assert [issue.code for issue in moved.issues] == ["outside_district"]
    everything(connection)


def test_who_sends_back_what_they_read_changes_nothing(
    connection: psycopg.Connection, clerk: Desk
) -> None:
    made = clerk.draw(lonlat=(104.11312345678, 30.60312345678), note="仅供内部", piles=3)
    before = everything(connection)
    shown = json.loads(made.feature)
    assert shown["geometry"]["coordinates"] == [104.113123, 30.603123]
    again = replace(clerk.edit(), made.id, shown, WGS84, [made.state])
    assert again.state == made.state
    assert patch(clerk, made, shown["geometry"]).state == made.state
    assert patch(clerk, made).state == made.state
    assert everything(connection) == before


def test_a_replaced_feature_is_what_it_says_and_keeps_its_unit_and_source(
    connection: psycopg.Connection, planner: Desk, clerk: Desk
) -> None:
    made = clerk.draw(note="旧", operator="示意公司", project_no="REPLACE-1")
    replace(planner.edit(), made.id, station(name="示意站新"), WGS84, [made.state])
    found = values(planner, made.id)
    assert (found["name"], found["note"], found["operator"], found["unit"]) == ("示意站新", None, None, JINJIANG)  # fmt: skip
    source = rows(connection, "SELECT source_id FROM feature WHERE id = %s", made.id)
    assert source == [(f"edit-{JINJIANG}",)]


def test_only_its_own_unit_and_planners_change_a_feature(
    connection: psycopg.Connection, clerk: Desk, neighbour: Desk, planner: Desk
) -> None:
    made = clerk.draw()
    before = everything(connection)
    seen = [made.state]
    not_yours = ("unit_not_yours", 403)
    assert refused(update, neighbour.edit(), made.id, {"properties": {"piles": 1}}, WGS84, seen) == not_yours  # fmt: skip
    assert refused(replace, neighbour.edit(), made.id, station(), WGS84, seen) == not_yours
    assert refused(remove, neighbour.edit(), made.id, seen) == not_yours
    assert everything(connection) == before
    assert patch(planner, made, piles=9).state != made.state


def test_staff_give_no_feature_away_and_take_none(
    connection: psycopg.Connection, clerk: Desk, neighbour: Desk, planner: Desk
) -> None:
    made = clerk.draw()
    before = everything(connection)
    away = {"properties": {"unit": QINGYANG}}
    assert refused(update, clerk.edit(), made.id, away, WGS84, [made.state]) == ("unit_not_yours", 403)  # fmt: skip
    given_up = {"properties": {"unit": None}}
    assert refused(update, clerk.edit(), made.id, given_up, WGS84, [made.state]) == ("unit_not_yours", 403)  # fmt: skip
    assert everything(connection) == before
    moved = update(planner.edit(), made.id, away, WGS84, [made.state])
    assert refused(update, clerk.edit(), made.id, {"properties": {}}, WGS84, [moved.state]) == ("unit_not_yours", 403)  # fmt: skip
    assert patch(neighbour, moved, piles=2).state != moved.state


def test_the_database_refuses_another_units_feature_whatever_the_application_believes(
    connection: psycopg.Connection, clerk: Desk, neighbour: Desk
) -> None:
    made = clerk.draw()
    believed = Editor(neighbour.editor.account, "planner", ())
    forged = Desk(connection, clerk.city, believed)
    before = everything(connection)
    not_yours = ("unit_not_yours", 403)
    said = {"properties": {"piles": 1}}
    assert refused(update, forged.edit(), made.id, said, WGS84, [made.state]) == not_yours
    assert refused(remove, forged.edit(), made.id, [made.state]) == not_yours
    with pytest.raises(GeoplanError):
        forged.draw(unit=JINJIANG)
    assert everything(connection) == before


def test_a_hidden_feature_is_as_one_that_is_not_there(
    connection: psycopg.Connection, clerk: Desk, neighbour: Desk
) -> None:
    hidden = Desk(connection, clerk.city, clerk.editor, "base_station_5g")
    made = hidden.draw()
    other = Desk(connection, clerk.city, neighbour.editor, "base_station_5g")
    nothing = UUID(int=7)
    for fid in (made.id, nothing):
        for expected in ([made.state], None):
            assert refused(remove, other.edit(), fid, expected) == ("unknown_feature", 404)
            said: dict[str, Any] = {"properties": {}}
            assert refused(update, other.edit(), fid, said, WGS84, expected) == ("unknown_feature", 404)  # fmt: skip
        # The standard wants 412 of a PUT that names a state of what is not there.
        assert refused(replace, other.edit(), fid, station(), WGS84, [made.state]) == ("unknown_feature", 412)  # fmt: skip
        assert refused(replace, other.edit(), fid, station(), WGS84, None) == ("unknown_feature", 404)  # fmt: skip
    assert hidden.shown(made.id) is not None


def test_a_change_names_the_state_it_is_made_to(
    connection: psycopg.Connection, clerk: Desk
) -> None:
    made = clerk.draw()
    said = {"properties": {"piles": 5}}
    assert refused(update, clerk.edit(), made.id, said, WGS84, None) == ("precondition_required", 428)  # fmt: skip
    for wrong in ([], ["another"], [made.state[:-1]]):
        assert refused(update, clerk.edit(), made.id, said, WGS84, wrong) == ("changed_meanwhile", 412)  # fmt: skip
    second = update(clerk.edit(), made.id, said, WGS84, ["other", made.state])
    assert refused(remove, clerk.edit(), made.id, [made.state]) == ("changed_meanwhile", 412)
    remove(clerk.edit(), made.id, [second.state])
    assert clerk.shown(made.id) is None
    everything(connection)


def test_a_computed_property_is_refused_in_a_patch_and_passed_over_in_a_whole(clerk: Desk) -> None:
    made = clerk.draw()
    for name in ("amount_piles", "district", "synthetic", "source_title"):
        with pytest.raises(GeoplanError) as caught:
            patch(clerk, made, **{name: 1})
        assert caught.value.issues[0].code == "property_derived"
    whole = station(amount_piles=99, district=QINGYANG, synthetic=True)
    replace(clerk.edit(), made.id, whole, WGS84, [made.state])
    found = values(clerk, made.id)
    assert (found["amount_piles"], found["district"], found["synthetic"]) == (8, JINJIANG, False)


def test_a_value_may_not_be_taken_away_where_it_is_needed(clerk: Desk) -> None:
    made = clerk.draw(started_on="2023-05-01")
    for said, code in (
        ({"name": None}, "value_missing"),
        ({"piles": None}, "value_missing"),
        ({"finished_on": "2023-04-30"}, "dates_reversed"),
    ):
        with pytest.raises(GeoplanError) as caught:
            patch(clerk, made, **said)
        assert [issue.code for issue in caught.value.issues] == [code]


def test_a_patch_speaks_in_the_system_of_its_request(clerk: Desk) -> None:
    made = clerk.draw()
    geometry = {"coordinates": [3393620.681, 410223.123]}
    update(clerk.edit(), made.id, {"geometry": geometry}, NORTH_FIRST, [made.state])
    shown = clerk.shown(made.id)
    assert shown is not None
    assert shown["geometry"]["coordinates"] == pytest.approx([104.0633, 30.6597], abs=1e-7)


def test_a_feature_of_a_file_can_be_edited_and_the_next_file_is_not_taken_for_unchanged(
    connection: psycopg.Connection, city: City, planner: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "charger.csv"
    path.write_text(
        f"项目编号,名称,状态,桩数,经度,纬度\nFILE-1,示意站,投用,4,{CENTRE[JINJIANG][0]},{CENTRE[JINJIANG][1]}\n",
        encoding="utf-8",
    )
    origin = Origin("ledger", Text("台账", "ledger"), synthetic=True)
    import_features(connection, city, path, "charger", origin, crs="EPSG:4326")
    [(fid,)] = rows(connection, "SELECT id FROM feature WHERE key = 'FILE-1'")
    before = rows(connection, "SELECT source_id, key, synthetic, source_row FROM feature WHERE id = %s", fid)  # fmt: skip
    shown = planner.shown(fid)
    assert shown is not None
    state = _state(connection, fid)
    update(planner.edit(), fid, {"properties": {"piles": 40}}, WGS84, [state])
    assert rows(connection, "SELECT source_id, key, synthetic, source_row FROM feature WHERE id = %s", fid) == before  # fmt: skip
    changes, _ = import_features(connection, city, path, "charger", origin, crs="EPSG:4326")
    assert (changes.updated, changes.unchanged) == (1, 0)
    assert values(planner, fid)["piles"] == 4
    everything(connection)


def test_an_edit_raises_the_version_of_its_layer_alone_and_once(
    connection: psycopg.Connection, clerk: Desk
) -> None:
    made = clerk.draw()
    before = versions(connection)
    changed = patch(clerk, made, piles=1)
    remove(clerk.edit(), made.id, [changed.state])
    after = versions(connection)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {"charger": 2}  # fmt: skip


def test_what_was_removed_or_changed_comes_back_as_it_was(
    connection: psycopg.Connection, clerk: Desk
) -> None:
    made = clerk.draw(name="示意站原", piles=7, note="原备注")
    content = (
        "SELECT md5(row(key, digest, unit, district, name_zh, status, properties, amounts, ST_AsBinary(geom), "
        "source_row, source_crs, original, source_id)::text) FROM feature WHERE id = %s"
    )
    first = rows(connection, content, made.id)
    shares = "SELECT md5(string_agg(s::text, '' ORDER BY s::text)) FROM feature_cell AS s WHERE feature_id = %s"
    first_shares = rows(connection, shares, made.id)
    changed = patch(clerk, made, {"coordinates": [104.12, 30.61]}, name="示意站改", note=None)
    [(version,)] = rows(connection, "SELECT version_id FROM feature_version WHERE id = %s", made.id)
    assert refused(restore, clerk.edit(), made.id, version, None) == ("precondition_required", 428)
    assert refused(restore, clerk.edit(), made.id, version, [made.state]) == ("changed_meanwhile", 412)  # fmt: skip
    back = restore(clerk.edit("改错了"), made.id, version, [changed.state])
    assert back.state not in {made.state, changed.state}
    assert rows(connection, content, made.id) == first
    assert rows(connection, shares, made.id) == first_shares
    remove(clerk.edit(), made.id, [back.state])
    assert refused(restore, clerk.edit(), made.id, version, [back.state]) == ("unknown_feature", 412)  # fmt: skip
    restore(clerk.edit(), made.id, version, None)
    assert rows(connection, content, made.id) == first
    assert rows(connection, shares, made.id) == first_shares
    everything(connection)


def test_nobody_restores_what_was_another_units(
    connection: psycopg.Connection, clerk: Desk, planner: Desk, neighbour: Desk
) -> None:
    made = clerk.draw()
    moved = update(planner.edit(), made.id, {"properties": {"unit": QINGYANG}}, WGS84, [made.state])
    [(version,)] = rows(connection, "SELECT version_id FROM feature_version WHERE id = %s", made.id)
    assert refused(restore, neighbour.edit(), made.id, version, [moved.state]) == ("unit_not_yours", 403)  # fmt: skip
    assert refused(restore, clerk.edit(), made.id, version, [moved.state]) == ("unit_not_yours", 403)  # fmt: skip
    assert refused(restore, planner.edit(), made.id, version + 1000, [moved.state]) == ("unknown_version", 404)  # fmt: skip
    assert restore(planner.edit(), made.id, version, [moved.state]).state != moved.state


def _state(connection: psycopg.Connection, fid: UUID) -> str:
    [(since,)] = rows(connection, "SELECT valid_from FROM feature WHERE id = %s", fid)
    return state_of("charger", fid, since)
