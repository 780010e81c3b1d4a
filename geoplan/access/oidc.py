"""Single sign-on: an OpenID Connect provider says who somebody is, geoplan what they may do.

The flow is the authorization code with PKCE. An account is found by its subject; nobody gets an
account by logging in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import StarletteOAuth2App
from joserfc.errors import JoseError

from geoplan.errors import GeoplanError
from geoplan.settings import Settings
from geoplan.text import Text

_TIMEOUT_S = 5.0
_LEEWAY_S = 60  # clocks of two machines
_LONGEST_CODE = 4_000
# Signatures that only the provider's private key can make: no `none`, and no shared secrets, which
# could be made from what is public.
_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that was sent to the provider: where to, and what must come back."""

    url: str
    state: str
    nonce: str
    verifier: str


class _Provider(StarletteOAuth2App):  # type: ignore[misc]  # Authlib has no types
    """Authlib's client, held to the issuer that was configured and to safe signatures."""

    def __init__(self, issuer: str, **options: Any) -> None:
        address = f"{issuer}/.well-known/openid-configuration"
        super().__init__(None, "provider", server_metadata_url=address, **options)
        self._issuer = issuer

    async def load_server_metadata(self) -> dict[str, Any]:
        found: dict[str, Any] = await super().load_server_metadata()
        if str(found.get("issuer", "")).rstrip("/") != self._issuer:
            self.server_metadata.clear()
            raise ValueError("the provider's document names another issuer")
        offered = found.get("id_token_signing_alg_values_supported") or ["RS256"]
        found["id_token_signing_alg_values_supported"] = sorted(_ALGORITHMS.intersection(offered))
        return found


class SingleSignOn:
    """The configured provider; asked for what it is at the first login."""

    def __init__(self, settings: Settings) -> None:
        self._claim = settings.oidc_claim
        self._provider = _Provider(
            settings.oidc_issuer.rstrip("/"),
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret or None,
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "timeout": _TIMEOUT_S,
            },
        )

    async def begin(self, callback: str) -> Begun:
        """Where to send a browser. Raises GeoplanError 503 when the provider cannot be asked."""
        try:
            made = await self._provider.create_authorization_url(callback)
        except (httpx2.HTTPError, ValueError, RuntimeError) as error:
            raise _unavailable() from error
        return Begun(made["url"], made["state"], made["nonce"], made["code_verifier"])

    async def subject(self, code: str, begun: Begun, callback: str) -> str:
        """Who came back, by the claim that the settings name.

        Raises GeoplanError 401 unless the provider's signed word is for this login, this service
        and this moment; 503 when the provider cannot be asked.
        """
        if not 0 < len(code) <= _LONGEST_CODE:
            raise refused()
        try:
            token = await self._provider.fetch_access_token(
                code=code, redirect_uri=callback, code_verifier=begun.verifier
            )
            claims = await self._provider.parse_id_token(token, nonce=begun.nonce, leeway=_LEEWAY_S)
        except (OAuthError, JoseError) as error:
            raise refused() from error
        except httpx2.HTTPError as error:
            raise _unavailable() from error
        except (ValueError, TypeError, KeyError, RuntimeError) as error:
            raise refused() from error
        found = (claims or {}).get(self._claim)
        if not isinstance(found, str) or not found:
            raise refused()
        return found


def refused() -> GeoplanError:
    """The error of a single sign-on that did not succeed; why is not told."""
    return GeoplanError(
        "sign_on_refused",
        Text("统一登录未成功", "The single sign-on did not succeed"),
        Text("请重新登录；若仍不行，请联系管理员", "Try again, or ask an administrator"),
        status=401,
    )


def _unavailable() -> GeoplanError:
    return GeoplanError(
        "sign_on_unavailable",
        Text("统一登录服务暂时无法连接", "The identity provider cannot be reached"),
        Text("请几秒后再试，或用密码登录", "Try again shortly, or log in with a password"),
        status=503,
    )
