"""docs/reading.md lists every code that reading and checking can give."""

from __future__ import annotations

import re
from pathlib import Path

INGEST = Path(__file__).parents[2] / "geoplan" / "ingest"
DOCS = Path(__file__).parents[2] / "docs" / "reading.md"

_CODE = re.compile(r'(?:BadValue|GeoplanError|Issue|add_of_file)\(\s*"([a-z_0-9]+)"')
_OTHERS = {"osm", "population", "units"}  # commands of their own, for the operator


def test_every_code_of_a_staff_file_is_told_in_the_docs() -> None:
    told = set(re.findall(r"`([a-z_0-9]+)`", DOCS.read_text(encoding="utf-8")))
    given = {
        code
        for module in INGEST.glob("*.py")
        if module.stem.split("_")[0] not in _OTHERS
        for code in _CODE.findall(module.read_text(encoding="utf-8"))
    }
    assert len(given) > 60
    assert sorted(given - told) == []
