"""The map page as it is served: its policy, its script and the files of the bundle."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import brotli
import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.serving import pages
from geoplan.settings import Settings
from tests.api.asking import Api, running
from tests.api.conftest import application
from tests.conftest import TestDatabase

pytestmark = pytest.mark.usefixtures("bundle")


def script_of(page: str) -> str:
    return next(path for path in re.findall(r'src="([^"]+)"', page) if path.startswith("/map/"))


def test_the_page_comes_in_both_languages_with_one_script(api: Api) -> None:
    chinese, english = api.get("/"), api.get("/?lang=en")
    assert (chinese.headers["content-language"], english.headers["content-language"]) == (
        "zh",
        "en",
    )
    assert '<html lang="zh-CN"' in chinese.text
    assert '<html lang="en"' in english.text
    assert script_of(chinese.text) == script_of(english.text)
    assert api.get("/", headers={"accept-language": "en"}).text == english.text


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(api: Api) -> None:
    page = api.get("/")
    directives = dict(
        part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";")
    )
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    assert not re.search(r"\s(?:style|on\w+)=", page.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)


def test_the_script_is_named_by_its_content_and_kept_for_ever(api: Api) -> None:
    path = script_of(api.get("/").text)
    answer = api.get(path)
    assert path == f"/map/{hashlib.sha256(answer.content).hexdigest()[:12]}.js"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


def test_the_script_names_tiles_with_their_version_and_the_sources_credits(api: Api) -> None:
    script = api.get(script_of(api.get("/").text)).text
    for source in ("units", "greenway", "charger"):
        version = api.json(f"/tiles/{source}.json")["data_version"]
        assert f"/tiles/{source}/{{z}}/{{x}}/{{y}}.mvt?v={version}" in script
    page = api.get("/").text
    assert "示意数据，虚构" in page
    assert "GS(2024)0650" in page


def test_a_new_process_serves_the_script_before_the_page(
    api: Api, database: TestDatabase, city: City
) -> None:
    path = script_of(api.get("/").text)
    with running(application(database, city)) as other:
        assert other.get(path).content == api.get(path).content


def test_the_page_is_asked_about_again_and_not_sent_again(api: Api) -> None:
    page = api.get("/")
    assert page.headers["cache-control"] == "no-cache"
    again = api.get("/", headers={"if-none-match": page.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["content-security-policy"] == page.headers["content-security-policy"]
    assert "Accept-Language" in again.headers["vary"]


@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress), (None, bytes)])  # fmt: skip
def test_files_of_the_bundle_come_compressed_and_are_kept_for_ever(
    api: Api, bundle: Path, coding: str | None, unpack: type
) -> None:
    manifest = json.loads((bundle / ".vite" / "manifest.json").read_text())
    for name in (manifest["src/main.ts"]["file"], *manifest["src/main.ts"]["css"]):

        async def ask(name: str = name) -> tuple[dict[str, str], bytes]:
            request = api.client.build_request(
                "GET", f"/static/{name}", headers={"accept-encoding": coding or "identity"}
            )
            answer = await api.client.send(request, stream=True)
            return dict(answer.headers), b"".join([part async for part in answer.aiter_raw()])

        headers, data = api.portal.call(ask)
        assert headers.get("content-encoding") == coding
        assert unpack(data) == (bundle / name).read_bytes()
        assert "immutable" in headers["cache-control"]
        assert "Accept-Encoding" in headers["vary"]
        if coding:
            assert data == (bundle / f"{name}.{coding.replace('gzip', 'gz')}").read_bytes()


def test_a_file_whose_name_never_changes_is_asked_about_again(api: Api) -> None:
    answer = api.get("/static/favicon.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "no-cache"
    known = {"if-none-match": answer.headers["etag"]}
    assert api.get("/static/favicon.svg", headers=known).status_code == 304


def test_raster_tiles_widen_the_policy_by_their_hosts_only(
    database: TestDatabase, city: City
) -> None:
    app = application(
        database,
        city,
        raster_url="https://{s}.tiles.test/{z}/{x}/{y}.png",
        raster_attribution="© 测试",
    )
    with running(app) as api:
        page = api.get("/")
        images = next(p for p in page.headers["content-security-policy"].split("; ") if p.startswith("img-src"))  # fmt: skip
        hosts = {f"https://{s}.tiles.test" for s in "abc"}
        assert set(images.split()[1:]) == {"'self'", "data:", *hosts}
        assert "tiles.test/{z}" in api.get(script_of(page.text)).text
        assert "© 测试" in page.text


@pytest.mark.parametrize("wrong", ["javascript:alert(1)", "https://a b/{z}", "x", "https://*/{z}"])
def test_a_raster_address_that_is_none_is_told_at_the_start(city: City, wrong: str) -> None:
    with pytest.raises(GeoplanError) as caught:
        pages(Settings(raster_url=wrong), city)
    assert caught.value.code == "raster_url_invalid"


def test_the_review_number_and_own_credits_stand_on_the_page(
    database: TestDatabase, city: City
) -> None:
    plain = {"map_approval_number": "川S(2026)000", "map_attribution": "成都市规划局<b>"}
    with running(application(database, city, **plain)) as api:
        page = api.get("/").text
        assert "审图号：川S(2026)000" in page
        assert "成都市规划局&lt;b&gt;" in page
