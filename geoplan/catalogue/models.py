"""What a catalogue's files say, as typed values. The keys are explained in docs/catalogue.md."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field as Described
from pydantic import StringConstraints

from geoplan.catalogue.base import Id, Model
from geoplan.catalogue.names import UnitNames, header_forms, plain
from geoplan.catalogue.services import CircleStandard, Service
from geoplan.catalogue.standards import Standards
from geoplan.catalogue.targets import Period, Target, TargetFile
from geoplan.errors import GeoplanError
from geoplan.text import Text

Geometry = Literal["point", "line", "polygon", "none"]
Group = Literal["plan", "inventory", "indicator"]
Visibility = Literal["public", "staff", "city"]
MeasureKind = Literal["count", "length", "area", "sum"]
FieldType = Literal["text", "enum", "date", "integer", "number", "boolean"]
Symbol = Literal["circle", "square", "diamond", "triangle", "pentagon", "hexagon", "star", "plus"]
Status = Literal["planned", "building", "finished", "open", "stopped"]

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class Value(Model):
    """One value of an enum field."""

    id: Id
    title: Text
    synonyms: tuple[str, ...] = ()
    """Words that files use for it; the id and both titles are understood without being named."""

    def words(self) -> set[str]:
        """Everything that means this value, as it is compared."""
        return {plain(text) for text in (self.id, self.title.zh, self.title.en, *self.synonyms)}


class Field(Model):
    """One property of a layer's features."""

    id: Id
    title: Text
    type: FieldType
    unit: Text | None = None
    """Unit of a number, as it is stored and shown."""
    values: tuple[Value, ...] = ()
    """What an enum may hold."""
    required: bool = False
    """A row without it is refused."""
    public: bool = True
    """Shown to the public wherever the layer is."""
    personal: bool = False
    """Data about a person: recognised in files, never public, not stored."""
    synonyms: tuple[str, ...] = ()
    """Column headers that files use, without units in brackets; the id and both titles are
    understood without being named."""

    def headers(self) -> set[str]:
        """Every column header that means this field, as it is compared."""
        return {plain(text) for text in (self.id, self.title.zh, self.title.en, *self.synonyms)}

    def find_value(self, text: str) -> Value | None:
        """The value of an enum that a word means, None when it means none."""
        return self._values_by_word.get(plain(text))

    @cached_property
    def _values_by_word(self) -> dict[str, Value]:
        return {word: value for value in self.values for word in value.words()}


class Measure(Model):
    """What is summed over features, cells and units. The first of a layer is its main one."""

    id: Id
    title: Text
    unit: Text
    """The shown unit."""
    kind: MeasureKind
    """count: 1 a feature; length, area: geodesic, from the geometry; sum: of a numeric field."""
    field: Id | None = None
    """The field of a sum."""
    factor: float = Described(default=1.0, gt=0)
    """Shown = amount in the base unit (piece, metre, m², the field's unit) x factor."""
    decimals: int = Described(default=0, ge=0, le=6)


class Style(Model):
    """How a layer looks on the map and in legends."""

    color: Color
    symbol: Symbol = "circle"
    """Of points."""
    width: float = Described(default=2.0, gt=0, le=12)
    """Of lines and outlines, in pixels."""


class LayerFile(Model):
    """One file of a city's folder: a layer of the map, or an indicator without a place."""

    id: Id
    """The file's name without its ending."""
    title: Text
    summary: Text
    group: Group
    """plan: projects; inventory: what exists; indicator: a figure without a place."""
    geometry: Geometry
    also: tuple[Literal["point", "line", "polygon"], ...] = ()
    """Further geometries that features may have, such as a point where no outline is known."""
    visibility: Visibility = "staff"
    style: Style
    measures: Annotated[tuple[Measure, ...], Described(min_length=1)]
    targets: tuple[TargetFile, ...] = ()
    optional: tuple[Id, ...] = ()
    """Common fields that rows of this layer may lack."""
    fields: tuple[Field, ...] = ()
    """The layer's own fields, besides the common ones of fields.yaml."""


class Layer(LayerFile):
    """A layer as the city has it: targets with their dates, fields with the common ones."""

    targets: tuple[Target, ...] = ()
    common: tuple[Field, ...] = ()

    def all_fields(self) -> tuple[Field, ...]:
        """The common fields, then the layer's own."""
        return (*self.common, *self.fields)

    def public_fields(self) -> tuple[Field, ...]:
        """Fields that the public may read."""
        return tuple(field for field in self.all_fields() if field.public and not field.personal)

    def find_field(self, header: str) -> Field | None:
        """The field that a column header of a file means, None when it means none."""
        forms = header_forms(header)
        return next((self._headers[form] for form in forms if form in self._headers), None)

    @cached_property
    def _headers(self) -> dict[str, Field]:
        return {header: field for field in self.all_fields() for header in field.headers()}


