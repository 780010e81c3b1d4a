"""Measuring a layer's features anew, after the catalogue changed what is measured."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import shapely

from geoplan.catalogue import Layer
from geoplan.grid import split
from geoplan.imports.features import amounts_of, load_districts, shapes
from geoplan.store.features import (
    OPERATOR,
    FeatureWriter,
    ShareRows,
    act_as,
    batch_of,
    drop_grid,
    held_rows,
)

BATCH = 5_000


def regrid(connection: psycopg.Connection, layer: Layer) -> int:
    """Recompute amounts, shares and grid of all features of a layer, in one transaction.

    connection  as geoplan_app, outside a transaction. Returns the number of features.
    """
    with connection.transaction():
        act_as(connection, OPERATOR, "measures of the layer changed")
        drop_grid(connection, layer.id)
        rows = held_rows(connection, layer.id)
        if not rows:
            return 0
        districts = load_districts(connection)
        writer = FeatureWriter(connection, layer.id, [row.id for row in rows], shapes)
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            geometry = shapely.from_wkb([row.wkb for row in part])
            amounts = amounts_of(layer, geometry, [row.properties for row in part])
            cut = split(geometry, amounts, districts)
            measured = [
                replace(row, amounts=own.tolist()) for row, own in zip(part, amounts, strict=True)
            ]
            shares = ShareRows(cut.feature, cut.res, cut.cell, cut.district, cut.amounts)
            writer.put(batch_of(measured, shares), remeasured=True)
        writer.finish()
        return len(rows)
