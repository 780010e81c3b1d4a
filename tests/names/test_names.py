"""Names as people type them, against what they should find."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.names import prepare
from geoplan.names.index import COLUMNS
from geoplan.names.sounds import letters_of, pattern_of, readings, sound_of
from tests.names.rows import JINJIANG, QINGYANG, index_of, matches, names, row

CITY = index_of(
    "天府广场", "天府大道", "重庆路小学", "春熙路", "四川大学", "朝阳小学", "绿道驿站", "音乐厅", "IFS国际金融中心", "地铁1号线",
    row("都江堰市", "Dujiangyan", kind="district", layer="units", id="510181", unit="510181", category=None),
    row("人民公园", "People's Park", unit=QINGYANG),
    row("人民公园", "People's Park", unit=JINJIANG, lon=104.2),
    row("锦江区", "Jinjiang", kind="district", layer="units", id=JINJIANG, category=None),
    row(None, "Global Centre"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("query", "first", "match"),
    [
        ("天府广场", "天府广场", "exact"),
        ("天府", "天府大道", "prefix"),
        ("广场", "天府广场", "part"),
        ("tianfuguangchang", "天府广场", "exact"),
        ("tianfu guangchang", "天府广场", "exact"),
        ("TianFu guang", "天府广场", "prefix"),
        ("guangchang", "天府广场", "part"),
        ("tfgc", "天府广场", "initials"),
        ("tianfugc", "天府广场", "initials"),
        ("tfguangchang", "天府广场", "initials"),
        ("ｔｆｇｃ", "天府广场", "initials"),
        ("chongqinglu", "重庆路小学", "prefix"),
        ("zhongqinglu", "重庆路小学", "prefix"),  # as the character is read elsewhere
        ("cqlxx", "重庆路小学", "initials"),
        ("chaoyang", "朝阳小学", "prefix"),
        ("yinyueting", "音乐厅", "exact"),
        ("lüdao", "绿道驿站", "prefix"),
        ("lvdao", "绿道驿站", "prefix"),
        ("ludao", "绿道驿站", "prefix"),
        ("lyudao", "绿道驿站", "prefix"),
        ("dujiangyan", "都江堰市", "exact"),
        ("ifs", "IFS国际金融中心", "prefix"),
        ("地铁1", "地铁1号线", "prefix"),
        ("ditie1hao", "地铁1号线", "prefix"),
        ("peoples park", "人民公园", "exact"),
        ("park", "人民公园", "part"),
        ("pp", "人民公园", "initials"),
        ("tiafnu guangchang", "天府广场", "similar"),
        ("tianfuguangcang", "天府广场", "similar"),
        ("chunxilu", "春熙路", "exact"),
        ("chunxulu", "春熙路", "similar"),
        ("春西路", "春熙路", "similar"),  # sounds the same
        ("天府广汤", "天府广场", "similar"),
        ("川大", "四川大学", "part"),
        ("jinjang", "锦江区", "similar"),
    ],
)
def test_what_is_typed_finds_what_is_meant(query: str, first: str, match: str) -> None:
    assert matches(CITY, query)[0] == (first, match)


@pytest.mark.parametrize(
    "query",
    ["", " ", "%", "_", "\\", "%_\\", "😀", "'; DROP TABLE feature; --", "(?:", "zzzz", "qqxw"],
)
def test_what_is_no_name_finds_nothing(query: str) -> None:
    assert names(CITY, query) == []


def test_a_syllable_is_not_found_in_the_middle_of_another() -> None:
    found = names(index_of("天安路", "坦安里", "安里"), "an")
    assert found[0] == "安里"
    assert set(found) == {"安里", "天安路", "坦安里"}
    assert "天府路" not in names(index_of("天府路"), "an")


def test_a_name_that_stands_twice_is_told_apart_by_its_district() -> None:
    assert {hit.unit for hit in CITY.find("人民公园", 10)} == {JINJIANG, QINGYANG}
    [first] = CITY.find("人民公园 锦江", 10)
    assert first.unit == JINJIANG
    [first] = CITY.find("renmin jinjiang", 10)
    assert first.unit == JINJIANG


def test_words_may_name_the_kind() -> None:
    assert names(index_of(row("天府一小"), row("天府停车场", category="parking")), "教育 天府") == [
        "天府一小"
    ]


def test_two_stops_of_one_name_beside_each_other_are_one() -> None:
    found = index_of(
        row("春熙路口", id="1"),
        row("春熙路口", id="2", lon=104.081),
        row("春熙路口", id="3", lon=104.1),
    )
    assert [hit.id for hit in found.find("春熙路口", 10)] == ["1", "3"]


def test_of_equals_the_nearest_comes_first_and_districts_before_them() -> None:
    found = index_of(
        row("锦江饭店", lon=104.3),
        row("锦江茶楼", lon=104.1),
        row("锦江区", kind="district", layer="units", lon=104.9),
    )
    hits = found.find("锦江", 10, (104.0, 30.65))
    assert [hit.name for hit in hits] == ["锦江区", "锦江茶楼", "锦江饭店"]
    assert hits[1].distance_m == pytest.approx(9_560, abs=30)


def test_an_exact_name_comes_before_one_that_begins_so_before_one_that_holds_it() -> None:
    found = index_of(row("老锦里"), row("锦里小吃街"), row("锦里", lon=105.0))
    assert [hit.name for hit in found.find("锦里", 10, (104.08, 30.65))] == [
        "锦里",
        "锦里小吃街",
        "老锦里",
    ]


def test_what_is_known_of_a_name_is_not_made_again_and_stays_right() -> None:
    held = prepare(pl.DataFrame([row("天府广场"), row(None, "Centre")], schema=COLUMNS))
    anew = prepare(
        pl.DataFrame([row("春熙路"), row("天府广场"), row(None, "Centre")], schema=COLUMNS), held
    )
    assert anew["sound"].to_list()[0] == "ChunXiLu"
    assert anew["sound"].to_list()[1:] == held["sound"].to_list()


CHARACTERS = st.sampled_from(
    sorted(character for character in readings().main if "\u4e00" <= character <= "\u9fff")
)
NAMES = st.text(CHARACTERS | st.sampled_from("ABCxyz0189 ·（）"), min_size=1, max_size=20)


@settings(max_examples=150, deadline=None)
@given(NAMES, st.data())
def test_every_name_is_found_by_its_pinyin_its_initials_and_any_mixture(
    name: str, data: st.DataObject
) -> None:
    usual = sound_of(name).split("\n")[0]
    syllables = re.findall("[A-Z][a-z]*|[0-9]", usual)
    if not syllables:
        return
    typed = "".join(
        syllable[: data.draw(st.integers(1, len(syllable)))] for syllable in syllables
    ).lower()
    for letters in (usual.lower(), "".join(s[0] for s in syllables).lower(), typed):
        pattern = pattern_of(letters)
        assert pl.Series([sound_of(name)]).str.contains(f"(?m)^{pattern}").item()
    assert letters_of(usual) == usual.lower()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=100))
def test_no_text_breaks_the_search(query: str) -> None:
    for hit in CITY.find(query, 5, (104.0, 30.6)):
        assert hit.match in {"exact", "prefix", "initials", "part", "similar"}
