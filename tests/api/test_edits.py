"""Single edits over HTTP: OGC API Features part 4 with optimistic locking, for accounts only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import httpx
import pyproj
import pytest

from geoplan.catalogue import City
from tests.api.asking import Api, running, wait_until
from tests.api.conftest import application, copy_of
from tests.api.people import PLANNER, STAFF_A, STAFF_B, Person, logged_in, put_people
from tests.conftest import TestDatabase

ITEMS = "/api/collections/charger/items"
HIDDEN = "/api/collections/base_station_5g/items"
GEOJSON, MERGE = "application/geo+json", "application/merge-patch+json"
HERE = [104.113, 30.603]
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture(scope="module")
def database(template: TestDatabase, city: City) -> TestDatabase:
    built = copy_of(template)
    put_people(built, city, [PLANNER, STAFF_A, STAFF_B])
    return built


@pytest.fixture(scope="module")
def api(database: TestDatabase, city: City) -> Iterator[Api]:
    with running(application(database, city)) as asked:
        yield asked


@pytest.fixture(scope="module")
def people(api: Api) -> Iterator[dict[str, Person]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(logged_in(api, who))
            for name, who in (("clerk", STAFF_A), ("neighbour", STAFF_B), ("planner", PLANNER))
        }


@pytest.fixture
def clerk(people: dict[str, Person]) -> Person:
    return people["clerk"]


@pytest.fixture
def neighbour(people: dict[str, Person]) -> Person:
    return people["neighbour"]


@pytest.fixture
def planner(people: dict[str, Person]) -> Person:
    return people["planner"]


def station(place: Any = HERE, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": {"name": "示意充电站", "status": "open", "piles": 8, **properties},
    }


def send(
    person: Person, method: str, path: str, body: Any = None, kind: str = GEOJSON, **headers: str
) -> httpx.Response:
    """Headers as words with underscores: if_match is If-Match."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    if body is not None:
        named["content-type"] = kind
    return person.ask(method, path, content=content if body is not None else None, headers=named)


def draw(person: Person, path: str = ITEMS, **properties: Any) -> httpx.Response:
    answer = send(person, "POST", path, station(**properties))
    assert answer.status_code == 201, answer.text
    return answer


def change(person: Person, at: str, etag: str, **properties: Any) -> httpx.Response:
    return send(person, "PATCH", at, {"properties": properties}, MERGE, if_match=etag)


def at(answer: httpx.Response) -> str:
    return answer.headers["location"].removeprefix("http://127.0.0.1")


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["detail"]
    assert found["remedy"]
    return found


