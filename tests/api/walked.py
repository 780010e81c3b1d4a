"""A city to walk in for these tests: the real extract's streets and places, invented people."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import psycopg
import shapely

from geoplan.catalogue import City
from geoplan.grid import cells_in_bbox, to_hex
from geoplan.imports.osm import import_osm
from geoplan.imports.population import import_population
from geoplan.imports.source import Origin
from geoplan.planning.ground import Grounds
from geoplan.planning.reach import compute_all, stale_services
from geoplan.text import Text
from tests.api import made
from tests.conftest import TestDatabase

BOX = (104.0421, 30.6528, 104.1296, 30.7279)
"""The extract's study area: west, south, east, north."""

OPERATOR = "00000000-0000-0000-0000-000000000001"

LONELY = (103.9, 30.75)
"""A village far from the extract: its people have no network."""

OSM = Origin("osm", Text("OSM", "OSM"), attribution="© OpenStreetMap contributors, ODbL 1.0")
PEOPLE = Origin("people", Text("虚构人口", "invented people"), synthetic=True)


def people() -> list[tuple[int, int, int, int, int]]:
    """Cell, people and ages: most cells of the box, and some of a village elsewhere."""
    random = np.random.default_rng(20)
    box = cells_in_bbox(*BOX, 10, contain="center")
    village = np.array(h3.grid_disk(h3.latlng_to_cell(*LONELY[::-1], 10), 3), dtype=np.int64)
    cells = np.sort(np.concatenate([box[random.random(len(box)) < 0.8], village]))
    young, middle, old = random.poisson((20, 90, 30), (len(cells), 3)).T
    empty = random.random(len(cells)) < 0.05
    ages = np.where(empty, 0, np.array([young, middle, old]))
    return list(zip(cells.tolist(), ages.sum(axis=0).tolist(), *ages.tolist(), strict=True))


def few_people() -> list[tuple[int, int, int, int, int]]:
    """Seventy in each cell about the middle of the invented city, which has no network."""
    around = h3.grid_disk(h3.latlng_to_cell(*made.CENTRE[::-1], 10), 6)
    return [(cell, 70, 10, 40, 20) for cell in sorted(around)]


def schools() -> list[made.Row]:
    """Primary schools with places: three open ones, one that does not tell its places, one planned."""
    rows = []
    spots = [(104.06, 30.67), (104.09, 30.70), (104.11, 30.66), (104.07, 30.71), (104.05, 30.69)]
    for number, spot in enumerate(spots):
        row: made.Row = {
            "project_no": f"S-{number}",
            "name": f"第{number}小学",
            "status": "planned" if number == 4 else "open",
            "stage": "primary",
            "geometry": shapely.Point(*spot),
        }
        if number != 3:
            row["places"] = (40, 500, 0, 0, 900)[number]
        rows.append(row)
    return rows


def settle(database: TestDatabase, city: City, folder: Path, extract: Path) -> None:
    """Import everything and compute every service; networks lie in `folder`/networks."""
    put_people(database, folder, people())
    with database.connect() as connection:
        import_osm(connection, city, extract, OSM, folder / "networks")
        made.put(connection, city, folder, "school", schools())
    compute(database, city, folder)


def put_people(
    database: TestDatabase, folder: Path, rows: list[tuple[int, int, int, int, int]]
) -> None:
    """Import people as anyone's file."""
    file = folder / "people.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["cell", "people", "aged_0_14", "aged_15_59", "aged_60_up"])
        for cell, *numbers in rows:
            writer.writerow([*to_hex(np.array([cell])), *numbers])
    with database.connect() as connection:
        import_population(connection, file, PEOPLE)


def compute(database: TestDatabase, city: City, folder: Path) -> list[str]:
    """Bring stale services up to date; returns which were stale."""
    with database.connect() as connection:
        stale = stale_services(connection)

    def connect() -> psycopg.Connection:
        return database.connect()

    compute_all(connect, city, stale, Grounds(folder / "networks"), lambda *_: None)
    return stale


def as_operator(database: TestDatabase, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Rows as somebody sees them who may see everything."""
    with database.connect() as connection, connection.transaction():
        connection.execute("SELECT set_config('geoplan.account', %s, true)", (OPERATOR,))
        return connection.execute(query, parameters).fetchall()


def people_within(
    database: TestDatabase, service: str, column: str, limit: int, *, estimated: bool | None
) -> dict[str, int]:
    """People by district whose cell is within a limit, counted by the database."""
    rows = as_operator(
        database,
        f"""SELECT c.district, coalesce(sum(c.people) FILTER (WHERE r.{column} BETWEEN 0 AND %s
                   AND (%s::bool IS NULL OR r.estimated = %s)), 0)
            FROM cell AS c JOIN reach AS r USING (cell) JOIN service AS s ON s.no = r.service_no AND s.id = %s
            GROUP BY c.district""",
        limit, estimated, estimated, service,
    )  # fmt: skip
    return {district: int(people) for district, people in rows}


def population(database: TestDatabase, column: str = "people") -> dict[str, int]:
    rows = as_operator(database, f"SELECT district, sum({column}) FROM cell GROUP BY district")
    return {district: int(people) for district, people in rows}


def by_unit(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, dict[str, Any]]:
    return {
        row["unit"]: row
        for row in rows
        if all(row[name] == value for name, value in wanted.items())
    }
