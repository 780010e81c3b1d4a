"""OGC API Features: landing page, collections, items (Part 1, Part 2 CRS, property filters)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described, html, reading
from geoplan.api.answers import (
    GEOJSON,
    SCHEMA_JSON,
    address,
    chosen_format,
    etag_of,
    html_answer,
    json_answer,
    json_stream,
    not_modified,
)
from geoplan.api.caller import Asking, Caller, require
from geoplan.api.crs import KNOWN, read_crs
from geoplan.api.documents import collection_document, schema_document
from geoplan.api.filters import Asked, make_token, read_asked, read_moment
from geoplan.api.language import language_of
from geoplan.api.query import strict_router
from geoplan.api.service import Service, service_of
from geoplan.catalogue import Layer
from geoplan.errors import GeoplanError
from geoplan.store import collections
from geoplan.store.collections import UNITS, Page, Search, own_names
from geoplan.store.edits import standing_of, state_of
from geoplan.text import Text

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/{name}"
    for name in (
        "ogcapi-common-1/1.0/conf/core",
        "ogcapi-common-2/1.0/conf/collections",
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "ogcapi-features-4/1.0/conf/create-replace-delete",
        "ogcapi-features-4/1.0/conf/update",
        "ogcapi-features-4/1.0/conf/features",
        "ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    )
)
_BOTH: dict[str, Any] = {
    "response_class": Response,
    "responses": described.answer("application/json", "text/html"),
    "openapi_extra": described.parameters(
        described.FORMAT, described.LANG, **described.OR_SIGNED_IN
    ),
}
_SCHEMA: dict[str, Any] = {**_BOTH, "responses": described.answer(SCHEMA_JSON, "text/html")}
_OPENAPI_30 = "application/vnd.oai.openapi+json;version=3.0"
_SEPARATOR = b",\n"

router = strict_router(prefix="/api", tags=["features"], responses=described.SHARED)


@router.get("", summary="Landing page", **_BOTH)
async def landing(request: Request) -> Response:
    service, lang = service_of(request), language_of(request.scope)
    name = service.city.title.get(lang)
    document = {
        "title": f"{name}规划地图" if lang == "zh" else f"Planning map of {name}",
        "description": Text(
            "图层、区划与网格的公开数据", "Public data: layers, boundaries and grids"
        ).get(lang),
        "attribution": html.attribution_of(service.city),
        "links": [
            _link(request, "/api", "self", "application/json", f="json"),
            _link(request, "/api", "alternate", "text/html", f="html"),
            _link(request, "/api/openapi", "service-desc", _OPENAPI_30),
            _link(request, "/api/conformance", "conformance", "application/json"),
            _link(request, "/api/collections", "data", "application/json"),
        ],
    }
    if chosen_format(request) == "html":
        return html_answer(request, html.landing(request, document))
    return json_answer(request, document)


@router.get("/conformance", summary="Conformance classes", **_BOTH)
async def conformance(request: Request) -> Response:
    if chosen_format(request) == "html":
        return html_answer(request, html.conformance(request, CONFORMANCE))
    return json_answer(request, {"conformsTo": list(CONFORMANCE)})


@router.get(
    "/openapi",
    summary="This part of the API in OpenAPI 3.0",
    response_class=Response,
    responses=described.answer(_OPENAPI_30),
    openapi_extra=described.parameters(described.LANG),
)
async def openapi(request: Request) -> Response:
    whole = request.app.openapi()
    info = {name: value for name, value in whole["info"].items() if name != "summary"}  # 3.1 only
    own = {getattr(route, "path", "") for route in router.routes}
    document = {
        "openapi": "3.0.3",
        "info": info,
        "servers": [{"url": address(request)}],
        "paths": {path: item for path, item in whole["paths"].items() if path in own},
        "components": {
            "schemas": {"Problem": described.PROBLEM_SCHEMA},
            "securitySchemes": described.SECURITY_SCHEMES,
        },
    }
    return json_answer(request, document, media_type=_OPENAPI_30)


@router.get("/collections", summary="Collections", **_BOTH)
async def all_collections(request: Request, caller: Asking) -> Response:
    service = service_of(request)
    layers = (None, *service.layers(caller.role))
    found = [await _collection(request, caller, layer) for layer in layers]
    document = {
        "links": [
            _link(request, "/api/collections", "self", "application/json", f="json"),
            _link(request, "/api/collections", "alternate", "text/html", f="html"),
        ],
        "crs": list(KNOWN),
        "synthetic": any(collection["synthetic"] for collection in found),
        "collections": found,
    }
    if chosen_format(request) == "html":
        return html_answer(request, html.collections(request, found))
    return json_answer(request, document)


@router.get("/collections/{collection}", summary="One collection", **_BOTH)
async def one_collection(request: Request, collection: str, caller: Asking) -> Response:
    layer = _layer(service_of(request), collection, caller)
    document = await _collection(request, caller, layer)
    if chosen_format(request) == "html":
        return html_answer(request, html.collection(request, document))
    return json_answer(request, document)


@router.get("/collections/{collection}/queryables", summary="Properties to ask by", **_SCHEMA)
async def queryables(request: Request, collection: str, caller: Asking) -> Response:
    return _schema(request, collection, caller, "queryables")


@router.get("/collections/{collection}/schema", summary="Properties given back", **_SCHEMA)
async def schema(request: Request, collection: str, caller: Asking) -> Response:
    return _schema(request, collection, caller, "schema")


@router.get(
    "/collections/{collection}/items",
    summary="Features",
    description="Further parameters: each property of `…/queryables`, for equality. "
    "What is not there is a 400.",
    response_class=Response,
    responses=described.answer(GEOJSON, "text/html"),
    openapi_extra=described.parameters(
        *described.ITEMS, **described.OR_SIGNED_IN, **{"x-own-parameters": True}
    ),
)
async def items(request: Request, collection: str, caller: Asking) -> Response:
    service, lang = service_of(request), language_of(request.scope)
    layer = _layer(service, collection, caller)
    asked = read_asked(request.state.query, layer, service.city)
    if asked.search.at is not None:
        require(caller, "staff")
    form = chosen_format(request)
    etag = etag_of(
        collection,
        service.versions.of(collection),
        form,
        lang,
        address(request),
        sorted(request.state.query.items()),
        *reading.seen_by(caller, layer),
    )
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    matched = await reading.count(service, caller, layer, asked)
    facts = await reading.facts(service, caller, layer)

    async def work(connection: Any) -> Page:
        return await collections.page(
            connection,
            layer,
            asked.search,
            shown=asked.crs.shown,
            lang=lang,
            limit=asked.limit,
            after=asked.after,
        )

    page = await reading.read(service, caller, layer, work, at=asked.search.at)
    links = _page_links(request, collection, layer, asked, page)
    tail = {
        "numberMatched": matched,
        "numberReturned": len(page.features),
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data_version": service.versions.of(collection),
        "synthetic": facts.synthetic,
        "links": links,
    }
    if form == "html":
        return html_answer(request, html.items(request, layer, page, tail), etag=etag)
    headers = {"content-crs": f"<{asked.crs.uri}>", "link": _link_header(links)}
    return json_stream(request, _pieces(page, tail), media_type=GEOJSON, etag=etag, headers=headers)


@router.get(
    "/collections/{collection}/items/{fid}",
    summary="One feature",
    response_class=Response,
    responses=described.answer(GEOJSON, "text/html"),
    openapi_extra=described.parameters(
        described.FORMAT, described.LANG, described.CRS, described.AT, **described.OR_SIGNED_IN
    ),
)
async def item(request: Request, collection: str, fid: str, caller: Asking) -> Response:
    service, lang = service_of(request), language_of(request.scope)
    layer = _layer(service, collection, caller)
    crs = read_crs(request.state.query.get("crs"), "crs")
    search = Search(id=known_id(fid, layer), at=read_moment(request.state.query, layer))
    if search.at is not None:
        require(caller, "staff")

    async def work(connection: Any) -> tuple[Page, str | None]:
        state, names = None, None
        if layer is not None and search.at is None:
            known = UUID(fid)
            standing = await standing_of(connection, layer.id, known)
            if standing is not None:
                state = state_of(layer.id, known, standing.valid_from)
                names = own_names(layer) if reading.owns(caller, standing.unit) else None
        page = await collections.page(
            connection, layer, search, shown=crs.shown, lang=lang, limit=1, names=names
        )
        return page, state

    page, state = await reading.read(service, caller, layer, work, at=search.at)
    if not page.features:
        raise no_feature(fid)
    path = f"/api/collections/{collection}/items/{fid}"
    links = [
        _link(request, path, "self", GEOJSON, f="json"),
        _link(request, path, "alternate", "text/html", f="html"),
        _link(request, f"/api/collections/{collection}", "collection", "application/json"),
    ]
    if chosen_format(request) == "html":
        return html_answer(request, html.item(request, layer, page.features[0], links))
    more = {"data_version": service.versions.of(collection), "links": links}
    document = page.features[0][:-1] + "," + json.dumps(more, ensure_ascii=False)[1:]
    data = document.encode()
    # If-Match looks at the first part only: the state, in whatever form it was read.
    etag = state and f'"{state}-{sha256(data).hexdigest()[:16]}"'
    headers = {"content-crs": f"<{crs.uri}>"}
    return json_answer(request, data, media_type=GEOJSON, etag=etag, headers=headers)


def _pieces(page: Page, tail: dict[str, Any]) -> Iterator[bytes]:
    yield b'{"type":"FeatureCollection","features":['
    step = 200
    for start in range(0, len(page.features), step):
        part = _SEPARATOR.join(text.encode() for text in page.features[start : start + step])
        yield part if start == 0 else _SEPARATOR + part
    yield b"]," + json.dumps(tail, ensure_ascii=False).encode()[1:]


def _page_links(
    request: Request, collection: str, layer: Layer | None, asked: Asked, page: Page
) -> list[dict[str, str]]:
    path = f"/api/collections/{collection}/items"
    held: dict[str, str] = {k: v for k, v in request.state.query.items() if k != "f"}
    links = [
        _link(request, path, "self", GEOJSON, **{**held, "f": "json"}),
        _link(request, path, "alternate", "text/html", **{**held, "f": "html"}),
        _link(request, f"/api/collections/{collection}", "collection", "application/json"),
    ]
    if page.last is not None:
        onward = {**held, "limit": str(asked.limit), "token": make_token(page.last, layer)}
        links.append(_link(request, path, "next", GEOJSON, **{**onward, "f": "json"}))
    if "token" in held:
        first = {k: v for k, v in held.items() if k != "token"}
        links.append(_link(request, path, "first", GEOJSON, **{**first, "f": "json"}))
    return links


def _link(request: Request, path: str, rel: str, media_type: str, **query: str) -> dict[str, str]:
    href = address(request, path) + (f"?{urlencode(query)}" if query else "")
    return {"href": href, "rel": rel, "type": media_type}


def _link_header(links: list[dict[str, str]]) -> str:
    return ", ".join(
        f'<{link["href"]}>; rel="{link["rel"]}"; type="{link["type"]}"'
        for link in links
        if link["rel"] in {"self", "next", "alternate"}
    )


async def _collection(request: Request, caller: Caller, layer: Layer | None) -> dict[str, Any]:
    service, lang = service_of(request), language_of(request.scope)
    name = UNITS if layer is None else layer.id
    return collection_document(
        layer,
        await reading.facts(service, caller, layer),
        service.city,
        lang,
        version=service.versions.of(name),
        link=lambda path, rel, kind, **query: _link(request, path, rel, kind, **query),
    )


def _schema(request: Request, collection: str, caller: Caller, what: str) -> Response:
    layer = _layer(service_of(request), collection, caller)
    lang = language_of(request.scope)
    document = schema_document(
        layer, lang, what, address(request, f"/api/collections/{collection}/{what}")
    )
    if chosen_format(request) == "html":
        return html_answer(request, html.schema(request, document))
    return json_answer(request, document, media_type=SCHEMA_JSON)


def _layer(service: Service, collection: str, caller: Caller) -> Layer | None:
    return None if collection == UNITS else service.layer(collection, caller.role)


def known_id(fid: str, layer: Layer | None) -> str:
    """An id as it stands in an address. Raises GeoplanError 404 for any other way to write it."""
    if layer is None:
        if not (0 < len(fid) < 40 and fid.isascii() and fid.isprintable()):
            raise no_feature(fid)
        return fid
    try:
        known = str(UUID(fid))
    except ValueError as error:
        raise no_feature(fid) from error
    if known != fid:  # one feature, one address
        raise no_feature(fid)
    return known


def no_feature(fid: str) -> GeoplanError:
    """The error of a feature that is not there, or not for who asks: no difference is told."""
    return GeoplanError(
        "unknown_feature",
        Text(f"没有要素 {fid[:60]}", f"There is no feature {fid[:60]}"),
        Text("编号见 …/items", "See …/items for the ids there are"),
        status=404,
    )
