"""The documented settings are the settings there are."""

from __future__ import annotations

import re
from pathlib import Path

from geoplan.settings import Settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"


def test_every_setting_is_documented_with_its_default() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*?GEOPLAN_.*?) \| (.*?) ?\| .* \|$", text, re.MULTILINE)
    documented = {
        re.findall(r"GEOPLAN_(\w+)", names)[0].lower(): default.strip("` ")
        for names, default in rows
        if "`GEOPLAN_" in names
    }
    expected = {
        name: "" if field.default in {None, ""} else str(field.default)
        for name, field in Settings.model_fields.items()
    }
    assert documented == expected
