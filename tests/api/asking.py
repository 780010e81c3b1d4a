"""Asking the application as a client does, without a socket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI


@dataclass(frozen=True, slots=True)
class Api:
    """One running application; its loop is in a thread of its own."""

    app: FastAPI
    portal: BlockingPortal
    client: httpx.AsyncClient

    def get(self, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        """The answer; absolute links of other answers can be asked as they stand."""

        async def ask() -> httpx.Response:
            return await self.client.request(method, path, **options)

        return self.portal.call(ask)

    def together(self, paths: Sequence[str]) -> dict[str, httpx.Response]:
        """The answers to requests that are all asked at once."""

        async def ask() -> list[httpx.Response]:
            return await asyncio.gather(*(self.client.get(path) for path in paths))

        return dict(zip(paths, self.portal.call(ask), strict=True))

    def json(self, path: str, /, **parameters: Any) -> dict[str, Any]:
        answer = self.get(path, params=parameters or None)
        assert answer.status_code == 200, answer.text[:2000]
        found: dict[str, Any] = answer.json()
        return found

    def problem(self, path: str, status: int = 400, **options: Any) -> dict[str, Any]:
        """The problem document of a request that must fail with this status."""
        answer = self.get(path, **options)
        assert answer.status_code == status, answer.text[:2000]
        assert answer.headers["content-type"] == "application/problem+json"
        found: dict[str, Any] = answer.json()
        assert found["status"] == status
        assert found["code"]
        assert found["detail"]
        assert found["remedy"]
        return found

    def items(self, collection: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """All features that match, page after page."""
        path = f"/api/collections/{collection}/items"
        return [feature for page in self.pages(path, **parameters) for feature in page["features"]]

    def pages(self, path: str, /, **parameters: Any) -> Iterator[dict[str, Any]]:
        page = self.json(path, **parameters)
        while True:
            yield page
            onward = [link["href"] for link in page["links"] if link["rel"] == "next"]
            if not onward:
                return
            page = self.json(onward[0])


@contextmanager
def running(app: FastAPI) -> Iterator[Api]:
    """The application with its lifespan, as a server runs it."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
    ):
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", timeout=60
        )
        try:
            yield Api(app, portal, client)
        finally:
            portal.call(client.aclose)


def wait_until(happens: Callable[[], bool], seconds: float = 20) -> None:
    """Returns as soon as it happens; fails when it does not in this time."""
    ends = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < ends, f"it did not happen in {seconds} s"
        time.sleep(0.05)
