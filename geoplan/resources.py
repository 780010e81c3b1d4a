"""Where the files that ship with the package lie: in the wheel or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = {"web": Path("web/dist")}


def resource(name: str) -> Path:
    """Folder `layers`, `migrations`, `tiles` or `web` (the built bundle).

    In a wheel they lie under `geoplan/_data`; in a checkout beside the package.
    """
    packed = _PACKAGE / "_data" / name
    return packed if packed.exists() else _PACKAGE.parent / _CHECKOUT.get(name, Path(name))
