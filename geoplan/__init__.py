"""geoplan: the planning map service of a city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geoplan.client import Client

__version__ = "0.1.0"
__all__ = ["Client", "__version__"]


def __getattr__(name: str) -> Any:
    """`geoplan.Client`, loaded when it is asked for: the command line needs none of it."""
    if name == "Client":
        from geoplan.client import Client  # noqa: PLC0415

        return Client
    raise AttributeError(name)
