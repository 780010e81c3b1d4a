"""Whether a row's figures fit one another, the layer's usual range, and the day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from geoplan.ingest.findings import BadValue
from geoplan.ingest.notes import Notes
from geoplan.text import Text

PLACES = (90, 5_400)
"""New school places of one row: two classes of a nine-year school, to 120 (domain section 1)."""

_PLANNED = re.compile(r"计划|预计|拟|应于|planned", re.IGNORECASE)


def check_figures(
    values: Sequence[Mapping[str, Any]], headers: Mapping[str, str], notes: Notes
) -> None:
    """Notes `piles_exceed_connectors` and `places_out_of_range` of rows (n) by field id.

    headers  header of each field, by its id.
    """
    for row, cells in enumerate(values):
        piles, connectors = cells.get("piles"), cells.get("connectors")
        if piles is not None and connectors is not None and connectors < piles:
            notes.add(
                row,
                _few_connectors(piles, connectors),
                "warning",
                column=headers.get("connectors"),
                value=connectors,
            )
        places = cells.get("places")
        if places is not None and not PLACES[0] <= places <= PLACES[1]:
            notes.add(row, _places(places), "warning", column=headers.get("places"), value=places)


def check_days(
    values: Sequence[Mapping[str, Any]], headers: Mapping[str, str], today: date, notes: Notes
) -> None:
    """Notes `date_in_future` and `status_date_conflict` of rows (n).

    A planned day under a header that says so contradicts nothing; nor does a day that has passed
    of something that is being built: it may be the plan's.
    """
    column = headers.get("finished_on")
    says_planned = _PLANNED.search(column or "") is not None
    for row, cells in enumerate(values):
        status, finished = cells.get("status"), cells.get("finished_on")
        if not isinstance(finished, date):
            continue
        if status in {"finished", "open"} and finished > today:
            notes.add(row, _in_future(finished), "warning", column=column, value=finished)
        elif status == "planned" and finished <= today and not says_planned:
            notes.add(row, _conflict(finished), "warning", column=column, value=finished)


def _few_connectors(piles: float, connectors: float) -> BadValue:
    return BadValue(
        "piles_exceed_connectors",
        Text(
            f"{piles:g} 个桩只有 {connectors:g} 个枪，每桩至少一枪",
            f"{piles:g} piles with {connectors:g} connectors; each pile has at least one",
        ),
        Text("请核对桩数和枪数，两者不能混填", "check both; piles are not connectors"),
    )


def _places(places: float) -> BadValue:
    return BadValue(
        "places_out_of_range",
        Text(
            f"新增学位 {places:g} 不在常见范围 {PLACES[0]}–{PLACES[1]:,} 内",
            f"{places:g} new places are outside the usual {PLACES[0]} to {PLACES[1]:,}",
        ),
        Text(
            "改扩建只填新增的学位；请核对数字",
            "an extension counts its added places only; check the number",
        ),
    )


def _in_future(day: date) -> BadValue:
    return BadValue(
        "date_in_future",
        Text(
            f"状态为已完成，竣工时间 {day} 却在将来", f"it is finished, but on {day}, a day to come"
        ),
        Text("请改正状态或时间", "correct the status or the day"),
    )


def _conflict(day: date) -> BadValue:
    return BadValue(
        "status_date_conflict",
        Text(f"状态为未开工，竣工时间却是 {day}", f"it is not begun, but was finished on {day}"),
        Text("请改正状态或时间", "correct the status or the day"),
    )
