"""The table itself refuses coordinates that would break tiles or sums."""

from __future__ import annotations

import psycopg
import pytest

from tests.conftest import TestDatabase

REFUSED = [
    "ST_MakePoint('NaN', 30)",
    "ST_MakePoint(104, 'Infinity')",
    'ST_GeomFromGeoJSON(\'{"type":"Point","coordinates":[1e400,30]}\')',
    "ST_MakePoint(104, 95)",
    "ST_MakePoint(181, 30)",
    "ST_MakePoint(104, 30, 500)",
    "ST_GeomFromText('POINT EMPTY')",
    "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(104 30))')",
    "ST_MakeLine(ARRAY[ST_MakePoint(104, 30), ST_MakePoint('NaN', 'NaN'), ST_MakePoint(104.1, 30.1)])",
    "ST_MakeLine(ARRAY[ST_MakePoint(104, 30), ST_MakePoint(104.1, 'NaN'), ST_MakePoint(104.1, 30.1)])",
    "ST_Collect(ST_MakePoint(104, 30), ST_MakePoint('NaN', 30))",
    "ST_MakePolygon(ST_MakeLine(ARRAY[ST_MakePoint(104, 30), ST_MakePoint(105, 30), ST_MakePoint(105, 'Infinity'), ST_MakePoint(104, 30)]))",
]
ACCEPTED = [
    "ST_MakePoint(104, 30)",
    "ST_GeomFromText('MULTIPOINT((104 30), (104.1 30))')",
    "ST_GeomFromText('LINESTRING(104 30, 104.1 30)')",
    "ST_GeomFromText('MULTIPOLYGON(((104 30, 104.1 30, 104.1 30.1, 104 30)))')",
]


@pytest.mark.parametrize("geometry", REFUSED)
def test_unusable_geometry_is_not_storable(database: TestDatabase, geometry: str) -> None:
    with database.connect() as connection:
        try:
            row = connection.execute(f"SELECT geoplan.is_storable({geometry})").fetchone()
        except psycopg.errors.InternalError:
            return  # PostGIS refused to build it
    assert row == (False,)


@pytest.mark.parametrize("geometry", ACCEPTED)
def test_usable_geometry_is_storable(database: TestDatabase, geometry: str) -> None:
    with database.connect() as connection:
        assert connection.execute(f"SELECT geoplan.is_storable({geometry})").fetchone() == (True,)


def test_the_feature_table_refuses_nan(database: TestDatabase) -> None:
    with (
        database.connect("geoplan_owner") as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute(
            "UPDATE unit SET geom = ST_Multi(ST_MakeEnvelope(104, 30, 105, 95, 4326)) WHERE code = '510104'"
        )
