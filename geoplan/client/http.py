"""Requests to a service, and its problems as errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

from geoplan import __version__
from geoplan.addresses import server_url
from geoplan.errors import GeoplanError
from geoplan.text import Lang, Text

TIMEOUT_S = 60.0
Query = Mapping[str, str | int | float | None]


class Connection:
    """One service, asked with GET alone; connections are kept for the next question.

    Raises GeoplanError `bad_address` when the address is not http(s).
    """

    def __init__(self, url: str, *, token: str, lang: Lang, timeout_s: float) -> None:
        self.url = server_url(url)
        headers = {"accept-language": lang, "user-agent": f"geoplan/{__version__}"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._client = httpx2.Client(headers=headers, timeout=timeout_s)

    def get(self, path: str, query: Query | None = None) -> dict[str, Any]:
        """A JSON answer.

        path   of the service, or a whole address of it, such as the link to a next page.
        query  parameters; those that are None are left out.
        Raises GeoplanError: the service's own problem with its remedy; `service_unreachable`;
        `not_geoplan` for an answer that is no JSON object.
        """
        wanted = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            answer = self._client.get(self._address(path), params=wanted or None)
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise self._foreign(answer.status_code)
        if answer.status_code != 200:
            raise _problem(answer.status_code, found)
        return found

    def close(self) -> None:
        """Closes the kept connections."""
        self._client.close()

    def _address(self, path: str) -> str:
        """Links are followed by their path: behind a proxy the service may have another name."""
        parts = urlsplit(path)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self.url}{parts.path}{query}"

    def _unreachable(self, error: Exception) -> GeoplanError:
        return GeoplanError(
            "service_unreachable",
            Text(f"无法连接 {self.url}：{error}", f"cannot reach {self.url}: {error}"),
            Text(
                "请确认服务已启动（geoplan up）、地址与端口正确",
                "check that the service runs (geoplan up), its address and its port",
            ),
            status=503,
        )

    def _foreign(self, status: int) -> GeoplanError:
        return GeoplanError(
            "not_geoplan",
            Text(
                f"{self.url} 的回答（{status}）不是 geoplan 的",
                f"what answers at {self.url} ({status}) is not geoplan",
            ),
            Text("请检查地址", "check the address"),
            status=502,
        )


def _problem(status: int, found: Mapping[str, Any]) -> GeoplanError:
    """A problem of the service (RFC 9457): in the language that was asked for."""
    detail = str(found.get("detail") or found.get("title") or status)
    remedy = str(found.get("remedy") or "")
    return GeoplanError(
        str(found.get("code") or "refused"),
        Text(detail, detail),
        Text(remedy, remedy),
        status=status,
    )
