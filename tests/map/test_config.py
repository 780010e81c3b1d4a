"""What of the catalogue the page's script gets to know."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from geoplan.catalogue import City, Field
from geoplan.map import Page
from geoplan.map.config import STATUSES, page_config
from geoplan.text import Text
from tests.map.test_page import given_to_start


@pytest.fixture(scope="module")
def config(city: City) -> dict[str, Any]:
    return page_config(city, [Text("一", "one")])


def test_the_script_is_given_exactly_this(city: City, page: Page) -> None:
    expected = page_config(city, [])
    given = given_to_start(page.script)
    assert {k: v for k, v in given.items() if k != "attributions"} == {
        k: v for k, v in expected.items() if k != "attributions"
    }


def test_layers_that_are_not_public_stay_out(city: City, config: dict[str, Any]) -> None:
    hidden = {key for key, layer in city.layers.items() if layer.visibility != "public"}
    assert {layer["id"] for layer in config["layers"]} == city.layers.keys() - hidden


def test_the_named_layers_come_first_and_their_targets_are_featured(config: dict[str, Any]) -> None:
    named = ["greenway", "park", "charger", "school", "life_circle"]
    assert [layer["id"] for layer in config["layers"]][:5] == named
    featured = [target["layer"] for target in config["targets"] if target["featured"]]
    assert list(dict.fromkeys(featured)) == named


def test_every_target_of_the_plan_is_told_with_its_words(
    city: City, config: dict[str, Any]
) -> None:
    told = {(target["layer"], target["id"]): target for target in config["targets"]}
    for layer in city.layers.values():
        for target in layer.targets:
            found = told[layer.id, target.id]
            assert found["phrase"] == {"zh": target.phrase, "en": target.phrase_en}
            assert found["value"] == target.value
            assert found["unit"]["zh"] == target.unit.zh


def test_targets_of_one_layer_can_be_told_apart(config: dict[str, Any]) -> None:
    for lang in ("zh", "en"):
        titles = [(target["layer"], target["title"][lang]) for target in config["targets"]]
        assert len(titles) == len(set(titles))
    public = next(t for t in config["targets"] if t["id"] == "charger_public")
    assert public["title"] == {"zh": "其中：公共充电桩", "en": "of these: public piles"}


def test_personal_fields_and_fields_not_for_the_public_stay_out(city: City) -> None:
    park = city.layers["park"]
    secret = Field(id="contact_phone", title=Text("联系电话", "phone"), type="text", personal=True)
    inner = Field(id="cost_note", title=Text("造价备注", "cost note"), type="text", public=False)
    layers = city.layers | {
        "park": park.model_copy(update={"fields": (*park.fields, secret, inner)})
    }
    changed = replace(city, layers=layers)
    fields = {f["id"] for layer in page_config(changed, [])["layers"] for f in layer["fields"]}
    assert not fields & {"contact_phone", "cost_note"}


def test_the_page_opens_with_something_to_see(config: dict[str, Any]) -> None:
    start = config["start"]
    by_id = {layer["id"]: layer for layer in config["layers"]}
    layer, measure = start["theme"].split(".")
    assert measure in {m["id"] for m in by_id[layer]["measures"]}
    assert start["layers"]
    assert set(start["layers"]) <= by_id.keys()
    # Citizens first: what can be walked to within a quarter of an hour.
    assert start["walk"] == "circle.gb50180_min15"


def test_everything_has_words_in_both_languages(config: dict[str, Any]) -> None:
    def texts(value: Any) -> list[dict[str, str]]:
        if isinstance(value, dict):
            if value.keys() == {"zh", "en"}:
                return [value]
            return [text for part in value.values() for text in texts(part)]
        return [text for part in value for text in texts(part)] if isinstance(value, list) else []

    found = texts(config)
    assert len(found) > 100
    assert [text for text in found if not (text["zh"] and text["en"])] == []


def test_statuses_are_those_that_features_have() -> None:
    assert list(STATUSES) == ["planned", "building", "finished", "open", "stopped"]
