"""A broken catalogue is refused with file, line and remedy; a whole one has nothing to say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoplan.catalogue import check, load_city
from geoplan.errors import GeoplanError
from geoplan.resources import resource

CHENGDU = resource("layers") / "chengdu"


SERVICES = """services:
  - id: charger
    title: {zh: 充电站, en: charging station}
    supply: [{layer: charger}]
    standards: [{charging: urban}]
"""
LAYERS = ("charger", "greenway", "mall", "nev_new", "park", "place")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The catalogue of Chengdu with six of its layers."""
    for name in (*LAYERS, "city", "units", "fields", "standards"):
        shutil.copy(CHENGDU / f"{name}.yaml", tmp_path)
    (tmp_path / "services.yaml").write_text(SERVICES, encoding="utf-8")
    kept = tmp_path / "city.yaml"
    head, order = kept.read_text(encoding="utf-8").split("order:\n")
    lines = [line for line in order.splitlines(keepends=True) if line[4:].strip() in LAYERS]
    kept.write_text(head + "order:\n" + "".join(lines), encoding="utf-8")
    return tmp_path


def test_the_catalogue_of_chengdu_is_sound() -> None:
    assert check(CHENGDU) == []


class Break(NamedTuple):
    """One edit of a file; `line` is a text of the line that must be named, after the edit."""

    file: str
    old: str
    new: str
    code: str
    line: str
    remedy: str


