"""What is published about the catalogue is what the program does."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from pathlib import Path

import pytest

from geoplan.catalogue import City, check, load_city, schema
from geoplan.catalogue.models import Field, LayerFile, Measure
from geoplan.catalogue.targets import TargetFile
from geoplan.errors import GeoplanError
from geoplan.resources import resource

DOCS = Path(__file__).parents[2] / "docs" / "catalogue.md"


def test_the_published_schema_is_current() -> None:
    text = (resource("layers") / "schema.json").read_text(encoding="utf-8")
    assert text == json.dumps(schema(), ensure_ascii=False, indent=2) + "\n", (
        "run `geoplan layers schema > layers/schema.json`"
    )


def test_every_layer_file_names_its_schema() -> None:
    others = {"city.yaml", "units.yaml", "fields.yaml", "standards.yaml", "services.yaml"}
    for path in (resource("layers") / "chengdu").glob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        names_schema = first == "# yaml-language-server: $schema=../schema.json"
        assert names_schema == (path.name not in others), path.name


def test_the_example_of_the_docs_is_a_layer_once_it_is_a_file(tmp_path: Path) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    folder = shutil.copytree(resource("layers") / "chengdu", tmp_path / "chengdu")
    (folder / "playground.yaml").write_text(example, encoding="utf-8")
    assert check(folder) == []
    city = load_city(folder)
    assert list(city.layers)[-1] == "playground"
    layer = city.layer("playground")
    assert [target.id for target in layer.targets] == ["playground", "playground_shaded"]
    assert str(layer.targets[0].starts_on) == "2023-07-01"
    assert "keeper" not in {field.id for field in layer.public_fields()}
    field = layer.find_field("秋千个数（个）")
    assert field is not None
    assert field.id == "swings"


@pytest.mark.parametrize("model", [LayerFile, Measure, TargetFile, Field])
def test_the_docs_name_every_key(model: type[LayerFile]) -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [key for key in model.model_fields if f"`{key}`" not in text] == []


def test_a_catalogue_reaches_a_child_process_whole(city: City) -> None:
    # Cached look-ups must not stand in the way; the reader of files is another process.
    assert city.find_unit("锦江") is not None
    assert city.layer("park").find_field("名称") is not None
    assert pickle.loads(pickle.dumps(city)) == city
    assert pickle.loads(pickle.dumps(city.layer("park"))) == city.layer("park")


def test_an_unknown_layer_is_answered_with_those_there_are(city: City) -> None:
    with pytest.raises(GeoplanError) as caught:
        city.layer("greenways")
    assert caught.value.code == "unknown_layer"
    assert caught.value.status == 404
    for layer_id in city.layers:
        assert layer_id in caught.value.remedy.en
        assert layer_id in caught.value.remedy.zh