def test_a_feature_is_drawn_read_changed_and_removed(api: Api, clerk: Person) -> None:
    made = draw(clerk, project_no="HTTP-1", note="仅供内部")
    assert made.headers["content-type"] == GEOJSON
    assert made.headers["cache-control"] == "private, no-store"
    assert made.headers["content-crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    feature = made.json()
    assert at(made) == f"{ITEMS}/{feature['id']}"
    assert feature["issues"] == []
    assert (feature["properties"]["amount_piles"], feature["properties"]["district"]) == (8, "510104")  # fmt: skip
    read = clerk.get(at(made))
    assert read.json()["properties"] == feature["properties"]
    assert read.headers["etag"].strip('"').split("-")[0] == made.headers["etag"].strip('"')
    changed = change(clerk, at(made), read.headers["etag"], status="stopped")
    assert changed.status_code == 200, changed.text
    assert changed.json()["properties"] == {**feature["properties"], "status": "stopped"}
    assert changed.headers["etag"] != made.headers["etag"]
    moved = send(clerk, "PATCH", at(made), {"geometry": {"coordinates": [104.12, 30.61]}}, GEOJSON, if_match=changed.headers["etag"])  # fmt: skip
    assert moved.json()["geometry"] == {"type": "Point", "coordinates": [104.12, 30.61]}
    put = send(clerk, "PUT", at(made), station(name="示意站新"), if_match=moved.headers["etag"])
    assert put.status_code == 200
    assert (put.json()["properties"]["name"], put.json()["properties"]["note"]) == ("示意站新", None)  # fmt: skip
    gone = send(clerk, "DELETE", at(made), if_match=put.headers["etag"])
    assert (gone.status_code, gone.content) == (204, b"")
    api.problem(at(made), 404)
    assert clerk.get(at(made)).status_code == 404


def test_what_was_changed_is_seen_by_everybody_at_once(api: Api, clerk: Person) -> None:
    before = api.json("/api/collections/charger")["data_version"]
    made = draw(clerk, piles=37)
    fid = made.json()["id"]
    assert api.json(f"{ITEMS}/{fid}")["properties"]["piles"] == 37
    wait_until(lambda: api.json("/api/collections/charger")["data_version"] > before)
    assert fid in {feature["id"] for feature in api.items("charger")}
    grid = api.json("/api/grid/charger?res=9")
    assert grid["total"] == sum(f["properties"]["piles"] for f in api.items("charger"))


def test_the_public_changes_nothing(api: Api, clerk: Person) -> None:
    made = draw(clerk)
    for method in ("PUT", "PATCH", "DELETE"):
        found = api.problem(at(made), 401, method=method, json=station(), headers={"if-match": made.headers["etag"]})  # fmt: skip
        assert found["code"] == "login_needed"
    assert api.problem(ITEMS, 401, method="POST", json=station())["code"] == "login_needed"
    assert clerk.get(at(made)).headers["etag"].startswith(made.headers["etag"].rstrip('"'))


def test_a_page_of_another_origin_changes_nothing(api: Api, clerk: Person) -> None:
    made = draw(clerk)
    etag = made.headers["etag"]
    for headers in (
        {"x-csrf-token": "wrong"},
        {"origin": "https://evil.test"},
        {"sec-fetch-site": "cross-site"},
    ):
        answer = clerk.ask("DELETE", at(made), headers={"if-match": etag, **headers})
        problem(answer, 403)
        answer = clerk.ask("POST", ITEMS, content=json.dumps(station()), headers={"content-type": GEOJSON, **headers})  # fmt: skip
        problem(answer, 403)
    assert clerk.get(at(made)).status_code == 200


def test_a_public_reader_sees_the_same_state_without_what_is_not_public(
    api: Api, clerk: Person, neighbour: Person, planner: Person
) -> None:
    made = draw(clerk, note="仅供内部", investment_wan=120)
    tags = set()
    for reader in (api.get, neighbour.get, clerk.get, planner.get):
        answer = reader(at(made))
        tags.add(answer.headers["etag"].strip('"').split("-")[0])
        own = reader in {clerk.get, planner.get}
        assert ("仅供内部" in answer.text) == own
        assert answer.json()["properties"].get("investment_wan") == (120 if own else None)
    assert tags == {made.headers["etag"].strip('"')}
    private = clerk.get(at(made)).headers
    assert "private" in private["cache-control"]
    assert "access-control-allow-origin" not in private
    # An answer that only one account gets is not the answer to another.
    own_tag = private["etag"]
    assert api.get(at(made), headers={"if-none-match": own_tag}).status_code == 200
    assert clerk.get(at(made), headers={"if-none-match": own_tag}).status_code == 304
    assert "仅供内部" not in neighbour.get(f"{ITEMS}?limit=1000").text


def test_a_change_must_say_what_it_was_made_to(clerk: Person) -> None:
    made = draw(clerk)
    patch = {"properties": {"piles": 9}}
    for headers in ({}, {"if_match": "*"}):
        found = problem(send(clerk, "PATCH", at(made), patch, MERGE, **headers), 428)
        assert found["code"] == "precondition_required"
        assert problem(send(clerk, "PUT", at(made), station(), **headers), 428)
        assert problem(send(clerk, "DELETE", at(made), **headers), 428)
    for wrong in ('"other"', "nonsense", '""', made.headers["etag"].replace('"', "")):
        found = problem(send(clerk, "PATCH", at(made), patch, MERGE, if_match=wrong), 412)
        assert found["code"] == "changed_meanwhile"
    several = f'"other", W/{made.headers["etag"]}'
    assert send(clerk, "PATCH", at(made), patch, MERGE, if_match=several).status_code == 200
    assert problem(send(clerk, "DELETE", at(made), if_match=made.headers["etag"]), 412)


def test_an_etag_holds_in_whatever_form_the_feature_was_read(clerk: Person) -> None:
    """Language, system, compression and page make another representation of the same state."""
    park = "/api/collections/park/items"
    ring = [[104.1, 30.6], *[[104.11, 30.6 + n * 1e-5] for n in range(60)], [104.1, 30.6]]
    document = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": "示意公园", "status": "open"},
    }
    made = send(clerk, "POST", park, document)
    assert made.status_code == 201, made.text
    for query, headers in (
        ("?lang=en", {}),
        (f"?crs={EPSG}4544", {}),
        ("", {"accept-encoding": "gzip"}),
        ("", {"accept-encoding": "br"}),
    ):
        read = clerk.get(at(made) + query, headers=headers)
        if headers:
            assert read.headers["etag"].startswith("W/")
        changed = change(clerk, at(made), read.headers["etag"], name=f"示意公园{query}{headers}")
        assert changed.status_code == 200, changed.text


