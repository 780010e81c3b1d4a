"""Targets against what was done, as the page asks for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from geoplan.catalogue import City
from tests.api.asking import Api

ROW = {
    "layer", "target", "unit", "value", "op", "measure", "measure_unit", "done", "share",
    "time_progress", "ahead_pp", "period", "by_status", "synthetic",
}  # fmt: skip
"""What web/src/api.ts reads of a row."""


def row_of(found: dict[str, Any], target: str) -> dict[str, Any]:
    return next(row for row in found["rows"] if row["target"] == target)


def truth(api: Api, layer: str, measure: str, first: str, last: str, **filters: Any) -> float:
    """What was finished from the first to the last day, counted over the items."""
    return sum(
        f["properties"][f"amount_{measure}"] or 0
        for f in api.items(layer, limit=10_000, **filters)
        if f["properties"]["status"] in {"finished", "open"}
        and f["properties"]["finished_on"]
        and date.fromisoformat(first)
        <= date.fromisoformat(f["properties"]["finished_on"])
        <= date.fromisoformat(last)
    )


def test_every_target_of_the_plan_has_a_row_with_what_the_page_reads(api: Api, city: City) -> None:
    found = api.json("/api/progress")
    wanted = [(layer.id, t.id) for layer in city.layers.values() for t in layer.targets]
    assert [(row["layer"], row["target"]) for row in found["rows"]] == wanted
    for row in found["rows"]:
        assert row.keys() >= ROW
        assert row["unit"] == "city"
        assert row["measure_unit"].keys() == row["phrase"].keys() == {"zh", "en"}
    assert found["as_of"] == "2023-11-30"
    assert found["synthetic"] is True
    assert found["data_version"] > 0


def test_greenways_count_the_second_half_and_chargers_the_year(api: Api) -> None:
    found = api.json("/api/progress")
    greenway = row_of(found, "greenway")
    assert greenway["done"] == pytest.approx(
        truth(api, "greenway", "length", "2023-07-01", "2023-11-30"), rel=1e-9
    )
    assert greenway["share"] == pytest.approx(greenway["done"] / 453)
    assert greenway["time_progress"] == pytest.approx(5 / 6)
    assert greenway["ahead_pp"] == pytest.approx(100 * (greenway["share"] - 5 / 6))
    charger = row_of(found, "charger")
    assert charger["done"] == truth(api, "charger", "piles", "2023-01-01", "2023-11-30") > 0
    public = row_of(found, "charger_public")
    assert public["done"] == truth(
        api, "charger", "piles", "2023-01-01", "2023-11-30", access="public"
    )
    assert (public["value"], public["share"]) == (None, None)


def test_statuses_add_up_to_all_that_is_mapped(api: Api) -> None:
    row = row_of(api.json("/api/progress"), "greenway")
    whole = api.json("/api/grid/greenway")["total"]
    assert sum(row["by_status"].values()) == pytest.approx(whole, rel=1e-9)


def test_a_day_may_be_asked_for(api: Api) -> None:
    found = api.json("/api/progress", as_of="2023-09-30")
    assert found["as_of"] == "2023-09-30"
    row = row_of(found, "greenway")
    assert row["time_progress"] == 0.5
    assert row["done"] == pytest.approx(
        truth(api, "greenway", "length", "2023-07-01", "2023-09-30"), rel=1e-9
    )
    before = row_of(api.json("/api/progress", as_of="2023-06-30"), "greenway")
    assert (before["done"], before["time_progress"]) == (0, 0)
    late = row_of(api.json("/api/progress", as_of="2030-01-01"), "greenway")
    assert late["done"] == pytest.approx(
        truth(api, "greenway", "length", "2023-07-01", "2023-12-31"), rel=1e-9
    )


def test_units_add_up_to_the_city(api: Api) -> None:
    whole = row_of(api.json("/api/progress"), "greenway")["done"]
    by_unit = api.json("/api/progress", unit="all")
    rows = [row for row in by_unit["rows"] if row["target"] == "greenway"]
    assert len({row["unit"] for row in rows}) == len(rows) > 3
    assert sum(row["done"] for row in rows) == pytest.approx(whole, rel=1e-9)
    assert all(row["share"] is None for row in rows)
    for row in rows[:3]:
        alone = api.json("/api/progress", unit=row["unit"])
        assert alone["unit"] == row["unit"]
        assert row_of(alone, "greenway")["done"] == row["done"]
        assert len(alone["rows"]) == len(api.json("/api/progress")["rows"])


def test_a_unit_may_be_named_as_people_name_it(api: Api) -> None:
    assert api.json("/api/progress", unit="武侯") == api.json("/api/progress", unit="510107")


@pytest.mark.parametrize(
    "query",
    ["unit=nosuch", "unit=", "as_of=2023-02-30", "as_of=", "as_of=2023-07-01T00:00:00Z", "as_of=../..", "month=7"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(api: Api, query: str) -> None:
    api.problem(f"/api/progress?{query}")
