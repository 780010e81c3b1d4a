"""Measuring a layer's features anew, after the catalogue changed what is measured."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import shapely

from geoplan.catalogue import Layer
from geoplan.grid import split
from geoplan.imports.features import amounts_of, load_districts, shapes
from geoplan.store.features import OPERATOR, FeatureWriter, ShareRows, act_as, drop_grid, held_rows

BATCH = 5_000


def regrid(connection: psycopg.Connection, layer: Layer) -> int:
    """Recompute amounts, shares and grid of all features of a layer, in one transaction.

    connection  as geoplan_app, outside a transaction. Returns the number of features.
    """
    count = 0
    with connection.transaction():
        act_as(connection, OPERATOR, "measures of the layer changed")
        drop_grid(connection, layer.id)
        for source_id, synthetic, rows in held_rows(connection, layer.id):
            districts = load_districts(connection)
            writer = FeatureWriter(connection, layer.id, source_id, shapes, synthetic=synthetic)
            for start in range(0, len(rows), BATCH):
                part = rows[start : start + BATCH]
                geometry = shapely.from_wkb([row.wkb for row in part])
                amounts = amounts_of(layer, geometry, [row.properties for row in part])
                cut = split(geometry, amounts, districts)
                writer.put(
                    [
                        replace(row, amounts=own.tolist())
                        for row, own in zip(part, amounts, strict=True)
                    ],
                    ShareRows(cut.feature, cut.res, cut.cell, cut.district, cut.amounts),
                    remeasured=True,
                )
            writer.finish()
            count += len(rows)
    return count
