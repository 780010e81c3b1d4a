"""Every page behind a proxy that lets this machine alone through and writes down what it refuses."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import geopandas
import pytest
from playwright.sync_api import Browser

from geoplan.map import city_map
from tests.browser.view import DESKTOP, view

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
QUIET = [
    *["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    *["--disable-domain-reliability", "--disable-default-apps"],
]
_HEAD = 65_536
ELSEWHERE = "elsewhere.example"


class Proxy:
    """An HTTP proxy for one host and port; everything else is refused and kept.

    passed, refused  first lines of requests, such as `GET http://example.com/ HTTP/1.1`
    """

    def __init__(self, host: str, port: int) -> None:
        self._own = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.passed: list[str] = []
        self.refused: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                asked, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(asked,), daemon=True).start()

    def _serve(self, asked: socket.socket) -> None:
        """One request a connection: the answer is passed on until the service ends it."""
        with closing(asked), suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and len(head) < _HEAD:
                more = asked.recv(8192)
                if not more:
                    return
                head += more
            line, _, rest = head.partition(b"\r\n")
            own = "http://{}:{}/".format(*self._own).encode()
            method, target, version = line.split(b" ")
            if not target.startswith(own):
                self.refused.append(line.decode())
                asked.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\n\r\nrefused")
                return
            self.passed.append(line.decode())
            path = b"/" + target.removeprefix(own)
            with closing(socket.create_connection(self._own)) as service:
                service.sendall(b"%s %s %s\r\nConnection: close\r\n" % (method, path, version))
                service.sendall(rest.replace(b"\r\nConnection: keep-alive", b""))
                while answer := service.recv(65_536):
                    asked.sendall(answer)


@pytest.fixture(scope="module")
def proxy(server_url: str) -> Iterator[Proxy]:
    host, port = server_url.removeprefix("http://").split(":")
    made = Proxy(host, int(port))
    yield made
    made.close()


@pytest.fixture(scope="module")
def behind(browser: Browser, proxy: Proxy) -> Iterator[Browser]:
    """A browser that reaches nothing but through the proxy, this machine's names included."""
    closed = browser.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=[*FLAGS, *QUIET, f"--proxy-server={proxy.address}", "--proxy-bypass-list=<-loopback>"],
    )
    page = closed.new_page()
    page.goto(f"http://{ELSEWHERE}/")  # the proxy does see what is asked of others
    assert f"GET http://{ELSEWHERE}/ HTTP/1.1" in proxy.refused
    page.close()
    yield closed
    closed.close()


PAGES = [
    "/?lang=zh",
    "/?lang=en",
    "/plan?lang=zh",
    "/plan?lang=en",
    "/staff?lang=zh",
    "/staff?lang=en",
]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_another_origin_for_anything(
    behind: Browser, proxy: Proxy, server_url: str, path: str
) -> None:
    proxy.passed.clear()
    with view(behind, server_url, DESKTOP) as shown:
        shown.open(path)
        shown.keep(f"origin-{path.strip('/').replace('?lang=', '-')}")
        shown.assert_clean()
    # The page came through the proxy, so what it asked elsewhere would have come there too.
    assert any(path in line for line in proxy.passed)
    assert about(proxy) == []


def test_a_saved_map_asks_nobody(
    behind: Browser, proxy: Proxy, server_url: str, tmp_path: Path
) -> None:
    rows = geopandas.GeoDataFrame(
        {"people": [1, 2]},
        geometry=geopandas.points_from_xy([104.06, 104.08], [30.66, 30.67]),
        crs="EPSG:4490",
    )
    city_map(rows, column="people", res=8).save(str(tmp_path / "own.html"))
    city_map(server=server_url).save(str(tmp_path / "served.html"))
    proxy.passed.clear()
    with view(behind, tmp_path.as_uri(), DESKTOP) as shown:
        shown.page.goto(f"{tmp_path.as_uri()}/own.html")
        shown.idle()
        assert proxy.passed == []
        shown.assert_clean()
        # One that was made for a service asks that service, with the origin of a file.
        shown.page.goto(f"{tmp_path.as_uri()}/served.html")
        shown.idle()
        assert shown.painted("hexagons") > 1000
        assert {line.split("/")[3] for line in proxy.passed} <= {"tiles", "api"}
    assert about(proxy) == []


def about(proxy: Proxy) -> list[str]:
    """What was refused, but for the browser's own errands."""
    # Chromium asks its maker about itself, whatever the page.
    own = ("google", "gstatic", "gvt1", ELSEWHERE)
    return [line for line in proxy.refused if not any(name in line for name in own)]
