"""Configuration, read once at a door and passed down as a value."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting is an environment variable with the prefix `GEOPLAN_`."""

    model_config = SettingsConfigDict(env_prefix="GEOPLAN_", extra="ignore", frozen=True)

    home: Path = Field(
        Path(".geoplan"), description="Where the private cluster, sample files and secrets lie"
    )
    city: str = Field("chengdu", description="Folder of layers/ that is served")
    host: str = Field("127.0.0.1", description="Address to serve on")
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("GEOPLAN_PORT", "PORT"),
        description="Port to serve on; also read from PORT",
    )
    hosts: str = Field(
        "",
        description="Further host names under which the service is asked, separated by commas",
    )
    database_url: str | None = Field(
        None,
        description="An existing PostGIS, as its administrator; unset: the private cluster",
    )
    secret: str | None = Field(
        None,
        description="Key of the database roles' passwords; unset: made once in the home",
    )
    map_approval_number: str = Field(
        "", description="Review number (审图号) of the published map; empty: internal test"
    )
    map_attribution: str = Field("", description="Further attribution printed on the map")
    raster_url: str = Field(
        "",
        description="XYZ raster base map, {z}/{x}/{y}, and after a space one with its names; "
        "empty: Tianditu where there is a key, else the own vector base map only",
    )
    raster_attribution: str = Field("", description="Attribution of the raster base map")
    tianditu_token: str = Field(
        "", repr=False, description="Key (tk) of Tianditu as raster base map; browsers are given it"
    )
    tianditu_map: Literal["vec", "img", "ter"] = Field(
        "vec", description="Which map of Tianditu: vec streets, img pictures, ter relief"
    )
    statement_timeout_ms: int = Field(
        10_000, ge=100, description="Longest statement of a public request"
    )
    tls: bool = Field(
        False,
        description="The service is reached over HTTPS: cookies and browsers are held to it",
    )
    proxies: str = Field(
        "",
        description="Addresses of proxies in front, separated by commas, whose word on the "
        "client's address and scheme counts",
    )
    session_idle_minutes: int = Field(
        120, ge=1, description="A session that is not used for so long is over"
    )
    session_hours: int = Field(12, ge=1, description="Longest life of a session")
    oidc_issuer: str = Field(
        "", description="Identity provider of single sign-on (OpenID Connect); empty: none"
    )
    oidc_client_id: str = Field("", description="Name of this service at the identity provider")
    oidc_client_secret: str = Field(
        "", repr=False, description="Secret of this service at the identity provider"
    )
    oidc_claim: str = Field(
        "sub", description="Claim of the identity provider that names an account's subject"
    )
    tile_cache_mb: int = Field(256, ge=1, description="Memory for finished tiles, per process")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least level that is logged"
    )
