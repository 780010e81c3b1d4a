"""What the planners' page shows, as a file: hexagons, districts, gaps and targets."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from fastapi import Request
from numpy.typing import NDArray
from starlette.responses import Response, StreamingResponse

from geoplan.api import described
from geoplan.api.answers import etag_of, headers_of, not_modified
from geoplan.api.circles import asked_circles
from geoplan.api.coverage import asked_coverage
from geoplan.api.crs import read_box
from geoplan.api.gaps import asked_gaps
from geoplan.api.progress import asked_progress
from geoplan.api.query import invalid, strict_router
from geoplan.api.rate import Rate, Turns
from geoplan.api.reach_cells import MEASURE, CellsAsked, cells_of, read_cells_asked
from geoplan.api.service import Service, service_of
from geoplan.api.sums import SPEED, TIER, UNIT, read_when
from geoplan.errors import GeoplanError
from geoplan.grid import cell_centers, to_hex
from geoplan.planning.coverage import WHEN
from geoplan.reports import csv_of, write_cells
from geoplan.text import Text

CSV, GEOPACKAGE = "text/csv; charset=utf-8", "application/geopackage+sqlite3"
MOST_CELLS = 200_000
_PIECE = 1 << 18

View = Literal["cells", "districts", "gaps", "progress"]
Form = Literal["csv", "gpkg"]

_ABOUT = {"service", "circle", "speed", "when"}
PARAMETERS: dict[View, set[str]] = {
    "cells": {*_ABOUT, "measure", "res", "bbox"},
    "districts": {*_ABOUT, "tier", "unit"},
    "gaps": {*_ABOUT, "tier", "unit", "lacks", "limit"},
    "progress": {"unit", "as_of"},
}

router = strict_router(prefix="/api", tags=["reach"], responses=described.SHARED)
_rate = Rate(30, 4.0)
_turns = Turns(at_once=2, most=8)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a CSV file."""

    columns: tuple[str, ...]
    rows: list[list[object]]


@router.get(
    "/export",
    summary="Hexagons, districts, gaps or targets as a file",
    description="The rows of /api/reach/cells, /api/coverage or /api/circles, /api/gaps and "
    "/api/progress, with the parameters of each. CSV is UTF-8 with a byte order mark; "
    "f=gpkg is for cells, as polygons in EPSG:4326. Cells of both times, with their change, unless "
    f"`when` names one. At most {MOST_CELLS:,} cells and about 15 files a minute for one address.",
    response_class=Response,
    responses=described.answer("text/csv", GEOPACKAGE),
    openapi_extra=described.parameters(
        described.query("view", "What to export", type="string", enum=list(PARAMETERS)),
        described.query("f", "Format", type="string", enum=["csv", "gpkg"], default="csv"),
        described.query("service", "One of /api/services", type="string"),
        described.query("circle", "One of the circles of /api/services", type="string"),
        TIER,
        described.query("when", "now or planned; else both", type="string", enum=list(WHEN)),
        SPEED,
        MEASURE,
        UNIT,
        described.query("res", "H3 resolution", type="integer", minimum=6, maximum=9, default=8),
        described.query("bbox", "Cells whose centre lies in it: west,south,east,north"),
        described.query("lacks", "As /api/gaps", type="integer", minimum=1, maximum=63),
        described.query("limit", "As /api/gaps", type="integer", minimum=1, maximum=500),
        described.query("as_of", "As /api/progress", type="string", format="date"),
        described.LANG,
    ),
)
async def export(request: Request) -> Response:
    service, query = service_of(request), request.state.query
    view, form = _asked(query)
    own = {name: query[name] for name in PARAMETERS[view] if name in query}
    key, make = await _MAKERS[view](service, own)
    etag = etag_of("export", view, form, key)
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    _rate.check(request)
    name = "-".join(
        ["geoplan", view, *(own[part] for part in ("service", "circle", "when") if part in own)]
    )
    headers = {
        **headers_of(request, etag),
        "content-disposition": f'attachment; filename="{name}.{form}"',
    }
    if form == "gpkg":
        return await _geopackage(service, own, headers)
    async with _turns.one():
        table = await make()
        data = await asyncio.to_thread(csv_of, table.columns, table.rows)
    return Response(data, headers=headers, media_type=CSV)


