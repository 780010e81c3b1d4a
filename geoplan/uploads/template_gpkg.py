"""A GeoPackage with an empty layer whose fields know what they may hold; inside the sandbox."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# GeoPackage 1.3, annex F.9 (Schema): titles of columns, and lists of what they may hold.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
    scope TEXT NOT NULL, UNIQUE (table_name, column_name, extension_name)
);
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
    mime_type TEXT, constraint_name TEXT, PRIMARY KEY (table_name, column_name),
    UNIQUE (table_name, name)
);
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
    constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
    min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    UNIQUE (constraint_name, constraint_type, value)
);
"""
_TABLES = ("gpkg_data_columns", "gpkg_data_column_constraints")
_DEFINITION = "http://www.geopackage.org/spec121/#extension_schema"


def make(path: Path) -> Iterator[str]:
    """Yields the file as base64.

    path  JSON of `layer`, `geometry`, `system` and `fields`, each with `name`, `title`, `type`
          and `choices`.
    """
    said = json.loads(path.read_text(encoding="utf-8"))
    with TemporaryDirectory() as folder:
        made = Path(folder) / "template.gpkg"
        _write_layer(made, said)
        _describe(made, said["layer"], said["fields"])
        yield base64.b64encode(made.read_bytes()).decode()


def _write_layer(made: Path, said: dict[str, Any]) -> None:
    import pyarrow as pa  # noqa: PLC0415  after confinement
    import pyogrio  # noqa: PLC0415

    kinds = {
        "integer": pa.int32(),
        "number": pa.float64(),
        "date": pa.date32(),
        # Words of a list: what the drop-down of a boolean says too.
        "boolean": pa.string(),
        "enum": pa.string(),
        "text": pa.string(),
    }
    columns = [(field["name"], kinds[field["type"]]) for field in said["fields"]]
    empty = pa.schema([("geom", pa.binary()), *columns]).empty_table()
    pyogrio.write_arrow(
        empty,
        made,
        layer=said["layer"],
        driver="GPKG",
        geometry_name="geom",
        geometry_type=said["geometry"],
        crs=said["system"],
    )


def _describe(made: Path, layer: str, fields: Sequence[dict[str, Any]]) -> None:
    """Write the English titles and the lists, which QGIS shows as drop-downs."""
    connection = sqlite3.connect(made)
    with connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
            [(table, _DEFINITION) for table in _TABLES],
        )
        for number, field in enumerate(fields):
            name = f"{layer}_{number}" if field["choices"] else None
            connection.execute(
                "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, NULL, NULL, ?)",
                (layer, field["name"], field["name"], field["title"], name),
            )
            connection.executemany(
                "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value)"
                " VALUES (?, 'enum', ?)",
                [(name, choice) for choice in field["choices"]],
            )
    connection.close()
