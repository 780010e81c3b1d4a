"""What holds for every route: problems, languages, ETags, compression, headers, hosts, methods."""

from __future__ import annotations

import gzip
import http.client
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import httpx
import pytest

from geoplan.api import app as application_module
from geoplan.catalogue import City
from geoplan.imports.features import import_features
from tests.api import made
from tests.api.asking import Api, running, wait_until
from tests.api.conftest import application
from tests.conftest import TestDatabase

TILE = "/tiles/greenway/10/807/420.mvt"
KINDS = [
    "/api",
    "/api/conformance",
    "/api/openapi",
    "/api/collections",
    "/api/collections/greenway",
    "/api/collections/greenway/items",
    "/api/collections/greenway/schema",
    "/api/collections/units/items/510104",
    "/api/grid/greenway",
    "/api/grid/greenway?f=bin",
    "/api/progress",
    "/api/identify?lon=104.06&lat=30.66",
    "/tiles/greenway.json",
    TILE,
]


@pytest.mark.parametrize("path", KINDS)
def test_an_answer_that_is_known_comes_back_as_304_without_a_body(api: Api, path: str) -> None:
    first = api.get(path)
    assert first.status_code == 200
    etag = first.headers["etag"]
    for known in (etag, f'"other", {etag}', "*"):
        again = api.get(path, headers={"if-none-match": known})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"].removeprefix("W/") == etag.removeprefix("W/")
    assert api.get(path, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", [*KINDS, "/healthz", "/readyz", "/openapi.json"])
def test_head_is_get_without_the_body(api: Api, path: str) -> None:
    get, head = api.get(path), api.get(path, "HEAD")
    assert head.status_code == get.status_code == 200
    assert head.content == b""
    for name in ("content-type", "etag", "content-encoding", "content-length"):
        assert head.headers.get(name) == get.headers.get(name), name


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("coding", ["gzip", "br", "identity", "gzip;q=0", "*;q=0"])
def test_the_client_s_coding_is_used_and_the_content_is_the_same(
    api: Api, path: str, coding: str
) -> None:
    def packed(name: str) -> tuple[str | None, bytes]:
        async def ask() -> tuple[str | None, bytes]:
            request = api.client.build_request("GET", path, headers={"accept-encoding": name})
            answer = await api.client.send(request, stream=True)
            data = b"".join([part async for part in answer.aiter_raw()])
            return answer.headers.get("content-encoding"), data

        return api.portal.call(ask)

    used, data = packed(coding)
    assert used in {None, coding}
    plain = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}[used](data)
    if "timeStamp" not in plain[-5000:].decode("latin-1"):
        assert plain == packed("identity")[1]
    if path == "/api/collections/greenway/items" and coding in {"gzip", "br"}:
        assert used == coding


def test_errors_are_in_the_reader_s_language(api: Api) -> None:
    path = "/api/collections/nosuch"
    assert "没有图层" in api.problem(path, 404)["detail"]
    english = api.get(path, headers={"accept-language": "fr, en;q=0.8, zh;q=0.5"})
    assert "There is no collection" in english.json()["detail"]
    assert english.headers["content-language"] == "en"
    assert "没有图层" in api.problem(f"{path}?lang=zh", 404, headers={"accept-language": "en"})["detail"]  # fmt: skip


@pytest.mark.parametrize("path", ["/nosuch", "/api/", "/api/collections/", "/api/nosuch", "/tiles/x", "/static/", "/static/nosuch.js", "/static/.vite/manifest.json", "/static/../pyproject.toml", "/static/%2e%2e/%2e%2e/pyproject.toml", "/api/static/../app.py", "/map/0123456789ab.js"])  # fmt: skip
def test_an_address_without_anything_is_a_404_problem(api: Api, path: str) -> None:
    api.problem(path, 404)


