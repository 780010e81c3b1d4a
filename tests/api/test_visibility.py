"""Layers that are not public: no route tells of them, whatever is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from geoplan.catalogue import City, Layer
from tests.api.asking import Api
from tests.api.made import CENTRE, SECRET
from tests.conftest import TestDatabase

OPERATOR = "00000000-0000-0000-0000-000000000001"
TILES = [(0, 0, 0), (10, 807, 420), (14, 12927, 6727), (16, 51710, 26908)]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A layer that is not public, with the id of the one feature it holds."""

    layer: str
    feature: str


def hidden_layers(city: City) -> list[Layer]:
    return [
        layer
        for layer in city.layers.values()
        if layer.visibility != "public" and layer.geometry != "none"
    ]


@pytest.fixture(scope="module")
def hidden(database: TestDatabase, city: City) -> list[Hidden]:
    """Each hidden layer and its feature, which the operator sees."""
    with database.connect() as connection, connection.transaction():
        connection.execute("SELECT set_config('geoplan.account', %s, true)", (OPERATOR,))
        found = dict(
            connection.execute(
                "SELECT layer_id, id::text FROM feature WHERE layer_id = ANY (%s)",
                [[layer.id for layer in hidden_layers(city)]],
            ).fetchall()
        )
    assert found.keys() == {layer.id for layer in hidden_layers(city)}
    assert found
    return [Hidden(layer, feature) for layer, feature in found.items()]


# One line for each route that the public may read: what it is asked about a hidden layer. A route
# without a line fails the test, so that none is added unseen. What needs an account is in
# test_matrix.py, and so is who may ask.
def by_name(path: str) -> Callable[[Hidden], Iterator[str]]:
    def asked(it: Hidden) -> Iterator[str]:
        for name in (it.layer, f"grid.{it.layer}"):
            for z, x, y in TILES if "{z}" in path else [(0, 0, 0)]:
                yield path.format(
                    collection=name, layer=name, source=name, fid=it.feature, z=z, x=x, y=y
                )

    return asked


def fixed(*paths: str) -> Callable[[Hidden], Iterator[str]]:
    def asked(it: Hidden) -> Iterator[str]:
        for path in paths:
            yield path.format(layer=it.layer, fid=it.feature)

    return asked


LON, LAT = CENTRE
NOT_FOUND = "not found"
SILENT = "answers, without a word of it"
MATRIX: dict[str, list[tuple[str, Callable[[Hidden], Iterator[str]]]]] = {
    "/": [(SILENT, fixed("/", "/?lang=en"))],
    "/plan": [(SILENT, fixed("/plan", "/plan?lang=en"))],
    "/api": [(SILENT, fixed("/api", "/api?f=html"))],
    "/api/conformance": [(SILENT, fixed("/api/conformance"))],
    "/api/openapi": [(SILENT, fixed("/api/openapi"))],
    "/api/collections": [(SILENT, fixed("/api/collections", "/api/collections?f=html"))],
    "/api/services": [(SILENT, fixed("/api/services", "/api/services?service=charger"))],
    "/api/coverage": [(SILENT, fixed("/api/coverage", "/api/coverage?service=charger"))],
    "/api/circles": [(SILENT, fixed("/api/circles", "/api/circles?circle=convenience_basic"))],
    "/api/spread": [(SILENT, fixed("/api/spread?service=charger"))],
    "/api/export": [
        (SILENT, fixed(*(f"/api/export?view={view}&service=charger" for view in ("cells", "districts", "gaps")))),
        (SILENT, fixed("/api/export?view=progress")),
    ],
    "/api/reach": [(SILENT, fixed("/api/reach?lon=104.06&lat=30.66&minutes=30&when=planned"))],
    "/api/reach/cells": [
        (SILENT, fixed("/api/reach/cells?service=charger", "/api/reach/cells?circle=convenience_basic")),
    ],
    "/api/gaps": [(SILENT, fixed("/api/gaps?service=charger&limit=500"))],
    "/api/equity": [(SILENT, fixed("/api/equity?service=charger"))],
    "/api/progress": [(SILENT, fixed("/api/progress", "/api/progress?unit=all"))],
    "/api/identify": [
        (SILENT, fixed(f"/api/identify?lon={LON + 0.001}&lat={LAT + 0.001}&z=8", f"/api/identify?lon={LON}&lat={LAT}&z=15")),
        (NOT_FOUND, fixed(f"/api/identify?lon={LON}&lat={LAT}&layers={{layer}}", f"/api/identify?lon={LON}&lat={LAT}&layers=park,{{layer}}")),
    ],
    "/api/search": [(SILENT, fixed(f"/api/search?q={quote(SECRET)}", f"/api/search?q={quote(SECRET[0])}&limit=50", "/api/search?q=juemihongxian{layer}", "/api/search?q=jmhx"))],
    "/api/collections/{collection}/items/{fid}": [
        (NOT_FOUND, by_name("/api/collections/{collection}/items/{fid}")),
        (NOT_FOUND, fixed("/api/collections/park/items/{fid}", "/api/collections/units/items/{fid}")),
    ],
    "/staff": [(SILENT, fixed("/staff", "/staff?lang=en"))],
    "/api/me": [(SILENT, fixed("/api/me"))],
    "/api/sign-on": [(NOT_FOUND, fixed("/api/sign-on", "/api/sign-on?next=/api/collections/{layer}"))],
    "/api/sign-on/callback": [(NOT_FOUND, fixed("/api/sign-on/callback?state={layer}"))],
    "/map/{name}.js": [(NOT_FOUND, fixed("/map/{layer}.js"))],
    "/static/{path}": [(NOT_FOUND, fixed("/static/{layer}"))],
    "/healthz": [(SILENT, fixed("/healthz"))],
    "/readyz": [(SILENT, fixed("/readyz"))],
    **{
        path: [(NOT_FOUND, by_name(path))]
        for path in (
            "/api/collections/{collection}", "/api/collections/{collection}/items",
            "/api/collections/{collection}/queryables", "/api/collections/{collection}/schema",
            "/api/grid/{layer}", "/tiles/{source}.json", "/tiles/{source}/{z}/{x}/{y}.mvt",
        )
    },
}  # fmt: skip


