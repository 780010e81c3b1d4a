"""Raster base maps by configuration."""

from __future__ import annotations

import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.map import build_page, content_security_policy
from geoplan.map.raster import raster_sources, tianditu_url
from geoplan.resources import resource
from geoplan.serving import pages
from geoplan.settings import Settings
from tests.map.documents import read

TOKEN = "0123456789abcdef0123456789abcdef"  # of the form of a key, nobody's


@pytest.mark.parametrize(("kind", "names"), [("vec", "cva"), ("img", "cia"), ("ter", "cta")])
def test_tianditu_is_a_map_and_its_names_from_its_eight_hosts(kind: str, names: str) -> None:
    url = tianditu_url(kind, TOKEN)  # type: ignore[arg-type]
    below, above = raster_sources(url)
    assert (f"LAYER={kind}&", f"LAYER={names}&") == tuple(
        next(part for part in (f"LAYER={kind}&", f"LAYER={names}&") if part in each.template)
        for each in (below, above)
    )
    assert all(f"tk={TOKEN}" in each.template for each in (below, above))
    hosts = tuple(f"https://t{n}.tianditu.gov.cn" for n in range(8))
    assert below.origins() == above.origins() == hosts


def test_settings_with_a_key_show_tianditu_with_its_credit_and_open_its_hosts_alone(
    city: City,
) -> None:
    source = pages(Settings(tianditu_token=TOKEN, tianditu_map="img"), city)
    images = next(p for p in source.policy.split("; ") if p.startswith("img-src")).split()
    assert set(images[1:]) == {
        "'self'",
        "data:",
        *(f"https://t{n}.tianditu.gov.cn" for n in range(8)),
    }
    page = source.public("zh", {}, ())
    assert page.script.count("L.tileLayer(") == 2
    assert "img_w/wmts" in page.script
    assert "cia_w/wmts" in page.script
    assert read(page.html).text.count("天地图") >= 2


def test_an_address_of_ones_own_goes_before_tianditu(city: City) -> None:
    own = "https://tiles.example.cn/{z}/{x}/{y}.png"
    source = pages(Settings(raster_url=own, tianditu_token=TOKEN), city)
    assert "tianditu.gov.cn" not in source.policy
    assert own in source.public("zh", {}, ()).script


def test_without_either_the_page_has_no_raster_and_no_foreign_host(city: City) -> None:
    source = pages(Settings(), city)
    assert source.policy == content_security_policy()
    assert "raster: null" in source.public("en", {}, ()).script


@pytest.mark.parametrize(
    "wrong",
    ["https://tiles.example.cn/tile.png", "https://a.cn/{z}/{x}/{y} javascript:{z}{x}{y}"],
)
def test_an_address_without_tiles_is_told_at_the_start(city: City, wrong: str) -> None:
    with pytest.raises(GeoplanError) as caught:
        pages(Settings(raster_url=wrong), city)
    assert caught.value.code == "raster_url_invalid"


def test_a_key_with_markup_in_it_stays_a_key(city: City) -> None:
    page = build_page(
        city, bundle=resource("web"), raster_url=tianditu_url("vec", "</script>{{7}}")
    )
    assert "</script>" not in page.script
    assert "{{7}}" not in page.script
