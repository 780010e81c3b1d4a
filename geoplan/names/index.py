"""An index of names in memory: every name is looked at for every query, by columns.

Sixty thousand names take milliseconds; what is rarer than a match (a slip of the finger) is only
looked for where matches are few.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, Literal

import polars as pl

from geoplan.names import slips
from geoplan.names.sounds import fold, letters_of, pattern_of, sound_of, spelt
from geoplan.text import Text

Match = Literal["exact", "prefix", "initials", "part", "similar"]

COLUMNS = pl.Schema(
    {
        "kind": pl.String, "layer": pl.String, "id": pl.String, "unit": pl.String,
        "name": pl.String, "name_en": pl.String, "category": pl.String, "synthetic": pl.Boolean,
        "lon": pl.Float64, "lat": pl.Float64,
        "west": pl.Float64, "south": pl.Float64, "east": pl.Float64, "north": pl.Float64,
    }
)  # fmt: skip
"""A named thing: `kind` district, zone, feature, street, metro, railway, water or locality; `unit`
the district it lies in; a point inside it and, where it is no point, its box (EPSG:4326)."""

_SIMILAR = 9
_MATCHES: dict[int, Match] = {
    0: "exact", 1: "prefix", 2: "initials", 3: "initials", 4: "part", 5: "initials",
    _SIMILAR: "similar",
}  # fmt: skip
_MOST_LETTERS = 60
_MOST_WORDS = 5
_ENOUGH = 500  # names that begin with it: nobody looks for one in the middle
_MOST_ORDERED = 400
_FEW = 3  # so few hits, and what may have been meant is told too
_SHORT = 5  # characters of a name that other names are made from
_SAME_M = 300.0
_M_PER_DEGREE = 111_195.0  # of a sphere of 6,371 km: good enough to order by
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")

Kinds = Mapping[tuple[str, str | None], Text]
"""What kinds are called, by layer and category; a category None is the layer itself."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A named thing that was found. bbox  west, south, east, north; None of a point.

    distance_m  from where was asked; None when that was nowhere.
    """

    kind: str
    layer: str
    id: str | None
    name: str | None
    name_en: str | None
    unit: str | None
    category: str | None
    synthetic: bool
    lon: float
    lat: float
    bbox: tuple[float, float, float, float] | None
    distance_m: float | None
    match: Match


def prepare(rows: pl.DataFrame, before: pl.DataFrame | None = None) -> pl.DataFrame:
    """Rows of `COLUMNS` with the folded name and the sound of each.

    before  an earlier result: what it knows of a name is not made again.
    """
    pairs = rows.select("name", "name_en").unique(maintain_order=True)
    made = None if before is None else before.select("name", "name_en", "folded", "sound").unique()
    new = (
        pairs
        if made is None
        else pairs.join(made, on=("name", "name_en"), how="anti", nulls_equal=True)
    )
    names = list(new.iter_rows())
    fresh = new.with_columns(
        pl.Series("folded", [fold(name or name_en or "") for name, name_en in names], pl.String),
        pl.Series("sound", [sound_of(name, name_en) for name, name_en in names], pl.String),
    )
    known = fresh if made is None else pl.concat([made, fresh])
    return rows.join(known, on=("name", "name_en"), how="left", nulls_equal=True)


class Index:
    """Names to be found. rows  of `prepare`; kinds  what the rows' kinds are called."""

    def __init__(self, rows: pl.DataFrame, kinds: Kinds) -> None:
        self._rows = rows.with_row_index("row").with_columns(
            pl.col("folded").str.len_chars().alias("length"),
            (~pl.col("kind").is_in(["district", "zone"])).alias("later"),
        )
        self._lines = slips.lines_of(self._rows)
        self._units = rows.filter(pl.col("kind").is_in(["district", "zone"])).select(
            "id", "folded", "sound"
        )
        self._kinds = pl.DataFrame(
            [
                (layer, category, fold(words.zh), sound_of(words.zh, words.en))
                for (layer, category), words in kinds.items()
            ],
            schema={
                "layer": pl.String,
                "category": pl.String,
                "folded": pl.String,
                "sound": pl.String,
            },
            orient="row",
        )

    def find(self, query: str, limit: int, near: tuple[float, float] | None = None) -> list[Hit]:
        """At most `limit` named things, the best first.

        near  lon, lat in degrees: of equals the nearest comes first.
        """
        text, letters = fold(query), letters_of(query)[:_MOST_LETTERS]
        if not text:
            return []
        chinese = _HAN.search(query) is not None
        found = self._matches(text, "" if chinese else letters)
        words = query.split()
        if 1 < len(words) <= _MOST_WORDS and len(found) < limit:
            found = _with(found, self._by_words(words))
        hits = _distinct(self._ordered(found, near), limit)
        sure = len(hits) >= min(limit, _FEW) or any(hit.match == "exact" for hit in hits)
        if not hits or (len(words) == 1 and not sure):
            alike = slips.similar(self._rows, self._lines, text, letters, chinese=chinese)
            if not alike.is_empty():
                hits = _distinct(self._ordered(_with(found, alike), near), limit)
        return hits

    def _matches(self, text: str, letters: str) -> pl.DataFrame:
        """Row, rank and likeness of the rows whose name, as it is written or sounds, holds it."""
        seen = self._rows.select("row", "folded", "sound", "length")
        rows = seen.filter(_begins(text, letters))
        if len(rows) < _ENOUGH and len(letters) != 1:  # one letter only begins a name
            rows = seen.filter(_holds(text, letters))
        steps = [pl.when(holds).then(rank) for holds, rank in _ranks(text, letters)]
        rank = pl.coalesce(*steps, 5).cast(pl.Int8)
        return rows.select("row", rank.alias("rank"), _likeness().alias("likeness"))

    def _by_words(self, words: Sequence[str]) -> pl.DataFrame:
        """Rows of which each word is in the name, the district's name or the kind's."""
        masks = []
        for word in words:
            text, letters = fold(word), letters_of(word)[:_MOST_LETTERS]
            if not text:
                continue
            holds = _holds(text, "" if _HAN.search(word) else letters)
            units = self._units.filter(holds)["id"].to_list()
            kinds = self._kinds.filter(holds)
            of_kind = pl.lit(value=False)
            for layer, category in kinds.select("layer", "category").iter_rows():
                same = pl.col("layer") == layer
                of_kind |= same & (pl.col("category") == category) if category else same
            masks.append(holds | pl.col("unit").is_in(units) | of_kind)
        if not masks:
            return _nothing()
        rows = self._rows.filter(reduce(and_, masks))
        rank = pl.lit(4, pl.Int8).alias("rank")
        return rows.select("row", rank, _likeness().alias("likeness"))

    def _ordered(self, found: pl.DataFrame, near: tuple[float, float] | None) -> pl.DataFrame:
        """The first rows, the best first. Many are ordered by numbers alone: names are slow."""
        numbers = ["rank", "later", "likeness", "metres", "length"]
        falling = [name == "likeness" for name in numbers]
        places = self._rows.select("row", "later", "length", _metres(near).alias("metres"))
        rows = found.join(places, on="row", how="left", maintain_order="left")
        rows = rows.sort(numbers, descending=falling, nulls_last=True).head(_MOST_ORDERED)
        rows = rows.join(self._rows.drop("later", "length"), on="row", how="left")
        return rows.sort(
            [*numbers, "name", "id"], descending=[*falling, False, False], nulls_last=True
        )


