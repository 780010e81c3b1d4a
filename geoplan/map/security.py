"""What the page may load: its own origin, and raster tiles where configured. Nothing inline."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit


def content_security_policy(raster_hosts: Iterable[str] = ()) -> str:
    """The header `Content-Security-Policy` of the page.

    raster_hosts  origins such as `https://t0.tianditu.gov.cn` that raster tiles come from;
                  see `raster_origins`.
    No directive allows inline code or style: Folium's script is a file of its own and Leaflet sets
    styles through the object model.
    """
    images = " ".join(["'self'", "data:", *sorted(set(raster_hosts))])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src {images}",
            "connect-src 'self'",
            "font-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "object-src 'none'",
        ]
    )


def raster_origins(url: str, subdomains: str = "") -> tuple[str, ...]:
    """Origins of an XYZ template, one for each subdomain where it has `{s}`.

    Raises ValueError when the address is not http(s) or could widen the policy.
    """
    if not url:
        return ()
    names = subdomains or "abc"
    addresses = [url.replace("{s}", name) for name in names] if "{s}" in url else [url]
    return tuple(_origin(address) for address in addresses)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    host = parts.hostname or ""
    plain = host.replace(".", "").replace("-", "").isalnum() and host.isascii()
    if parts.scheme not in {"http", "https"} or not plain:
        raise ValueError(f"not the address of raster tiles: {address}")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}"
