"""Publishing: the ready rows of an upload become features, all of them or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray

from geoplan.catalogue import City, Layer
from geoplan.errors import GeoplanError
from geoplan.grid import Districts, split
from geoplan.imports.features import amounts_of, load_districts, shapes
from geoplan.store.edits import lock_layer
from geoplan.store.features import Batch, FeatureRow, FeatureWriter, ShareRows, act_as, batch_of
from geoplan.store.publications import Change, Published, allow_long_work, note_published
from geoplan.store.sources import Source, put_source
from geoplan.store.uploads import Upload, put_published
from geoplan.text import Text
from geoplan.uploads.plan import Plan, Target, make_plan, source_of

_BATCH = 5_000  # features that are cut at once: what bounds the memory of lines and outlines


def publish_rows(
    connection: psycopg.Connection, city: City, upload: Upload, account: UUID
) -> Counter[Change]:
    """Write the ready rows of an approved upload as features, with shares, grid and history.

    connection  in the caller's transaction, which holds the upload's lock.
    Returns how many features were inserted, updated, and left as they were.
    Raises GeoplanError 409 `nothing_ready`, `rows_same_feature`.
    """
    layer = city.layer(upload.layer)
    allow_long_work(connection)
    act_as(connection, account, f"upload {upload.id} {upload.file_name}")
    lock_layer(connection, layer.id)
    districts = load_districts(connection)
    plan = make_plan(connection, layer, upload, districts)
    if not plan.targets:
        raise nothing_ready()
    put_sources(connection, city, upload, plan)
    _write(connection, layer, plan, districts, account)
    note_published(
        connection,
        upload.id,
        layer.id,
        [Published(target.row.row, target.feature_id, _change(target)) for target in plan.targets],
    )
    put_published(connection, upload.id)
    return changes_of(plan)


def changes_of(plan: Plan) -> Counter[Change]:
    """How many features a plan inserts, updates, and leaves as they are."""
    return Counter(_change(target) for target in plan.targets)


def write_features(
    writer: FeatureWriter,
    layer: Layer,
    properties: Sequence[dict[str, object]],
    geometry: NDArray[np.object_],
    districts: Districts,
    row_of: Callable[[int, list[int]], FeatureRow],
) -> None:
    """Measure features, cut them by cells and districts, and put them: the next while one is put.

    properties, geometry  of n features, EPSG:4326.
    row_of                gives a feature's row from its place among them and its amounts.
    """

    def cut_from(start: int) -> Batch:
        here = slice(start, start + _BATCH)
        amounts = amounts_of(layer, geometry[here], properties[here])
        cut = split(geometry[here], amounts, districts)
        rows = [row_of(start + place, own) for place, own in enumerate(amounts.tolist())]
        shares = ShareRows(cut.feature, cut.res, cut.cell, cut.district, cut.amounts)
        return batch_of(rows, shares)

    for batch in _one_ahead(cut_from, range(0, len(properties), _BATCH)):
        writer.put(batch)


def _one_ahead(make: Callable[[int], Batch], starts: Iterable[int]) -> Iterator[Batch]:
    """What is made of each, in their order; the next is made while the caller is at work on one."""
    with ThreadPoolExecutor(1) as pool:
        coming: Future[Batch] | None = None
        for start in starts:
            ready, coming = coming, pool.submit(make, start)
            if ready is not None:
                yield ready.result()
        if coming is not None:
            yield coming.result()


def nothing_ready() -> GeoplanError:
    """The error of an upload without a row that could be published."""
    return GeoplanError(
        "nothing_ready",
        Text("没有可以发布的行", "No row is ready to be published"),
        Text("请先改正错误、确认警告", "Correct the errors and nod at the warnings first"),
        status=409,
    )


def _write(
    connection: psycopg.Connection,
    layer: Layer,
    plan: Plan,
    districts: Districts,
    account: UUID,
) -> None:
    changed = [index for index, target in enumerate(plan.targets) if not target.unchanged]
    targets = [plan.targets[index] for index in changed]
    writer = FeatureWriter(
        connection, layer.id, [target.feature_id for target in targets], shapes, account=account
    )
    write_features(
        writer,
        layer,
        [target.properties for target in targets],
        plan.geometry[changed],
        districts,
        partial(_row, targets),
    )
    writer.finish()


def _row(targets: Sequence[Target], place: int, amounts: list[int]) -> FeatureRow:
    target = targets[place]
    return FeatureRow(
        id=target.feature_id,
        source_id=target.source_id,
        key=target.key,
        synthetic=target.synthetic,
        digest=target.digest,
        unit=target.unit,
        district=target.district,
        name_zh=target.name_zh,
        name_en=target.name_en,
        status=target.status,
        started_on=target.started_on,
        finished_on=target.finished_on,
        properties=target.properties,
        amounts=amounts,
        wkb=target.row.wkb,
        source_row=target.row.row,
        source_crs=target.row.source_crs,
        original=target.row.original,
    )


def _change(target: Target) -> Change:
    if target.unchanged:
        return "unchanged"
    return "inserted" if target.held is None else "updated"


def put_sources(connection: psycopg.Connection, city: City, upload: Upload, plan: Plan) -> None:
    """A source for each unit that has something new: whose it is, and the last file of it."""
    names = {unit.code: unit.name for unit in city.units}
    for unit in sorted({t.unit for t in plan.targets if t.held is None}, key=str):
        name = names.get(str(unit), city.title)
        put_source(
            connection,
            Source(
                id=source_of(unit),
                kind="features",
                title_zh=f"{name.zh}上报",
                title_en=f"Reported by {name.en}",
                licence=None,
                attribution=None,
                synthetic=False,
                as_of=None,
                file_name=upload.file_name,
                sha256=upload.sha256,
            ),
        )
