"""What was probably meant: homophones, a letter or character too many, too few or exchanged, and
the short forms that people give long names (川大 for 四川大学)."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from geoplan.names.sounds import spelt

_RANK = 9
_LEAST_LETTERS, _LEAST_CHARACTERS = 4, 3
_SHORT_FORM = range(2, 7)


def lines_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Each reading of each row on a line of its own, in lower case."""
    lines = rows.select("row", pl.col("sound").str.to_lowercase().str.split("\n").alias("line"))
    return lines.explode("line").filter(pl.col("line").str.len_bytes() > 0)


def similar(
    rows: pl.DataFrame, lines: pl.DataFrame, text: str, letters: str, *, chinese: bool
) -> pl.DataFrame:
    """Row, rank and likeness (0 to 1) of rows that are probably meant.

    rows     with `row`, `folded` and `sound`; lines  of `lines_of`.
    text     what was typed, folded; letters  how that sounds; chinese  it has characters.
    """
    found = []
    if chinese and len(text) > 1:
        if letters:
            heard = rows.filter(pl.col("sound").str.contains(spelt(letters)))
            part = len(text) / pl.max_horizontal(pl.col("folded").str.len_chars(), len(text))
            found.append(heard.select("row", (0.9 + part * 0.09).alias("likeness")))
        if len(text) in _SHORT_FORM:
            form = ".{0,4}".join(re.escape(each) for each in text)
            short = rows.filter(pl.col("folded").str.contains(form))
            likeness = len(text) / pl.col("folded").str.len_chars() * 0.9
            found.append(short.select("row", likeness.alias("likeness")))
        if len(text) >= _LEAST_CHARACTERS:
            found.append(_mistyped(rows.select("row", line="folded"), text, len(text) // 3))
    elif not chinese and len(letters) >= _LEAST_LETTERS:
        found.append(_mistyped(lines, letters, 1 if len(letters) < 8 else 2))
    if not found:
        return pl.DataFrame(schema={"row": pl.UInt32, "rank": pl.Int8, "likeness": pl.Float64})
    best = pl.concat(found).group_by("row").agg(pl.col("likeness").max())
    return best.select("row", pl.lit(_RANK, pl.Int8).alias("rank"), "likeness")


def _mistyped(lines: pl.DataFrame, typed: str, most: int) -> pl.DataFrame:
    """Rows a line of which begins with what was typed but for `most` edits (optimal string
    alignment: one letter put in, left out, exchanged, or two neighbours swapped)."""
    first, second = typed[0], typed[1]
    line = pl.col("line")
    start, after = line.str.slice(0, 1), line.str.slice(1, 1)
    near = lines.filter((start == first) | (start == second) | (after == first) | (after == second))
    near = near.select(
        "row", *(line.str.slice(0, len(typed) + more).alias(str(more)) for more in (-1, 0, 1))
    )
    if near.is_empty():
        return pl.DataFrame(schema={"row": pl.UInt32, "likeness": pl.Float64})
    edits = np.full(len(near), most + 1)
    for more in ("-1", "0", "1"):
        starts = near[more].unique()
        distances = process.cdist(
            [typed], starts.to_list(), scorer=OSA.distance, score_cutoff=most
        )[0]
        of_start = pl.DataFrame({more: starts, "edits": distances.astype(np.int64)})
        joined = near.select(more).join(of_start, on=more, how="left", maintain_order="left")
        edits = np.minimum(edits, joined["edits"].to_numpy())
    found = (
        near.select("row").with_columns(pl.Series("edits", edits)).filter(pl.col("edits") <= most)
    )
    return found.select("row", (1 - pl.col("edits") / len(typed)).alias("likeness"))