class CommonFields(Model):
    """fields.yaml: the fields that every layer has."""

    fields: tuple[Field, ...]


class Unit(Model):
    """A district with a GB/T 2260 code, or a zone that reports as if it were one."""

    code: Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|zone_[a-z_]{1,30})$")]
    kind: Literal["district", "zone"]
    name: Text
    ring: Literal["central", "urban", "outer"]
    population: int | None = Described(default=None, gt=0)
    """7th census. A zone has none: its people are inside its parents' figures."""
    area_km2: float | None = Described(default=None, gt=0)
    """As published, km². A zone's area is inside its parents' areas."""
    parents: tuple[str, ...] = ()
    """Codes of the districts that a zone lies in."""
    old_codes: tuple[str, ...] = ()
    """Codes that older files use."""
    also: tuple[str, ...] = ()
    """Further names that files use: old, short and English ones."""

    def called(self) -> tuple[str, ...]:
        """Everything that files call it, its codes among them."""
        return (self.code, *self.old_codes, self.name.zh, self.name.en, *self.also)


class Units(Model):
    """units.yaml: the reporting units in the order in which tables list them."""

    units: Annotated[tuple[Unit, ...], Described(min_length=1)]


class Boundary(Model):
    """Where the packaged district boundaries come from."""

    title: Text
    licence: str
    attribution: str


class CityFile(Model):
    """city.yaml: the city itself."""

    id: Id
    title: Text
    bbox: tuple[float, float, float, float]
    """West, south, east, north; EPSG:4326."""
    core: tuple[float, float, float, float] | None = None
    """The dense middle, in the same way: where the public page opens. None: with the whole city."""
    attribution: Text
    """Source and review number of the boundaries, as every map must print them."""
    boundary: Boundary
    prefixes: tuple[str, ...]
    """Names of the city and its province that may stand before a unit's name."""
    periods: dict[str, Period]
    order: tuple[Id, ...]
    """Layers in the order of lists, the named ones of the plan first. What is not here follows."""


@dataclass(frozen=True)
class City:
    """A city's whole catalogue."""

    id: str
    title: Text
    bbox: tuple[float, float, float, float]
    core: tuple[float, float, float, float] | None
    attribution: Text
    boundary: Boundary
    prefixes: tuple[str, ...]
    periods: dict[str, Period]
    units: tuple[Unit, ...]
    layers: dict[str, Layer]
    standards: Standards
    services: dict[str, Service]
    circles: dict[str, CircleStandard]

    def layer(self, layer_id: str) -> Layer:
        """The layer of that id. Raises GeoplanError `unknown_layer`, naming those there are."""
        layer = self.layers.get(layer_id)
        if layer is None:
            ids = "、".join(self.layers), ", ".join(self.layers)
            raise GeoplanError(
                "unknown_layer",
                Text(f"没有图层 {layer_id[:60]}", f"there is no layer {layer_id[:60]}"),
                Text(f"可用的图层：{ids[0]}", f"use one of {ids[1]}"),
                status=404,
            )
        return layer

    def service(self, service_id: str) -> Service:
        """The service of that id. Raises GeoplanError `unknown_service`, naming those there are."""
        service = self.services.get(service_id)
        if service is None:
            ids = "、".join(self.services), ", ".join(self.services)
            raise GeoplanError(
                "unknown_service",
                Text(f"没有服务 {service_id[:60]}", f"there is no service {service_id[:60]}"),
                Text(f"可用的服务：{ids[0]}", f"use one of {ids[1]}"),
                status=404,
            )
        return service

    def find_unit(self, text: str) -> Unit | None:
        """The reporting unit that a person's word means, None when it means none.

        text  a present or old code, or a full, short, old or English name, with or without the
              names of the city and province before it; full-width forms and spaces do not matter.
        """
        code = self._unit_names.code_of(text)
        return None if code is None else self._units_by_code[code]

    @cached_property
    def _units_by_code(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def _unit_names(self) -> UnitNames:
        return UnitNames({unit.code: unit.called() for unit in self.units}, self.prefixes)
