"""docs/notebook.md as a notebook: run by a kernel, its maps looked at where a notebook shows them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from playwright.sync_api import Browser, Frame

from tests.browser.view import View, view

GUIDE = Path(__file__).parents[2] / "docs" / "notebook.md"
_PAINTED = """
(pane) => [...document.querySelectorAll(`.leaflet-${pane}-pane canvas`)].some((canvas) => {
  if (canvas.width * canvas.height === 0) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, i) => i % 4 === 3 && value > 0);
})
"""


def run_guide(url: str, folder: Path) -> list[str]:
    """The HTML that the notebook's cells show, run against a service."""
    text = GUIDE.read_text(encoding="utf-8").replace("http://127.0.0.1:8000", url)
    cells = re.findall(r"^```python\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    done: Any = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    done.execute()
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    return [each["data"]["text/html"] for each in outputs if "text/html" in each.get("data", {})]


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """The folder over HTTP: an origin that is not the service's, as a notebook's is."""
    handler = partial(_Silent, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing."""


def frame_of(shown: View, number: int) -> Frame:
    """The document of one of the notebook's maps, once it is whole."""
    element = shown.page.locator("iframe").nth(number).element_handle()
    found = element.content_frame()
    assert found is not None
    found.wait_for_selector('html[data-state="idle"]', timeout=30_000)
    return found


def test_the_guide_runs_as_a_notebook_and_its_maps_show_in_frames_of_another_origin(
    browser: Browser, server_url: str, tmp_path: Path
) -> None:
    maps = [html for html in run_guide(server_url, tmp_path) if html.startswith("<iframe")]
    served, hexagons, kinds = maps
    page = f"<!doctype html><title>notebook</title><link rel=icon href=data:,>{served}{hexagons}{kinds}"
    (tmp_path / "notebook.html").write_text(page, encoding="utf-8")
    with hosted(tmp_path) as origin, view(browser, origin) as shown:
        shown.page.goto(f"{origin}/notebook.html")
        frame = frame_of(shown, 0)
        for pane in ("ground", "hexagons", "boundaries", "features", "names"):
            assert frame.evaluate(_PAINTED, pane), pane
        legend = frame.locator(".alone-legend")
        assert legend.locator("input[type=checkbox]").count() == 3
        assert legend.locator(".classes li").count() == 5
        assert "Synthetic data" in legend.inner_text()
        legend.get_by_label("Charging piles").uncheck()
        frame.wait_for_selector(".leaflet-hexagons-pane canvas", state="detached")
        assert legend.locator(".classes li").count() == 0
        assert frame.locator("h1").inner_text() == "Parks and charging points"
        assert "not reviewed" in frame.locator(".leaflet-control-attribution").inner_text()

        assert frame_of(shown, 1).evaluate(_PAINTED, "hexagons")
        third = frame_of(shown, 2)
        assert third.evaluate(_PAINTED, "features")
        listed = third.locator(".alone-legend .classes li").all_inner_texts()
        assert sorted(listed) == ["clinic", "market", "nursery"]
        # Only the map with a service asks for anything, and asks nobody but the service.
        assert {address.split("/", 3)[2] for address in shown.foreign} == {server_url[7:]}
        assert shown.asked == ["/notebook.html"]
        assert shown.complaints == []
    assert "connect-src 'none'" in (tmp_path / "people.html").read_text(encoding="utf-8")
