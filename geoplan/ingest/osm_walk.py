"""Ways of an OSM extract that people may walk, as arrays."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from numpy.typing import NDArray

from geoplan.ingest import endings, sandbox
from geoplan.ingest.osm_access import Walk, walk
from geoplan.ingest.osm_input import LIMITS, form_of, unreadable

Box = tuple[float, float, float, float]

_DEGREES = 1e-7  # osmium's and OSM's own unit of coordinates
_BATCH_REFS = 200_000
# Of the columns of a batch: by way, by reference (`at` is longitude and latitude of its node).
_BY_WAY = {"way": np.int64, "size": np.int64, "direction": np.int8, "layer": np.int8, "is": np.int8}
_BY_REF = {"ref": np.int64, "lon": np.int32, "lat": np.int32}
_KINDS = ("bridge", "tunnel", "steps", "crossing")  # bits of `is`
_NOWHERE = 2**31 - 1  # osmium's coordinate of a node that it does not know


@dataclass(frozen=True, slots=True)
class WalkWays:
    """Walkable ways (w,) and the nodes (k,) they refer to.

    way_id      (w,) int64; way_indptr  (w+1,) int64 where each way's references begin in `refs`.
    refs        (r,) int64 node ids; one that is not in `node_id` is missing from the extract.
    direction   (w,) int8: 1 walkable only as drawn, -1 only against it, 0 both ways.
    bridge, tunnel, steps, crossing  (w,) bool; layer  (w,) int8.
    node_id     (k,) int64, ascending; lon, lat  (k,) degrees, EPSG:4326.
    not_walkable  how many highways nobody may walk.
    """

    way_id: NDArray[np.int64]
    way_indptr: NDArray[np.int64]
    refs: NDArray[np.int64]
    direction: NDArray[np.int8]
    bridge: NDArray[np.bool_]
    tunnel: NDArray[np.bool_]
    steps: NDArray[np.bool_]
    crossing: NDArray[np.bool_]
    layer: NDArray[np.int8]
    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    not_walkable: int


def read_walk(path: Path, *, box: Box | None = None) -> WalkWays:
    """Walkable ways of an extract (PBF or XML, also gz and bz2), in the order of the file.

    box  west, south, east, north in degrees: only ways with a node inside; all where None.
    Memory is that of the arrays, about 50 bytes a reference, beside the reader's 16 bytes for
    every node of the extract. Raises GeoplanError as `sandbox.run` does, `osm_format_unknown`, and
    `osm_unreadable` for a damaged file.
    """
    columns: dict[str, list[NDArray[Any]]] = {name: [] for name in (*_BY_WAY, *_BY_REF)}
    not_walkable = 0
    arguments = {"form": form_of(path), "box": box}
    for batch in sandbox.run(f"{__name__}:read_ways", path, arguments, limits=LIMITS):
        if "not_walkable" in batch:
            not_walkable = int(batch["not_walkable"])
            continue
        arrays = _decoded(batch)
        if arrays is None:
            raise endings.died(path.name)
        for name, array in arrays.items():
            columns[name].append(array)
    whole = {
        name: np.concatenate([*columns.pop(name), np.empty(0, dtype=dtype)])
        for name, dtype in (_BY_WAY | _BY_REF).items()
    }
    return _ways(whole, not_walkable)


def _ways(columns: dict[str, NDArray[Any]], not_walkable: int) -> WalkWays:
    known = np.flatnonzero(columns["lon"] != _NOWHERE)
    node_id, first = np.unique(columns["ref"][known], return_index=True)
    first = known[first]
    indptr = np.zeros(len(columns["way"]) + 1, dtype=np.int64)
    np.cumsum(columns["size"], out=indptr[1:])
    kinds = {name: (columns["is"] >> bit & 1).astype(bool) for bit, name in enumerate(_KINDS)}
    return WalkWays(
        way_id=columns["way"],
        way_indptr=indptr,
        refs=columns["ref"],
        direction=columns["direction"],
        **kinds,
        layer=columns["layer"],
        node_id=node_id,
        lon=columns["lon"][first] * _DEGREES,
        lat=columns["lat"][first] * _DEGREES,
        not_walkable=not_walkable,
    )


def _decoded(batch: dict[str, Any]) -> dict[str, NDArray[Any]] | None:
    """A batch as arrays; None for what no sound reader sends."""
    try:
        arrays = {
            name: np.frombuffer(base64.b64decode(batch[name], validate=True), dtype)
            for name, dtype in (_BY_WAY | _BY_REF).items()
        }
    except (KeyError, TypeError, ValueError):
        return None
    ways = {len(arrays[name]) for name in _BY_WAY}
    refs = {len(arrays[name]) for name in _BY_REF}
    size = arrays["size"]
    sound = len(ways) == 1 and (size >= 0).all() and refs == {int(size.sum())}
    return arrays if sound else None


def read_ways(path: Path, *, form: str, box: Box | None) -> Iterator[dict[str, Any]]:
    """In the reader's process: columns of walkable ways, at the end how many were not."""
    columns: dict[str, list[int]] = {name: [] for name in (*_BY_WAY, *_BY_REF)}
    not_walkable = 0
    for way in _highways(path, form):
        may = walk(dict(way.tags))
        if may is None:
            not_walkable += 1
            continue
        nodes = [(node.ref, node.x, node.y) for node in way.nodes]
        if box is None or _touches(nodes, box):
            _note(columns, way.id, may, nodes)
        if len(columns["ref"]) >= _BATCH_REFS:
            yield _encoded(columns)
    yield _encoded(columns)
    yield {"not_walkable": not_walkable}


def _highways(path: Path, form: str) -> Iterator[Any]:
    objects = osmium.FileProcessor(osmium.io.File(path, form)).with_locations()
    objects.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    objects.with_filter(osmium.filter.KeyFilter("highway"))
    try:
        yield from objects
    except (RuntimeError, ValueError) as error:
        raise unreadable(error) from error


def _touches(nodes: list[tuple[int, int, int]], box: Box) -> bool:
    west, south, east, north = (edge / _DEGREES for edge in box)
    return any(west <= x <= east and south <= y <= north for _, x, y in nodes)


def _note(
    columns: dict[str, list[int]], way_id: int, may: Walk, nodes: list[tuple[int, int, int]]
) -> None:
    columns["way"].append(way_id)
    columns["size"].append(len(nodes))
    columns["direction"].append(may.direction)
    columns["layer"].append(may.layer)
    columns["is"].append(sum(getattr(may, name) << bit for bit, name in enumerate(_KINDS)))
    for ref, x, y in nodes:
        columns["ref"].append(ref)
        columns["lon"].append(x)
        columns["lat"].append(y)


def _encoded(columns: dict[str, list[int]]) -> dict[str, str]:
    """The columns as base64 of their bytes (a tenth of the time of JSON numbers); empties them."""
    batch = {}
    for name, dtype in (_BY_WAY | _BY_REF).items():
        batch[name] = base64.b64encode(np.array(columns[name], dtype=dtype).tobytes()).decode()
        columns[name].clear()
    return batch
