"""The words of the page that the server writes."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.text import Lang, Text

WORDS = {
    "description": Text(
        "城市规划目标、项目与设施地图", "Map of a city's plan: targets, projects, facilities"
    ),
    "skip": Text("跳到设施、目标与图层", "Skip to facilities, targets and layers"),
    "other": Text("English", "中文"),
    "tiles_failed": Text("部分地图未能加载", "Part of the map could not be loaded"),
    "retry": Text("重试", "Try again"),
    "legend": Text("图例", "Legend"),
    "no_script": Text("此页面需要启用脚本。", "This page needs scripts to be enabled."),
    "no_script_data": Text(
        "不启用脚本也可以按列表查看全部公开数据：",
        "Without them all public data can be read as lists:",
    ),
    "no_script_link": Text("公开数据", "public data"),
    "pages": Text("其他页面", "Other pages"),
    "plan": Text("规划分析", "Planning analysis"),
    "staff_short": Text("数据报送", "Data desk"),
    "open_data": Text("公开数据接口", "Open data"),
    "share": Text("分享", "Share"),
    "night": Text("夜间配色", "Night colours"),
    "offline": Text(
        "网络已断开，地图停在断开前的样子；恢复后自动继续。",
        "You are offline: the map stays as it was and goes on once you are back.",
    ),
    "hint": Text(
        "点地图任意处，看步行15分钟能到什么",
        "Tap the map: what is within 15 minutes on foot?",
    ),
    "questions": Text("想了解什么", "What would you like to know"),
    "mode_walk": Text("身边设施", "Near me"),
    "mode_plan": Text("规划进展", "The plan"),
    "begin": Text("步行15分钟，能到哪些设施？", "What is within 15 minutes on foot?"),
    "begin_how": Text(
        "点地图上的一处，就知道从那里走得到什么、缺什么、最近的在哪里。",
        "Tap a place on the map: what can be walked to, what is missing, where the nearest one is.",
    ),
    "locate": Text("我的位置", "My location"),
    "from_centre": Text("地图中心", "Centre of the map"),
    "locate_note": Text(
        "位置只用来算这一次，不保存，也不写入网址。",
        "Your location is used for this answer alone: never stored, not put in the address.",
    ),
    "panel": Text("设施、目标与图层", "Facilities, targets, layers"),
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

PLAN_WORDS = {
    "title": Text("规划分析", "Planning analysis"),
    "description": Text(
        "设施可达与覆盖、缺口、对比与目标进展",
        "Reach and coverage of services, gaps, comparison and progress of targets",
    ),
    "skip": Text("跳到结果", "Skip to the results"),
    "controls": Text("分析条件", "What to analyse"),
    "results": Text("结果", "Results"),
    "map_area": Text("地图", "Map"),
    "public": Text("公众地图", "Public map"),
    "staff": Text("数据报送", "Data desk"),
    "pages": Text("其他页面", "Other pages"),
    "night": Text("夜间配色", "Night colours"),
    "offline": Text(
        "网络已断开，结果停在断开前的样子；恢复后自动更新。",
        "You are offline: results stay as they were and are renewed once you are back.",
    ),
    "tiles_failed": WORDS["tiles_failed"],
    "retry": WORDS["retry"],
    "legend": WORDS["legend"],
    "loading": WORDS["loading"],
    "no_script": WORDS["no_script"],
    "other": WORDS["other"],
    "about": WORDS["about"],
}

STAFF_WORDS = {
    "title": Text("数据报送", "Data desk"),
    "description": Text(
        "上传台账、查看检查结果、审核与发布", "Upload ledgers, read the checks, review and publish"
    ),
    "skip": Text("跳到内容", "Skip to the content"),
    "views": Text("工作内容", "What to work on"),
    "uploads": Text("台账", "Uploads"),
    "edit": Text("地图编辑", "Map edits"),
    "feedback": Text("市民反馈", "Remarks"),
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
