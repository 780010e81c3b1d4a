"""What a column's header means to a layer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from geoplan.catalogue import Field, Layer
from geoplan.catalogue.names import header_forms, plain
from geoplan.ingest.layout import How
from geoplan.ingest.marks import is_check_column
from geoplan.ingest.quantities import is_unit
from geoplan.text import Text

PLACE = ("lon", "lat", "lonlat", "crs", "wkt")
"""Fields that say where a row is."""

_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_TAIL = re.compile(r"^(.{2,}?)[\s/:_-]+([^\s/:_-]{1,5})$", re.DOTALL)

# Columns that are not fields of a layer but say which row it is, where it is and in which system.
_MORE = {
    "id": ("id",),
    "osm_id": ("osm_id",),
    "osm_type": ("osm_type",),
    "lonlat": (
        "坐标", "经纬度", "经纬度坐标", "坐标经纬度", "地理坐标", "坐标位置", "位置坐标", "坐标点",
        "coordinates", "lonlat",
    ),
    "crs": (
        "坐标系", "坐标系统", "坐标系类型", "坐标类型", "坐标参考系", "空间参考", "crs",
        "coordinate system",
    ),
    "wkt": ("wkt", "图形wkt", "几何wkt", "wkt图形", "wkt_geom", "wkt_geometry", "geometry_wkt"),
}  # fmt: skip
_EAST = (
    "东坐标",
    "东向坐标",
    "横坐标",
    "easting",
    "经度坐标",
    "经度E",
    "lon E",
    "x",
    "x坐标",
    "坐标x",
)
_NORTH = ("北坐标", "北向坐标", "纵坐标", "northing", "纬度坐标", "纬度N", "y", "y坐标", "坐标y")
_WEAK = {"x", "x坐标", "坐标x", "y", "y坐标", "坐标y"}
"""Headers that mean a coordinate where nothing else does."""
# What may stand before 经度, 纬度, 坐标, 经纬度: whose coordinates they are, or of what.
_BEFORE = (
    "高德", "百度", "腾讯", "火星", "天地图", "gps", "wgs84", "gcj02", "bd09", "cgcs2000", "2000",
    "中心", "中心点", "点位", "项目", "位置", "地理", "站点", "场站",
)  # fmt: skip
_NUMBERING = {plain(name) for name in ("序号", "编号", "序", "No.", "No", "#", "行号")}
"""Running numbers: known, and left unread, for a row put in between moves all that follow."""
_PERSONAL = re.compile(
    r"联系人|联系方式|电话|手机|身份证|邮箱|微信|(?:负责|责任|经办|填报|对接)人|phone|mobile|e-?mail",
    re.I,
)
"""Headers of data about persons, beside those that the catalogue knows."""
_SHORTEST_CUT = 3


@dataclass(frozen=True, slots=True)
class Meaning:
    """A header's field, how it was found, and the unit that it names.

    field  None for one that is left out; `understood` tells whether it is known that it may be.
    """

    field: Field | None
    how: How
    unit: str | None = None
    understood: bool = True


class Headers:
    """From headers to fields of a layer, with what a person said of them.

    chosen  header as it stands in the file → field id, None to leave the column out.
    cut     headers may end at 10 bytes, as in a Shapefile: 项目编 is 项目编号. Only a beginning
            that fits one field is taken for it.
    fixed   the format itself gives the headers: they are not the layer's, only `chosen` counts.
    """

    def __init__(
        self,
        layer: Layer,
        chosen: Mapping[str, str | None] | None = None,
        *,
        cut: bool = False,
        fixed: bool = False,
    ) -> None:
        self._layer = layer
        self._chosen = {header.strip(): field for header, field in (chosen or {}).items()}
        self._chosen_plain = {plain(header): field for header, field in self._chosen.items()}
        self._cut = cut
        self._fixed = fixed
        self._known: dict[str, Meaning] = {}

    def means(self, header: str) -> Meaning:
        """What a header means."""
        if header not in self._known:
            self._known[header] = self._meaning(header)
        return self._known[header]

    def is_known(self, header: str) -> bool:
        """Whether a header means something, if only that its column is left out."""
        meaning = self.means(header)
        return meaning.field is not None or meaning.understood

    def is_filled_down(self, header: str) -> bool:
        """Whether a cell merged over rows is that of each row: all but numbers that are summed."""
        field = self.means(header).field
        return field is not None and (field.type not in {"integer", "number"} or field.id in PLACE)

    @property
    def is_fixed(self) -> bool:
        """Whether the headers are the format's own."""
        return self._fixed

    def _meaning(self, header: str) -> Meaning:
        name = header.strip()
        unit = unit_of(header)
        return (
            self._said(name, unit)
            or (self._of_format(name, unit) if self._fixed else None)
            or self._passed_over(header)
            or self._by_name(name, unit)
            or (self._by_beginning(name) if self._cut else None)
            or self._personal_by_word(name)
            or Meaning(None, "none", unit, understood=False)
        )

    def _said(self, name: str, unit: str | None) -> Meaning | None:
        for said, key in ((self._chosen, name), (self._chosen_plain, plain(name))):
            if key in said:
                field_id = said[key]
                return Meaning(self._by_id.get(field_id or ""), "chosen", unit)
        return None

    def _of_format(self, name: str, unit: str | None) -> Meaning:
        field = self._own.get(name)
        return Meaning(field, "synonym" if field else "none", unit)

    def _passed_over(self, header: str) -> Meaning | None:
        known = is_check_column(header) or plain(header) in _NUMBERING
        return Meaning(None, "none") if known else None

    def _by_name(self, name: str, unit: str | None) -> Meaning | None:
        if field := self._find(name):
            exact = {plain(text) for text in (field.id, field.title.zh, field.title.en)}
            return Meaning(field, "exact" if exact & {*header_forms(name)} else "synonym", unit)
        tail = _TAIL.match(unicodedata.normalize("NFKC", name))
        if tail and is_unit(tail[2]) and (field := self._find(tail[1])):
            return Meaning(field, "synonym", tail[2])
        return None

    def _by_beginning(self, name: str) -> Meaning | None:
        start = plain(name)
        names = [(other, field) for field in self._layer.all_fields() for other in field.headers()]
        names += self._more.items()
        fields = {field.id: field for other, field in names if other.startswith(start)}
        if len(fields) != 1 or len(start) < _SHORTEST_CUT:
            return None
        return Meaning(next(iter(fields.values())), "cut")

    def _personal_by_word(self, name: str) -> Meaning | None:
        field = self._personal if _PERSONAL.search(name) else None
        return None if field is None else Meaning(field, "synonym")

    def _find(self, header: str) -> Field | None:
        forms = header_forms(header)
        own = self._layer.find_field(header)
        return own or self._more.get(forms[0]) or self._more.get(forms[1])

    @cached_property
    def _by_id(self) -> dict[str, Field]:
        own = {field.id: field for field in self._layer.all_fields()}
        return {name: _extra(name) for name in _MORE} | own

    @cached_property
    def _personal(self) -> Field | None:
        return next((field for field in self._layer.all_fields() if field.personal), None)

    @cached_property
    def _own(self) -> dict[str, Field]:
        """Columns of land parcels that mean a field of whatever layer."""
        area = self._layer.find_field("面积")
        own = {"地块名称": self._by_id["name"], "地块编号": self._by_id["project_no"]}
        return own | ({"面积（公顷）": area} if area else {})

    @cached_property
    def _more(self) -> dict[str, Field]:
        by_id = self._by_id
        more = {plain(name): by_id[field] for field, names in _MORE.items() for name in names}
        more |= {plain(name): by_id["lon"] for name in _EAST}
        more |= {plain(name): by_id["lat"] for name in _NORTH}
        after = {"经度": "lon", "纬度": "lat", "坐标": "lonlat", "经纬度": "lonlat"}
        return more | {
            plain(before + word): by_id[field]
            for before in _BEFORE
            for word, field in after.items()
        }


def is_weak(header: str) -> bool:
    """Whether a header means a coordinate only where no other does: X, Y."""
    return header_forms(header)[1] in _WEAK


def unit_of(header: str) -> str | None:
    """The unit in a header's brackets, None where there is none."""
    for groups in _BRACKETS.findall(unicodedata.normalize("NFKC", header)):
        word = "".join(groups).removeprefix("单位").strip(":： ")
        if is_unit(word):
            return word
    return None


def _extra(field_id: str) -> Field:
    name = _MORE[field_id][0]
    return Field(id=field_id, title=Text(name, field_id), type="text")