@pytest.mark.parametrize("path", ["/api", "/api/collections/greenway", "/healthz", TILE, "/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_a_405_problem(api: Api, path: str, method: str) -> None:
    answer = api.get(path, method)
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert "GET" in answer.headers["allow"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [*(k for k in KINDS if "?" not in k), "/healthz", "/readyz", "/openapi.json", "/"])  # fmt: skip
def test_unknown_parameters_are_refused_everywhere(api: Api, path: str) -> None:
    assert api.problem(f"{path}?nosuch=1")["code"] == "unknown_parameter"
    assert api.problem(f"{path}?lang=zh&lang=zh")["code"] == "repeated_parameter"
    for wrong in ("lang=%00", "lang=%ff", "x=" + "y" * 9000, "&".join(f"a{n}=1" for n in range(100))):  # fmt: skip
        api.problem(f"{path}?{wrong}")


@pytest.mark.parametrize(
    "host",
    ["evil.test", "127.0.0.1.evil.test", "localhost@evil.test", "localhost/evil", "", "map.test.", "localhost:99999999", "[::2]"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api", TILE, "/healthz"])
def test_a_foreign_host_is_refused(api: Api, host: str, path: str) -> None:
    assert api.problem(path, headers={"host": host})["code"] == "unknown_host"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "[::1]:8000", "MAP.TEST", "map.test:443"])  # fmt: skip
def test_links_are_built_on_the_host_that_was_asked(api: Api, host: str) -> None:
    answer = api.get("/api", headers={"host": host})
    assert answer.status_code == 200
    assert answer.json()["links"][0]["href"].lower() == f"http://{host.lower()}/api?f=json"
    assert api.get(TILE, headers={"host": host}).status_code == 200


def test_two_hosts_or_none_are_refused(url: str) -> None:
    server = urlsplit(url)
    for hosts in ([], ["localhost", "localhost"], ["localhost", "evil.test"]):
        connection = http.client.HTTPConnection(server.hostname or "", server.port, timeout=30)
        connection.putrequest("GET", "/api", skip_host=True)
        for host in hosts:
            connection.putheader("Host", host)
        connection.endheaders()
        assert connection.getresponse().status == 400
        connection.close()


@pytest.mark.parametrize("path", [*KINDS, "/nosuch", "/api?nosuch=1", "/healthz", "/api/static/api.css"])  # fmt: skip
def test_every_answer_has_the_security_headers(api: Api, path: str) -> None:
    headers = api.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    assert "server" not in headers


def test_pages_for_people_may_load_their_style_and_nothing_else(api: Api) -> None:
    page = api.get("/api/collections?f=html")
    policy = page.headers["content-security-policy"]
    assert "style-src 'self'" in policy
    assert "script-src" not in policy
    style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = api.get(style)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


def test_a_preflight_is_answered(api: Api) -> None:
    asked = {"origin": "https://other.test", "access-control-request-method": "GET"}
    answer = api.get("/api/collections", "OPTIONS", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"


def test_a_request_keeps_its_id_and_an_odd_one_is_replaced(api: Api) -> None:
    assert api.get("/api", headers={"x-request-id": "abc_DEF-123"}).headers["x-request-id"] == "abc_DEF-123"  # fmt: skip
    for odd in ("x", "a b c d e f g h", "a" * 65):
        assert api.get("/api", headers={"x-request-id": odd}).headers["x-request-id"] != odd


def test_an_error_that_nothing_foresaw_is_a_500_problem_without_inner_detail(
    database: TestDatabase, city: City
) -> None:
    app = application(database, city)

    @app.get("/api/broken")
    async def broken() -> None:
        raise RuntimeError("secret detail: SELECT * FROM account")

    with running(app) as api:
        answer = api.get("/api/broken?lang=en")
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-request-id"]
        assert answer.json()["code"] == "internal_error"
        assert "SELECT" not in answer.text
        assert api.get("/healthz").status_code == 200


def test_an_import_changes_etags_and_answers_within_seconds(
    api: Api, database: TestDatabase, city: City, tmp_path: Path
) -> None:
    paths = ["/api/collections/charger", "/api/collections/charger/items", "/api/grid/charger", "/tiles/charger.json", "/tiles/charger/10/807/420.mvt", "/api/progress"]  # fmt: skip
    before = {path: api.get(path) for path in paths}
    other = api.get("/api/collections/greenway/items").headers["etag"]
    page = api.get("/") if api.get("/").status_code == 200 else None
    count = before["/api/collections/charger"].json()["numberOfFeatures"]
    with database.connect() as connection:
        rows = made.chargers(301, made.around)
        made.put(connection, city, tmp_path, "charger", rows)
    wait_until(lambda: api.json("/api/collections/charger")["numberOfFeatures"] > count)
    for path in paths:
        etag = before[path].headers["etag"]
        changed = api.get(path, headers={"if-none-match": etag})
        assert changed.status_code == 200, path
        assert changed.headers["etag"] != etag, path
    assert api.get("/api/collections/greenway/items").headers["etag"] == other
    version = api.json("/tiles/charger.json")["data_version"]
    assert version == before["/tiles/charger.json"].json()["data_version"] + 1
    if page is not None:
        script = next(part for part in api.get("/").text.split('"') if part.startswith("/map/"))
        assert f"/tiles/charger/{{z}}/{{x}}/{{y}}.mvt?v={version}" in api.get(script).text
        assert script not in page.text


def test_the_same_file_again_changes_no_etag(
    api: Api, database: TestDatabase, city: City, tmp_path: Path
) -> None:
    path = "/api/collections/park/items"
    etag = api.get(path).headers["etag"]
    with database.connect() as connection:
        made.put(connection, city, tmp_path, "park", made.parks(), made.LEDGER)
        changes, _ = import_features(connection, city, tmp_path / "park.geojson", "park", made.LEDGER)  # fmt: skip
        assert not changes.any
    assert api.get(path, headers={"if-none-match": etag}).status_code == 304


def test_health_routes_answer_and_are_not_kept(api: Api) -> None:
    assert api.json("/healthz") == {"status": "ok"}
    ready = api.get("/readyz")
    assert ready.json()["status"] == "ready"
    assert ready.headers["cache-control"] == "no-store"


def test_a_database_without_this_program_s_migrations_is_not_ready(
    empty_database: TestDatabase, city: City
) -> None:
    empty_database.migrate()
    with empty_database.connect("administrator") as connection:
        connection.execute("DELETE FROM geoplan.migration WHERE name LIKE '0005%'")
    with running(application(empty_database, city)) as api:
        assert api.problem("/readyz", 503)["code"] == "not_migrated"
        assert api.get("/healthz").status_code == 200


def test_a_long_answer_is_the_same_over_a_socket(api: Api, url: str) -> None:
    path = "/api/collections/units/items?limit=100"
    over = httpx.get(url + path, headers={"accept-encoding": "br"}, timeout=60)
    assert over.headers["content-encoding"] == "br"
    assert "server" not in over.headers
    assert over.json()["features"] == api.json(path)["features"]


def test_a_cut_stream_of_gzip_is_whole(api: Api) -> None:
    async def ask() -> bytes:
        request = api.client.build_request(
            "GET", "/api/collections/units/items?limit=100", headers={"accept-encoding": "gzip"}
        )
        answer = await api.client.send(request, stream=True)
        return b"".join([part async for part in answer.aiter_raw()])

    stream = zlib.decompressobj(31)
    stream.decompress(api.portal.call(ask))
    assert stream.eof
    assert stream.unused_data == b""


def test_no_room_of_the_package_imports_the_api() -> None:
    package = Path(application_module.__file__).parents[1]
    allowed = {package / "serving.py"}
    for path in package.rglob("*.py"):
        if path.parent.name != "api" and path not in allowed:
            assert "geoplan.api" not in path.read_text(encoding="utf-8"), path
        if path.parent.name == "api":
            assert "geoplan.map" not in path.read_text(encoding="utf-8"), path
