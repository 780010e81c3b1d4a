"""The same seed makes the same city, in whichever process."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from tests.conftest import Sample, Service


def test_the_service_makes_the_files_that_another_process_made(
    served: Service, sample: Sample
) -> None:
    for file in sample.files:
        made = served.home / "sample" / file.path.name
        if file.path.suffix == ".xlsx":  # a workbook holds the hour of its making
            assert _cells(made) == _cells(file.path)
        else:
            assert made.read_bytes() == file.path.read_bytes(), file.path.name


def _cells(path: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(path, read_only=True).active
    return list(sheet.iter_rows(values_only=True))
