"""People by cell out of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h3
import numpy as np
import openpyxl
import polars as pl
import pytest

from geoplan.errors import GeoplanError
from geoplan.ingest import PopulationBatch, read_population

CENTRE = h3.latlng_to_cell(30.6598, 104.0635, 10)
CELLS = sorted(h3.grid_disk(CENTRE, 4))


def people(ages: bool = True) -> pl.DataFrame:
    count = len(CELLS)
    columns: dict[str, Any] = {"cell": CELLS, "people": [10 * n for n in range(count)]}
    if ages:
        columns |= {
            "aged_0_14": [2 * n for n in range(count)],
            "aged_15_59": [5 * n for n in range(count)],
            "aged_60_up": [3 * n for n in range(count)],
        }
    return pl.DataFrame(columns)


def write(path: Path, frame: pl.DataFrame) -> Path:
    if path.suffix == ".csv":
        frame.write_csv(path)
    elif path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        book = openpyxl.Workbook()
        for row in (frame.columns, *frame.rows()):
            book.active.append(row)
        book.save(path)
    return path


def one(path: Path) -> PopulationBatch:
    (batch,) = list(read_population(path))
    return batch


def refusal(path: Path) -> GeoplanError:
    with pytest.raises(GeoplanError) as caught:
        list(read_population(path))
    for words in (caught.value, *caught.value.issues):
        assert all((words.detail.zh, words.detail.en, words.remedy.zh, words.remedy.en))
    return caught.value


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_every_format_gives_the_same_people(suffix: str, tmp_path: Path) -> None:
    batch = one(write(tmp_path / f"people{suffix}", people()))
    assert batch.cell.tolist() == [h3.str_to_int(cell) for cell in CELLS]
    assert batch.people.tolist() == [10 * n for n in range(len(CELLS))]
    assert batch.aged_0_14 is not None
    assert batch.aged_15_59 is not None
    assert batch.aged_60_up is not None
    assert (batch.aged_0_14 + batch.aged_15_59 + batch.aged_60_up == batch.people).all()
    first = 1 if suffix == ".parquet" else 2
    assert batch.row.tolist() == list(range(first, first + len(CELLS)))


def test_ages_may_be_absent_and_headers_chinese(tmp_path: Path) -> None:
    frame = people(ages=False).rename(
        {"cell": "格网", "people": "常住人口（人）".replace("（人）", "")}
    )
    batch = one(write(tmp_path / "a.csv", frame))
    assert batch.people.sum() == sum(10 * n for n in range(len(CELLS)))
    assert batch.aged_0_14 is None


def test_cells_may_be_numbers(tmp_path: Path) -> None:
    frame = people(ages=False).with_columns(cell=pl.Series([h3.str_to_int(cell) for cell in CELLS]))
    for suffix in (".parquet", ".csv"):
        batch = one(write(tmp_path / f"a{suffix}", frame))
        assert [h3.int_to_str(int(cell)) for cell in batch.cell] == CELLS


def test_one_column_of_ages_needs_the_others(tmp_path: Path) -> None:
    error = refusal(write(tmp_path / "a.csv", people().drop("aged_15_59")))
    assert [issue.where.column for issue in error.issues] == ["aged_15_59"]
    error = refusal(write(tmp_path / "a.csv", people().drop("people")))
    assert "people" in error.issues[0].detail.en


@pytest.mark.parametrize(
    "cell",
    [
        h3.latlng_to_cell(30.66, 104.06, 9),
        h3.latlng_to_cell(30.66, 104.06, 11),
        "8a41a2d4c57fff0", "zzz", "", "0", "-5", "1" * 40, "6.22651430340657E+17",
    ],
)  # fmt: skip
def test_what_is_no_cell_of_resolution_10_is_named(cell: str, tmp_path: Path) -> None:
    frame = people()
    frame[5, "cell"] = cell
    error = refusal(write(tmp_path / "a.csv", frame))
    assert [(issue.code, issue.where.row) for issue in error.issues] == [("cell_invalid", 7)]


def test_numbers_that_a_workbook_cut_off_are_named(tmp_path: Path) -> None:
    """A spreadsheet keeps 15 digits of a number of 18."""
    frame = people(ages=False).with_columns(
        cell=pl.Series([float(h3.str_to_int(cell)) for cell in CELLS])
    )
    error = refusal(write(tmp_path / "a.xlsx", frame))
    assert {issue.code for issue in error.issues} <= {"cell_invalid", "cell_duplicate"}
    assert "hexadecimal" in error.remedy.en


def test_a_cell_that_comes_twice_is_named_with_both_rows(tmp_path: Path) -> None:
    frame = pl.concat([people(), people()[3:4]])
    error = refusal(write(tmp_path / "a.parquet", frame))
    (issue,) = error.issues
    assert (issue.code, issue.where.row) == ("cell_duplicate", len(CELLS) + 1)
    assert f"rows 4 and {len(CELLS) + 1}" in issue.detail.en


def test_ages_must_sum_to_the_people(tmp_path: Path) -> None:
    frame = people()
    frame[2, "aged_60_up"] = 7
    error = refusal(write(tmp_path / "a.csv", frame))
    assert [(issue.code, issue.where.row) for issue in error.issues] == [("ages_differ", 4)]


@pytest.mark.parametrize("number", ["3.5", "-1", "x", "", "1e3", "9" * 30])
def test_people_are_whole_numbers(number: str, tmp_path: Path) -> None:
    frame = people(ages=False).with_columns(pl.col("people").cast(pl.String))
    frame[0, "people"] = number
    error = refusal(write(tmp_path / "a.csv", frame))
    assert [(issue.where.row, issue.where.column) for issue in error.issues] == [(2, "people")]


def test_a_parquet_that_was_cut_off_ends_in_words(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", people())
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(path).code == "parquet_damaged"


def test_sixty_thousand_cells_keep_their_sum(tmp_path: Path) -> None:
    cells = list(h3.grid_disk(CENTRE, 140))
    counts = np.arange(len(cells)) % 97
    path = write(tmp_path / "a.csv", pl.DataFrame({"cell": cells, "people": counts}))
    batches = list(read_population(path))
    assert sum(len(batch.cell) for batch in batches) == len(cells)
    assert sum(int(batch.people.sum()) for batch in batches) == int(counts.sum())
