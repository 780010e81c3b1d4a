"""People by cell from a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import psycopg

from geoplan.errors import GeoplanError, Issue, Where
from geoplan.grid import cell_centers, parents, to_hex
from geoplan.imports.features import load_districts, shapes
from geoplan.imports.source import Origin, source_of
from geoplan.ingest import read_population
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.grid import put_shapes
from geoplan.store.population import PopulationWriter
from geoplan.store.sources import put_source
from geoplan.text import Text

_SHOWN = (6, 7, 8, 9)  # resolutions of the hexagons that tiles have


def import_population(
    connection: psycopg.Connection,
    path: Path,
    origin: Origin,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[int, int]:
    """Replace a source's people by cell, in one transaction; the same file changes nothing.

    A cell belongs to the district that holds its centre. The hexagons that show them (minutes on
    foot, what a circle lacks) get their shapes with them. Returns the cells changed and removed.
    Raises GeoplanError when a cell lies outside every district; the database is then as before.
    """
    with connection.transaction():
        act_as(connection, OPERATOR, f"import {path.name}")
        put_source(connection, source_of("population", origin, path))
        districts = load_districts(connection)
        writer = PopulationWriter(connection, origin.source_id)
        done = 0
        shown: set[int] = set()
        for batch in read_population(path):
            lies_in = districts.locate(cell_centers(batch.cell))
            outside = np.flatnonzero(lies_in == "")
            if outside.size:
                raise _outside(path, batch.cell[outside], batch.row[outside])
            writer.put(
                zip(
                    batch.cell.tolist(),
                    lies_in.tolist(),
                    batch.people.tolist(),
                    *(
                        [None] * len(batch.cell) if column is None else column.tolist()
                        for column in (batch.aged_0_14, batch.aged_15_59, batch.aged_60_up)
                    ),
                    strict=True,
                )
            )
            for res in _SHOWN:
                shown.update(np.unique(parents(batch.cell, res)).tolist())
            done += len(batch.cell)
            progress(done)
        put_shapes(connection, sorted(shown), shapes)
        return writer.finish()


def _outside(path: Path, cells: np.ndarray, rows: np.ndarray) -> GeoplanError:
    remedy = Text("请删除或更正这些格网", "remove or correct these cells")
    issues = [
        Issue(
            "cell_outside",
            Text(
                f"格网 {name} 的中心不在任何区县内",
                f"the centre of cell {name} lies in no district",
            ),
            remedy,
            Where(file=path.name, row=row, column="cell"),
            value=name,
        )
        for name, row in zip(to_hex(cells[:100]), rows[:100].tolist(), strict=True)
    ]
    return GeoplanError(
        "import_rejected",
        Text(f"{path.name} 中有格网在全市之外", f"{path.name} has cells outside the city"),
        remedy,
        issues=issues,
    )
