"""What serves people and is no school: shops, culture, health and care; one layer a function."""

from __future__ import annotations

from datetime import date

import numpy as np

from geoplan.sample.ground import AS_OF, Ground
from geoplan.sample.plane import Floats
from geoplan.sample.projects import Projects, point_projects
from geoplan.sample.sites import among_people, drawn
from geoplan.sample.stages import Band
from geoplan.sample.towns import newness

_JANUARY = date(2023, 1, 9)
_SCENES = (
    ("park", "公园场景", "park scene"),
    ("street", "街巷场景", "street scene"),
    ("night", "夜游场景", "night scene"),
    ("museum", "文博场景", "museum scene"),
    ("country", "乡村场景", "country scene"),
)
_QUALITY = (
    ("primary", "小学", "primary school"),
    ("junior", "初级中学", "junior secondary school"),
    ("nine_year", "九年一贯制学校", "nine-year school"),
)


def quality_schools(ground: Ground) -> Projects:
    """Schools that exist and are raised; the plan asks for 60 or more."""
    rng = ground.rng("quality schools")
    weights = ground.people.people * (1.1 - newness(ground.people.xy))
    at = among_people(ground, rng, weights, 76, 900)
    kind = rng.choice(3, len(at), p=[0.55, 0.2, 0.25])
    bands = _bands(done=45, building=31)
    words = [_QUALITY[row][1:] for row in kind]
    own = {"stage": [_QUALITY[row][0] for row in kind]}
    return point_projects(ground, "quality_school", "QS", at, words, bands, (180, 420), own)


def malls(ground: Ground) -> Projects:
    """Shopping complexes; the plan asks for 23."""
    rng = ground.rng("malls")
    at = among_people(ground, rng, ground.people.people * (ground.people.urban > 6000.0), 36, 2200)
    own = {"floor_area_m2": np.round(rng.uniform(28_000, 190_000, len(at)), -2)}
    words = [("商业综合体", "shopping complex")] * len(at)
    bands = _bands(done=15, building=13, planned=7, stopped=1)
    return point_projects(ground, "mall", "ML", at, words, bands, (700, 1300), own)


def culture_scenes(ground: Ground) -> Projects:
    """New scenes of culture and tourism; the plan asks for 100."""
    rng = ground.rng("culture scenes")
    people = ground.people
    central = np.where(people.urban > 9000, 2.0, 1.0)
    at = among_people(ground, rng, people.people * central, 124, 700)
    kind = rng.choice(len(_SCENES), len(at), p=[0.25, 0.3, 0.18, 0.12, 0.15])
    words = [_SCENES[row][1:] for row in kind]
    own = {"kind": [_SCENES[row][1] for row in kind]}
    bands = _bands(done=74, building=28, planned=22)
    return point_projects(ground, "culture_scene", "CS", at, words, bands, (60, 240), own)


def medical_subcentres(ground: Ground) -> Projects:
    """Medical sub-centres in towns away from the inner city; the plan asks for 15."""
    rng = ground.rng("medical subcentres")
    people = ground.people
    middle = people.xy[np.argmax(people.urban)]
    far = np.hypot(*(people.xy - middle).T) > 22_000
    at = among_people(ground, rng, people.people * (far & (people.urban > 1200)), 22, 7000)
    own = {"beds": rng.integers(12, 36, len(at)) * 10}
    words = [("县域医疗卫生次中心", "medical sub-centre")] * len(at)
    bands = _bands(done=9, building=8, planned=4, stopped=1)
    return point_projects(ground, "medical_subcentre", "MC", at, words, bands, (360, 720), own)


def day_cares(ground: Ground) -> Projects:
    """Day-care institutions of communities: most stand already, where the old live."""
    rng = ground.rng("day cares")
    elders = ground.people.ages[:, 2].astype(float)
    at = among_people(ground, rng, elders, 1250, 420)
    own = {"beds": rng.integers(3, 13, len(at)) * 2}
    words = [("社区日间照料中心", "day-care centre")] * len(at)
    bands = (
        Band(1010, ("open",), date(2016, 3, 1), date(2022, 12, 20)),
        *_bands(done=122, building=64, planned=50, stopped=4),
    )
    return point_projects(ground, "day_care", "DC", at, words, bands, (60, 200), own)


def child_bases(ground: Ground) -> Projects:
    """One base or two in each reporting unit; some units have not come to it yet."""
    rng = ground.rng("child bases")
    people = ground.people
    units = ground.unit_of(people.xy)
    chosen = [
        drawn(rng, people.people * (units == unit.code), int(rng.integers(1, 3)))
        for unit in ground.units
    ]
    at: Floats = people.xy[np.concatenate(chosen)]
    words = [("儿童早期发展基地", "early childhood base")] * len(at)
    building = round(len(at) * 0.16)
    planned = round(len(at) * 0.16)
    bands = _bands(done=len(at) - building - planned, building=building, planned=planned)
    return point_projects(ground, "child_base", "CB", at, words, bands, (90, 260), {})


def _bands(
    *, done: int, building: int, planned: int = 0, stopped: int = 0
) -> tuple[Band, Band, Band, Band]:
    """What was done in the year 2023 up to the sample's day, and what was not."""
    return (
        Band(done, ("finished", "open", "open"), _JANUARY, AS_OF),
        Band(building, ("building",), date(2022, 6, 1), date(2023, 10, 10)),
        Band(stopped, ("stopped",), date(2022, 2, 1), date(2023, 5, 31)),
        Band(planned, ("planned",)),
    )