def test_who_sends_back_what_they_read_makes_no_new_state(clerk: Person) -> None:
    made = draw(clerk, note="仅供内部", place=[104.1130004999, 30.6030004999])
    read = clerk.get(at(made))
    again = send(clerk, "PUT", at(made), read.json(), if_match=read.headers["etag"])
    assert again.status_code == 200, again.text
    assert again.headers["etag"] == made.headers["etag"]
    for system in ("4326", "4490", "4544", "3857"):
        read = clerk.get(f"{at(made)}?crs={EPSG}{system}")
        again = send(
            clerk, "PUT", at(made), read.json(),
            if_match=read.headers["etag"], content_crs=read.headers["content-crs"],
        )  # fmt: skip
        assert again.headers["etag"] == made.headers["etag"], system
    assert clerk.get(f"{at(made)}/versions").json()["numberReturned"] == 1


@pytest.mark.parametrize("system", ["4326", "4490", "4544", "3857"])
def test_content_crs_says_what_the_coordinates_of_a_body_are(clerk: Person, system: str) -> None:
    lon, lat = 104.0912345, 30.6212345
    east, north = pyproj.Transformer.from_crs(4326, int(system), always_xy=True).transform(lon, lat)
    place = [east, north] if system == "3857" else [north, east]
    made = send(clerk, "POST", ITEMS, station(place), content_crs=f"<{EPSG}{system}>")
    assert made.status_code == 201, made.text
    x, y = made.json()["geometry"]["coordinates"]
    assert pyproj.Geod(ellps="WGS84").inv(lon, lat, x, y)[2] < 0.11  # shown with 6 decimals


def test_a_system_that_is_not_known_is_refused_and_none_is_guessed(clerk: Person) -> None:
    body = station([3393620.681, 410223.123])
    for said in (f"<{EPSG}4547>", "GCJ-02", "<>", "x" * 5000):
        assert problem(send(clerk, "POST", ITEMS, body, content_crs=said), 400)["code"] == "invalid_parameter"  # fmt: skip
    found = problem(send(clerk, "POST", ITEMS, body), 422)
    assert found["issues"][0]["code"] == "outside_city"


def test_what_is_wrong_is_named_property_by_property_in_the_readers_language(
    clerk: Person,
) -> None:
    body = station(status="nearly", colour="red", piles="?")
    found = problem(send(clerk, "POST", f"{ITEMS}?lang=en", body), 422)
    assert {(i["code"], i["where"]["column"]) for i in found["issues"]} == {
        ("value_unknown", "status"), ("property_unknown", "colour"), ("number_unreadable", "piles"),
    }  # fmt: skip
    assert "no such" in str(found["issues"])
    assert "没有" in str(problem(send(clerk, "POST", ITEMS, body), 422)["issues"])


def test_a_place_outside_the_unit_is_accepted_with_a_warning(clerk: Person) -> None:
    made = draw(clerk, place=[103.979, 30.682])
    [warning] = made.json()["issues"]
    assert (warning["code"], warning["severity"], warning["column"]) == ("outside_district", "warning", "geometry")  # fmt: skip
    assert "不在锦江区内" in warning["detail"]
    assert made.json()["properties"]["unit"] == "510104"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"[]", 400), (b"\xff", 400), (b'{"type": "Feature", "x": NaN}', 400),
        (b'{"type":"Feature","geometry":{"type":"Point","coordinates":[1e400,30]},"properties":{}}', 400),
        (b"[" * 200_000, 400), (b'{"type": "FeatureCollection", "features": []}', 400),
        (b" " * (8 * 2**20 + 1), 413),
    ],
    ids=range(9),
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_with_a_trap_is_a_problem(
    clerk: Person, method: str, body: bytes, status: int
) -> None:
    made = draw(clerk)
    path = ITEMS if method == "POST" else at(made)
    problem(send(clerk, method, path, body, if_match=made.headers["etag"]), status)
    assert clerk.get(at(made)).status_code == 200


