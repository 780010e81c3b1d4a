"""The same documents as pages for people: plain HTML, escaped, nothing that runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jinja2
from fastapi import Request

from geoplan.api.documents import UNITS_TITLE, property_title, shown_names
from geoplan.api.language import language_of
from geoplan.catalogue import City, Layer
from geoplan.store.collections import Page
from geoplan.text import Lang, Text

_HERE = Path(__file__).parent
_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_WORDS = {
    "home": Text("数据接口", "Data"),
    "collections": Text("图层", "Layers"),
    "items": Text("要素", "Features"),
    "features": Text("个要素", "features"),
    "map": Text("地图", "Map"),
    "next": Text("下一页", "Next page"),
    "first": Text("第一页", "First page"),
    "of": Text("共", "of"),
    "shown": Text("本页", "Shown"),
    "property": Text("属性", "Property"),
    "value": Text("值", "Value"),
    "title": Text("名称", "Title"),
    "type": Text("类型", "Type"),
    "schema": Text("属性说明", "Properties"),
    "queryables": Text("可查询属性", "Properties to ask by"),
    "geojson": Text("GeoJSON", "GeoJSON"),
    "json": Text("JSON", "JSON"),
    "tiles": Text("矢量瓦片", "Vector tiles"),
    "sample": Text("示意数据", "Sample data"),
    "extent": Text("范围", "Extent"),
    "time": Text("时间", "Time"),
    "source": Text("来源", "Source"),
    "conformance": Text("符合的规范", "Conformance"),
    "openapi": Text("接口说明（OpenAPI）", "API description (OpenAPI)"),
    "empty": Text("没有符合条件的要素", "No feature matches"),
    "none": Text("—", "—"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "language": Text("English", "中文"),
    "clients": Text(
        "QGIS、GDAL 与 GeoPandas 可直接连接本地址（OGC API Features）",
        "QGIS, GDAL and GeoPandas connect to this address (OGC API Features)",
    ),
    "geometry": Text("几何", "Geometry"),
}
_IN_LIST = 7


def attribution_of(city: City) -> str:
    """The boundaries' source and review number, in both languages where they differ."""
    text = city.attribution
    return text.zh if text.zh == text.en else f"{text.zh} / {text.en}"


def landing(request: Request, document: Mapping[str, Any]) -> str:
    return _page(request, "landing.html", document["title"], document=document)


def conformance(request: Request, classes: Sequence[str]) -> str:
    return _page(request, "conformance.html", _word(request, "conformance"), classes=classes)


def collections(request: Request, found: Sequence[Mapping[str, Any]]) -> str:
    return _page(request, "collections.html", _word(request, "collections"), collections=found)


def collection(request: Request, document: Mapping[str, Any]) -> str:
    return _page(request, "collection.html", document["title"], collection=document)


def schema(request: Request, document: Mapping[str, Any]) -> str:
    name = request.path_params["collection"]
    return _page(request, "schema.html", document["title"], schema=document, collection=name)


def items(request: Request, layer: Layer | None, page: Page, tail: Mapping[str, Any]) -> str:
    """The table of a page: name, status and the first properties; the rest is on each item."""
    lang, city = language_of(request.scope), _city(request)
    features = [json.loads(text) for text in page.features]
    names = _columns(layer, features)
    links = {link["rel"]: _as_html(link["href"]) for link in tail["links"]}
    return _page(
        request,
        "items.html",
        _title(layer, lang),
        collection=request.path_params["collection"],
        columns=[_heading(name, layer, lang) for name in names],
        rows=[
            {
                "id": feature["id"],
                "cells": [
                    _shown(feature["properties"].get(name), _choices(name, layer, city), lang)
                    for name in names
                ],
            }
            for feature in features
        ],
        tail=tail,
        links=links,
    )


def item(
    request: Request, layer: Layer | None, text: str, links: Sequence[Mapping[str, str]]
) -> str:
    lang, city = language_of(request.scope), _city(request)
    feature = json.loads(text)
    held = feature["properties"]
    name = (held.get("name_en") if lang == "en" else None) or held.get("name") or feature["id"]
    return _page(
        request,
        "item.html",
        name,
        collection=request.path_params["collection"],
        collection_title=_title(layer, lang),
        rows=[
            (_heading(key, layer, lang), _shown(held.get(key), _choices(key, layer, city), lang))
            for key in shown_names(layer)
            if held.get(key) not in (None, "", [])
        ],
        feature=feature,
        synthetic=bool(held.get("synthetic")),
        links={link["rel"]: link["href"] for link in links},
    )


def _page(request: Request, template: str, title: str, **values: Any) -> str:
    lang = language_of(request.scope)
    return _PAGES.get_template(template).render(
        lang=lang,
        title=title,
        w={key: text.get(lang) for key, text in _WORDS.items()},
        city=_city(request).title.get(lang),
        attribution=attribution_of(_city(request)),
        style=style_path(),
        other=_address(request, lang="en" if lang == "zh" else "zh"),
        as_json=_address(request, f="json"),
        **values,
    )


@cache
def style_path() -> str:
    """Address of the style sheet; the query changes with its content."""
    content = (_HERE / "static" / "api.css").read_bytes()
    return f"/api/static/api.css?v={hashlib.sha256(content).hexdigest()[:12]}"


def _address(request: Request, **changed: str) -> str:
    query = {**request.state.query, **changed}
    if "lang" in changed:
        query["f"] = "html"
    return f"?{urlencode(query)}"


def _as_html(href: str) -> str:
    return href.replace("f=json", "f=html")


def _columns(layer: Layer | None, features: Sequence[Mapping[str, Any]]) -> list[str]:
    """The first properties that any feature of the page has, with the main measure among them."""
    hidden = {"synthetic", "source_title", "source_attribution", "name_en", "project_no", "note"}
    held = [
        name
        for name in shown_names(layer)
        if name not in hidden and any(f["properties"].get(name) is not None for f in features)
    ]
    main = [] if layer is None else [f"amount_{layer.measures[0].id}"]
    first = [name for name in held if name not in main][: _IN_LIST - len(main)]
    return ["name", *(n for n in first if n != "name"), *(n for n in main if n in held)]


def _heading(name: str, layer: Layer | None, lang: Lang) -> str:
    fields = {} if layer is None else {field.id: field for field in layer.all_fields()}
    return property_title(name, layer, fields.get(name), lang)


def _title(layer: Layer | None, lang: Lang) -> str:
    return UNITS_TITLE.get(lang) if layer is None else layer.title.get(lang)


def _shown(value: Any, choices: Mapping[Any, Text], lang: Lang) -> str:
    if value is None:
        return _WORDS["none"].get(lang)
    if isinstance(value, bool):
        return _WORDS["yes" if value else "no"].get(lang)
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ("、" if lang == "zh" else ", ").join(_shown(one, choices, lang) for one in value)
    return choices.get(value, Text(str(value), str(value))).get(lang)


def _choices(name: str, layer: Layer | None, city: City) -> Mapping[Any, Text]:
    """Titles of the values that a property may have, where they are a list."""
    if name in {"unit", "district", "parents"}:
        return {unit.code: unit.name for unit in city.units}
    field = next((f for f in layer.all_fields() if f.id == name), None) if layer else None
    return {value.id: value.title for value in field.values} if field else {}


def _city(request: Request) -> City:
    city: City = request.app.state.service.city
    return city


def _word(request: Request, key: str) -> str:
    return _WORDS[key].get(language_of(request.scope))