BREAKS = {
    "unknown key": Break(
        "greenway.yaml", "visibility: public", "visibilty: public",
        "catalogue_extra_forbidden", "visibilty: public", "visibility",
    ),
    "unknown key deep inside": Break(
        "greenway.yaml", "    phrase_en:", "    phrase_english:",
        "catalogue_extra_forbidden", "phrase_english", "phrase_en",
    ),
    "missing key": Break(
        "park.yaml", "    kind: flow\n", "", "catalogue_missing", "- id: park", "kind",
    ),
    "wrong choice": Break(
        "park.yaml", "visibility: public", "visibility: everyone",
        "catalogue_literal_error", "visibility: everyone", "'staff'",
    ),
    "number in quotes": Break(
        "greenway.yaml", "value: 453", 'value: "453"',
        "catalogue_float_type", 'value: "453"', "a number",
    ),
    "code without quotes": Break(
        "units.yaml", 'code: "510105"', "code: 510105",
        "catalogue_string_type", "code: 510105", "quotes",
    ),
    "title in one language": Break(
        "mall.yaml", "title: {zh: 商业综合体, en: Shopping complexes}", "title: {zh: 商业综合体}",
        "catalogue_missing", "title: {zh: 商业综合体}", "en",
    ),
    "title as plain text": Break(
        "mall.yaml", "title: {zh: 商业综合体, en: Shopping complexes}", "title: 商业综合体",
        "catalogue_dataclass_type", "title: 商业综合体", "both languages",
    ),
    "colour by name": Break(
        "park.yaml", '"#76961a"', "green",
        "catalogue_string_pattern_mismatch", "style:", "pattern",
    ),
    "repeated key": Break(
        "park.yaml", "group: plan\n", "group: plan\ngroup: plan\n",
        "catalogue_not_yaml", "group: plan", "repeated keys",
    ),
    "no YAML": Break(
        "park.yaml", "summary:\n", "summary: [\n", "catalogue_not_yaml", "en: Parks of", "indentation",
    ),
    "id is not the file's name": Break(
        "park.yaml", "\nid: park\n", "\nid: parks\n", "catalogue_layer_id", "id: parks", "one name",
    ),
    "measure that is not there": Break(
        "greenway.yaml", "    measure: length", "    measure: metres",
        "catalogue_target_measure", "measure: metres", "length",
    ),
    "target in another unit than its measure": Break(
        "greenway.yaml", "    unit: {zh: 公里, en: km}\n    period", "    unit: {zh: 米, en: m}\n    period",
        "catalogue_target_unit", "unit: {zh: 米", "factor",
    ),
    "period that is not there": Break(
        "greenway.yaml", "period: h2", "period: h3", "catalogue_target_period", "period: h3", "h2",
    ),
    "filter by a field that is not there": Break(
        "charger.yaml", "field: access,", "field: acces,", "catalogue_filter_field", "acces,", "access",
    ),
    "filter by a value that is not there": Break(
        "charger.yaml", "text: public}", "text: open}", "catalogue_filter_text", "text: open", "public",
    ),
    "sum of a text": Break(
        "charger.yaml", "kind: sum, field: piles", "kind: sum, field: operator",
        "catalogue_measure_field", "field: operator", "piles",
    ),
    "sum of nothing": Break(
        "charger.yaml", "kind: sum, field: piles", "kind: sum",
        "catalogue_measure_field", "unit: {zh: 桩, en: piles}, kind: sum", "add field",
    ),
    "length of points": Break(
        "charger.yaml", "kind: count}", "kind: length}",
        "catalogue_measure_kind", "kind: length", "count or sum",
    ),
    "indicator with a place": Break(
        "nev_new.yaml", "geometry: none", "geometry: point", "catalogue_geometry", "geometry: point", "none",
    ),
    "also the layer's own geometry": Break(
        "park.yaml", "also: [point]", "also: [polygon]", "catalogue_geometry", "also: [polygon]", "polygon",
    ),
    "two fields of one id": Break(
        "charger.yaml", "- id: connectors\n", "- id: piles\n", "catalogue_field_id", "- id: piles", "fields.yaml",
    ),
    "field with the name of a parameter": Break(
        "charger.yaml", "- id: operator\n", "- id: limit\n", "catalogue_field_id", "- id: limit", "rename",
    ),
    "header of two fields": Break(
        "charger.yaml", "synonyms: [充电枪数量", "synonyms: [充电桩数量", "catalogue_synonym_clash", "id: connectors", "one",
    ),
    "header of a common field": Break(
        "charger.yaml", "synonyms: [运营商", "synonyms: [联系人", "catalogue_synonym_clash", "id: operator", "one",
    ),
    "word of two values": Break(
        "charger.yaml", "synonyms: [专用,", "synonyms: [公用,", "catalogue_synonym_clash", "id: dedicated", "one",
    ),
    "two values of one id": Break(
        "charger.yaml", "{id: dedicated,", "{id: public,", "catalogue_duplicate", "专用充电桩", "rename",
    ),
    "two measures of one id": Break(
        "park.yaml", "- {id: area,", "- {id: count,", "catalogue_duplicate", "kind: area", "rename",
    ),
    "unit of a text": Break(
        "charger.yaml", "title: {zh: 运营单位, en: Operator}\n", "title: {zh: 运营单位, en: Operator}\n    unit: {zh: 个, en: n}\n",
        "catalogue_field_unit", "unit: {zh: 个", "type",
    ),
    "enum without values": Break(
        "charger.yaml", "    type: text\n", "    type: enum\n", "catalogue_field_values", "id: operator", "values",
    ),
    "personal data in public": Break(
        "fields.yaml", "    public: false\n    personal: true\n", "    personal: true\n",
        "catalogue_personal_public", "id: contact", "public: false",
    ),
    "common field taken away": Break(
        "fields.yaml", "  - id: started_on\n", "  - id: begun_on\n", "catalogue_common_field", "fields:", "add it",
    ),
    "another status": Break(
        "fields.yaml", "- id: stopped\n", "- id: halted\n", "catalogue_status", "values:", "stopped",
    ),
    "optional field that is not required": Break(
        "place.yaml", "optional: [name, status]", "optional: [name, town]", "catalogue_optional", "optional:", "status",
    ),
    "dates the wrong way round": Break(
        "city.yaml", "starts_on: 2023-07-01", "starts_on: 2024-07-01", "catalogue_dates", "2024-07-01", "swap",
    ),
    "period that ends inside a month": Break(
        "city.yaml", "ends_on: 2023-06-30", "ends_on: 2023-06-29", "catalogue_dates", "mid-2023:", "months",
    ),
    "no date": Break(
        "city.yaml", "starts_on: 2023-07-01", "starts_on: July", "catalogue_date_parsing", "July", "2023-07-01",
    ),
    "latitude first": Break(
        "city.yaml", "[102.991, 30.091, 104.897, 31.438]", "[30.091, 102.991, 31.438, 104.897]",
        "catalogue_box", "bbox:", "west",
    ),
    "core that lies outside the city": Break(
        "city.yaml", "core: [103.95,", "core: [102.95,", "catalogue_box", "core:", "west",
    ),
    "order names a layer without a file": Break(
        "city.yaml", "  - mall\n", "  - malls\n", "catalogue_layer_missing", "- malls", "file",
    ),
    "order names a layer twice": Break(
        "city.yaml", "  - mall\n", "  - park\n", "catalogue_duplicate", "- park", "rename",
    ),
    "two units of one code": Break(
        "units.yaml", 'code: "510105"', 'code: "510104"', "catalogue_duplicate", 'code: "510104"', "rename",
    ),
    "name of two units": Break(
        "units.yaml", "also: [龙泉]", "also: [锦江]", "catalogue_name_clash", 'code: "510112"', "one unit",
    ),
    "zone with people": Break(
        "units.yaml", "    area_km2: 920", "    population: 1\n    area_km2: 920",
        "catalogue_double_count", "population: 1", "twice",
    ),
    "zone in no district": Break(
        "units.yaml", 'parents: ["510185"]', 'parents: ["510186"]', "catalogue_unit_parent", "510186", "district",
    ),
    "zone without parents": Break(
        "units.yaml", '    parents: ["510185"]\n', "", "catalogue_unit_parent", "zone_eastern", "districts",
    ),
    "district called a zone": Break(
        "units.yaml", 'code: "510105"\n    kind: district', 'code: "510105"\n    kind: zone',
        "catalogue_unit_kind", "kind: zone", "six digits",
    ),
    "standard without a source": Break(
        "standards.yaml", "{value: 0.9, source: working default, verified: false}", "{value: 0.9, verified: false}",
        "catalogue_missing", "child_m_s", "source",
    ),
    "unchecked standard without a word of it": Break(
        "standards.yaml", "{value: 0.9, source: working default, verified: false}", "{value: 0.9, source: x}",
        "catalogue_missing", "child_m_s", "verified",
    ),
}  # fmt: skip