@pytest.mark.parametrize(
    ("method", "kinds"),
    [("POST", [GEOJSON, "application/json"]), ("PUT", [GEOJSON, "application/json"]), ("PATCH", [MERGE, GEOJSON])],
)  # fmt: skip
def test_only_named_types_of_bodies_are_taken(clerk: Person, method: str, kinds: list[str]) -> None:
    for kind in (GEOJSON, "application/json", MERGE, "text/plain", "multipart/form-data", "application/x-www-form-urlencoded", ""):  # fmt: skip
        made = draw(clerk)
        path = ITEMS if method == "POST" else at(made)
        answer = send(clerk, method, path, station(), kind, if_match=made.headers["etag"])
        if kind in kinds:
            assert answer.status_code in {200, 201}, answer.text
        else:
            assert problem(answer, 415)["code"] == "unsupported_type"


def test_the_same_request_sent_twice_is_done_once(clerk: Person, neighbour: Person) -> None:
    first = send(clerk, "POST", ITEMS, station(name="示意站重"), idempotency_key="k-1")
    again = send(clerk, "POST", ITEMS, station(name="示意站重"), idempotency_key="k-1")
    assert (again.status_code, again.headers["location"]) == (201, first.headers["location"])
    assert again.json() == first.json()
    found = clerk.get(f"{ITEMS}?name={quote('示意站重')}").json()
    assert found["numberMatched"] == 1
    other = send(clerk, "POST", ITEMS, station(name="示意站异"), idempotency_key="k-1")
    assert problem(other, 422)["code"] == "idempotency_key_reused"
    theirs = send(neighbour, "POST", ITEMS, station([104.033, 30.45], name="示意站重"), idempotency_key="k-1")  # fmt: skip
    assert theirs.headers["location"] != first.headers["location"]
    for odd in ("", " ", "x" * 201, "a b"):
        problem(send(clerk, "POST", ITEMS, station(), idempotency_key=odd), 400)


def test_a_burst_of_the_same_request_makes_one_feature(api: Api, clerk: Person) -> None:
    async def ask() -> list[httpx.Response]:
        headers = {"x-csrf-token": clerk.csrf, "content-type": GEOJSON, "idempotency-key": "burst"}
        body = json.dumps(station(name="示意站连发"))
        return await asyncio.gather(
            *(clerk.api.client.post(ITEMS, content=body, headers=headers) for _ in range(6))
        )

    answers = clerk.api.portal.call(ask)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.headers["location"] for answer in answers}) == 1


def test_another_units_features_are_refused_and_hidden_ones_not_there(
    clerk: Person, neighbour: Person
) -> None:
    made = draw(clerk)
    etag = made.headers["etag"]
    assert problem(change(neighbour, at(made), etag, piles=1), 403)["code"] == "unit_not_yours"
    assert problem(send(neighbour, "PUT", at(made), station(), if_match=etag), 403)
    assert problem(send(neighbour, "DELETE", at(made), if_match=etag), 403)
    assert problem(send(neighbour, "POST", ITEMS, station(unit="锦江区")), 403)
    body = station()
    del body["properties"]["piles"]
    hidden = send(clerk, "POST", HIDDEN, body)
    assert hidden.status_code == 201, hidden.text
    assert clerk.get(at(hidden)).status_code == 200
    nothing = f"{HIDDEN}/00000000-0000-0000-0000-000000000007"
    for path in (at(hidden), nothing):
        assert neighbour.get(path).status_code == 404
        for method, kind in (("PATCH", MERGE), ("DELETE", GEOJSON)):
            found = problem(send(neighbour, method, path, {}, kind, if_match=hidden.headers["etag"]), 404)  # fmt: skip
            assert found["code"] == "unknown_feature"
    body = json.dumps(problem(neighbour.get(at(hidden)), 404))
    assert body.replace(hidden.json()["id"], "X") == json.dumps(problem(neighbour.get(nothing), 404)).replace(nothing[-36:], "X")  # fmt: skip


