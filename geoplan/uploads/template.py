"""What staff fill in: the columns of a layer's template, with an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geoplan.catalogue import City, Field, Layer, Unit
from geoplan.errors import GeoplanError
from geoplan.ingest.marks import CHOICES_SHEET, EXAMPLE
from geoplan.ingest.systems import CGCS2000, GCJ02, twin, zones
from geoplan.text import Text
from geoplan.units import geodesic_area_m2, geodesic_length_m

SEQUENCE = "序号"
SYSTEM = "坐标系"
SHAPE = "WKT"
"""Headers of columns that are no fields: the running number, the coordinate system, the shape."""

_FIRST = ("project_no", "name", "unit", "town", "address")
_LATER = ("status", "started_on", "finished_on")
_LAST = ("investment_wan", "investment_year_wan", "investment_done_wan", "owner", "note", "name_en")
_PLACE = {"lon", "lat"}
_STATUS = "building"
_DAY = "2023-07-15"
_NAME = "示意项目（请替换）"
_TEXTS = {"project_no": "示例-001", "name": _NAME, "owner": "示意单位", "address": "示意路1号"}
# A number that is likely for a unit; what is stated must fit what is drawn.
_NUMBERS = {"桩": 12, "枪": 24, "个": 1080, "班": 24, "张": 60, "人": 8000, "户": 300}
_AMOUNTS = {
    "米": 3.5,
    "千瓦": 720.0,
    "兆瓦": 20.0,
    "兆瓦时": 40.0,
    "万元": 1200.0,
    "平方米": 5600.0,
}
_LENGTHS = {"公里": 0.001, "米": 1.0}
_AREAS = {"公顷": 1e-4, "平方公里": 1e-6, "平方米": 1.0}
_STEP = 0.002  # degrees: about 200 m


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a template.

    header   as it stands in the file: its unit in brackets, a star where it may not be empty.
    title    what it is called; allowed  what may stand in it.
    field    of the layer; None: the running number, the coordinate system, the shape.
    choices  what its drop-down offers.
    example  what the example row holds.
    """

    header: str
    title: Text
    allowed: Text
    field: Field | None
    choices: tuple[str, ...]
    example: str | int | float | None

    @property
    def required(self) -> bool:
        return self.header.endswith("*")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for the example: a unit and a point inside it, EPSG:4326."""

    unit: Unit
    lon: float
    lat: float

    def shape(self, layer: Layer) -> shapely.Geometry:
        """A shape of the layer's kind there."""
        if "point" in (layer.geometry, *layer.also):
            return shapely.Point(self.lon, self.lat)
        if layer.geometry == "line":
            return shapely.LineString(
                [(self.lon, self.lat), (self.lon + _STEP, self.lat + _STEP / 2)]
            )
        return shapely.box(self.lon, self.lat, self.lon + _STEP, self.lat + _STEP)


def spot_in(city: City, outlines: Mapping[str, bytes]) -> Spot:
    """A point well inside the first unit that has an outline (WKB, EPSG:4326).

    Raises GeoplanError 409 `no_districts` while there is none.
    """
    for unit in city.units:
        if unit.code in outlines:
            outline = shapely.from_wkb(outlines[unit.code])
            centre = shapely.maximum_inscribed_circle(outline, tolerance=_STEP)
            lon, lat = shapely.get_coordinates(centre)[0].round(6).tolist()
            return Spot(unit, lon, lat)
    raise GeoplanError(
        "no_districts",
        Text("数据库中还没有区县边界", "the database has no district boundaries yet"),
        Text("请先运行 geoplan import units", "run `geoplan import units` first"),
        status=409,
    )


def columns_of(layer: Layer, city: City, spot: Spot) -> list[Column]:
    """The columns of a table of the layer, in their order.

    layer  one that has features. Where it holds points, a table says longitude and latitude; else
           the shape as WKT.
    """
    fields = {field.id: field for field in layer.all_fields() if not field.personal}
    shape = spot.shape(layer)
    own = [field.id for field in layer.fields]
    order = [*_FIRST, *_LATER, *own, *_LAST]
    rest = [name for name in fields if name not in {*order, *_PLACE}]
    columns = {
        name: _column(fields[name], layer, city, spot, shape)
        for name in (*order, *rest)
        if name in fields
    }
    number = Column(SEQUENCE, Text(SEQUENCE, "No."), _NUMBER_ALLOWED, None, (), EXAMPLE)
    first = [columns.pop(name) for name in _FIRST if name in columns]
    return [number, *first, *_place(fields, city, spot, shape), *columns.values()]


def header_of(field: Field) -> str:
    """A field's header: its Chinese title, its unit in brackets, a star when it is required."""
    unit = f"（{field.unit.zh}）" if field.unit else ""
    return f"{field.title.zh}{unit}{'*' if field.required else ''}"


def choices_of(field: Field, city: City) -> tuple[str, ...]:
    """What a field may hold, as a person reads it; () where that is not a list."""
    if field.id == "unit":
        return tuple(unit.name.zh for unit in city.units)
    if field.type == "boolean":
        return ("是", "否")
    return tuple(value.title.zh for value in field.values)


