"""geoplan.Client against a real server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

import geoplan
from geoplan.client import client as module
from geoplan.errors import GeoplanError


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[geoplan.Client]:
    with geoplan.Client(url, lang="en") as opened:
        yield opened


def refused(ask: object, *words: object, **options: object) -> GeoplanError:
    assert callable(ask)
    with pytest.raises(GeoplanError) as raised:
        ask(*words, **options)
    assert raised.value.remedy.en
    # What a notebook shows of an error is its traceback: the remedy stands there too.
    assert raised.value.remedy.en in raised.value.__notes__
    return raised.value


def test_a_collection_comes_whole_over_several_pages(
    client: geoplan.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = client.collection("charger")
    monkeypatch.setattr(module, "PAGE", 70)
    paged = client.collection("charger")
    assert len(paged) == 300
    assert paged.index.is_unique
    assert set(paged.index) == set(at_once.index)
    assert paged.crs == "EPSG:4326"
    assert paged.attrs["synthetic"] is True
    assert paged.attrs["data_version"] >= 1


def test_a_part_is_asked_of_the_service_and_not_cut_here(client: geoplan.Client) -> None:
    every = client.collection("charger")
    west, south, _, _ = every.total_bounds
    box = (west - 0.001, south - 0.001, west + 0.02, south + 0.2)
    part = client.collection("charger", bbox=box)
    assert 0 < len(part) < len(every)
    assert set(part.index) == set(every.cx[box[0] : box[2], box[1] : box[3]].index)
    status = every["status"].iloc[0]
    assert set(client.collection("charger", status=status)["status"]) == {status}
    assert client.collection("charger", bbox=(10, 10, 11, 11)).empty


def test_hexagons_sum_to_the_features(client: geoplan.Client) -> None:
    stations = client.collection("charger")
    grid = client.grid("charger", res=8, measure="piles")
    assert grid["value"].sum() == stations["amount_piles"].sum() == grid.attrs["total"]
    assert grid.index.str.len().unique().tolist() == [15]
    assert grid.geometry.is_valid.all()
    assert grid.attrs["unit"]["en"] == "piles"
    assert grid.attrs["synthetic"] is True


def test_coverage_and_progress_are_tables_in_one_language(client: geoplan.Client) -> None:
    progress = client.progress()
    assert {"layer", "target", "done", "value"} <= set(progress.columns)
    assert progress["measure_unit"].map(type).eq(str).all()
    coverage = client.coverage(service="park_large")
    assert {"unit", "share", "measure", "when"} <= set(coverage.columns)
    assert "data_version" in coverage.attrs


def test_the_layers_are_listed_with_their_titles(client: geoplan.Client) -> None:
    titles = client.collections().set_index("id")["title"]
    assert titles["charger"] == "Charging piles"


def test_a_problem_of_the_service_is_an_error_with_its_code_and_remedy(
    client: geoplan.Client,
) -> None:
    assert refused(client.collection, "nosuch").code == "unknown_collection"
    assert refused(client.collection, "charger", colour="red").code == "unknown_parameter"
    assert refused(client.grid, "charger", res=3).status == 400


def test_more_features_than_wanted_are_refused_before_they_come(client: geoplan.Client) -> None:
    assert refused(client.collection, "charger", most=10).code == "too_many_features"


def test_what_does_not_answer_or_is_no_service_is_told_apart(url: str) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        nobody = geoplan.Client(f"http://127.0.0.1:{free.getsockname()[1]}")
        assert refused(nobody.collections).code == "service_unreachable"
    for address in (
        "ftp://127.0.0.1",
        "127.0.0.1:8000",
        "http://a b",
        f"{url}/api/x",
        "http://x'y",
    ):
        assert refused(geoplan.Client, address).code == "bad_address"


def test_a_token_goes_to_its_service_and_never_into_a_map(url: str) -> None:
    with geoplan.Client(url, token="gp_secret") as client:
        assert refused(client.collection, "park").status == 401
        assert "gp_secret" not in client.map(theme="").get_root().render()
