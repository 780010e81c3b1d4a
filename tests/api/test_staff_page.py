"""The staff page as it is served."""

from __future__ import annotations

import pytest

from geoplan.catalogue import City
from tests.api.asking import Api, running
from tests.api.conftest import application
from tests.api.test_page import script_of
from tests.conftest import TestDatabase

pytestmark = pytest.mark.usefixtures("bundle")


def test_the_page_is_served_with_the_same_policy_as_the_map(api: Api) -> None:
    desk, public = api.get("/staff"), api.get("/")
    assert desk.status_code == 200
    assert desk.headers["content-security-policy"] == public.headers["content-security-policy"]
    assert desk.headers["cache-control"] == "no-cache"
    assert '<html lang="zh-CN"' in desk.text
    assert '<html lang="en"' in api.get("/staff?lang=en").text
    assert "set-cookie" not in desk.headers


def test_its_script_is_its_own_and_kept_for_ever(api: Api) -> None:
    path = script_of(api.get("/staff").text)
    assert path != script_of(api.get("/").text)
    answer = api.get(path)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.text.startswith("const map_city")


def test_a_new_process_serves_its_script_before_the_page(
    api: Api, database: TestDatabase, city: City
) -> None:
    path = script_of(api.get("/staff").text)
    with running(application(database, city)) as other:
        assert other.get(path).content == api.get(path).content


def test_the_page_is_asked_about_again_and_not_sent_again(api: Api) -> None:
    tag = api.get("/staff").headers["etag"]
    assert api.get("/staff", headers={"if-none-match": tag}).status_code == 304