def asked_for(path: str) -> str:
    """What a search repeats of its own question."""
    return f'"query": "{SECRET}"' if quote(SECRET) in path else ""


def test_every_route_has_a_line_in_the_matrix(api: Api) -> None:
    public = {
        path.replace(":path", "")
        for path, methods in api.json("/openapi.json")["paths"].items()
        if "get" in methods and {} in methods["get"].get("security", [{}])
    }
    assert public == MATRIX.keys()


@pytest.mark.parametrize("route", MATRIX)
def test_no_route_tells_of_a_hidden_layer(api: Api, hidden: list[Hidden], route: str) -> None:
    for it in hidden:
        for expected, asked in MATRIX[route]:
            for path in asked(it):
                answer = api.get(path)
                if expected == NOT_FOUND:
                    assert answer.status_code == 404, path
                else:
                    assert answer.status_code in {200, 503}, path
                    assert answer.status_code == 200 or path.partition("?")[0] in {"/", "/plan"}
                assert SECRET not in answer.text.replace(asked_for(path), ""), path
                if expected == SILENT:
                    assert it.feature not in answer.text, path


def test_a_hidden_layer_and_one_that_is_not_there_are_told_alike(
    api: Api, hidden: list[Hidden]
) -> None:
    def told(path: str, name: str) -> tuple[int, dict[str, Any], list[str]]:
        answer = api.get(path.format(name))
        volatile = {"x-request-id", "content-length"}
        headers = sorted(f"{k}: {v}" for k, v in answer.headers.items() if k not in volatile)
        body = {key: str(value).replace(name, "") for key, value in answer.json().items()}
        return answer.status_code, body, headers

    for path in ("/api/collections/{}", "/api/collections/{}/items", "/api/grid/{}", "/tiles/{}.json", "/tiles/{}/10/807/420.mvt", "/tiles/grid.{}/10/807/420.mvt"):  # fmt: skip
        for it in hidden:
            assert told(path, it.layer) == told(path, "nosuch_layer")


def test_public_answers_are_the_same_with_and_without_hidden_features(
    api: Api, database: TestDatabase, hidden: list[Hidden]
) -> None:
    paths = ["/api/collections", "/api/progress", "/api/progress?unit=all", f"/api/identify?lon={LON}&lat={LAT}&z=12", "/api/search?q=jmhx", "/tiles/park.json", "/tiles/park/10/807/420.mvt", "/tiles/grid.greenway/10/807/420.mvt", "/api/grid/greenway"]  # fmt: skip
    before = {path: (api.get(path).content, api.get(path).headers["etag"]) for path in paths}
    with database.connect() as connection, connection.transaction():
        connection.execute("SELECT set_config('geoplan.account', %s, true)", (OPERATOR,))
        for it in hidden:
            connection.execute(
                "DELETE FROM feature WHERE layer_id = %s AND id = %s", (it.layer, it.feature)
            )
            connection.execute("SELECT raise_layer_version(%s)", (it.layer,))
    for path in paths:
        answer = api.get(path)
        assert (answer.content, answer.headers["etag"]) == before[path], path


def test_personal_values_are_in_no_answer(api: Api, city: City, database: TestDatabase) -> None:
    """Even what stands in the table by mistake does not leave."""
    with database.connect() as connection, connection.transaction():
        connection.execute("SELECT set_config('geoplan.account', %s, true)", (OPERATOR,))
        connection.execute(
            "UPDATE feature SET properties = properties || "
            """'{"phone": "13800000000", "contact": "13800000000", "note": "13800000000", "other": "13800000000"}'"""
        )
        for layer in ("greenway", "park", "charger"):
            connection.execute("SELECT raise_layer_version(%s)", (layer,))
    place = api.items("charger")[0]["geometry"]["coordinates"]
    paths = [
        "/api/collections/charger/items?limit=1000",
        "/api/collections/charger/items?limit=1000&f=html",
        "/api/collections/greenway/items",
        f"/api/identify?lon={place[0]}&lat={place[1]}&z=10",
        "/api/grid/charger",
        "/tiles/charger/14/12927/6727.mvt",
        "/tiles/greenway/10/807/420.mvt",
    ]
    for path in paths:
        answer = api.get(path)
        assert answer.status_code in {200, 204}
        assert b"13800000000" not in answer.content, path
