"""Which coordinate system a file is in: said, told by sizes, by names, by districts, or asked.

Nothing is converted in silence: what is not sure is left undecided; a person chooses on the map.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.ingest import crs_words as words
from geoplan.ingest.checked import CrsDecision, How
from geoplan.ingest.location import Location
from geoplan.ingest.notes import Notes
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.packed import unpack
from geoplan.ingest.readings import Comparison, Namesakes, compare
from geoplan.ingest.sizes import fit, lies_in, rivals, systems_of, variants
from geoplan.ingest.systems import (
    BD09,
    CGCS2000,
    GCJ02,
    WGS84,
    is_old,
    named_in_header,
    refused,
    system_of,
)

DEGREES = (WGS84, GCJ02, BD09)
"""What undeclared degrees may be. CGCS2000 is WGS 84 to below a metre."""

_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the rows (n) besides their numbers."""

    units: Sequence[str | None]
    namesakes: Namesakes
    outlines: Outlines


@dataclass(frozen=True, slots=True)
class Placement:
    """The system of each row.

    system    (n,) "" where a row has no place or its system is not known.
    xy        (n, 2) as the file has them, east first; NaN without a place.
    swapped   (n,) the file has north first.
    packed    (n,) was read as ddd.mmss; `xy` are degrees already.
    """

    system: NDArray[np.str_]
    xy: NDArray[np.float64]
    swapped: NDArray[np.bool_]
    packed: NDArray[np.bool_]
    decision: CrsDecision


def find_systems(
    location: Location,
    evidence: Evidence,
    city: City,
    notes: Notes,
    *,
    chosen: str | None,
    in_file: str | None,
) -> Placement:
    """Decide the system of every row.

    chosen   what the uploader says; in_file  what the file says: `EPSG:n`, `unknown` or None.
    Notes of the file: `crs_undecided`, `crs_by_shift`, `crs_by_size`, `crs_doubtful`,
    `crs_old_datum`, `crs_local`, `crs_refused`; of rows what `unpack` notes.
    Raises GeoplanError as `system_of` does for `chosen`.
    """
    said, how = _declared(location, notes, chosen, in_file)
    packed = unpack(location, evidence.units, evidence.namesakes, evidence.outlines, notes)
    triage = _Triage(location, evidence, city, notes, said, how)
    decision = triage.decide()
    return Placement(triage.system.astype(str), triage.xy, triage.swapped, packed, decision)


def _declared(
    location: Location, notes: Notes, chosen: str | None, in_file: str | None
) -> tuple[list[str | None], How]:
    """What is said of each row: a system, None for nothing, "" for one that cannot be used.

    A cell of the row itself goes first, then the uploader's choice, a header, the file.
    """
    general: str | None = None
    how: How = "none"
    if chosen is not None:
        general, how = system_of(chosen), "chosen"
    for key in ("lon", "lonlat"):
        header = named_in_header(location.column.get(key, ""))
        if general is None and header is not None:
            general = _usable(header, header, notes)
    if general is None and in_file is not None:
        general = _usable(in_file, None, notes)
    by_word = {
        word: _usable(word, location.column.get("crs"), notes)
        for word in dict.fromkeys(filter(None, location.system))
    }
    of_rows = [by_word.get(word) if word else None for word in location.system]
    said = [general if system is None else system for system in of_rows]
    if how == "none" and any(system is not None for system in said):
        how = "declared"
    return said, how


def _usable(said: str, column: str | None, notes: Notes) -> str | None:
    """The system of a file's own words; None where they name none, "" where none can be used."""
    try:
        if said == "unknown":
            raise refused("")
        return system_of(said)
    except GeoplanError as error:
        if error.code == "crs_unknown":
            return None
        notes.add_of_file(error.code, "error", error.detail, error.remedy, column)
        return ""