def _asked(query: Mapping[str, str]) -> tuple[View, Form]:
    view, form = query.get("view", ""), query.get("f", "csv")
    known = next((name for name in PARAMETERS if name == view), None)
    if known is None:
        raise invalid("view", f"one of {', '.join(PARAMETERS)}", f"可用：{'、'.join(PARAMETERS)}")
    for name in query.keys() - PARAMETERS[known] - {"view", "f", "lang"}:
        raise invalid(name, f"not with view={known}", f"不能与 view={known} 一起给出")
    if form == "csv":
        return known, "csv"
    if form != "gpkg" or known != "cells":
        raise invalid("f", "csv, or gpkg with view=cells", "应为 csv；view=cells 时也可为 gpkg")
    return known, "gpkg"


@dataclass(frozen=True, slots=True)
class Cells:
    """Values of the same cells (n,) at one or both times, and what the answers say of them."""

    cell: NDArray[np.int64]
    values: dict[str, NDArray[np.float64]]
    facts: dict[str, Any]


def _read_cells(service: Service, own: Mapping[str, str]) -> list[CellsAsked]:
    whens = (read_when(own, default="now")) if "when" in own else WHEN
    return [read_cells_asked(own, service, when) for when in whens]


async def _cells(service: Service, own: Mapping[str, str]) -> Cells:
    """Raises GeoplanError 400 `too_many_cells`."""
    asked = _read_cells(service, own)
    box = read_box(own["bbox"]) if "bbox" in own else None
    found = [await cells_of(service, each) for each in asked]
    unit = "missing" if asked[0].circle is not None else "minutes"
    values: dict[str, NDArray[np.float64]] = {}
    for each, (_, _, held) in zip(asked, found, strict=True):
        values[f"{unit}_{each.when}"] = np.round(held, 2)
    if len(asked) == len(WHEN):
        values["change"] = np.round(values[f"{unit}_planned"] - values[f"{unit}_now"], 2)
    facts, cell, _ = found[0]
    if box is not None:
        west, south, east, north = box
        lon, lat = cell_centers(cell).T
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        cell, values = cell[inside], {name: held[inside] for name, held in values.items()}
    if len(cell) > MOST_CELLS:
        raise GeoplanError(
            "too_many_cells",
            Text(f"超过 {MOST_CELLS:,} 个网格", f"More than {MOST_CELLS:,} cells"),
            Text("请给出 bbox 或较小的 res", "Give a bbox or a smaller res"),
        )
    return Cells(cell, values, facts)


Making = tuple[tuple[object, ...], Callable[[], Awaitable[Table]]]
"""What names the rows, versions included, and what makes them."""

FACTS = ("measure", "speed", "date", "data_version", "synthetic")


async def _cell_table(service: Service, own: Mapping[str, str]) -> Making:
    key = tuple(asked.key for asked in _read_cells(service, own))
    box = read_box(own["bbox"]) if "bbox" in own else None

    async def make() -> Table:
        cells = await _cells(service, own)
        facts = [cells.facts.get(name) for name in FACTS]
        places = np.round(cell_centers(cells.cell), 6).tolist()
        columns = zip(*(held.tolist() for held in cells.values.values()), strict=True)
        rows: list[list[object]] = [
            [cell, *place, *numbers, *facts]
            for cell, place, numbers in zip(to_hex(cells.cell), places, columns, strict=True)
        ]
        return Table(("cell", "lon", "lat", *cells.values, *FACTS), rows)

    return (key, box), make


