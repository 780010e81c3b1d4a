"""Single sign-on against a provider that is honest, and one that is not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from geoplan.api.sign_on import own_page
from geoplan.catalogue import City
from tests.api.asking import Api, running
from tests.api.conftest import application
from tests.api.people import Person, browser
from tests.api.provider import CLIENT, SECRET, Provider, provider, unsigned, with_secret
from tests.conftest import TestDatabase

COOKIE = "geoplan_session"
NOW = int(time.time())


@pytest.fixture(scope="module")
def honest(database: TestDatabase) -> Iterator[Provider]:
    with database.connect("geoplan_owner") as connection:
        connection.execute(
            "INSERT INTO account (username, role, units, subject, active) VALUES"
            " ('known', 'staff', '{510104}', 'subject-1', true), ('off', 'admin', '{}', 'subject-off', false)"
        )
    with provider() as found:
        yield found


@pytest.fixture(
    scope="module", params=[("RS256",), ("RS256", "HS256", "none")], ids=["usual", "lax"]
)
def sso(
    request: pytest.FixtureRequest, honest: Provider, database: TestDatabase, city: City
) -> Iterator[Api]:
    """The application with a provider that signs as it should, or says that it need not."""
    honest.algorithms = request.param
    app = application(
        database, city, oidc_issuer=honest.url, oidc_client_id=CLIENT, oidc_client_secret=SECRET,
        session_hours=len(request.param),
    )  # fmt: skip
    with running(app) as api:
        yield api


@pytest.fixture(autouse=True)
def anew(honest: Provider) -> None:
    honest.token, honest.subject = None, "subject-1"


def begin(person: Person, honest: Provider, path: str = "/api/sign-on") -> dict[str, str]:
    """Go to the provider; what the browser was sent there with."""
    answer = person.get(path)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{honest.url}/authorize?")
    sent = {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    honest.nonce, honest.challenge = sent["nonce"], sent["code_challenge"]
    return sent


def come_back(person: Person, state: str, code: str = "good", **more: str) -> httpx.Response:
    query = {"state": state, "code": code, **more}
    return person.get("/api/sign-on/callback", params=query)


def test_who_the_provider_knows_is_logged_in(sso: Api, honest: Provider) -> None:
    with browser(sso) as person:
        assert person.get("/api/me").json()["sign_on"] == "/api/sign-on"
        sent = begin(person, honest, "/api/sign-on?next=/staff%3Fupload%3D3")
        assert sent["client_id"] == CLIENT
        assert sent["response_type"] == "code"
        assert sent["code_challenge_method"] == "S256"
        assert "openid" in sent["scope"].split()
        assert sent["redirect_uri"] == "http://127.0.0.1/api/sign-on/callback"
        answer = come_back(person, sent["state"], session_state="what providers add")
        assert answer.status_code == 302
        assert answer.headers["location"] == "/staff?upload=3"
        assert answer.headers["cache-control"] == "no-store"
        told = person.get("/api/me").json()
        assert (told["username"], told["role"], told["units"]) == ("known", "staff", ["510104"])
        assert "geoplan_sign_on" not in person.cookies
        # the same way back is not open twice
        assert come_back(person, sent["state"]).status_code == 401


BAD: dict[str, Callable[[Provider, dict[str, Any]], object]] = {
    "none": lambda p, c: None,
    "no signature asked for": lambda p, c: unsigned(c),
    "signature stripped": lambda p, c: p.signed(c).rpartition(".")[0] + ".",
    "signed by somebody else": lambda p, c: p.signed(c, RSAKey.generate_key(2048, {"kid": "k1"})),
    "key that is not there": lambda p, c: p.signed(c, kid="../../etc/passwd"),
    "public key as a shared secret": lambda p, c: with_secret(c, p.key.as_pem(private=False), "k1"),
    "client secret as a shared secret": lambda p, c: with_secret(c, SECRET.encode(), "k1"),
    "expired": lambda p, c: p.signed(p.claims(iat=NOW - 900, exp=NOW - 600)),
    "without an end": lambda p, c: p.signed(p.claims(exp=None)),
    "not yet": lambda p, c: p.signed(p.claims(nbf=NOW + 3600)),
    "issued tomorrow": lambda p, c: p.signed(p.claims(iat=NOW + 86400, exp=NOW + 90000)),
    "for another service": lambda p, c: p.signed(p.claims(aud="another")),
    "for several, authorised for another": lambda p, c: p.signed(p.claims(aud=[CLIENT, "another"], azp="another")),
    "from another issuer": lambda p, c: p.signed(p.claims(iss="https://evil.test")),
    "for another login": lambda p, c: p.signed(p.claims(nonce="another")),
    "for no login": lambda p, c: p.signed(p.claims(nonce=None)),
    "nobody": lambda p, c: p.signed(p.claims(sub=None)),
    "a subject that is a list": lambda p, c: p.signed(p.claims(sub=["subject-1"])),
    "an empty subject": lambda p, c: p.signed(p.claims(sub="")),
    "a stranger": lambda p, c: p.signed(p.claims(sub="stranger")),
    "an account that is off": lambda p, c: p.signed(p.claims(sub="subject-off")),
    "no token": lambda p, c: "garbage",
    "no text": lambda p, c: 17,
    "megabytes": lambda p, c: p.signed(c) + "A" * 3_000_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_token_that_is_not_the_providers_word_for_this_login_is_refused(
    sso: Api, honest: Provider, kind: str
) -> None:
    honest.token = lambda claims: BAD[kind](honest, claims)
    with browser(sso) as person:
        sent = begin(person, honest)
        answer = come_back(person, sent["state"])
        assert answer.status_code == 401, answer.text
        assert answer.json()["code"] == "sign_on_refused"
        assert COOKIE not in person.cookies


def test_only_the_browser_that_began_a_login_ends_it(sso: Api, honest: Provider) -> None:
    with browser(sso) as person, browser(sso) as other:
        sent = begin(person, honest)
        for state, code, more in (
            ("", "good", {}),
            ("another", "good", {}),
            (sent["state"], "", {}),
            (sent["state"], "bad", {}),
            (sent["state"], "x" * 5000, {}),
            (sent["state"], "good", {"error": "access_denied"}),
        ):
            assert come_back(person, state, code, **more).status_code in {400, 401}
            assert COOKIE not in person.cookies
        assert come_back(other, sent["state"]).status_code == 401
        for broken in ("", "x", "bnVsbA==", "e30=", "eyJzdGF0ZSI6IiJ9"):
            headers = {"cookie": f"geoplan_sign_on={broken}"}
            answer = other.get("/api/sign-on/callback?state=&code=good", headers=headers)
            assert answer.status_code == 401
        assert come_back(person, sent["state"]).status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.test", "/\\evil.test", "\\\\evil.test", "https://evil.test", "javascript:alert(1)",
        "///evil.test", "/\tevil", "staff", "", "/%0d%0aset-cookie:x", "http:evil.test", "/@evil.test",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(sso: Api, honest: Provider, target: str) -> None:
    assert own_page(target) in {"/staff", target}
    assert urlsplit(own_page(target)).netloc == ""
    with browser(sso) as person:
        path = f"/api/sign-on?next={quote(target)}"
        if person.get(path).status_code == 400:
            return  # control characters are refused at the door
        sent = begin(person, honest, path)
        location = come_back(person, sent["state"]).headers["location"]
        assert urlsplit(location).netloc == ""
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))
        assert "\r" not in location


def test_without_a_provider_there_is_nothing_here(api: Api) -> None:
    assert api.get("/api/me").json()["sign_on"] is None
    for path in ("/api/sign-on", "/api/sign-on/callback"):
        assert api.get(path).status_code == 404


def test_a_provider_that_is_away_or_another_is_told(database: TestDatabase, city: City) -> None:
    away = application(database, city, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT)
    with running(away) as api:
        answer = api.get("/api/sign-on")
        assert answer.status_code == 503
        assert answer.json()["code"] == "sign_on_unavailable"
    with provider() as other:
        other.issuer = "https://evil.test"
        app = application(database, city, oidc_issuer=other.url, oidc_client_id=CLIENT)
        with running(app) as api:
            assert api.get("/api/sign-on").status_code == 503
