"""The whole sample city, from a seed to files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import shapely

from geoplan.catalogue import City
from geoplan.sample import services, works
from geoplan.sample.chargers import chargers
from geoplan.sample.circles import circles
from geoplan.sample.files import SampleFile, write_population, write_projects
from geoplan.sample.greenways import greenways
from geoplan.sample.ground import AS_OF, Ground, prepare
from geoplan.sample.land import Land, survey
from geoplan.sample.osm_file import write_osm
from geoplan.sample.parks import green_spaces, parks
from geoplan.sample.population import Population, settle
from geoplan.sample.projects import Projects
from geoplan.sample.schools import schools
from geoplan.text import Text

_CENSUS = date(2020, 11, 1)
_DEGREES = "EPSG:4326"
# The kind of file that each layer comes in, and a GeoPackage's coordinates.
_FORMS: dict[str, tuple[str, str]] = {
    "greenway": (".gpkg", "EPSG:4490"),
    "park": (".gpkg", "EPSG:4544"),
    "charger": (".xlsx", _DEGREES),
    "school": (".xlsx", _DEGREES),
    "life_circle": (".geojson", _DEGREES),
    "quality_school": (".xlsx", _DEGREES),
    "mall": (".csv", _DEGREES),
    "culture_scene": (".csv", _DEGREES),
    "medical_subcentre": (".csv", _DEGREES),
    "day_care": (".csv", _DEGREES),
    "child_base": (".csv", _DEGREES),
    "key_area": (".geojson", _DEGREES),
    "expressway": (".gpkg", "EPSG:4544"),
    "smart_factory": (".csv", _DEGREES),
    "expo_2024": (".geojson", _DEGREES),
    "green_space": (".gpkg", "EPSG:4490"),
}
_TABLES = (".csv", ".xlsx")
_GB18030 = {"culture_scene", "smart_factory"}
"""Written as a Chinese spreadsheet program saves a CSV."""


def make_sample(
    folder: Path,
    city: City,
    boundaries: Mapping[str, shapely.Geometry],
    *,
    seed: int,
    progress: Callable[[str], None],
) -> list[SampleFile]:
    """Write the sample city into a folder; the same seed and boundaries give the same city.

    boundaries  district polygons by GB code, EPSG:4326.
    progress    is told in words what is being made.
    Returns the files in the order in which they are to be imported.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress("sample: land and people")
    land = survey(seed, boundaries)
    census = {unit.code: unit.population for unit in city.units if unit.population is not None}
    people = settle(land, census)
    files = [_population(folder, people)]
    progress("sample: streets, places and base map")
    files.append(_osm(folder, land, people))
    for made in _all(prepare(city, land, people)):
        progress(f"sample: {city.layer(made.layer).title.en.lower()}")
        files.append(_features(folder, city, made))
    return files


def _all(ground: Ground) -> Iterator[Projects]:
    stock = green_spaces(ground)
    yield greenways(ground)
    yield parks(ground, stock.geometry)
    yield chargers(ground)
    yield schools(ground)
    yield circles(ground)
    yield services.quality_schools(ground)
    yield services.malls(ground)
    yield services.culture_scenes(ground)
    yield services.medical_subcentres(ground)
    yield services.day_cares(ground)
    yield services.child_bases(ground)
    yield works.key_areas(ground)
    yield works.expressways(ground)
    yield works.smart_factories(ground)
    yield works.expo(ground)
    yield stock


def _population(folder: Path, people: Population) -> SampleFile:
    path = folder / "population.csv"
    write_population(path, people)
    title = Text(
        "示意数据：分格网人口（按2020年普查）", "Sample data: people by cell (census of 2020)"
    )
    return SampleFile(path, "population", "sample-population", title, None, None, _CENSUS)


def _osm(folder: Path, land: Land, people: Population) -> SampleFile:
    path = folder / "streets.osm.pbf"
    write_osm(path, land, people)
    title = Text("示意数据：道路、设施与底图", "Sample data: streets, places and base map")
    return SampleFile(path, "osm", "sample-osm", title, None, None, AS_OF)


def _features(folder: Path, city: City, made: Projects) -> SampleFile:
    suffix, crs = _FORMS[made.layer]
    path = folder / f"{made.layer}{suffix}"
    encoding = "gb18030" if made.layer in _GB18030 else "utf-8-sig"
    write_projects(path, made, city, crs=crs, encoding=encoding)
    title = city.layer(made.layer).title
    return SampleFile(
        path,
        "features",
        f"sample-{made.layer.replace('_', '-')}",
        Text(f"示意数据：{title.zh}", f"Sample data: {title.en}"),
        made.layer,
        crs if suffix in _TABLES else None,
        AS_OF,
    )
