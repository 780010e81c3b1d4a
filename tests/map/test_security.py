"""The page's content security policy."""

from __future__ import annotations

import pytest

from geoplan.map import content_security_policy, raster_origins


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in policy.split("; "))}


def test_nothing_inline_nothing_evaluated_nothing_foreign() -> None:
    found = directives(content_security_policy())
    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == found["style-src"] == found["connect-src"] == ["'self'"]
    assert found["base-uri"] == found["frame-ancestors"] == found["object-src"] == ["'none'"]
    assert "unsafe" not in str(found)


def test_a_raster_base_map_opens_images_to_its_hosts_and_nothing_else() -> None:
    hosts = raster_origins("https://t{s}.tianditu.gov.cn/vec_w/wmts?tk=key", "01")
    assert hosts == ("https://t0.tianditu.gov.cn", "https://t1.tianditu.gov.cn")
    closed, opened = (
        directives(content_security_policy()),
        directives(content_security_policy(hosts)),
    )
    assert opened.pop("img-src") == [*closed.pop("img-src"), *hosts]
    assert opened == closed


@pytest.mark.parametrize(
    ("address", "origins"),
    [
        ("", ()),
        ("https://tiles.example.cn:8443/{z}/{x}/{y}.png", ("https://tiles.example.cn:8443",)),
        ("http://10.0.0.5/{z}/{x}/{y}.png", ("http://10.0.0.5",)),
        ("https://{s}.example.cn/{z}", ("https://a.example.cn", "https://b.example.cn", "https://c.example.cn")),
    ],
)  # fmt: skip
def test_origins_of_a_raster_base_map(address: str, origins: tuple[str, ...]) -> None:
    assert raster_origins(address) == origins


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "//tiles.example.cn/{z}",
        "https://*/{z}",
        "https://a.example.cn; script-src *",
        "https://a.example.cn 'unsafe-inline'/",
        "https:///nowhere",
        "file:///etc/hostname",
    ],
)
def test_what_could_widen_the_policy_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not the address"):
        raster_origins(address)
