"""Reading collections: pages of features as GeoJSON made by PostgreSQL, counts, extents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from geoplan.catalogue import Field, Layer
from geoplan.store.sql import queries

_SQL = queries("collections")
UNITS = "units"
COLUMNS = (
    "name",
    "name_en",
    "unit",
    "district",
    "status",
    "started_on",
    "finished_on",
    "synthetic",
)
"""Properties of a feature that are columns of their own; all others are in `properties`."""
UNIT_COLUMNS = ("code", "name", "name_en", "kind", "ring")

_CHUNK = 500
_MOST_BYTES = 32 * 2**20  # a page of huge polygons ends here and goes on with `next`


@dataclass(frozen=True, slots=True)
class Shown:
    """How coordinates leave: EPSG code, northing or latitude first, metres or degrees."""

    srid: int = 4326
    flipped: bool = False
    metres: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a collection holds. `bbox` west, south, east, north in degrees, None when empty."""

    features: int
    bbox: list[float] | None
    starts_on: date | None
    ends_on: date | None
    synthetic: bool
    titles_zh: list[str]
    titles_en: list[str]
    attributions: list[str]


@dataclass(frozen=True, slots=True)
class Search:
    """Conditions that all must hold; None: no condition.

    id           one feature.
    area         WKB of a polygon in EPSG:4326 that features must touch.
    since, until days; a feature counts from `started_on` to `finished_on`, an absent end is open.
    columns      property → value, of COLUMNS (or UNIT_COLUMNS for the units).
    own          property → value as JSON holds it, for the layer's own fields.
    at           features as they were at this moment, as far as the account may see earlier
                 states; None: as they are.
    """

    id: str | None = None
    area: bytes | None = None
    since: date | None = None
    until: date | None = None
    columns: Mapping[str, object] = field(default_factory=dict)
    own: Mapping[str, object] = field(default_factory=dict)
    at: datetime | None = None

    def parameters(self, names: tuple[str, ...]) -> dict[str, object]:
        return {
            **{name: self.columns.get(name) for name in names},
            "id": self.id,
            "area": self.area,
            "from": self.since,
            "until": self.until,
            "at": self.at,
            "own": Jsonb(dict(self.own)) if self.own else None,
        }


@dataclass(frozen=True, slots=True)
class Page:
    """GeoJSON features as text; `last` is the key to go on from, None at the end."""

    features: list[str]
    last: str | None


async def versions(connection: psycopg.AsyncConnection) -> dict[str, int]:
    """The present version of each layer and data set."""
    rows = await (await connection.execute(_SQL["versions"])).fetchall()
    return dict(rows)


async def facts(connection: psycopg.AsyncConnection, collection: str) -> Facts:
    """What this role sees of a layer, of `units` or of `base`."""
    name = {"units": "unit_facts", "base": "base_facts"}.get(collection, "layer_facts")
    async with connection.cursor(row_factory=class_row(Facts)) as cursor:
        await cursor.execute(_SQL[name], {"layer": collection})
        row = await cursor.fetchone()
    if row is None:
        raise RuntimeError("an aggregate without a row")
    return row


async def has_synthetic(connection: psycopg.AsyncConnection, layer: str) -> bool:
    """Whether sample data are among what this role sees of a layer."""
    row = await (await connection.execute(_SQL["has_synthetic"], {"layer": layer})).fetchone()
    return row is not None and bool(row[0])


async def count(connection: psycopg.AsyncConnection, layer: Layer | None, search: Search) -> int:
    """How many features match; layer None: the units."""
    statement, parameters = _statement("count", layer, search, Shown())
    row = await (await connection.execute(statement, parameters)).fetchone()
    return int(row[0]) if row else 0


async def page(
    connection: psycopg.AsyncConnection,
    layer: Layer | None,
    search: Search,
    *,
    shown: Shown,
    lang: str,
    limit: int,
    after: str | None = None,
    names: Sequence[str] | None = None,
) -> Page:
    """The features that follow the key `after`, in the order of their keys.

    layer  None: the units. A page has at most `limit` features and about 32 MB.
    names  the properties that are shown, of a layer; None: those that are public.
    """
    statement, parameters = _statement("page", layer, search, shown)
    parameters |= {"lang": lang, "after": after, "limit": limit + 1}
    if names is not None:
        parameters["fields"] = list(names)
    features: list[str] = []
    size, last = 0, ""
    async with connection.transaction(), connection.cursor(name="page") as cursor:
        await cursor.execute(statement, parameters)
        while True:
            rows = await cursor.fetchmany(_CHUNK)
            for key, text in rows:
                if len(features) == limit or size > _MOST_BYTES:
                    return Page(features, last)
                features.append(text)
                size += len(text)
                last = key
            if len(rows) < _CHUNK:
                return Page(features, None)


def own_feature(connection: psycopg.Connection, layer: Layer, fid: UUID, lang: str) -> str | None:
    """One feature with all that is kept of it, for whoever has just changed it."""
    statement, parameters = _statement("page", layer, Search(id=str(fid)), Shown())
    parameters |= {"lang": lang, "after": None, "limit": 1, "fields": own_names(layer)}
    row = connection.execute(statement, parameters).fetchone()
    return None if row is None else str(row[1])


def _statement(
    what: str, layer: Layer | None, search: Search, shown: Shown
) -> tuple[sql.Composed, dict[str, object]]:
    noun, names = ("unit", UNIT_COLUMNS) if layer is None else ("feature", COLUMNS)
    block = _SQL[f"{noun}s" if what == "page" else f"count_{noun}s"]
    form = "geometry_metres" if shown.metres else "geometry_lon_lat"
    if shown.flipped:
        form = "geometry_metres_flipped" if shown.metres else "geometry_flipped"
    statement = sql.SQL(block).format(
        rows=sql.SQL(_SQL["features_now" if search.at is None else "features_then"]),
        conditions=sql.SQL(_SQL[f"{noun}_conditions"]),
        geometry=sql.SQL(_SQL[form]).format(srid=sql.Literal(shown.srid)),
    )
    parameters = search.parameters(names)
    if layer is not None:
        parameters |= {
            "layer": layer.id,
            "fields": property_names(layer),
            "measures": [f"amount_{measure.id}" for measure in layer.measures],
            "factors": [str(measure.factor) for measure in layer.measures],
        }
    return statement, parameters


def property_names(layer: Layer) -> list[str]:
    """Properties of a feature that the public may read, in the catalogue's order.

    `lon` and `lat` are the geometry; `district` is where the geometry lies.
    """
    return _names(layer.public_fields())


def own_names(layer: Layer) -> list[str]:
    """Properties of a feature that its own unit reads and writes: all but personal ones."""
    return _names(field for field in layer.all_fields() if not field.personal)


def _names(fields: Iterable[Field]) -> list[str]:
    names = [field.id for field in fields if field.id not in {"lon", "lat"}]
    at = names.index("unit") + 1 if "unit" in names else len(names)
    return [*names[:at], "district", *names[at:]]