def systems(city: City) -> tuple[str, ...]:
    """The coordinate systems that a drop-down offers, as people call them."""
    named = ["WGS84", "CGCS2000", f"{GCJ02}（高德、腾讯）", "BD-09（百度）"]
    for system in zones(city.bbox, CGCS2000):
        number = int(system.removeprefix("EPSG:"))
        if 4534 <= number <= 4554:  # without the zone's number before the easting
            named.append(f"CGCS2000 中央经线{75 + 3 * (number - 4534)}")
        elif twin(system) is not None and 4513 <= number <= 4533:
            named.append(f"CGCS2000 {number - 4513 + 25}带")
    return tuple(named)


def _place(
    fields: Mapping[str, Field], city: City, spot: Spot, shape: shapely.Geometry
) -> list[Column]:
    system = Column(SYSTEM, _SYSTEM_TITLE, _SYSTEM_ALLOWED, None, systems(city), "WGS84")
    if shape.geom_type != "Point":
        text = shapely.to_wkt(shape, rounding_precision=6)
        return [Column(f"{SHAPE}*", _SHAPE_TITLE, _SHAPE_ALLOWED, None, (), text), system]
    spots = {"lon": spot.lon, "lat": spot.lat}
    return [
        *(
            Column(
                f"{fields[name].title.zh}*",
                fields[name].title,
                _DEGREES_ALLOWED,
                fields[name],
                (),
                value,
            )
            for name, value in spots.items()
        ),
        system,
    ]


def _column(field: Field, layer: Layer, city: City, spot: Spot, shape: shapely.Geometry) -> Column:
    choices = choices_of(field, city)
    return Column(
        header_of(field),
        field.title,
        _allowed(field, choices),
        field,
        choices,
        _example(field, layer, spot, shape),
    )


def _example(
    field: Field, layer: Layer, spot: Spot, shape: shapely.Geometry
) -> str | int | float | None:
    unit = field.unit.zh if field.unit else ""
    values = {value.id: value.title.zh for value in field.values}
    by_type: dict[str, str | int | float | None] = {
        "date": _DAY if field.id != "finished_on" else None,
        "enum": values.get(_STATUS) or next(iter(values.values()), None),
        "boolean": "否",
        "integer": _NUMBERS.get(unit, 36),
        "number": _stated(layer, unit, shape) or _AMOUNTS.get(unit, 12.5),
        "text": spot.unit.name.zh if field.id == "unit" else _TEXTS.get(field.id),
    }
    return by_type[field.type]


def _stated(layer: Layer, unit: str, shape: shapely.Geometry) -> float | None:
    """The length or area of the example's shape, in the field's unit."""
    geometry = np.array([shape], dtype=object)
    if layer.geometry == "line" and unit in _LENGTHS and unit != "米":
        return round(float(geodesic_length_m(geometry)[0]) * _LENGTHS[unit], 3)
    if shape.geom_type == "Polygon" and unit in _AREAS:
        return round(float(geodesic_area_m2(geometry)[0]) * _AREAS[unit], 4)
    return None


def _allowed(field: Field, choices: Sequence[str]) -> Text:
    if field.id == "unit":
        return _UNIT_ALLOWED
    if choices:
        english = [value.title.en for value in field.values] or ["yes", "no"]
        return Text(f"选填：{'、'.join(choices)}", f"One of {', '.join(english)}")
    unit = field.unit
    if field.type in {"integer", "number"}:
        whole = field.type == "integer"
        of = Text(f"，单位{unit.zh}", f", in {unit.en}") if unit else Text("", "")
        return Text(
            f"{'整数' if whole else '数字'}{of.zh}，不写“约”",
            f"{'A whole number' if whole else 'A number'}{of.en}; no 'about'",
        )
    if field.type == "date":
        return _DAY_ALLOWED
    return _TEXT_ALLOWED


_NUMBER_ALLOWED = Text(
    f"1、2、3…；写“{EXAMPLE}”的行不读取", f"1, 2, 3…; a row that says {EXAMPLE} is passed over"
)
_UNIT_ALLOWED = Text(
    f"区（市）县或功能区，见“{CHOICES_SHEET}”表", f"A district or zone: sheet {CHOICES_SHEET}"
)
_DAY_ALLOWED = Text("日期，如 2023-09-30", "A day, such as 2023-09-30")
_TEXT_ALLOWED = Text("文字", "Text")
_DEGREES_ALLOWED = Text(
    "十进制度，至少 5 位小数，如 104.06333；投影坐标填米：“经度”填东坐标，“纬度”填北坐标",
    "Degrees with 5 decimals or more, such as 104.06333; of projected systems metres: "
    "easting under 经度, northing under 纬度",
)
_SYSTEM_TITLE = Text(SYSTEM, "Coordinate system")
_SYSTEM_ALLOWED = Text(
    "坐标取自哪里：手机 GPS 选 WGS84，天地图、测绘选 CGCS2000，高德或腾讯选 GCJ-02，百度选 BD-09",
    "Where the coordinates are from: GPS is WGS84, Tianditu and surveys are CGCS2000, Amap and "
    "Tencent GCJ-02, Baidu BD-09",
)
_SHAPE_TITLE = Text("图形（WKT）", "Shape (WKT)")
_SHAPE_ALLOWED = Text(
    "WKT 文字，QGIS 可导出；图形多或复杂时请用 GeoPackage 模板",
    "The shape as WKT, as QGIS exports it; for many or long shapes take the GeoPackage",
)
