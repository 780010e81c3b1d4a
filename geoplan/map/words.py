"""The words of the page that the server writes."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.text import Lang, Text

WORDS = {
    "description": Text(
        "城市规划目标、项目与设施地图", "Map of a city's plan: targets, projects, facilities"
    ),
    "skip": Text("跳到目标与图层", "Skip to targets and layers"),
    "other": Text("English", "中文"),
    "tiles_failed": Text("部分地图未能加载", "Part of the map could not be loaded"),
    "retry": Text("重试", "Try again"),
    "legend": Text("图例", "Legend"),
    "no_script": Text("此页面需要启用脚本。", "This page needs scripts to be enabled."),
    "panel": Text("目标与图层", "Targets and layers"),
    "synthetic": Text("示意数据", "Synthetic data"),
    "synthetic_note": Text(
        "项目、人口与路网均为虚构，仅供演示，不是真实统计。",
        "Projects, population and streets are made up for demonstration, not real statistics.",
    ),
    "targets": Text("目标与进展", "Targets and progress"),
    "loading": Text("加载中…", "Loading…"),
    "hexagons": Text("格网", "Hexagons"),
    "layers": Text("图层", "Layers"),
    "in_view": Text("视野内的项目", "What is in view"),
    "about": Text("数据与审图", "Data and review"),
    "staff": Text("数据报送（工作人员）", "Data desk (staff)"),
}

STAFF_WORDS = {
    "title": Text("数据报送", "Data desk"),
    "description": Text(
        "上传台账、查看检查结果、审核与发布", "Upload ledgers, read the checks, review and publish"
    ),
    "skip": Text("跳到内容", "Skip to the content"),
    "map": Text("公众地图", "Public map"),
    "offline": Text(
        "网络已断开。已填的内容不会丢失，恢复后自动继续。",
        "You are offline. What you have entered is kept; the page goes on once you are back.",
    ),
    "other": WORDS["other"],
    "loading": WORDS["loading"],
    "no_script": WORDS["no_script"],
    "about": WORDS["about"],
}

NOT_REVIEWED = Text(
    "内部测试，未经审图，不得公开", "Internal test: not reviewed, not for publication"
)


def in_language(lang: Lang, words: Mapping[str, Text] = WORDS) -> dict[str, str]:
    return {key: text.get(lang) for key, text in words.items()}


def review(approval_number: str) -> Text:
    """What the map says of its review: its number, or that it is an internal test."""
    if not approval_number:
        return NOT_REVIEWED
    return Text(f"审图号：{approval_number}", f"Map review number: {approval_number}")
