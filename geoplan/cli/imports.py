"""`geoplan import`: bring a file into the database, all or nothing."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoplan.cli.console import connected, counting, out
from geoplan.settings import Settings
from geoplan.text import Text

if TYPE_CHECKING:
    from geoplan.imports.source import Origin

import_app = typer.Typer(
    no_args_is_help=True, help="Bring a file into the database, all or nothing."
)

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
SourceOption = Annotated[
    str | None, typer.Option("--source", help="Name of the data set; default: the file's name")
]
TitleOption = Annotated[str | None, typer.Option("--title", help="Title of the data set")]
LicenceOption = Annotated[str | None, typer.Option("--licence", help="Licence of the data")]
AttributionOption = Annotated[
    str | None, typer.Option("--attribution", help="Attribution that the map must show")
]
SyntheticOption = Annotated[
    bool, typer.Option("--synthetic", help="Made-up sample data, labelled so wherever it shows")
]
AsOfOption = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day the data stand for"),
]


@import_app.command("units")
def import_units_command(
    file: FileArgument,
    source: SourceOption = None,
    title: TitleOption = None,
    licence: LicenceOption = None,
    attribution: AttributionOption = None,
) -> None:
    """Boundaries of the catalogue's districts."""
    from geoplan.imports.units import import_units
    from geoplan.running import city_of

    with connected() as connection:
        origin = _origin(file, source, title, licence, attribution)
        changed = import_units(connection, city_of(Settings()), file, origin)
    out.print(f"{changed} boundaries changed")


@import_app.command("population")
def import_population_command(
    file: FileArgument,
    source: SourceOption = None,
    title: TitleOption = None,
    licence: LicenceOption = None,
    attribution: AttributionOption = None,
    synthetic: SyntheticOption = False,
    as_of: AsOfOption = None,
) -> None:
    """People by H3 cell of resolution 10 (columns cell, people, and people by age)."""
    from geoplan.imports.population import import_population

    with connected() as connection, counting(file.name) as progress:
        origin = _origin(file, source, title, licence, attribution, synthetic, as_of)
        changed, removed = import_population(connection, file, origin, progress=progress)
    out.print(f"{changed:,} cells changed, {removed:,} removed")


@import_app.command("features")
def import_features_command(
    file: FileArgument,
    layer: Annotated[
        str,
        typer.Option(help="The layer's id; `geoplan layers check` and /api/collections list them"),
    ],
    crs: Annotated[
        str | None,
        typer.Option(help="Coordinate system of the file when it does not say, e.g. EPSG:4544"),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Sheet of a workbook; default: the first")
    ] = None,
    prune: Annotated[
        bool, typer.Option(help="Remove features of this source that the file no longer has")
    ] = False,
    source: SourceOption = None,
    title: TitleOption = None,
    licence: LicenceOption = None,
    attribution: AttributionOption = None,
    synthetic: SyntheticOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Features of a layer: GeoJSON, GeoPackage, Shapefile, CSV or XLSX."""
    from geoplan.imports.features import import_features
    from geoplan.running import city_of

    with connected() as connection, counting(file.name) as progress:
        origin = _origin(file, source, title, licence, attribution, synthetic, as_of)
        changes, missing = import_features(
            connection, city_of(Settings()), file, layer, origin,
            crs=crs, sheet=sheet, prune=prune, progress=progress,
        )  # fmt: skip
    out.print(
        f"{layer}: {changes.inserted:,} new, {changes.updated:,} changed, "
        f"{changes.unchanged:,} as before, {changes.removed:,} removed"
    )
    if missing:
        out.print(f"{missing:,} held features are no longer in the file; --prune removes them")


@import_app.command("osm")
def import_osm_command(
    file: FileArgument,
    source: SourceOption = None,
    title: TitleOption = None,
    synthetic: SyntheticOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Places, green spaces, base map and walking network from an OSM extract (.osm.pbf, .osm)."""
    from geoplan.imports.osm import import_osm
    from geoplan.running import city_of, home_of

    with connected() as connection, counting(file.name) as progress:
        licence = None if synthetic else "ODbL 1.0"
        words = None if synthetic else "© OpenStreetMap contributors, ODbL 1.0"
        origin = _origin(file, source, title, licence, words, synthetic, as_of)
        networks = home_of(Settings()).networks
        report = import_osm(
            connection, city_of(Settings()), file, origin, networks, progress=progress
        )
    for layer, changes in report.layers.items():
        out.print(
            f"{layer}: {changes.inserted:,} new, {changes.updated:,} changed, "
            f"{changes.unchanged:,} as before, {changes.removed:,} removed"
        )
    out.print(f"base map: {report.base_added:,} new, {report.base_dropped:,} dropped")
    network = report.network
    if network is None:
        out.print("walking network: no walkable way in the file, it stays as it was")
    else:
        out.print(
            f"walking network {network.id}: {network.nodes:,} nodes, {network.edges:,} edges, "
            f"{network.components:,} parts, {network.missing_nodes:,} nodes missing in the file"
        )


def _origin(
    file: Path,
    source: str | None,
    title: str | None,
    licence: str | None = None,
    attribution: str | None = None,
    synthetic: bool = False,
    as_of: datetime | None = None,
) -> Origin:
    from geoplan.imports.source import Origin

    words = title or file.name
    return Origin(
        source or source_id_of(file.name),
        Text(words, words),
        licence=licence,
        attribution=attribution,
        synthetic=synthetic,
        as_of=as_of.date() if as_of else None,
    )


def source_id_of(file_name: str) -> str:
    """A data set's default name: the file's, without its ending, in plain ASCII."""
    stem = file_name.lower().split(".")[0]
    plain = re.sub(r"[^a-z0-9_-]+", "-", stem).strip("-_")
    return plain or "file-" + hashlib.sha256(file_name.encode()).hexdigest()[:12]
