"""Addresses of running services."""

from __future__ import annotations

from urllib.parse import urlsplit

from geoplan.errors import GeoplanError
from geoplan.text import Text


def server_url(url: str) -> str:
    """The address of a service without what follows its name.

    Raises GeoplanError `bad_address` unless it is http(s) with a host and nothing that could be
    read as more than an address.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    plain = host.isascii() and host.replace(".", "").replace("-", "").replace(":", "").isalnum()
    if parts.scheme not in {"http", "https"} or not plain or parts.path.strip("/"):
        raise GeoplanError(
            "bad_address",
            Text(f"“{url}”不是服务的地址", f"{url!r} is not the address of a service"),
            Text("例如 http://127.0.0.1:8000", "for instance http://127.0.0.1:8000"),
        )
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{f':{parts.port}' if parts.port else ''}"
