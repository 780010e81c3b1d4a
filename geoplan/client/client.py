"""The client object: questions to a service, frames as answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import geopandas
import numpy as np
import pandas as pd

from geoplan.client.http import TIMEOUT_S, Connection, Query
from geoplan.client.walk import Walk
from geoplan.errors import GeoplanError
from geoplan.grid.cells import cell_polygons
from geoplan.text import Lang, Text

if TYPE_CHECKING:
    from geoplan.map import CityMap

PAGE = 5_000
MOST_FEATURES = 200_000


class Client:
    """A running service, read from Python.

        city = Client("http://127.0.0.1:8000")
        parks = city.collection("park")
        city.map(layers=["park"], theme="charger.piles")

    url      of the service
    token    of an account, for what the public may not see; sent to that service alone
    lang     of names in the answers and of problems
    Frames say in `attrs` which `data_version` they are of and whether they are `synthetic`.
    Every question raises GeoplanError with `code` and `remedy` when it cannot be answered:
    `service_unreachable`, `not_geoplan`, or the service's own problem (docs/api.md).
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        token: str = "",
        lang: Lang = "zh",
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self.lang: Lang = lang
        self._service = Connection(url, token=token, lang=lang, timeout_s=timeout_s)

    @property
    def url(self) -> str:
        """The service's address."""
        return self._service.url

    def collections(self) -> pd.DataFrame:
        """What there is: `id`, `title`, `description`, `synthetic`."""
        answer = self._service.get("/api/collections")
        columns = ["id", "title", "description", "synthetic"]
        found = pd.DataFrame(answer["collections"])
        return found[[name for name in columns if name in found]]

    def collection(
        self,
        layer: str,
        *,
        bbox: tuple[float, float, float, float] | None = None,
        most: int = MOST_FEATURES,
        **properties: str | int | float,
    ) -> geopandas.GeoDataFrame:
        """The features of a layer, or `units`; EPSG:4326, indexed by their id.

        bbox        west, south, east, north in degrees
        most        features at most
        properties  equalities, such as `status="open"`; names as `…/queryables` has them
        Raises GeoplanError `too_many_features` beyond `most`, before they are fetched.
        """
        box = ",".join(str(edge) for edge in bbox) if bbox else None
        query: Query | None = {**properties, "f": "json", "bbox": box, "limit": min(PAGE, most)}
        path, features = f"/api/collections/{layer}/items", []
        first: dict[str, Any] = {}
        while path:
            page = self._service.get(path, query)
            first = first or page
            if int(page.get("numberMatched", 0)) > most:
                raise _too_many(layer, int(page["numberMatched"]), most)
            features += page["features"]
            query = None  # the link holds them
            path = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
        return _frame(features, first)

    def grid(
        self,
        layer: str,
        *,
        res: int = 8,
        measure: str | None = None,
        status: Sequence[str] = (),
        bbox: tuple[float, float, float, float] | None = None,
    ) -> geopandas.GeoDataFrame:
        """A layer's measure by H3 cell: hexagons in EPSG:4326 with `value`, indexed by `cell`.

        res  6 to 9, and 10 with a small bbox
        `attrs` also holds `layer`, `measure`, `unit`, `total`.
        """
        query = {
            "res": res,
            "measure": measure,
            "status": ",".join(status) or None,
            "bbox": ",".join(str(edge) for edge in bbox) if bbox else None,
        }
        return _hexagons(self._service.get(f"/api/grid/{layer}", query), "value")

    def reach(
        self,
        lon: float,
        lat: float,
        *,
        minutes: int | None = None,
        speed: Literal["planning", "adult", "elderly", "child"] | None = None,
        when: Literal["now", "planned"] | None = None,
    ) -> Walk:
        """What is within a walk from a place, degrees EPSG:4326."""
        query = {"lon": lon, "lat": lat, "minutes": minutes, "speed": speed, "when": when}
        return Walk.of(self._service.get("/api/reach", query))

    def coverage(self, **query: str | int | float | None) -> pd.DataFrame:
        """Who has a service within its standard, one row a unit, standard, measure and time.

        query  as `/api/coverage` takes it: `service`, `unit`, `standard`, …
        """
        return _rows(self._service.get("/api/coverage", query), "rows", self.lang)

    def progress(self, **query: str | int | float | None) -> pd.DataFrame:
        """The plan's targets and what is done, one row a target and unit."""
        return _rows(self._service.get("/api/progress", query), "rows", self.lang)

    def map(self, **options: Any) -> CityMap:
        """The city's map with tiles and hexagons of this service: `geoplan.map.city_map`."""
        from geoplan.map import city_map  # noqa: PLC0415 (a client need not load what draws)

        return city_map(server=self.url, **{"lang": self.lang, **options})

    def close(self) -> None:
        """Closes the kept connections."""
        self._service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _frame(features: list[dict[str, Any]], page: dict[str, Any]) -> geopandas.GeoDataFrame:
    """Features as a frame; one without rows has a geometry column too."""
    if features:
        found = geopandas.GeoDataFrame.from_features(features, crs="EPSG:4326")
        found.index = pd.Index([feature.get("id") for feature in features], name="id")
    else:
        found = geopandas.GeoDataFrame({"geometry": []}, geometry="geometry", crs="EPSG:4326")
    found.attrs = _facts(page)
    return found


def _hexagons(answer: dict[str, Any], column: str) -> geopandas.GeoDataFrame:
    cells = np.array([int(cell, 16) for cell in answer["cells"]], dtype=np.int64)
    found = geopandas.GeoDataFrame(
        {column: answer["values"]},
        geometry=cell_polygons(cells),
        index=pd.Index(answer["cells"], name="cell"),
        crs="EPSG:4326",
    )
    kept = ("layer", "res", "measure", "unit", "total")
    found.attrs = _facts(answer) | {name: answer[name] for name in kept}
    return found


def _rows(answer: dict[str, Any], key: str, lang: Lang) -> pd.DataFrame:
    """Rows as a frame, words in one language."""
    rows = [{name: _worded(value, lang) for name, value in row.items()} for row in answer[key]]
    found = pd.DataFrame(rows)
    found.attrs = _facts(answer)
    return found


def _worded(value: Any, lang: Lang) -> Any:
    both = isinstance(value, dict) and value.keys() == {"zh", "en"}
    return value[lang] if both else value


def _facts(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "data_version": answer.get("data_version"),
        "synthetic": bool(answer.get("synthetic")),
    }


def _too_many(layer: str, found: int, most: int) -> GeoplanError:
    return GeoplanError(
        "too_many_features",
        Text(f"{layer} 有 {found:,} 个要素，超过 {most:,}", f"{layer} has {found:,} features"),
        Text(
            "请用 bbox 或属性缩小范围，或加大 most",
            "ask for less by bbox or a property, or raise `most`",
        ),
    )
