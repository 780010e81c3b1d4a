"""The examples of docs/api.md, run as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.api.asking import Api

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
ADDRESS = "http://127.0.0.1:8000"


def blocks(kind: str) -> list[str]:
    """Lines of the page's fenced blocks of a kind."""
    found = re.findall(rf"^```{kind}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return [line for block in found for line in block.splitlines() if line]


@pytest.mark.parametrize("line", blocks("http"))
def test_every_request_of_the_page_answers(api: Api, line: str) -> None:
    method, path = line.split(" ")
    answer = api.get(path, method)
    assert answer.status_code in {200, 204}, answer.text
    if path.startswith("/api/collections/") and "items" in path and "f=html" not in path:
        assert answer.json().get("features", [1]), "the example finds nothing"


@pytest.mark.parametrize("line", blocks("http account"))
def test_requests_for_accounts_ask_the_public_who_it_is(api: Api, line: str) -> None:
    method, path = line.split(" ")
    assert api.problem(path, 401, method=method)["code"] == "login_needed"


@pytest.mark.parametrize("line", blocks("sh"))
def test_every_command_of_the_page_answers_as_it_says(api: Api, line: str) -> None:
    command, expected = line.split("#")
    words = iter(shlex.split(command)[1:])
    method, headers, url = "GET", {}, ""
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = next(words)
        else:
            url = word
    assert url.startswith(ADDRESS)
    answer = api.get(url.removeprefix(ADDRESS), method, headers=headers)
    assert answer.status_code == int(expected)
    assert answer.json()["status"] == int(expected)


def test_the_example_of_an_error_is_what_is_answered(api: Api) -> None:
    problem = api.problem("/api/collections/park/items?colour=red&lang=en")
    text = PAGE.read_text(encoding="utf-8")
    for name in ("title", "code", "detail"):
        assert f'"{name}": "{problem[name]}"' in text
    assert problem["remedy"].startswith("Known here: ")


def test_every_route_is_on_the_page(api: Api) -> None:
    text = PAGE.read_text(encoding="utf-8")
    lines = (*blocks("http"), *blocks("http account"))
    asked = {urlsplit(line.split(" ")[1]).path for line in lines}
    asked |= {urlsplit(url).path for url in re.findall(f"{ADDRESS}[^' ]*", text)}
    for path in api.json("/openapi.json")["paths"]:
        if path in {
            "/",
            "/plan",
            "/staff",
            "/map/{name}.js",
            "/static/{path}",
            "/static/{path:path}",
        }:
            continue  # the page's own files
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
        assert any(re.fullmatch(pattern, one) for one in asked), path
    assert "/healthz" in text
