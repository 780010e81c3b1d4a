"""Degrees that surveyors pack as ddd.mmss: 104.034790 for 104°03′47.90″."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geoplan.ingest.findings import BadValue
from geoplan.ingest.location import Location
from geoplan.ingest.notes import Notes
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.readings import Namesakes, offsets_m
from geoplan.text import Text

ENOUGH = 10
"""Different rows whose digits could all be minutes and seconds. Of decimal degrees 36 % of rows
look so (both axes, the digits of the seconds alone), of ten rows 4 in 100,000 files do."""

_FEWER = 3
_NEAR_M, _FARTHER_M = 1_500.0, 1_000.0
_FINEST, _COARSEST = 1e-8, 1e-4
_UNIT = 100_000_000  # eight decimals as a whole number
_SAID = re.compile(r"度\.?分\.?秒|d{2,3}\.?mm\.?ss|dms", re.IGNORECASE)


def unpack(
    location: Location,
    units: Sequence[str | None],
    namesakes: Namesakes,
    outlines: Outlines,
    notes: Notes,
) -> NDArray[np.bool_]:
    """Turn packed degrees of `location` into decimal ones, where the header says so or the
    evidence decides; returns the rows (n,) that were turned.

    It decides when every row could be packed, and known names lie nearer then, or districts fit
    better, or there are ENOUGH rows. Notes `coordinates_packed_dms`.
    """
    rows = np.flatnonzero(location.placed & location.decimal & (location.xy <= 180).all(axis=1))
    turned = np.zeros(len(location.xy), dtype=bool)
    could = _could_be_packed(location.xy[rows])
    said = any(_SAID.search(location.column.get(key, "")) for key in ("lon", "lat", "lonlat"))
    if len(rows) == 0 or not could.all():
        return turned
    if not said and not _decides(location, rows, units, namesakes, outlines):
        return turned
    written = [location.said(index) for index in rows.tolist()]
    location.xy[rows] = _unpacked(location.xy[rows])
    location.step[rows] /= 0.36
    turned[rows] = True
    for index, value in zip(rows.tolist(), written, strict=True):
        notes.add(index, _PACKED, "warning", column=location.where, value=value)
    return turned


def _decides(
    location: Location,
    rows: NDArray[np.int64],
    units: Sequence[str | None],
    namesakes: Namesakes,
    outlines: Outlines,
) -> bool:
    plain = location.xy
    packed = plain.copy()
    packed[rows] = _unpacked(plain[rows])
    among = np.isin(namesakes.row, rows)
    known, at = namesakes.row[among], namesakes.lonlat[among]
    away, away_packed = offsets_m(plain[known], at), offsets_m(packed[known], at)
    nearer = int(((away_packed < _NEAR_M) & (away > away_packed + _FARTHER_M)).sum())
    farther = int(((away < _NEAR_M) & (away_packed > away + _FARTHER_M)).sum())
    codes = [units[row] for row in rows.tolist()]
    misfits = int(outlines.outside(plain[rows], codes).sum())
    misfits_packed = int(outlines.outside(packed[rows], codes).sum())
    if farther or misfits_packed > misfits:
        return False
    step = location.step[rows].max(axis=1)
    telling = plain[rows][(step <= _COARSEST * 1.001) & (step >= _FINEST * 0.999)]
    different = len(np.unique(telling, axis=0))
    return (
        nearer >= _FEWER
        or (misfits_packed == 0 and misfits >= _FEWER)
        or (different >= ENOUGH and different == len(np.unique(plain[rows], axis=0)))
    )


def _could_be_packed(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rows (n, 2) have digits that are minutes and seconds below 60."""
    fraction = _fraction(xy)
    could = (fraction // 1_000_000 < 60) & (fraction // 10_000 % 100 < 60)
    return np.asarray(could.all(axis=1))


def _unpacked(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Decimal degrees (n, 2) of packed ones."""
    fraction = _fraction(xy)
    minutes, seconds = fraction // 1_000_000, fraction % 1_000_000 / 10_000
    whole = np.rint(xy - fraction / _UNIT)
    return np.asarray(whole + minutes / 60 + seconds / 3600)


def _fraction(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.rint(xy * _UNIT).astype(np.int64) % _UNIT)


_PACKED = BadValue(
    "coordinates_packed_dms",
    Text("坐标按 度.分秒（ddd.mmss）读取", "the coordinates were read as ddd.mmss"),
    Text(
        "请在地图上核对；若是十进制度，请改写为 6 位小数后重新上传",
        "look at the map; if they are decimal degrees, write them with 6 decimals and upload again",
    ),
)
