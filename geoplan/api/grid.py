"""Sums by H3 cell: JSON, the compact binary, or GeoJSON hexagons."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from fastapi import Request
from numpy.typing import NDArray
from starlette.responses import Response

from geoplan.api import described, reading
from geoplan.api.answers import GEOJSON, etag_of, json_answer, not_modified
from geoplan.api.caller import Asking
from geoplan.api.crs import read_box
from geoplan.api.query import integer, invalid, strict_router
from geoplan.api.service import Service, service_of
from geoplan.catalogue import Layer, Measure, Status
from geoplan.grid import cell_shapes, cells_in_bbox, encode, to_hex
from geoplan.store.cells import SHAPED, CellSums, GridSearch, cell_sums

NANO = 1_000_000_000
BINARY = "application/vnd.geoplan.grid"
_COARSEST, _FINEST, _DEFAULT = 6, 10, 8
_MOST_FINE_CELLS = 50_000
_MOST_SHAPES = 30_000  # hexagons of one GeoJSON answer, about 10 MB

router = strict_router(prefix="/api", tags=["grid"], responses=described.SHARED)


@dataclass(frozen=True, slots=True)
class GridAsked:
    """A grid request as understood."""

    layer: Layer
    measure: Measure
    form: str
    search: GridSearch


@router.get(
    "/grid/{layer}",
    summary="A layer's measure summed by H3 cell",
    description="`total` is the sum over the cells. f=bin is described in docs/grid.md.",
    response_class=Response,
    responses=described.answer("application/json", BINARY, GEOJSON),
    openapi_extra=described.parameters(
        described.query(
            "res",
            "H3 resolution; 10 only with a small bbox",
            type="integer",
            minimum=6,
            maximum=10,
            default=8,
        ),
        described.query(
            "bbox",
            "Cells that touch west,south,east,north (degrees)",
            type="array",
            items={"type": "number"},
            minItems=4,
            maxItems=4,
        ),
        described.query(
            "unit", "A district: what lies in it. A zone: what it reports", type="string"
        ),
        described.query("status", "Only these, separated by commas", type="string"),
        described.query("measure", "One of the layer's measures; else its main one", type="string"),
        described.query("f", "Format", type="string", enum=["json", "bin", "geojson"]),
        described.LANG,
        **described.OR_SIGNED_IN,
    ),
)
async def grid(request: Request, layer: str, caller: Asking) -> Response:
    service, query = service_of(request), request.state.query
    asked = read_asked(query, service.layer(layer, caller.role), service)
    version = service.versions.of(layer)
    words = tuple(sorted((name, value) for name, value in query.items() if name != "lang"))
    key = ("grid", layer, version, words)
    etag = etag_of(*key, *reading.seen_by(caller, asked.layer))
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    synthetic = (await reading.facts(service, caller, asked.layer)).synthetic

    async def make() -> bytes:
        sums = await reading.read(
            service, caller, asked.layer, lambda connection: cell_sums(connection, asked.search)
        )
        return await asyncio.to_thread(body, asked, sums, version=version, synthetic=synthetic)

    for_all = reading.for_all(asked.layer)
    data = await service.answers.fetch(key, make) if for_all else await make()
    media_type = {"bin": BINARY, "geojson": GEOJSON}.get(asked.form, "application/json")
    return json_answer(request, data, media_type=media_type, etag=etag)


def read_asked(found: dict[str, str], layer: Layer, service: Service) -> GridAsked:
    """The request for a layer's grid. Raises GeoplanError 400."""
    form = found.get("f", "json")
    if form not in {"json", "bin", "geojson"}:
        raise invalid("f", "json, bin or geojson", "应为 json、bin 或 geojson")
    res = integer(found, "res", _DEFAULT, _COARSEST, _FINEST)
    measures = {measure.id: n for n, measure in enumerate(layer.measures)}
    chosen = found.get("measure", layer.measures[0].id)
    if chosen not in measures:
        raise invalid("measure", f"one of {', '.join(measures)}", f"可用：{'、'.join(measures)}")
    box = read_box(found["bbox"]) if "bbox" in found else None
    unit = None
    if "unit" in found:
        unit = service.city.find_unit(found["unit"])
        if unit is None:
            raise invalid(
                "unit",
                "the code or name of a district or zone",
                "应为区（市）县或功能区的代码或名称",
            )
    search = GridSearch(
        layer=layer.id,
        res=res,
        measure=chosen,
        position=measures[chosen] + 1,
        statuses=_statuses(found["status"]) if "status" in found else None,
        district=unit.code if unit is not None and unit.kind == "district" else None,
        zone=unit.code if unit is not None and unit.kind == "zone" else None,
        cells=_fine_cells(box) if res > SHAPED else None,
        bbox=box if res <= SHAPED else None,
    )
    return GridAsked(layer, layer.measures[measures[chosen]], form, search)


