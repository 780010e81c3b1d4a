"""Single sign-on: to the identity provider and back."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import asdict
from functools import lru_cache

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from geoplan.access.login import open_session
from geoplan.access.oidc import Begun, SingleSignOn, refused
from geoplan.access.secrets import same
from geoplan.api import described
from geoplan.api.answers import address
from geoplan.api.login import entered, life_of
from geoplan.api.problems import of_status
from geoplan.api.query import strict_router
from geoplan.api.service import Service, service_of
from geoplan.settings import Settings
from geoplan.store import sessions

router = strict_router(prefix="/api", tags=["accounts"], responses=described.PROBLEM)
_COOKIE = "geoplan_sign_on"
_PATH = "/api/sign-on"
_MINUTES = 10
_OWN_PAGE = re.compile(r"/(?![/\\])[A-Za-z0-9/_.~?=&%+-]{0,500}", re.ASCII)


@router.get(
    "/sign-on",
    summary="Go to the identity provider",
    response_class=Response,
    status_code=302,
    responses={302: {"description": "To the identity provider"}},
    openapi_extra=described.parameters(
        described.query("next", "Page of this service to come back to"), described.LANG
    ),
)
async def begin(request: Request) -> Response:
    service = service_of(request)
    begun = await _provider(service).begin(_callback(request))
    answer = RedirectResponse(begun.url, 302, {"cache-control": "no-store"})
    kept = {**asdict(begun), "next": own_page(request.state.query.get("next", ""))}
    del kept["url"]
    answer.set_cookie(
        _cookie_name(service),
        base64.urlsafe_b64encode(json.dumps(kept).encode()).decode(),
        max_age=_MINUTES * 60,
        httponly=True,
        samesite="lax",  # the way back is a navigation from another site
        secure=service.settings.tls,
    )
    return answer


@router.get(
    "/sign-on/callback",
    summary="Come back from the identity provider",
    response_class=Response,
    status_code=302,
    responses={302: {"description": "To the page that asked, logged in"}},
    # providers add parameters of their own
    openapi_extra=described.parameters(
        described.query("code", "The provider's code"),
        described.query("state", "As it was sent to the provider"),
        described.LANG,
        **{"x-own-parameters": True},
    ),
)
async def callback(request: Request) -> Response:
    service, query = service_of(request), request.state.query
    provider = _provider(service)
    kept = _kept(request.cookies.get(_cookie_name(service), ""))
    if "error" in query or not same(query.get("state", ""), kept["state"]):
        raise refused()
    begun = Begun("", kept["state"], kept["nonce"], kept["verifier"])
    subject = await provider.subject(query.get("code", ""), begun, _callback(request))
    async with service.staff.connection() as connection, connection.transaction():
        account = await sessions.subject_account(connection, subject)
        if account is None:
            raise refused()
        secret = await open_session(
            connection,
            account,
            user_agent=request.headers.get("user-agent"),
            life=life_of(service),
        )
    target = RedirectResponse(own_page(kept["next"]), 302, {"cache-control": "no-store"})
    answer = await entered(request, secret, target)
    answer.delete_cookie(_cookie_name(service), secure=service.settings.tls, httponly=True)
    return answer


def own_page(text: str) -> str:
    """A path on this service; /staff for anything else, so that nobody is sent elsewhere."""
    return text if _OWN_PAGE.fullmatch(text) else "/staff"


def _provider(service: Service) -> SingleSignOn:
    """Raises GeoplanError 404 when none is configured."""
    if not service.settings.oidc_issuer:
        raise of_status(404)
    return _provider_of(service.settings)


@lru_cache(maxsize=4)
def _provider_of(settings: Settings) -> SingleSignOn:
    return SingleSignOn(settings)


def _callback(request: Request) -> str:
    return address(request, f"{_PATH}/callback")


def _cookie_name(service: Service) -> str:
    return f"__Host-{_COOKIE}" if service.settings.tls else _COOKIE


def _kept(cookie: str) -> dict[str, str]:
    """What was kept of the login that began. Raises GeoplanError 401 when nothing was."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cookie[:2_000]))
        kept = {name: str(found[name]) for name in ("state", "nonce", "verifier", "next")}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise refused() from error
    if not (kept["state"] and kept["nonce"] and kept["verifier"]):
        raise refused()
    return kept