def test_layers_that_an_account_does_not_see_and_boundaries_are_not_edited(
    clerk: Person, planner: Person
) -> None:
    layer = "/api/collections/three_lines/items"
    assert problem(send(clerk, "POST", layer, station()), 404)["code"] == "unknown_collection"
    assert problem(send(planner, "POST", layer, station()), 422)
    assert problem(send(clerk, "POST", "/api/collections/nosuch/items", station()), 404)
    assert problem(send(planner, "POST", "/api/collections/units/items", station()), 405)
    assert problem(send(planner, "POST", "/api/collections/good_air_days/items", station()), 404)


def test_options_say_what_the_caller_may_do(
    api: Api, clerk: Person, neighbour: Person, planner: Person
) -> None:
    made = draw(clerk)
    read = "GET, HEAD, OPTIONS"

    def allowed(person: Any, path: str) -> str:
        answer = (
            person.get(path, method="OPTIONS") if person is api else person.ask("OPTIONS", path)
        )
        assert answer.status_code == 200, answer.text
        found: str = answer.headers["allow"]
        return found

    assert allowed(api, ITEMS) == allowed(api, at(made)) == read
    assert allowed(clerk, ITEMS) == f"{read}, POST"
    assert allowed(clerk, at(made)) == allowed(planner, at(made)) == f"{read}, PUT, PATCH, DELETE"
    assert allowed(neighbour, at(made)) == read
    assert allowed(clerk, "/api/collections/units/items") == read
    patch = clerk.ask("OPTIONS", at(made)).headers["accept-patch"]
    assert patch == f"{MERGE}, {GEOJSON}"
    assert api.get(f"{ITEMS}/00000000-0000-0000-0000-000000000007", method="OPTIONS").status_code == 404  # fmt: skip
    assert api.get(HIDDEN, method="OPTIONS").status_code == 404


def test_the_conformance_of_part_4_is_declared(api: Api) -> None:
    declared = set(api.json("/api/conformance")["conformsTo"])
    part = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/"
    assert {name.removeprefix(part) for name in declared if name.startswith(part)} == {
        "create-replace-delete", "update", "features", "optimistic-locking-etags",
    }  # fmt: skip
    methods = api.json("/api/openapi")["paths"]["/api/collections/{collection}/items/{fid}"]
    assert {"put", "patch", "delete"} <= methods.keys()


@pytest.mark.parametrize("odd", ["x" * 201, "a\nb", "%00"])
def test_a_reason_is_one_short_line(clerk: Person, odd: str) -> None:
    made = draw(clerk)
    path = f"{at(made)}?reason={odd if odd == '%00' else quote(odd)}"
    problem(send(clerk, "DELETE", path, if_match=made.headers["etag"]), 400)
    good = f"{at(made)}?reason={quote('重复建点')}"
    assert send(clerk, "DELETE", good, if_match=made.headers["etag"]).status_code == 204


def test_unknown_parameters_are_refused(clerk: Person) -> None:
    made = draw(clerk)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        path = f"{ITEMS if method == 'POST' else at(made)}?nosuch=1"
        answer = send(clerk, method, path, station(), if_match=made.headers["etag"])
        assert problem(answer, 400)["code"] == "unknown_parameter"


def test_races_over_http_have_one_winner(clerk: Person) -> None:
    made = draw(clerk, piles=0)

    async def ask() -> list[httpx.Response]:
        headers = {"x-csrf-token": clerk.csrf, "content-type": MERGE, "if-match": made.headers["etag"]}  # fmt: skip
        return await asyncio.gather(
            *(
                clerk.api.client.patch(at(made), content=json.dumps({"properties": {"piles": n}}), headers=headers)
                for n in range(1, 9)
            )
        )  # fmt: skip

    answers = clerk.api.portal.call(ask)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    [won] = [answer for answer in answers if answer.status_code == 200]
    assert clerk.get(at(made)).json()["properties"]["piles"] == won.json()["properties"]["piles"]
