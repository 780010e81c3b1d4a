"""A file's features into a layer: read in the sandbox, measured, cut by cells, written at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City, Layer
from geoplan.errors import GeoplanError
from geoplan.grid import Districts, cell_shapes, split
from geoplan.imports.source import Origin, source_of
from geoplan.ingest import FeatureBatch, read_features
from geoplan.store.features import (
    OPERATOR,
    Changes,
    FeatureRow,
    FeatureWriter,
    ShareRows,
    act_as,
    batch_of,
    feature_id,
)
from geoplan.store.grid import CellShape
from geoplan.store.sources import put_source
from geoplan.store.units import districts as stored_districts
from geoplan.text import Text
from geoplan.units import NANO, geodesic_area_m2, geodesic_length_m

Progress = Callable[[int], None]


def import_features(
    connection: psycopg.Connection,
    city: City,
    path: Path,
    layer_id: str,
    origin: Origin,
    *,
    crs: str | None = None,
    sheet: str | None = None,
    prune: bool = False,
    progress: Progress = lambda _: None,
) -> tuple[Changes, int]:
    """Bring one layer's features from a file, in one transaction; the same file changes nothing.

    connection  as geoplan_app, outside a transaction.
    prune       remove features of this source that the file no longer has.
    progress    is told the number of rows done.
    Returns what changed and how many held features the file no longer has (0 after pruning).
    Raises GeoplanError with row and remedy; the database is then as before.
    """
    layer = city.layer(layer_id)
    require_geometry(layer)
    with connection.transaction():
        act_as(connection, OPERATOR, f"import {path.name}")
        put_source(connection, source_of("features", origin, path))
        batches = read_features(path, layer, city, crs=crs, sheet=sheet)
        return write_batches(connection, layer, origin, batches, prune=prune, progress=progress)


def write_batches(
    connection: psycopg.Connection,
    layer: Layer,
    origin: Origin,
    batches: Iterable[FeatureBatch],
    *,
    prune: bool,
    progress: Progress,
) -> tuple[Changes, int]:
    """Write read batches inside the caller's transaction; returns as `import_features`."""
    districts = load_districts(connection)
    writer = FeatureWriter(connection, layer.id, origin.source_id, shapes)
    done = 0
    for batch in batches:
        _write_batch(writer, layer, origin, batch, districts)
        done += len(batch.key)
        progress(done)
    if prune:
        writer.remove_missing()
    missing = 0 if prune else writer.missing()
    return writer.finish(), missing


def require_geometry(layer: Layer) -> None:
    """Raises GeoplanError for a layer of figures only, which holds no features."""
    if layer.geometry == "none":
        raise GeoplanError(
            "layer_without_geometry",
            Text(
                f"{layer.title.zh}（{layer.id}）是指标，没有空间要素",
                f"{layer.id} is an indicator without features",
            ),
            Text("请选择有几何类型的图层", "choose a layer that has a geometry"),
        )


def load_districts(connection: psycopg.Connection) -> Districts:
    """The city's district boundaries. Raises GeoplanError while there are none."""
    held = stored_districts(connection)
    if not held:
        raise GeoplanError(
            "no_districts",
            Text("数据库中还没有区县边界", "the database has no district boundaries yet"),
            Text("请先运行 geoplan import units", "run `geoplan import units` first"),
            status=409,
        )
    codes = [code for code, _ in held]
    return Districts(codes, shapely.from_wkb([wkb for _, wkb in held]))


def shapes(cells: Sequence[int]) -> Iterable[CellShape]:
    """Centre and boundary of cells, as the store keeps them."""
    made = cell_shapes(np.asarray(cells, dtype=np.int64))
    centers, boundaries = shapely.to_wkb(made.center), shapely.to_wkb(made.boundary)
    for cell, res, center, boundary in zip(
        made.cell.tolist(), made.res.tolist(), centers, boundaries, strict=True
    ):
        yield CellShape(cell, res, center, boundary)


def amounts_of(
    layer: Layer, geometry: NDArray[np.object_], properties: Sequence[dict[str, object]]
) -> NDArray[np.int64]:
    """The layer's measures of each feature, (n, k) in nano-units: 1e-9 m, m², piece, attribute."""
    columns = []
    for measure in layer.measures:
        if measure.kind == "count":
            column = np.full(len(geometry), NANO, dtype=np.int64)
        elif measure.kind == "length":
            column = np.rint(geodesic_length_m(geometry) * NANO).astype(np.int64)
        elif measure.kind == "area":
            column = np.rint(geodesic_area_m2(geometry) * NANO).astype(np.int64)
        else:
            column = np.array(
                [_nano(row.get(str(measure.field))) for row in properties], dtype=np.int64
            )
        columns.append(column)
    return np.stack(columns, axis=1)


def _nano(value: object) -> int:
    return round(value * NANO) if isinstance(value, int | float) else 0


def _write_batch(
    writer: FeatureWriter, layer: Layer, origin: Origin, batch: FeatureBatch, districts: Districts
) -> None:
    ids = [feature_id(layer.id, origin.source_id, key) for key in batch.key]
    wkb = shapely.to_wkb(batch.geometry)
    digests = [_digest(batch, row, wkb[row]) for row in range(len(batch.key))]
    changed = np.flatnonzero(writer.changed(ids, digests))
    if not changed.size:
        return
    geometry = batch.geometry[changed]
    properties = [batch.properties[row] for row in changed]
    amounts = amounts_of(layer, geometry, properties)
    cut = split(geometry, amounts, districts)
    lies_in = districts.locate(shapely.get_coordinates(shapely.point_on_surface(geometry)))
    rows = [
        FeatureRow(
            id=ids[row],
            source_id=origin.source_id,
            key=batch.key[row],
            synthetic=origin.synthetic,
            digest=digests[row],
            unit=batch.unit[row] or lies_in[index] or None,
            district=lies_in[index] or None,
            name_zh=batch.name_zh[row],
            name_en=batch.name_en[row],
            status=batch.status[row],
            started_on=batch.started_on[row],
            finished_on=batch.finished_on[row],
            properties=batch.properties[row],
            amounts=amounts[index].tolist(),
            wkb=wkb[row],
            source_row=int(batch.row[row]),
            source_crs=batch.source_crs,
            original=batch.original[row],
        )
        for index, row in enumerate(changed.tolist())
    ]
    shares = ShareRows(cut.feature, cut.res, cut.cell, cut.district, cut.amounts)
    writer.put(batch_of(rows, shares))


def _digest(batch: FeatureBatch, row: int, wkb: bytes) -> bytes:
    words = [
        batch.unit[row],
        batch.name_zh[row],
        batch.name_en[row],
        batch.status[row],
        str(batch.started_on[row]),
        str(batch.finished_on[row]),
        batch.properties[row],
        batch.source_crs,
        batch.original[row],
    ]
    text = json.dumps(words, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass") + wkb).digest()
