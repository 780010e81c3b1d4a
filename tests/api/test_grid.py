"""Sums by cell: equal to the features at every resolution, in every format."""

from __future__ import annotations

import json
import struct
from typing import Any

import h3
import numpy as np
import pytest
import shapely

from tests.api.asking import Api

SHOWN = [("greenway", "length"), ("greenway", "count"), ("charger", "piles"), ("charger", "count"), ("park", None)]  # fmt: skip


def total(api: Api, layer: str, measure: str, **filters: str) -> float:
    return sum(
        f["properties"][f"amount_{measure}"] or 0 for f in api.items(layer, limit=10_000, **filters)
    )


def finest(api: Api, layer: str, **parameters: Any) -> dict[str, float]:
    """Resolution 10 box by box, as it is given for small boxes only."""
    cells: dict[str, float] = {}
    west, south, east, north = api.json(f"/api/collections/{layer}")["extent"]["spatial"]["bbox"][0]
    for x in np.arange(west - 0.01, east + 0.01, 0.24):
        for y in np.arange(south - 0.01, north + 0.01, 0.24):
            box = ",".join(map(repr, map(float, (x, y, x + 0.24, y + 0.24))))
            part = api.json(f"/api/grid/{layer}", res=10, bbox=box, **parameters)
            cells |= dict(zip(part["cells"], part["values"], strict=True))
    return cells


@pytest.mark.parametrize(("layer", "measure"), SHOWN)
def test_cells_sum_to_the_features_at_every_resolution(
    api: Api, layer: str, measure: str | None
) -> None:
    measure = measure or api.json(f"/api/grid/{layer}")["measure"]
    truth = total(api, layer, measure)
    for res in (6, 7, 8, 9):
        grid = api.json(f"/api/grid/{layer}", res=res, measure=measure)
        assert grid["total"] == pytest.approx(truth, rel=1e-9)
        assert sum(grid["values"]) == pytest.approx(truth, rel=1e-9)
        assert grid["cells"] == sorted(grid["cells"])
        assert {h3.get_resolution(cell) for cell in grid["cells"]} == {res}
    assert sum(finest(api, layer, measure=measure).values()) == pytest.approx(truth, rel=1e-9)


def test_statuses_are_parts_of_the_whole(api: Api) -> None:
    whole = api.json("/api/grid/greenway")["total"]
    parts = [
        api.json("/api/grid/greenway", status=status)["total"]
        for status in ("planned", "building", "finished,open", "stopped")
    ]
    assert sum(parts) == pytest.approx(whole, rel=1e-12)
    assert parts[2] == pytest.approx(
        total(api, "greenway", "length", status="finished")
        + total(api, "greenway", "length", status="open"),
        rel=1e-9,
    )


def test_districts_are_parts_of_what_lies_in_the_city(api: Api) -> None:
    units = [unit["id"] for unit in api.items("units")]
    grids = [api.json("/api/grid/greenway", unit=code) for code in units]
    assert sum(grid["total"] for grid in grids) == pytest.approx(
        api.json("/api/grid/greenway")["total"], rel=1e-9
    )
    assert api.json("/api/grid/greenway", unit="武侯区")["total"] == api.json("/api/grid/greenway", unit="510107")["total"] > 0  # fmt: skip


def test_a_box_gives_the_cells_that_touch_it(api: Api) -> None:
    box = (104.02, 30.62, 104.08, 30.68)
    everything = api.json("/api/grid/greenway", res=8)
    truth = {
        cell
        for cell in everything["cells"]
        if shapely.Polygon(
            [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]
        ).envelope.intersects(shapely.box(*box))
    }
    found = api.json("/api/grid/greenway", res=8, bbox=",".join(map(str, box)))
    assert set(found["cells"]) == truth
    assert 0 < len(truth) < len(everything["cells"])


def test_the_binary_holds_what_the_json_holds(api: Api) -> None:
    for res in (6, 8, 9):
        grid = api.json("/api/grid/charger", res=res)
        answer = api.get(f"/api/grid/charger?res={res}&f=bin")
        assert answer.headers["content-type"] == "application/vnd.geoplan.grid"
        fields, cells, values = decode(answer.content)
        assert cells == grid["cells"]
        assert values == pytest.approx(grid["values"], rel=1e-7)
        for name in ("layer", "res", "measure", "unit", "total", "data_version", "synthetic"):
            assert fields.get(name, res) == grid[name]


def decode(data: bytes) -> tuple[dict[str, Any], list[str], list[float]]:
    """The format as docs/grid.md describes it, read without the package."""
    magic, res, n, length = struct.unpack_from("<4sB3xII", data)
    assert magic == b"GPG1"
    fields = json.loads(data[16 : 16 + length])
    at, shift, cell, cells = 16 + length, 3 * (15 - res), 0, []
    for _ in range(n):
        step, bits = 0, 0
        while True:
            byte = data[at]
            at += 1
            step |= (byte & 127) << bits
            bits += 7
            if byte < 128:
                break
        cell += step
        cells.append(f"{cell << shift | (1 << shift) - 1:x}")
    values = list(struct.unpack_from(f"<{n}f", data, at))
    assert at + 4 * n == len(data)
    return fields, cells, values


def test_hexagons_as_geojson_have_the_shape_of_their_cell(api: Api) -> None:
    answer = api.get("/api/grid/greenway?res=8&f=geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    found = answer.json()
    grid = api.json("/api/grid/greenway", res=8)
    assert found["synthetic"] is True
    assert [f["id"] for f in found["features"]] == grid["cells"]
    assert [f["properties"]["value"] for f in found["features"]] == grid["values"]
    for feature in found["features"][:20]:
        truth = shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(feature["id"])])
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shape.is_valid
        assert shape.symmetric_difference(truth).area < truth.area * 1e-3


def test_an_empty_layer_has_an_empty_grid(api: Api) -> None:
    for form in ("json", "geojson", "bin"):
        assert api.get(f"/api/grid/school?f={form}").status_code == 200
    grid = api.json("/api/grid/school")
    assert (grid["cells"], grid["values"], grid["total"], grid["synthetic"]) == ([], [], 0, False)


@pytest.mark.parametrize(
    "query",
    ["res=5", "res=11", "res=x", "res=10", "res=10&bbox=103,30,105,31", "bbox=105,30,104,31", "bbox=1,2,3", "f=csv", "measure=nosuch", "status=nosuch", "status=", "unit=nosuch", "nosuch=1", "res=8&res=8"],
)  # fmt: skip
def test_what_no_grid_has_is_refused(api: Api, query: str) -> None:
    api.problem(f"/api/grid/greenway?{query}")


def test_indicators_have_no_grid(api: Api) -> None:
    api.problem("/api/grid/nev_new", 404)
    api.problem("/api/grid/units", 404)
