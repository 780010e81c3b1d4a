"""Whether a change is asked for by a page of this service: browsers say where a request is from."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from geoplan.errors import GeoplanError
from geoplan.text import Text


def refuse_foreign(request: Request) -> None:
    """Raise GeoplanError 403 when a browser sends this from another origin.

    Programs send neither header. `same-site` is another origin too: a neighbour's host name.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in {"same-origin", "none"}:
        raise _foreign()
    if origin is not None and _host_of(origin) != request.headers["host"].lower():
        raise _foreign()


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _foreign() -> GeoplanError:
    return GeoplanError(
        "foreign_origin",
        Text("不接受来自其他网站的更改请求", "A page of another origin may change nothing here"),
        Text("请在本服务的页面上操作", "Do it on a page of this service"),
        status=403,
    )
