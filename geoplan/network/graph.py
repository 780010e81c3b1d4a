"""The walking network as arrays, and as files that every process maps into its memory."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoplan.errors import GeoplanError
from geoplan.network.index import Segments, has_levels
from geoplan.text import Text

BRIDGE, TUNNEL, STEPS, CROSSING = 1, 2, 4, 8
"""Bits of `edge_flags`."""

_FORMAT = 1
_ABOUT = "about.json"


class Arcs(NamedTuple):
    """Arcs of all nodes in compressed rows: those of node i are at `indptr[i]` to `indptr[i+1]`.

    indptr  (n+1,) int64; edge  (m,) int32 the edge an arc is a direction of.
    step    (m, 2) int32 the node at an arc's other end, and millimetres: beside each other, since
            a search is slowed by nothing so much as by fetching them from two places.
    """

    indptr: NDArray[np.int64]
    step: NDArray[np.int32]
    edge: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Graph:
    """A walking network of n nodes, e edges and m directed arcs. Its arrays cannot be written.

    Costs are whole millimetres of walking, 1 or more: a geodesic length and, where they were
    asked for, penalties. An edge runs from `edge_u` to `edge_v` as its way was drawn; loops and
    parallel edges exist. Nodes are numbered so that neighbours in space are neighbours in memory.

    node_id     (n,) int64 OSM's number of a node; lon, lat  (n,) degrees, EPSG:4326.
    component   (n,) int32 number of the connected part, one-way edges taken both ways; 0 is the
                part with the most nodes. component_size  (c,) int32 its nodes.
    indptr, step, edge_of           arcs by the node they leave, see `Arcs`.
    in_indptr, in_step, in_edge_of  arcs by the node they lead to.
    edge_u, edge_v, edge_cost_uv, edge_cost_vu    (e,) int32; `CLOSED` where not walkable.
    edge_way    (e,) int64 OSM's number of the way; edge_layer  (e,) int8; edge_flags  (e,) uint8.
    edge_indptr (e+1,) int64, edge_xy (p, 2), edge_en (p, 2): vertices of the edges from u to v,
                in degrees and in the plane (see plane.py).
    near_owner, near_first, near_box, near_level    the spatial index of edges, see `segments`.
    missing_nodes   how many nodes ways refer to and nobody gave.
    """

    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    component: NDArray[np.int32]
    component_size: NDArray[np.int32]
    indptr: NDArray[np.int64]
    step: NDArray[np.int32]
    edge_of: NDArray[np.int32]
    in_indptr: NDArray[np.int64]
    in_step: NDArray[np.int32]
    in_edge_of: NDArray[np.int32]
    edge_u: NDArray[np.int32]
    edge_v: NDArray[np.int32]
    edge_cost_uv: NDArray[np.int32]
    edge_cost_vu: NDArray[np.int32]
    edge_way: NDArray[np.int64]
    edge_layer: NDArray[np.int8]
    edge_flags: NDArray[np.uint8]
    edge_indptr: NDArray[np.int64]
    edge_xy: NDArray[np.float64]
    edge_en: NDArray[np.float64]
    near_owner: NDArray[np.int32]
    near_first: NDArray[np.int64]
    near_box: NDArray[np.float64]
    near_level: NDArray[np.int64]
    missing_nodes: int

    @property
    def nodes(self) -> int:
        return len(self.lon)

    @property
    def edges(self) -> int:
        return len(self.edge_u)

    @property
    def components(self) -> int:
        return len(self.component_size)

    @property
    def bbox(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of all vertices, degrees; None for an empty network."""
        if not len(self.edge_xy):
            return None
        (west, south), (east, north) = self.edge_xy.min(axis=0), self.edge_xy.max(axis=0)
        return float(west), float(south), float(east), float(north)

    @property
    def leaving(self) -> Arcs:
        """Arcs by the node they leave: for walks from a place."""
        return Arcs(self.indptr, self.step, self.edge_of)

    @property
    def arriving(self) -> Arcs:
        """Arcs by the node they lead to, seen backwards: for walks to a place."""
        return Arcs(self.in_indptr, self.in_step, self.in_edge_of)

    @property
    def segments(self) -> Segments:
        """The spatial index of the edges."""
        return Segments(
            self.edge_en, self.near_owner, self.near_first, self.near_box, self.near_level
        )

    def save(self, folder: Path) -> None:
        """Write the arrays to a folder, which is complete from the moment it exists.

        A folder of that name is replaced; who has mapped its arrays keeps them.
        """
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        old = made.with_name(made.name + "-old")
        try:
            for name in _ARRAYS:
                with (made / f"{name}.npy").open("xb") as stream:
                    np.save(stream, getattr(self, name), allow_pickle=False)
                    _settle(stream)
            about = {"format": _FORMAT, "missing_nodes": self.missing_nodes}
            with (made / _ABOUT).open("xb") as stream:
                stream.write(json.dumps(about).encode())
                _settle(stream)
            made.chmod(0o755)
            _settle_folder(made)
            with _holding(folder.parent, fcntl.LOCK_EX):
                if folder.exists():
                    folder.rename(old)
                made.rename(folder)
            _settle_folder(folder.parent)
            shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def load(folder: Path) -> Graph:
    """Map a saved network into memory; its pages are shared by all processes that do so.

    Raises GeoplanError `network_missing`, and `network_damaged` when files are lacking, of another
    version, or disagree: kernels do not look whether an index lies inside its array.
    """
    try:
        with _holding(folder.parent, fcntl.LOCK_SH):
            return _load(folder)
    except FileNotFoundError as error:
        raise (_damaged(folder) if folder.exists() else _missing(folder)) from error
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise _damaged(folder) from error


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The array, from now on unwritable, in one piece and of numpy's own class."""
    plain = np.ascontiguousarray(array).view(np.ndarray)
    plain.setflags(write=False)
    return plain


