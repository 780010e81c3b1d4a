"""Files of the sample: the kinds that users have, the same again from the same seed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import shapely

from geoplan.catalogue import City
from geoplan.imports.sample import held_files
from geoplan.ingest import read_osm
from geoplan.sample.land import survey
from tests.conftest import SEED, Sample


def test_the_listing_gives_back_the_files(sample: Sample, tmp_path: Path) -> None:
    assert held_files(sample.folder) == sample.files
    assert held_files(tmp_path) == []


def test_sources_and_files_are_each_named_once(sample: Sample) -> None:
    assert len({file.source_id for file in sample.files}) == len(sample.files)
    assert {file.path for file in sample.files} == {
        path for path in sample.folder.iterdir() if path.name != "files.json"
    }


def test_files_are_of_the_kinds_that_users_have(sample: Sample) -> None:
    suffixes = {file.path.suffix for file in sample.files}
    assert suffixes == {".pbf", ".csv", ".xlsx", ".gpkg", ".geojson"}


def test_another_seed_makes_another_city(sample: Sample) -> None:
    one, other = (survey(seed, sample.boundaries) for seed in (SEED, SEED + 1))
    assert not shapely.equals_exact(one.water.shape, other.water.shape, 1.0)
    assert not (one.rings[2] == other.rings[2]).all()


def test_a_ledger_looks_like_a_ledger(sample: Sample) -> None:
    sheet = openpyxl.load_workbook(sample.file_of("school").path).active
    assert [str(merged) for merged in sheet.merged_cells.ranges] == [f"A1:{_last(sheet)}1"]
    assert str(sheet["A1"].value).startswith("示意数据")
    headers = [cell.value for cell in sheet[2]]
    assert {"序号", "名称", "区（市）县", "新增学位（个）", "经度", "纬度"} <= set(headers)


def test_streets_bring_places_and_a_base_map(sample: Sample, city: City) -> None:
    [file] = [file for file in sample.files if file.kind == "osm"]
    extract = read_osm(file.path, city)
    places = sum(len(batch.key) for batch in extract.features("place"))
    assert places > 1000
    assert sum(len(rows) for rows in extract.base()) > 1000


def _last(sheet: openpyxl.worksheet.worksheet.Worksheet) -> str:
    return openpyxl.utils.get_column_letter(sheet.max_column)
