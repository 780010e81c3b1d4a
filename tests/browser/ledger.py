"""A clerk's ledger of charging stations with twelve faults in it, and its correction in the workbook
that comes back. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "台账"
HEADERS = [
    "序号", "项目编号", "项目名称", "区（市）县", "详细地址", "状态", "开工时间", "竣工时间", "桩数", "枪数", "经度",
    "纬度", "坐标系",
]  # fmt: skip
STATIONS = 18
LON, LAT = 104.11307, 30.60311  # inside the district

Fault = tuple[str, Any, str, Any]
"""Column, what stands there, the code of the finding, what it should be."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """One ledger of several that are told apart by their number: title, header, stations, total."""

    number: int

    @property
    def faults(self) -> dict[int, Fault]:
        """By the row of the sheet, as a person counts."""
        lon = {station: self.lonlat(station)[0] for station in range(1, STATIONS + 1)}
        return {
            3: ("竣工时间", "2023-02-01", "dates_reversed", "2023-09-20"),
            4: ("桩数", None, "value_missing", 12),
            5: ("桩数", "约20", "number_approximate", 20),
            6: ("状态", "差不多了", "value_unknown", "投用"),
            7: ("经度", 0, "coordinates_zero", lon[5]),
            8: ("经度", self.lonlat(6)[1], "coordinates_swapped", lon[6]),
            9: ("经度", 106.55, "outside_city", lon[7]),
            10: ("经度", 104.0430, "outside_district", lon[8]),
            11: ("项目编号", self.project(18), "duplicate_in_file", self.project(9)),
            12: ("枪数", 4, "piles_exceed_connectors", 24),
            13: ("经度", None, "place_by_address", lon[11]),
            21: ("桩数", 999, "total_differs", 12 * STATIONS + 8),
        }

    def write(self, path: Path) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        sheet.title = SHEET
        sheet.append([f"锦江区2023年充电桩项目台账 第{self.number}期（示意数据）"])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADERS))
        sheet.append(HEADERS)
        for station in range(1, STATIONS + 1):
            sheet.append(self._row(station))
        sheet.append(["合计", *[None] * 7, 12 * STATIONS + 8, 24 * STATIONS])
        for row, (column, wrong, _, _) in self.faults.items():
            _put(sheet, row, column, wrong)
        for row, (wrong, _) in self._latitudes().items():
            _put(sheet, row, "纬度", wrong)
        book.save(path)
        return path

    def correct(self, path: Path) -> Path:
        """Mend all faults of a workbook, in their own cells."""
        book = openpyxl.load_workbook(path)
        for row, (column, _, _, right) in self.faults.items():
            _put(book[SHEET], row, column, right)
        for row, (_, right) in self._latitudes().items():
            _put(book[SHEET], row, "纬度", right)
        book.save(path)
        return path

    def change(self, path: Path, row: int, column: str, value: Any) -> Path:
        """Write one cell of a workbook."""
        book = openpyxl.load_workbook(path)
        _put(book[SHEET], row, column, value)
        book.save(path)
        return path

    def name(self, station: int) -> str:
        return f"示意充电站 沙河堡{self.number}-{station}号"

    def project(self, station: int) -> str:
        return f"SY{self.number}-2023-{station:03d}"

    def lonlat(self, station: int) -> tuple[float, float]:
        return (
            round(LON + 0.000913 * station, 6),
            round(LAT + 0.000617 * station - 0.0031 * self.number, 6),
        )

    def _row(self, station: int) -> list[Any]:
        lon, lat = self.lonlat(station)
        return [
            station, self.project(station), self.name(station), "锦江区", f"沙河堡示意路{station}号", "投用",
            "2023-03-10", "2023-09-20", 20 if station == 3 else 12, 24, lon, lat, "CGCS2000",
        ]  # fmt: skip

    def _latitudes(self) -> dict[int, tuple[Any, Any]]:
        """Rows whose latitude is wrong as well: what stands there, what it should be."""
        return {
            7: (0, self.lonlat(5)[1]),
            8: (self.lonlat(6)[0], self.lonlat(6)[1]),
            13: (None, self.lonlat(11)[1]),
        }


def _put(sheet: Worksheet, row: int, column: str, value: Any) -> None:
    sheet.cell(row, HEADERS.index(column) + 1).value = value