def check(graph: Graph) -> None:
    """Raises ValueError unless every index of a network lies inside the array it points into."""
    n, e, m, p = graph.nodes, graph.edges, len(graph.step), len(graph.edge_xy)
    lengths = (
        (n, (graph.node_id, graph.lat, graph.component)),
        (e, (graph.edge_v, graph.edge_cost_uv, graph.edge_cost_vu)),
        (e, (graph.edge_way, graph.edge_layer, graph.edge_flags)),
        (m, (graph.step, graph.edge_of, graph.in_step, graph.in_edge_of)),
        (p, (graph.edge_xy, graph.edge_en)),
        (len(graph.near_owner), (graph.near_first,)),
    )
    pairs = (graph.step, graph.in_step, graph.edge_xy, graph.edge_en)
    fits = all(len(array) == count for count, arrays in lengths for array in arrays)
    if not fits or any(array.shape[1:] != (2,) for array in pairs):
        raise ValueError("arrays of the network differ in length")
    rows = ((graph.indptr, n, m), (graph.in_indptr, n, m), (graph.edge_indptr, e, p))
    inside: list[tuple[NDArray[Any], int]] = [
        (graph.component, graph.components),
        (graph.edge_of, e),
        (graph.in_edge_of, e),
        (graph.edge_u, n),
        (graph.edge_v, n),
        (graph.near_owner, e),
        (graph.near_first, p - 1),
        *((step[:, 0], n) for step in (graph.step, graph.in_step)),
    ]
    fits = all(_is_rows(*row) for row in rows) and has_levels(graph.segments)
    fits = fits and all(_is_inside(array, 0, count) for array, count in inside)
    if not fits or not all(_is_inside(step[:, 1], 1) for step in (graph.step, graph.in_step)):
        raise ValueError("arrays of the network disagree")


def _is_rows(indptr: NDArray[np.int64], count: int, total: int) -> bool:
    ends = len(indptr) == count + 1 and indptr[0] == 0 and indptr[-1] == total
    return bool(ends and (indptr[1:] >= indptr[:-1]).all())


def _is_inside(array: NDArray[Any], low: int, high: int | None = None) -> bool:
    return not len(array) or bool(array.min() >= low and (high is None or array.max() < high))


def _load(folder: Path) -> Graph:
    about = json.loads((folder / _ABOUT).read_bytes())
    if about["format"] != _FORMAT:
        raise ValueError("another version of the format")
    arrays = {
        name: frozen(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
        for name in _ARRAYS
    }
    graph = Graph(**arrays, missing_nodes=about["missing_nodes"])
    check(graph)
    return graph


_ARRAYS = [field.name for field in fields(Graph) if field.name != "missing_nodes"]


@contextmanager
def _holding(folder: Path, kind: int) -> Iterator[None]:
    """Between the two renames of a replacement nobody opens, and while one opens nobody renames."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


def _settle(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _settle_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _missing(folder: Path) -> GeoplanError:
    return GeoplanError(
        "network_missing",
        Text(f"没有步行网络 {folder.name}", f"there is no walking network {folder.name}"),
        Text("请运行 geoplan import osm 导入道路", "run geoplan import osm to build it"),
        status=503,
    )


def _damaged(folder: Path) -> GeoplanError:
    return GeoplanError(
        "network_damaged",
        Text(f"步行网络 {folder.name} 的文件不完整", f"files of network {folder.name} are damaged"),
        Text("请重新运行 geoplan import osm", "run geoplan import osm again"),
        status=503,
    )