async def _district_table(service: Service, own: Mapping[str, str]) -> Making:
    asked = asked_circles if "circle" in own else asked_coverage
    if ("service" in own) == ("circle" in own):
        raise invalid("service", "this or circle, one of the two", "service 与 circle 二者选一")
    key, make = asked(service, own)
    about = "circle" if "circle" in own else "service"
    columns = ("unit", "kind", "name_zh", "name_en", about, "standard", "tier", "verified",
               "measure", "when", "limit_m", "numerator", "denominator", "measured", "share", "of",
               "date", "suppressed")  # fmt: skip
    return key, _rows_of(make, "rows", columns, ("speed", "data_version", "synthetic"))


async def _gap_table(service: Service, own: Mapping[str, str]) -> Making:
    key, make = asked_gaps(service, {**own, "cells": "false"})
    columns = ("rank", "people", "unit", "place_zh", "place_en", "missing", "nearest_m",
               "farthest_m", "straight_m", "cell_count", "lon", "lat")  # fmt: skip
    return key, _rows_of(make, "gaps", columns, ("when", "speed", "date", "data_version",
                                                 "synthetic"))  # fmt: skip


async def _progress_table(service: Service, own: Mapping[str, str]) -> Making:
    key, make = asked_progress(service, own)

    async def document() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await make())
        return found

    columns = ("layer", "target", "unit", "period", "op", "value", "measure", "done", "share",
               "time_progress", "ahead_pp", "synthetic")  # fmt: skip
    return key, _rows_of(document, "rows", columns, ("as_of", "data_version"))


_MAKERS: dict[View, Callable[[Service, Mapping[str, str]], Awaitable[Making]]] = {
    "cells": _cell_table,
    "districts": _district_table,
    "gaps": _gap_table,
    "progress": _progress_table,
}


def _rows_of(
    make: Callable[[], Awaitable[dict[str, Any]]],
    rows: str,
    columns: tuple[str, ...],
    facts: tuple[str, ...],
) -> Callable[[], Awaitable[Table]]:
    """The rows of an answer, each with facts of the whole answer behind."""

    async def table() -> Table:
        found = await make()
        shared = [found[fact] for fact in facts]
        lines = [_flat(row) for row in found[rows]]
        return Table(
            (*columns, *facts),
            [[*(line.get(column) for column in columns), *shared] for line in lines],
        )

    return table


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its names in two columns, and lists as words."""
    flat = dict(row)
    if isinstance(name := row.get("name"), Mapping):
        flat |= {"name_zh": name["zh"], "name_en": name["en"]}
    if isinstance(place := row.get("place"), Mapping):
        flat |= {"place_zh": place["name"], "place_en": place["name_en"]}
    if isinstance(missing := row.get("missing"), list):
        flat["missing"] = " ".join(each["id"] for each in missing if isinstance(each, Mapping))
    return flat


async def _geopackage(
    service: Service, own: Mapping[str, str], headers: Mapping[str, str]
) -> Response:
    """The file is written to the disk, sent in pieces, and gone."""
    async with _turns.one():
        cells = await _cells(service, own)
        facts = {name: str(cells.facts.get(name)) for name in (*FACTS, "res")}
        place = tempfile.TemporaryDirectory(prefix="geoplan-export-")
        path = Path(place.name) / "cells.gpkg"
        try:
            await asyncio.to_thread(
                write_cells, path, cells.cell, cells.values, layer="cells", facts=facts
            )
        except BaseException:
            place.cleanup()
            raise

    async def pieces() -> AsyncIterator[bytes]:
        try:
            with path.open("rb") as file:
                while piece := await asyncio.to_thread(file.read, _PIECE):
                    yield piece
        finally:
            place.cleanup()

    length = str(path.stat().st_size)
    return StreamingResponse(
        pieces(), headers={**headers, "content-length": length}, media_type=GEOPACKAGE
    )
