"""A file's places under several coordinate systems, scored by known names and by districts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.catalogue.names import plain
from geoplan.ingest.checked import CrsReading
from geoplan.ingest.coordinates import lonlat_of
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.projects import number_key
from geoplan.ingest.reference import Known, Reference

FIRST = 50
"""Rows of a reading that the page shows."""

LEAST_NAMES = 3
"""Rows of known names that decide (domain: one row alone errs in 4 % of cases)."""
FEWER_MISFITS = 5
"""Rows fewer outside their districts that decide (domain)."""

_NOISE_M = 100.0  # between where two people put one name, each axis (domain's figure)
_BIAS_M = 40.0  # what may be common to all rows of one file, such as gates for centres
_MEDIAN_VARIANCE = np.pi / 2  # of a median, against that of the mean
_ODDS = 100.0  # by which the best reading must be likelier than the next
_POOR_FIT_M = 150.0  # an offset beyond which no reading that was tried is the right one
_SAME_M = 1_500.0  # farther than that under all readings, it is another place of that name
_ONE_PLACE_M = 300.0  # a name that is held at places farther apart tells nothing
_SHORTEST = 3  # characters of a name that can be one place's
_EXCLUSIVE = 3  # misfits that only the next reading has, for each that only the best one has


@dataclass(frozen=True, slots=True)
class Namesakes:
    """Rows that have the name, or the project number, of a known feature.

    row     (m,) indices; lonlat (m, 2) where the feature is, EPSG:4326.
    """

    row: NDArray[np.int64]
    lonlat: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Readings of the same rows, and which of them the evidence decides for, if it does."""

    readings: tuple[CrsReading, ...]
    by_names: str | None
    by_districts: str | None

    @property
    def winner(self) -> str | None:
        """The system that one kind of evidence decides for and the other does not deny."""
        found = {self.by_names, self.by_districts} - {None}
        return found.pop() if len(found) == 1 else None


def find_namesakes(
    names: Sequence[str | None], numbers: Sequence[str | None], reference: Reference
) -> Namesakes:
    """Rows (n) whose project number the layer holds, or whose name is known at one place only.

    A name that comes twice in the file tells nothing either.
    """
    by_number = {
        key: index
        for index, number in enumerate(reference.features.project_no)
        if (key := number_key(number)) is not None
    }
    keys = [plain(name) if name else "" for name in names]
    by_name = _single_places(reference.places, set(keys))
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    rows: list[int] = []
    places: list[NDArray[np.float64]] = []
    for row, (key, number) in enumerate(zip(keys, numbers, strict=True)):
        told = number_key(number)
        held = None if told is None else by_number.get(told)
        if held is not None:
            rows.append(row)
            places.append(reference.features.lonlat[held])
        elif counts[key] == 1 and key in by_name:
            rows.append(row)
            places.append(by_name[key])
    return Namesakes(np.array(rows, dtype=np.int64), np.array(places).reshape(-1, 2))


def compare(
    rows: NDArray[np.int64],
    numbers: Sequence[int],
    xy: NDArray[np.float64],
    systems: Sequence[str],
    units: Sequence[str | None],
    namesakes: Namesakes,
    outlines: Outlines,
) -> Comparison:
    """Score the readings of some rows.

    rows     (k,) indices of the rows; numbers (n) of all rows as a person counts.
    xy       (n, 2) all places, east first, as numbers of the file.
    systems  what they may be in, the likeliest first.
    units    (n) code of the unit that each row names, None where it names none.
    """
    among = np.isin(namesakes.row, rows)
    known, at = namesakes.row[among], namesakes.lonlat[among]
    lonlats = [np.column_stack(lonlat_of(xy[:, 0], xy[:, 1], system)) for system in systems]
    offsets = np.array([_metres(lonlat[known] - at, at) for lonlat in lonlats])
    near = (np.hypot(offsets[..., 0], offsets[..., 1]) <= _SAME_M).any(axis=0)
    offsets = offsets[:, near]
    codes = [units[row] for row in rows.tolist()]
    misfits = np.array([outlines.outside(lonlat[rows], codes) for lonlat in lonlats])
    readings = tuple(
        CrsReading(
            crs=system,
            shift_m=_shift(offset),
            matched=int(near.sum()),
            misfits=int(misfit.sum()),
            outside=int(outlines.outside_city(lonlat[rows]).sum()),
            first=_first(rows, numbers, lonlat),
        )
        for system, lonlat, offset, misfit in zip(systems, lonlats, offsets, misfits, strict=True)
    )
    named, placed = _decide_by_names(offsets), _decide_by_districts(misfits)
    return Comparison(
        readings,
        None if named is None else systems[named],
        None if placed is None else systems[placed],
    )


