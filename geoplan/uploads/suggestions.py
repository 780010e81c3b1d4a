"""Fields that a column may be, for a person to choose from."""

from __future__ import annotations

from difflib import SequenceMatcher

from geoplan.catalogue import Layer
from geoplan.catalogue.names import plain

_MOST = 3
_ALIKE = 0.5


def suggest(header: str, layer: Layer) -> list[str]:
    """Ids of up to three fields whose names are like the header, the likest first."""
    said = plain(header)
    if not said:
        return []
    rated = []
    for position, field in enumerate(layer.all_fields()):
        best = max(_likeness(said, name) for name in field.headers())
        if best >= _ALIKE:
            rated.append((-best, position, field.id))
    return [field for _, _, field in sorted(rated)[:_MOST]]


def _likeness(said: str, name: str) -> float:
    """Share of letters in common; a name that stands in the header as a whole counts for more."""
    if len(name) > 1 and (name in said or said in name):
        return 0.9
    return SequenceMatcher(None, said, name, autojunk=False).ratio()
