"""A raster base map by configuration: any XYZ template, or the national map service Tianditu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geoplan.map.security import raster_origins

TiandituMap = Literal["vec", "img", "ter"]
TIANDITU_ATTRIBUTION = "天地图"

_LABELS: dict[TiandituMap, str] = {"vec": "cva", "img": "cia", "ter": "cta"}
_TIANDITU = "tianditu.gov.cn"


@dataclass(frozen=True, slots=True)
class RasterSource:
    """Addresses of one kind of tiles: `{z}`, `{x}`, `{y}`, and `{s}` for one of the subdomains."""

    template: str
    subdomains: str

    def origins(self) -> tuple[str, ...]:
        """What the page's policy must allow. Raises ValueError when it is not such an address."""
        if not all(place in self.template for place in ("{z}", "{x}", "{y}")):
            raise ValueError(f"no {{z}}, {{x}}, {{y}} in the address of tiles: {self.template}")
        return raster_origins(self.template, self.subdomains)


def raster_sources(url: str) -> list[RasterSource]:
    """The layers of a base map, the lowest first.

    url  one template, or several with spaces between: a map, and its names over it. Empty: none.
    """
    return [
        RasterSource(template, "01234567" if _TIANDITU in template else "abc")
        for template in url.split()
    ]


def tianditu_url(kind: TiandituMap, token: str) -> str:
    """The map and its names as `raster_sources` reads them.

    kind   vec streets, img pictures, ter relief; in spherical mercator (`_w`), CGCS2000.
    token  the operator's key (`tk`); browsers ask Tianditu themselves, so they are given it.
    Source: Tianditu's WMTS, version 1.0.0, hosts t0 to t7.
    """
    return " ".join(_tianditu_layer(layer, token) for layer in (kind, _LABELS[kind]))


def _tianditu_layer(layer: str, token: str) -> str:
    return (
        f"https://t{{s}}.{_TIANDITU}/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
        f"&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
        f"&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={token}"
    )
