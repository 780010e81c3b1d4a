"""What the landing page, the collections and the API's own description say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from geoplan.catalogue import City
from tests.api.asking import Api


def test_the_landing_page_leads_to_everything(api: Api) -> None:
    links = {link["rel"]: link for link in api.json("/api")["links"]}
    assert {"self", "alternate", "service-desc", "conformance", "data"} <= links.keys()
    for link in links.values():
        answer = api.get(link["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == link["type"].split(";")[0]


def test_collections_are_the_units_and_every_public_layer(api: Api, city: City) -> None:
    public = [
        layer.id
        for layer in city.layers.values()
        if layer.visibility == "public" and layer.geometry != "none"
    ]
    found = api.json("/api/collections")
    assert [row["id"] for row in found["collections"]] == ["units", *public]
    assert found["synthetic"] is True


def test_a_collection_tells_what_it_holds(api: Api) -> None:
    greenway = api.json("/api/collections/greenway", lang="en")
    assert greenway["title"] == "Tianfu greenway"
    assert greenway["numberOfFeatures"] == 40
    assert greenway["synthetic"] is True
    assert greenway["attribution"] == "示意数据，虚构"
    west, south, east, north = greenway["extent"]["spatial"]["bbox"][0]
    assert 103 < west < 104.06 < east < 105
    assert 30 < south < 30.66 < north < 31
    assert greenway["extent"]["temporal"]["interval"][0][0] == "2022-11-14T00:00:00+08:00"
    park = api.json("/api/collections/park")
    assert (park["synthetic"], park["numberOfFeatures"]) == (False, 25)


def test_links_of_a_collection_answer(api: Api) -> None:
    for name in ("greenway", "units"):
        for link in api.json(f"/api/collections/{name}")["links"]:
            answer = api.get(link["href"])
            assert answer.status_code == 200, link
            assert answer.headers["content-type"].split(";")[0] == link["type"]


def test_the_units_are_the_twenty_districts_with_a_boundary(api: Api) -> None:
    found = api.json("/api/collections/units/items", limit=100)
    assert found["numberMatched"] == found["numberReturned"] == len(found["features"]) == 20
    jinjiang = api.json("/api/collections/units/items/510104")
    assert jinjiang["properties"]["name"] == "锦江区"
    assert jinjiang["properties"]["population"] == 902_933
    assert jinjiang["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize("collection", ["greenway", "charger", "park", "units"])
def test_items_have_the_properties_that_the_schema_says(api: Api, collection: str) -> None:
    schema = api.json(f"/api/collections/{collection}/schema")
    assert schema["$id"].endswith(f"/api/collections/{collection}/schema")
    names = list(schema["properties"])
    assert names[0] == "geometry"
    for feature in api.items(collection):
        assert list(feature["properties"]) == names[1:]


@pytest.mark.parametrize("collection", ["greenway", "charger", "park", "units"])
def test_every_queryable_is_a_property_of_the_schema(api: Api, collection: str) -> None:
    queryables = api.json(f"/api/collections/{collection}/queryables")
    assert queryables["additionalProperties"] is False
    schema = api.json(f"/api/collections/{collection}/schema")["properties"]
    for name, said in queryables["properties"].items():
        assert said["type"] == schema[name]["type"]


def test_personal_and_internal_fields_are_nowhere(api: Api, city: City) -> None:
    kept_back = {
        field.id
        for layer in city.layers.values()
        for field in layer.all_fields()
        if field.personal or not field.public
    }
    assert {"contact", "phone"} <= kept_back
    for name in ("schema", "queryables"):
        for collection in ("greenway", "charger", "park"):
            document = api.json(f"/api/collections/{collection}/{name}")
            assert not kept_back & document["properties"].keys()


PAGES = [
    "/api",
    "/api/conformance",
    "/api/collections",
    "/api/collections/greenway",
    "/api/collections/greenway/queryables",
    "/api/collections/greenway/schema",
    "/api/collections/greenway/items",
    "/api/collections/units/items/510104",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_browser_gets_a_page_with_working_links(api: Api, path: str, lang: str) -> None:
    answer = api.get(path, headers={"accept": "text/html,*/*;q=0.8"}, params={"lang": lang})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in answer.text
    assert "<script" not in answer.text
    for href in re.findall(r'href="([^"]+)"', answer.text):
        address = href.replace("&amp;", "&")
        linked = api.get(path + address if address.startswith("?") else address)
        assert linked.status_code == 200 or address.startswith("/?lang"), address


def test_words_of_files_are_text_in_pages(api: Api) -> None:
    page = api.get("/api/collections/park/items", params={"f": "html"}).text
    assert "口袋公园&lt;3&gt;" in page
    assert "<3>" not in page
    assert re.search(r"<td>\w+[区市县]</td>", page), "a district is shown by its name"
    item = api.items("park")[0]
    text = api.get(f"/api/collections/park/items/{item['id']}", params={"f": "html"}).text
    assert "口袋公园&lt;" in text


def test_pages_of_sample_data_say_so(api: Api) -> None:
    assert "示意数据</span>" in api.get("/api/collections/greenway/items?f=html").text
    assert "示意数据</span>" not in api.get("/api/collections/park/items?f=html").text
    item = api.items("greenway")[0]
    assert "示意数据</span>" in api.get(f"/api/collections/greenway/items/{item['id']}?f=html").text


# What OpenAPI 3.0 allows, for the parts that the document uses.
ALLOWED = {
    "document": {"openapi", "info", "servers", "paths", "components"},
    "info": {"title", "version", "description", "license", "contact", "termsOfService"},
    "operation": {
        "tags", "summary", "description", "operationId", "parameters", "requestBody", "responses", "security",
    },
    "parameter": {"name", "in", "description", "required", "schema", "style", "explode"},
    "schema": {
        "type", "properties", "required", "items", "enum", "format", "title", "default", "minimum",
        "maximum", "minItems", "maxItems", "minLength", "maxLength", "additionalProperties", "$ref",
    },
}  # fmt: skip
TYPES = {"string", "integer", "number", "boolean", "array", "object"}


def test_the_description_is_openapi_3_0_and_names_every_parameter(api: Api) -> None:
    answer = api.get("/api/openapi")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = answer.json()
    assert document["openapi"].startswith("3.0.")
    assert document.keys() <= ALLOWED["document"]
    assert document["info"].keys() <= ALLOWED["info"]
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for path, operation in operations(document):
        assert {n for n in operation if not n.startswith("x-")} <= ALLOWED["operation"], path
        in_path = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path))
        for word in operation.get("security", ()):
            assert word.keys() <= document["components"]["securitySchemes"].keys()
        for parameter in operation.get("parameters", ()):
            assert parameter.keys() <= ALLOWED["parameter"]
        assert operation["responses"].keys() & {"200", "201", "204"}
    for schema in schemas(document):
        assert schema.keys() <= ALLOWED["schema"], schema
        assert schema.get("type", "string") in TYPES
    for ref in re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(document)):
        assert ref in document["components"]["schemas"]
    items = document["paths"]["/api/collections/{collection}/items"]["get"]
    assert {"limit", "bbox", "datetime", "crs", "bbox-crs"} <= {
        p["name"] for p in items["parameters"]
    }


def test_declared_conformance_has_its_resources(api: Api) -> None:
    declared = {name.split("/spec/")[1] for name in api.json("/api/conformance")["conformsTo"]}
    assert "ogcapi-features-1/1.0/conf/core" in declared
    if "ogcapi-features-2/1.0/conf/crs" in declared:
        collection = api.json("/api/collections/greenway")
        assert collection["storageCrs"] in collection["crs"]
    if "ogcapi-features-3/1.0/conf/queryables" in declared:
        rels = {link["rel"] for link in api.json("/api/collections/greenway")["links"]}
        assert "http://www.opengis.net/def/rel/ogc/1.0/queryables" in rels
    paths = api.json("/api/openapi")["paths"]
    assert paths.keys() >= {"/api", "/api/conformance", "/api/collections"}


def test_the_whole_api_is_described(api: Api) -> None:
    document = api.json("/openapi.json")
    assert document["openapi"].startswith("3.1.")
    assert {
        "/", "/api/progress", "/api/identify", "/api/grid/{layer}", "/healthz", "/readyz",
        "/tiles/{source}.json", "/tiles/{source}/{z}/{x}/{y}.mvt",
    } <= document["paths"].keys()  # fmt: skip


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def schemas(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema of the document, at any depth."""
    if isinstance(node, list):
        for child in node:
            yield from schemas(child)
    elif isinstance(node, dict):
        for name, child in node.items():
            if name == "schema":
                yield from inside(child)
            elif name == "schemas":
                for named in child.values():
                    yield from inside(named)
            else:
                yield from schemas(child)


def inside(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for child in schema.get("properties", {}).values():
        yield from inside(child)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from inside(schema[name])
