"""Every sentence of the plan stands in the catalogue with its figure, and counts what it names."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from geoplan.catalogue import City, Target


class Row(NamedTuple):
    """A row of the plan: what it asks, of which measure kind, of what geometry."""

    target: str
    layer: str
    value: float | None
    unit: str
    op: str
    period: str
    kind: str
    measure: str
    geometry: str
    phrase: str


PLAN = [
    Row("greenway", "greenway", 453, "公里", "=", "h2", "flow", "length", "line", "下半年新建天府绿道453公里"),
    Row("park", "park", 60, "个", "=", "h2", "flow", "count", "polygon", "各类公园60个"),
    Row("charger", "charger", 60000, "桩", "=", "year", "flow", "sum", "point", "全年新建充电桩6万个"),
    Row("school", "school", 80, "所", "=", "unstated", "flow", "count", "point", "新建和改扩建中小学、幼儿园80所"),
    Row("school_place", "school", 80000, "个", "=", "unstated", "flow", "sum", "point", "增加学位8万个"),
    Row("quality_school", "quality_school", 60, "所", ">=", "unstated", "flow", "count", "point", "培育义务教育新优质学校60所以上"),
    Row("life_circle", "life_circle", None, "个", "=", "unstated", "coverage", "count", "polygon", "15分钟便民生活圈加快成形"),
    Row("base_station_5g", "base_station_5g", 15000, "个", "=", "year", "flow", "count", "point", "全年新建5G基站1.5万个"),
    Row("mall", "mall", 23, "座", "=", "unstated", "flow", "count", "point", "推动23座商业综合体建成投运"),
    Row("culture_scene", "culture_scene", 100, "个", "=", "unstated", "flow", "count", "point", "推出100个“最成都·文旅新场景”"),
    Row("medical_subcentre", "medical_subcentre", 15, "个", "=", "unstated", "flow", "count", "point", "新增县（区）域医疗卫生次中心15个"),
    Row("day_care", "day_care", 90, "%", ">=", "unstated", "coverage", "count", "point", "确保社区日间照料机构覆盖率达90%以上"),
    Row("child_base", "child_base", 1, "个", ">=", "unstated", "flow", "count", "point", "每个区（市）县至少新创建1家市级儿童早期发展基地"),
    Row("key_area", "key_area", 24, "个", "=", "unstated", "progress", "count", "polygon", "加快建设24个重点片区"),
    Row("expressway", "expressway", 6, "条", "=", "unstated", "progress", "count", "line", "加快建设天眉乐等6条高速公路"),
    Row("smart_factory", "smart_factory", 100, "个", "=", "unstated", "flow", "count", "point", "建成100个智能工厂和数字化车间"),
    Row("major_project", "major_project", 190, "个", "=", "h2", "flow", "count", "point", "确保下半年落地重大和高能级项目190个"),
    Row("adv_mfg_project", "major_project", 90, "个", ">=", "h2", "flow", "count", "point", "其中先进制造业项目90个以上"),
    Row("kiosk_service", "kiosk_service", 1000, "事项", "=", "unstated", "flow", "count", "none", "推动1000个事项入驻政务服务自助终端"),
    Row("nev_new", "nev_new", 100000, "辆", ">=", "year", "flow", "count", "none", "推广新能源汽车10万辆以上"),
    Row("nev_stock", "nev_stock", 490000, "辆", ">", "mid-2023", "stock", "count", "none", "新能源汽车保有量突破49万辆"),
    Row("good_air_days", "good_air_days", 300, "天", ">=", "year", "flow", "count", "none", "力争全年空气质量优良天数300天以上"),
    Row("grid_capacity", "grid_capacity", 18200, "兆瓦", "=", "mid-2023", "stock", "count", "none", "电网安全承载能力提升至1820万千瓦"),
    Row("vpp_storage", "vpp_storage", None, "个", "=", "unstated", "progress", "count", "point", "加快实施虚拟电厂、储能系统等项目"),
    Row("three_lines", "three_lines", None, "平方公里", "=", "unstated", "constraint", "area", "polygon", "严格落实“三区三线”划定成果"),
    Row("micro_grid", "micro_grid", None, "个", "=", "unstated", "progress", "count", "polygon", "完善“微网实格”治理体系"),
    Row("expo_2024", "expo_2024", 1, "处", "=", "2024", "progress", "count", "polygon", "高质量筹备2024年世界园艺博览会"),
]  # fmt: skip
FIVE = ["greenway", "park", "charger", "school", "life_circle"]
NOT_PUBLIC = {
    "base_station_5g": "staff",
    "major_project": "staff",
    "vpp_storage": "staff",
    "micro_grid": "staff",
    "three_lines": "city",
}
DATES = {
    "h2": (date(2023, 7, 1), date(2023, 12, 31)),
    "year": (date(2023, 1, 1), date(2023, 12, 31)),
    "unstated": (None, date(2023, 12, 31)),
    "mid-2023": (None, date(2023, 6, 30)),
    "2024": (date(2024, 1, 1), date(2024, 12, 31)),
}


def target_of(city: City, layer: str, target: str) -> Target:
    return next(found for found in city.layer(layer).targets if found.id == target)


@pytest.mark.parametrize("row", PLAN, ids=[row.target for row in PLAN])
def test_every_row_of_the_plan_is_a_target_with_its_figure(city: City, row: Row) -> None:
    layer = city.layer(row.layer)
    target = target_of(city, row.layer, row.target)
    measure = next(measure for measure in layer.measures if measure.id == target.measure)
    assert Row(
        target.id, layer.id, target.value, target.unit.zh, target.op, target.period, target.kind,
        measure.kind, layer.geometry, target.phrase,
    ) == row  # fmt: skip
    assert target.phrase_en.isascii() or "“" in target.phrase_en or "–" in target.phrase_en


def test_no_target_has_a_figure_that_the_plan_does_not_give(city: City) -> None:
    figures = {
        (layer.id, target.id): target.value
        for layer in city.layers.values()
        for target in layer.targets
        if target.value is not None
    }
    assert figures == {(row.layer, row.target): row.value for row in PLAN if row.value is not None}


def test_periods_have_the_dates_of_the_plan(city: City) -> None:
    for layer in city.layers.values():
        for target in layer.targets:
            assert (target.starts_on, target.ends_on) == DATES[target.period], target.id


def test_the_five_named_layers_come_first(city: City) -> None:
    assert list(city.layers)[:5] == FIVE
    assert list(city.layers)[-2:] == ["place", "green_space"]


def test_what_must_not_be_public_is_not(city: City) -> None:
    hidden = {
        layer.id: layer.visibility for layer in city.layers.values() if layer.visibility != "public"
    }
    assert hidden == NOT_PUBLIC


def test_piles_connectors_and_stations_are_kept_apart(city: City) -> None:
    measures = {measure.id: measure.field for measure in city.layer("charger").measures}
    assert measures == {"piles": "piles", "count": None, "connectors": "connectors"}
    total, public = city.layer("charger").targets
    assert total.filter is None
    assert public.filter is not None
    assert (public.filter.field, public.filter.text, public.value) == ("access", "public", None)
    access = next(field for field in city.layer("charger").fields if field.id == "access")
    assert [value.id for value in access.values] == ["public", "dedicated", "private"]


def test_453_km_are_set_against_kilometres(city: City) -> None:
    length = city.layer("greenway").measures[0]
    assert (length.kind, length.factor, length.unit.en) == ("length", 0.001, "km")


def test_each_unit_needs_a_base_for_children(city: City) -> None:
    assert target_of(city, "child_base", "child_base").per_unit
    others = [t.id for layer in city.layers.values() for t in layer.targets if t.per_unit]
    assert others == ["child_base"]