def _first(
    rows: NDArray[np.int64], numbers: Sequence[int], lonlat: NDArray[np.float64]
) -> list[tuple[int, float, float]]:
    """The first rows that lie on this globe, for the map."""
    real = rows[(np.abs(lonlat[rows]) <= (180.0, 90.0)).all(axis=1)][:FIRST]
    places = lonlat[real].round(7).tolist()
    return [(numbers[row], lon, lat) for row, (lon, lat) in zip(real.tolist(), places, strict=True)]


def offsets_m(lonlat: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres (m,) from known places (m, 2) to places (m, 2), by the plane; good to 0.1 % nearby."""
    return np.asarray(np.hypot(*_metres(lonlat - known, known).T))


def _decide_by_names(offsets: NDArray[np.float64]) -> int | None:
    """The reading under which known names lie where they are known to be, if that is sure.

    offsets  (systems, m, 2) metres from the known places.
    Under the right reading the median offset is about zero, with the variance of a median of m
    places plus that of a bias that the whole file may have; the odds against another reading
    follow from the squares of both medians.
    """
    count = offsets.shape[1]
    if count < LEAST_NAMES or len(offsets) < 2:
        return None
    median = np.median(offsets, axis=1)
    length2 = (median**2).sum(axis=1)
    order = np.argsort(length2)
    best, following = int(order[0]), int(order[1])
    scatter = 1.4826 * np.median(np.abs(offsets[best] - median[best]))
    noise = max(_NOISE_M, float(scatter))
    variance = _MEDIAN_VARIANCE * noise**2 / count + _BIAS_M**2
    odds = (length2[following] - length2[best]) / (2 * variance)
    fits = length2[best] <= (_POOR_FIT_M + 3 * np.sqrt(variance)) ** 2
    return best if fits and odds >= np.log(_ODDS) else None


def _decide_by_districts(misfits: NDArray[np.bool_]) -> int | None:
    """The reading that puts fewest rows outside the districts they name, if by enough of them.

    misfits  (systems, k). Outlines are generalised: rows beside a boundary that deviates are
    misfits of the right reading too, so those that only the best one has must be few.
    """
    if len(misfits) < 2:
        return None
    counts = misfits.sum(axis=1)
    best = int(np.argmin(counts))
    for other in range(len(misfits)):
        if other == best:
            continue
        only_best = int((misfits[best] & ~misfits[other]).sum())
        only_other = int((misfits[other] & ~misfits[best]).sum())
        if only_other - only_best < FEWER_MISFITS or only_other < _EXCLUSIVE * only_best:
            return None
    return best


def _single_places(places: Known, wanted: set[str]) -> dict[str, NDArray[np.float64]]:
    """Where each wanted name is held, of those that are held at one place only."""
    spots: dict[str, list[int]] = {}
    for index, name in enumerate(places.name):
        key = plain(name)
        if key in wanted and len(key) >= _SHORTEST:
            spots.setdefault(key, []).append(index)
    found = {}
    for key, indices in spots.items():
        at = places.lonlat[indices]
        if len(indices) == 1:
            found[key] = at[0]
        elif offsets_m(at, np.tile(at[0], (len(at), 1))).max() <= _ONE_PLACE_M:
            found[key] = at.mean(axis=0)
    return found


def _metres(degrees: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """East and north metres (m, 2) of small differences in degrees; good to 0.1 %."""
    latitude = np.radians(at[:, 1])
    double = np.cos(2 * latitude)
    north = 111_133.0 - 560.0 * double
    east = (111_506.0 - 187.0 * double) * np.cos(latitude)
    return np.asarray(degrees * np.column_stack([east, north]))


def _shift(offset: NDArray[np.float64]) -> float | None:
    if len(offset) == 0:
        return None
    return round(float(np.hypot(*np.median(offset, axis=0))), 1)
