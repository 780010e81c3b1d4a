"""For whom a row counts: nobody reports for another unit."""

from __future__ import annotations

from geoplan.catalogue import City
from geoplan.errors import Issue, Where
from geoplan.ingest.checked import CheckedRow
from geoplan.text import Text


class Ownership:
    """The unit of each row of one file."""

    def __init__(
        self, city: City, unit: str | None, file: str, sheet: str | None, column: str | None
    ) -> None:
        """unit  whose file it is, None: the city's; column  header of the rows' own units."""
        self._units = {each.code: each for each in city.units}
        self._unit = unit
        self._file = file
        self._sheet = sheet
        self._column = column

    def of(self, row: CheckedRow) -> tuple[str | None, list[Issue]]:
        """The row's unit, and the error of a row of another one.

        A zone's staff may name the district around it: the zone reports the row. None only in a
        file of the city, where the district that a feature lies in reports it.
        """
        if self._unit is None or row.unit is None or row.unit == self._unit:
            return row.unit or self._unit, []
        if row.unit in self._units[self._unit].parents:
            return self._unit, []
        own, other = self._units[self._unit].name, self._units[row.unit].name
        strange = Issue(
            "unit_not_yours",
            Text(
                f"此行属于{other.zh}，本文件是{own.zh}的",
                f"this row is of {other.en}, the file is of {own.en}",
            ),
            Text(
                "请改正区（市）县，或由该单位上报",
                "correct the unit, or leave the row to that one",
            ),
            Where(self._file, self._sheet, row.row, self._column),
            other.zh,
        )
        return row.unit, [strange]