def _ranks(text: str, letters: str) -> list[tuple[pl.Expr, int]]:
    """Ways of matching and their ranks (`_MATCHES`), the best first; else 5."""
    folded, sound = pl.col("folded"), pl.col("sound")
    begins, holds = folded.str.starts_with(text), folded.str.contains(text, literal=True)
    if not letters:
        return [(folded == text, 0), (begins, 1), (holds, 4)]
    mixed, full = f"(?m)^{pattern_of(letters)}", spelt(letters)
    return [
        ((folded == text) | sound.str.contains(f"(?m)^{full}$"), 0),
        (begins | sound.str.contains(f"(?m)^{full}"), 1),
        (sound.str.contains(f"{mixed}[a-z]*$"), 2),
        (sound.str.contains(mixed), 3),
        (holds | sound.str.contains(full), 4),
    ]


def _begins(text: str, letters: str) -> pl.Expr:
    """The written name begins with the text, or its sound with the letters."""
    written = pl.col("folded").str.starts_with(text)
    if not letters:
        return written
    return written | pl.col("sound").str.contains(f"(?m)^{pattern_of(letters)}")


def _holds(text: str, letters: str) -> pl.Expr:
    """The written name holds the text, or its sound the letters."""
    written = pl.col("folded").str.contains(text, literal=True)
    if not letters:
        return written
    return written | pl.col("sound").str.contains(pattern_of(letters))


def _likeness() -> pl.Expr:
    """天府大道 is more like what begins so than 天府大道13站: things are called after it."""
    length = pl.col("length")
    return pl.when(length <= _SHORT).then(1.0).when(length <= 2 * _SHORT).then(0.9).otherwise(0.8)


def _with(found: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """What was found, and of the others what more was."""
    return pl.concat([found, more.join(found, on="row", how="anti")])


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, "rank": pl.Int8, "likeness": pl.Float64})


def _metres(near: tuple[float, float] | None) -> pl.Expr:
    if near is None:
        return pl.lit(None, pl.Float64)
    lon, lat = near
    east = (pl.col("lon") - lon) * math.cos(math.radians(lat))
    return ((east**2 + (pl.col("lat") - lat) ** 2).sqrt() * _M_PER_DEGREE).round(0)


def _distinct(rows: pl.DataFrame, limit: int) -> list[Hit]:
    """The first rows; one that nobody could tell from an earlier one (same name, kind and district,
    next to it, as the two stops of a bus line) is left out."""
    hits: list[Hit] = []
    seen: dict[tuple[Any, ...], list[tuple[float, float]]] = {}
    for row in rows.iter_rows(named=True):
        if len(hits) == limit:
            break
        key = tuple(row[name] for name in ("kind", "layer", "category", "unit", "name", "name_en"))
        place = (row["lon"], row["lat"])
        if any(_near(place, other) for other in seen.setdefault(key, [])):
            continue
        seen[key].append(place)
        hits.append(_hit(row))
    return hits


def _near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    east = (a[0] - b[0]) * math.cos(math.radians(a[1]))
    return math.hypot(east, a[1] - b[1]) * _M_PER_DEGREE <= _SAME_M


def _hit(row: Mapping[str, Any]) -> Hit:
    box = (row["west"], row["south"], row["east"], row["north"])
    return Hit(
        kind=row["kind"],
        layer=row["layer"],
        id=row["id"],
        name=row["name"],
        name_en=row["name_en"],
        unit=row["unit"],
        category=row["category"],
        synthetic=row["synthetic"],
        lon=row["lon"],
        lat=row["lat"],
        bbox=None if None in box else box,
        distance_m=row["metres"],
        match=_MATCHES[row["rank"]],
    )