def edit(path: Path, change: Callable[[str], str]) -> str:
    text = change(path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    return text


@pytest.mark.parametrize("case", BREAKS)
def test_a_broken_file_is_named_with_line_and_remedy(folder: Path, case: str) -> None:
    broken = BREAKS[case]
    text = edit(folder / broken.file, lambda text: text.replace(broken.old, broken.new, 1))
    assert broken.new in text
    with pytest.raises(GeoplanError) as caught:
        load_city(folder)
    assert caught.value.code == "catalogue_invalid"
    issues = caught.value.issues
    named = [
        issue for issue in issues if (issue.where.file, issue.code) == (broken.file, broken.code)
    ]
    assert named, [(issue.where.file, issue.code, issue.detail.en) for issue in issues]
    lines = text.split("\n")
    places = [lines[(issue.where.row or 0) - 1] for issue in named]
    assert any(broken.line in place for place in places), places
    assert any(broken.remedy in issue.remedy.en for issue in named), [i.remedy.en for i in named]
    for issue in issues:
        assert re.search("[一-鿿]", issue.detail.zh)
        assert re.search("[一-鿿]", issue.remedy.zh)


@pytest.mark.parametrize(
    "name", ["city.yaml", "units.yaml", "fields.yaml", "standards.yaml", "services.yaml"]
)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert [(i.code, i.where.file) for i in check(folder)] == [("catalogue_file", name)]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"- a\n- b\n", b"42", b"null", b"\x00"])
def test_a_layer_file_of_anything_else_is_one_problem_of_that_file(
    folder: Path, content: bytes
) -> None:
    (folder / "swamp.yaml").write_bytes(content)
    assert {issue.where.file for issue in check(folder)} == {"swamp.yaml"}


def test_everything_that_is_wrong_is_told_at_once(folder: Path) -> None:
    edit(folder / "park.yaml", lambda text: text.replace("group: plan", "group: plans"))
    edit(folder / "mall.yaml", lambda text: text.replace("value: 23", "value: many"))
    edit(folder / "units.yaml", lambda text: text.replace("ring: central", "ring: inner"))
    assert [(issue.where.file, issue.code) for issue in check(folder)] == [
        ("mall.yaml", "catalogue_float_type"),
        ("park.yaml", "catalogue_literal_error"),
        *[("units.yaml", "catalogue_literal_error")] * 5,
    ]


def test_the_command_prints_file_line_and_remedy_and_fails(folder: Path) -> None:
    text = edit(folder / "park.yaml", lambda text: text.replace("value: 60", "value: sixty"))
    line = 1 + text[: text.index("value: sixty")].count("\n")
    command = [sys.executable, "-m", "geoplan", "layers", "check", str(folder)]
    environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert f"park.yaml, row {line}: " in done.stderr
    assert "give a number" in done.stderr


def test_the_command_says_what_a_sound_catalogue_has(folder: Path) -> None:
    command = [sys.executable, "-m", "geoplan", "layers", "check", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "6 layers, 23 units" in done.stdout


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_line_taken_out_anywhere_is_sound_or_refused_at_a_line(
    folder: Path, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(["charger.yaml", "fields.yaml", "city.yaml"]))
    lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
    gone = data.draw(st.integers(0, len(lines) - 1))
    try:
        (folder / name).write_text("".join(lines[:gone] + lines[gone + 1 :]), encoding="utf-8")
        for issue in check(folder):
            assert issue.where.file
            assert issue.where.row
            assert issue.remedy.zh
            assert issue.remedy.en
    finally:
        (folder / name).write_text("".join(lines), encoding="utf-8")
