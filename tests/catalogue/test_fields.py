"""Column headers and words of staff files find their field and value."""

from __future__ import annotations

import pytest

from geoplan.catalogue import City

HEADERS = {
    "name": [
        "项目名称",
        "名称",
        "工程名称",
        "点位名称",
        "学校名称",
        "公园名称",
        "站点名称",
        "Name",
    ],
    "unit": ["区(市)县", "区（市）县", "区县", "区市县", "所属区县", "责任区县", "属地", "unit"],
    "town": ["街道", "镇(街道)", "镇街", "乡镇"],
    "address": ["地址", "建设地点", "详细地址", "位置", "坐落"],
    "lon": ["经度", "东经", "X(经度)", "Ｘ（经度）", "lng", "longitude", "LON"],
    "lat": ["纬度", "北纬", "Y(纬度)", "lat", "Latitude"],
    "status": ["状态", "进展", "形象进度", "建设阶段"],
    "started_on": ["开工时间", "计划开工"],
    "finished_on": ["竣工时间", "完工时间", "计划竣工", "建成时间", "投用时间", "finished_on"],
    "investment_wan": ["总投资(万元)", "总投资（万元）"],
    "investment_year_wan": ["年度计划投资"],
    "investment_done_wan": ["累计完成投资"],
    "owner": ["责任单位", "建设单位", "业主单位", "牵头单位"],
    "contact": ["联系人"],
    "phone": ["联系电话"],
    "note": ["备注", "存在问题", "下一步"],
}
OWN = {
    "greenway": {"length_km": ["长度(公里)", "里程", "建设规模"], "construction": ["建设性质", "项目类型"], "kind": ["类型"]},
    "park": {"area_ha": ["面积(亩/公顷/㎡)", "面积"], "kind": ["类型"], "construction": ["建设性质"]},
    "charger": {"piles": ["桩数", "充电桩数量(个)"], "connectors": ["枪数"], "access": ["类型"]},
    "school": {"places": ["学位数(个)", "新增学位"], "classes": ["班数"], "construction": ["建设性质"]},
}  # fmt: skip
STATUSES = {
    "planned": ["谋划", "储备", "前期", "未开工", "拟建", "planned"],
    "building": ["在建", "开工", "续建", "施工", "主体施工"],
    "finished": ["完工", "竣工", "建成", "已完成", "验收", "Finished"],
    "open": ["投用", "投运", "运营", "开放", "开学"],
    "stopped": ["停工", "缓建", "取消"],
}


@pytest.mark.parametrize("field", HEADERS)
def test_headers_that_ledgers_use_find_the_common_field_in_every_layer(
    city: City, field: str
) -> None:
    for layer in city.layers.values():
        for header in HEADERS[field]:
            found = layer.find_field(f" {header}\n")
            assert found is not None, header
            assert found.id == field


@pytest.mark.parametrize("layer", OWN)
def test_headers_that_ledgers_use_find_the_layers_own_field(city: City, layer: str) -> None:
    for field, headers in OWN[layer].items():
        for header in headers:
            found = city.layer(layer).find_field(header)
            assert found is not None, header
            assert found.id == field


@pytest.mark.parametrize("header", ["X", "Y", "序号", "编号", "No.", "", "x(m)"])
def test_headers_that_mean_something_else_find_no_field(city: City, header: str) -> None:
    # A surveyor's X is north; a running number is no lasting number of a project.
    assert city.layer("greenway").find_field(header) is None


@pytest.mark.parametrize("status", STATUSES)
def test_words_of_ledgers_find_their_status(city: City, status: str) -> None:
    field = city.layer("greenway").find_field("状态")
    assert field is not None
    for word in STATUSES[status]:
        value = field.find_value(f"{word} ")
        assert value is not None, word
        assert value.id == status


def test_a_word_that_is_no_status_finds_none(city: City) -> None:
    field = city.layer("greenway").find_field("状态")
    assert field is not None
    assert field.find_value("飞快") is None


def test_personal_data_are_not_among_the_public_fields(city: City) -> None:
    for layer in city.layers.values():
        public = {field.id for field in layer.public_fields()}
        assert not public & {"contact", "phone", "note", "investment_wan"}
        assert {"name", "unit", "status", "finished_on"} <= public


def test_places_and_lines_in_force_may_lack_what_projects_must_have(city: City) -> None:
    def required(layer: str) -> set[str]:
        return {field.id for field in city.layer(layer).all_fields() if field.required}

    assert required("greenway") == {"name", "status"}
    assert required("charger") == {"name", "status", "piles"}
    assert required("place") == {"category"}
    assert required("three_lines") == {"name", "zone"}