def body(asked: GridAsked, sums: CellSums, *, version: int, synthetic: bool) -> bytes:
    """The answer's bytes; values in the measure's shown unit.

    Raises GeoplanError 400 for more hexagons than one GeoJSON answer holds.
    """
    values = _shown(sums.amounts, asked.measure)
    document: dict[str, Any] = {
        "layer": asked.layer.id,
        "res": asked.search.res,
        "measure": asked.measure.id,
        "unit": {"zh": asked.measure.unit.zh, "en": asked.measure.unit.en},
        "total": int(sums.amounts.sum()) / _divisor(asked.measure),
        "data_version": version,
        "synthetic": synthetic,
    }
    if asked.form == "bin":
        return encode(asked.search.res, document, sums.cells, values)
    cells = to_hex(sums.cells)
    if asked.form == "geojson":
        if len(cells) > _MOST_SHAPES:
            raise invalid(
                "bbox",
                f"a box or a coarser res, so that at most {_MOST_SHAPES} hexagons are drawn",
                f"请缩小范围或降低 res，一次最多 {_MOST_SHAPES} 个六边形",
            )
        return _geojson(document, sums.cells, cells, values)
    document |= {"cells": cells, "values": values.tolist()}
    return json.dumps(document, ensure_ascii=False).encode()


def _geojson(
    document: dict[str, Any],
    cells: NDArray[np.int64],
    names: list[str],
    values: NDArray[np.float64],
) -> bytes:
    features = [
        {
            "type": "Feature",
            "id": name,
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[round(x, 6), round(y, 6)] for x, y in shape.exterior.coords]],
            },
            "properties": {"cell": name, "value": value},
        }
        for name, value, shape in zip(
            names, values.tolist(), cell_shapes(cells).boundary, strict=True
        )
    ]
    return json.dumps(
        {"type": "FeatureCollection", **document, "features": features}, ensure_ascii=False
    ).encode()


def _divisor(measure: Measure) -> float:
    """Nano-units in one shown unit; a division keeps 453 km from becoming 453.00000000000006."""
    return float(NANO / measure.factor)


def _shown(amounts: NDArray[np.int64], measure: Measure) -> NDArray[np.float64]:
    return amounts / _divisor(measure)


def _statuses(text: str) -> list[str]:
    asked, known = text.split(","), get_args(Status)
    if not set(asked) <= set(known):
        raise invalid("status", f"of {', '.join(known)}", f"可用：{'、'.join(known)}")
    return asked


def _fine_cells(box: tuple[float, float, float, float] | None) -> list[int]:
    """The cells of the finest resolution in a box; they have no shapes in the database."""
    if box is not None:
        area = (box[2] - box[0]) * (box[3] - box[1])
        # a cell has about 1.4e-6 square degrees at the latitude of the city
        cells = cells_in_bbox(*box, _FINEST) if area < _MOST_FINE_CELLS * 1.4e-6 else None
        if cells is not None and len(cells) <= _MOST_FINE_CELLS:
            found: list[int] = cells.tolist()
            return found
    raise invalid(
        "bbox",
        "a box of at most about 0.25 by 0.25 degrees for res=10",
        "res=10 时须给出不超过约 0.25×0.25 度的范围",
    )
