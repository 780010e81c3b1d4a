"""New and enlarged schools, mostly where a quarter is new."""

from __future__ import annotations

from datetime import date

import numpy as np

from geoplan.sample.ground import AS_OF, Ground
from geoplan.sample.projects import Projects, point_projects
from geoplan.sample.sites import among_people
from geoplan.sample.stages import Band
from geoplan.sample.towns import newness

# Stage, zh, en, share, fewest and most classes, pupils a class (GB 50099-2011 3.0.1; of a
# kindergarten as commonly planned; of a nine-year school six grades of 45 and three of 50).
_STAGES = (
    ("kindergarten", "幼儿园", "kindergarten", 0.28, 9, 18, 30.0),
    ("primary", "小学", "primary school", 0.26, 24, 42, 45.0),
    ("nine_year", "九年一贯制学校", "nine-year school", 0.24, 27, 45, 46.67),
    ("junior", "初级中学", "junior secondary school", 0.09, 18, 30, 50.0),
    ("secondary", "完全中学", "full secondary school", 0.07, 30, 48, 50.0),
    ("senior", "高级中学", "senior secondary school", 0.04, 30, 48, 50.0),
    ("twelve_year", "十二年一贯制学校", "twelve-year school", 0.02, 48, 60, 48.0),
)
_SCHOOLS = 148
_ENLARGED = 0.24  # share of 改扩建, which bring about a third of the places
# The plan asks for 80 schools and 80,000 places by the end of 2023. The ledger is that plan's:
# what was finished before the year is not in it.
_BANDS = (
    Band(62, ("finished", "open", "open"), date(2023, 2, 10), AS_OF),
    Band(41, ("building",), date(2022, 8, 1), date(2023, 9, 20)),
    Band(4, ("stopped",), date(2022, 3, 1), date(2023, 3, 31)),
    Band(41, ("planned",)),
)


def schools(ground: Ground) -> Projects:
    """School projects of the year."""
    rng = ground.rng("schools")
    people = ground.people
    weights = people.people * (0.3 + newness(people.xy)) * (people.urban > 500)
    at = among_people(ground, rng, weights, _SCHOOLS, 600)
    kind = rng.choice(len(_STAGES), len(at), p=[row[3] for row in _STAGES])
    fewest, most, pupils = (np.array([row[c] for row in _STAGES])[kind] for c in (4, 5, 6))
    enlarged = rng.uniform(size=len(at)) < _ENLARGED
    classes = rng.integers(fewest.astype(int), most.astype(int), endpoint=True)
    classes = np.where(enlarged, np.maximum(classes // 3, 4), classes)
    own = {
        "stage": [_STAGES[row][0] for row in kind],
        "construction": np.where(enlarged, "rebuilt_extended", "new"),
        "classes": classes,
        "places": (np.round(classes * pupils / 5) * 5).astype(int),
    }
    words = [_STAGES[row][1:3] for row in kind]
    return point_projects(ground, "school", "SC", at, words, _BANDS, (280, 560), own)