class _Triage:
    """The state of one decision, from the surest kind of evidence to the least sure."""

    def __init__(
        self,
        location: Location,
        evidence: Evidence,
        city: City,
        notes: Notes,
        said: list[str | None],
        how: How,
    ) -> None:
        self.xy = location.xy.copy()
        self.swapped = np.zeros(len(said), dtype=bool)
        self.system = np.full(len(said), "", dtype=object)
        self._evidence = evidence
        self._box = city.bbox
        self._notes = notes
        self._how = how
        self._column = location.where
        self._hint = words.hint(location)
        self._crs_column = location.column.get("crs")
        named = np.array([system or "" for system in said])
        silent = np.array([system is None for system in said], dtype=bool)
        self._open = location.placed & silent
        self._told = location.placed & ~silent & (named != "")
        self._refused = bool((location.placed & ~silent & (named == "")).any())
        for system in np.unique(named[self._told]).tolist():
            self._take(np.flatnonzero(self._told & (named == system)), system)
        self._take(np.flatnonzero(self._open), None)

    def decide(self) -> CrsDecision:
        """The file's decision; fills `system` of every row that has a place."""
        if self._told.any():
            self._warn_of_old()
        if not self._open.any():
            if self._told.any():
                return self._as_said()
            return CrsDecision(None, "none", (), words.UNUSABLE if self._refused else words.NOTHING)
        unfit = self._open & (self.system == "")
        if unfit.sum() == self._open.sum():
            return self._of_elsewhere()
        degrees = np.flatnonzero(self._open & (self.system == WGS84))
        decision = self._of_degrees(degrees) if len(degrees) else self._of_metres()
        # What fits no system is read like the rest, and then told to lie outside the city.
        self.system[unfit] = decision.chosen or ""
        return decision

    def _take(self, rows: NDArray[np.int64], said: str | None) -> None:
        """Give rows the system that is said of them, or the one that their numbers fit."""
        systems = systems_of(self._box) if said is None else variants(said, self._box)
        found = fit(self.xy[rows], systems, self._box)
        system = found.system.astype(object)
        system[system == ""] = said or ""
        self.system[rows] = system
        self.swapped[rows] = found.swapped
        turned = rows[found.swapped]
        self.xy[turned] = self.xy[turned][:, ::-1]

    def _warn_of_old(self) -> None:
        systems = np.unique(self.system[self._told].astype(str)).tolist()
        for old in filter(is_old, systems):
            self._notes.add_of_file(
                "crs_old_datum", "warning", words.old(old), words.CONVERT, self._crs_column
            )

    def _as_said(self) -> CrsDecision:
        """Declared: taken as said, with a word where the evidence is decidedly against it."""
        main = self._main(self._told)
        rows = np.flatnonzero(self._told & (self.system == main))
        if main in {*DEGREES, CGCS2000}:
            others = [system for system in DEGREES if system != main]
            others = others[1:] if main == CGCS2000 else others
        else:
            others = self._rivals(rows, main)
        found = self._compare(rows, [main, *others])
        if found.winner not in {None, main}:
            detail = words.doubted(found, main)
            self._notes.add_of_file("crs_doubtful", "warning", detail, words.LOOK, self._column)
        return CrsDecision(main, self._how, found.readings, words.said(main, self._how))

    def _of_degrees(self, rows: NDArray[np.int64]) -> CrsDecision:
        """Undeclared degrees: known names, then districts, else a person."""
        found = self._compare(rows, DEGREES)
        if found.winner is not None:
            self.system[rows] = found.winner
            return self._by_shift(found)
        self.system[self._open] = ""
        detail = words.asked(found, self._hint)
        self._notes.add_of_file("crs_undecided", "error", detail, words.CHOOSE)
        return CrsDecision(None, "undecided", found.readings, detail)

    def _of_metres(self) -> CrsDecision:
        """Undeclared metres: their zone is told by their size, UTM only by the evidence."""
        main = self._main(self._open)
        rows = np.flatnonzero(self._open & (self.system == main))
        others = self._rivals(rows, main)
        found = self._compare(rows, [main, *others])
        if found.winner is not None:
            self.system[rows] = found.winner
            return self._by_shift(found)
        detail = words.sized(main, others)
        if others:
            self._notes.add_of_file("crs_by_size", "warning", detail, words.LOOK)
        return CrsDecision(main, "size", found.readings, detail)

    def _by_shift(self, found: Comparison) -> CrsDecision:
        detail = words.found(found)
        self._notes.add_of_file("crs_by_shift", "info", detail, words.LOOK)
        how: How = "names" if found.by_names is not None else "districts"
        return CrsDecision(found.winner, how, found.readings, detail)

    def _of_elsewhere(self) -> CrsDecision:
        """No place lies in the city under any system that is known here."""
        if (np.abs(self.xy[self._open]) <= 180).all():  # degrees: each row says that it is outside
            self.system[self._open] = WGS84
            return CrsDecision(None, "none", (), words.ELSEWHERE)
        self._notes.add_of_file("crs_undecided", "error", words.NO_SYSTEM, words.CHOOSE)
        return CrsDecision(None, "undecided", (), words.NO_SYSTEM)

    def _main(self, among: NDArray[np.bool_]) -> str:
        """The system of most of some rows."""
        named = Counter(self.system[among & (self.system != "")].tolist())
        return str(named.most_common(1)[0][0])

    def _rivals(self, rows: NDArray[np.int64], main: str) -> list[str]:
        """Systems under which nearly all of the rows would lie in the city too."""
        return [
            other
            for other in rivals(main, self._box)
            if lies_in(self.xy[rows], other, self._box).mean() >= _NEARLY_ALL
        ]

    def _compare(self, rows: NDArray[np.int64], systems: Sequence[str]) -> Comparison:
        evidence = self._evidence
        return compare(
            rows,
            self._notes.row,
            self.xy,
            systems,
            evidence.units,
            evidence.namesakes,
            evidence.outlines,
        )
