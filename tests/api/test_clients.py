"""Programs that people use read the service over a socket: GDAL, GeoPandas."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import geopandas
import pytest
import shapely

from tests.api.asking import Api

pytestmark = pytest.mark.skipif(
    shutil.which("ogrinfo") is None, reason="ogrinfo is not installed: apt-get install gdal-bin"
)


def gdal(*words: str) -> str:
    """What a GDAL program prints; it must not complain."""
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=120,
        env=os.environ | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def test_gdal_lists_the_collections(url: str, api: Api) -> None:
    said = gdal("ogrinfo", "-ro", f"OAPIF:{url}/api")
    listed = set(re.findall(r"^\d+: (\w+)", said, re.MULTILINE))
    assert listed == {row["id"] for row in api.json("/api/collections")["collections"]}


@pytest.mark.parametrize("page_size", [7, 10_000])
def test_gdal_reads_all_features_as_they_are(
    url: str, api: Api, tmp_path: Path, page_size: int
) -> None:
    for collection in ("greenway", "park", "units"):
        path = tmp_path / f"{collection}.geojson"
        gdal("ogr2ogr", "-f", "GeoJSON", str(path), f"OAPIF:{url}/api", collection, "-oo", f"PAGE_SIZE={page_size}")  # fmt: skip
        # GDAL keeps the ids of the service as a property, as its own are numbers
        there = {row["properties"]["id"]: row for row in json.loads(path.read_text())["features"]}
        here = {row["id"]: row for row in api.items(collection)}
        assert there.keys() == here.keys()
        for key, row in here.items():
            shapes = [shapely.from_geojson(json.dumps(r["geometry"])) for r in (row, there[key])]
            assert shapes[0].equals(shapes[1]), key
            assert there[key]["properties"]["name"] == row["properties"]["name"]


def test_gdal_s_filters_reach_the_service(url: str, api: Api) -> None:
    said = gdal("ogrinfo", "-ro", "-so", "-spat", "104.0", "30.6", "104.05", "30.65", f"OAPIF:{url}/api", "charger")  # fmt: skip
    truth = len(api.items("charger", bbox="104.0,30.6,104.05,30.65"))
    assert f"Feature Count: {truth}" in said


def test_geopandas_reads_an_items_address(url: str, api: Api) -> None:
    frame = geopandas.read_file(f"{url}/api/collections/greenway/items?limit=10000&f=json")
    assert frame.crs.to_epsg() == 4326
    truth = {row["id"]: row for row in api.items("greenway")}
    assert len(frame) == len(truth) == 40
    assert set(frame["name"]) == {row["properties"]["name"] for row in truth.values()}
    assert frame["synthetic"].all()
