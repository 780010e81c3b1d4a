"""Rules of a city and its units that types cannot say; every finding is noted at its line."""

from __future__ import annotations

from geoplan.catalogue.models import CityFile, Units
from geoplan.catalogue.names import UnitNames
from geoplan.catalogue.targets import is_month_end
from geoplan.catalogue.yaml_file import YamlFile
from geoplan.text import Text


def check_city(file: YamlFile, city: CityFile, layers: set[str]) -> None:
    """city.yaml: the box, the periods, the order of layers.

    layers  names of the layer files that there are.
    """
    west, south, east, north = city.bbox
    if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
        file.add(
            ("bbox",),
            "catalogue_box",
            Text("bbox 不是有效范围", "bbox is not a valid box"),
            Text("按西、南、东、北给出度数", "give west, south, east, north in degrees"),
        )
    if city.core is not None:
        left, lower, right, upper = city.core
        if not (west <= left < right <= east and south <= lower < upper <= north):
            file.add(
                ("core",),
                "catalogue_box",
                Text("core 不在 bbox 之内", "core is not a box within bbox"),
                Text("按西、南、东、北给出度数", "give west, south, east, north in degrees"),
            )
    for name, period in city.periods.items():
        if period.starts_on is not None and period.starts_on > period.ends_on:
            file.add(
                ("periods", name, "starts_on"),
                "catalogue_dates",
                Text(f"{name} 的起始晚于截止", f"{name} starts after it ends"),
                Text("请对调两个日期", "swap the two days"),
            )
        whole = period.starts_on is None or period.starts_on.day == 1
        if not (whole and is_month_end(period.ends_on)):
            file.add(
                ("periods", name),
                "catalogue_dates",
                Text(f"{name} 不是整月", f"{name} is not made of whole months"),
                Text(
                    "时序进度按月计算：从某月 1 日起，到某月末日止",
                    "progress counts months: start on a first day and end on a last day of a month",
                ),
            )
    for at, layer_id in enumerate(city.order):
        if layer_id not in layers:
            file.add(
                ("order", at),
                "catalogue_layer_missing",
                Text(f"没有文件 {layer_id}.yaml", f"there is no file {layer_id}.yaml"),
                Text("请补上该文件，或从 order 中删除", "add the file, or take it out of order"),
            )
    file.add_repeated(("order",), city.order)


def check_units(file: YamlFile, units: Units) -> None:
    """units.yaml: codes, parents, what zones may say, and names that mean two units."""
    kinds = {unit.code: unit.kind for unit in units.units}
    file.add_repeated(("units",), [unit.code for unit in units.units], key=("code",))
    for at, unit in enumerate(units.units):
        wanted = "district" if unit.code.isdecimal() else "zone"
        if unit.kind != wanted:
            file.add(
                ("units", at, "kind"),
                "catalogue_unit_kind",
                Text(f"{unit.code} 应为 {wanted}", f"{unit.code} must be a {wanted}"),
                Text(
                    "区（市）县用 6 位行政区划代码，功能区用 zone_ 开头的代码",
                    "districts have a code of six digits, zones one that starts with zone_",
                ),
            )
        for parent in unit.parents:
            if kinds.get(parent) != "district":
                file.add(
                    ("units", at, "parents"),
                    "catalogue_unit_parent",
                    Text(f"没有区（市）县 {parent}", f"there is no district {parent}"),
                    Text("请写所在区（市）县的代码", "give the code of a district"),
                )
        if (unit.kind == "zone") != bool(unit.parents):
            file.add(
                ("units", at),
                "catalogue_unit_parent",
                Text("功能区须有 parents，区县不得有", "zones have parents, districts do not"),
                Text("请写功能区所在的区（市）县", "name the districts that the zone lies in"),
            )
        if unit.kind == "zone" and unit.population is not None:
            file.add(
                ("units", at, "population"),
                "catalogue_double_count",
                Text("功能区人口已含在所在区县内", "a zone's people are in its parents' figures"),
                Text("请删除，以免重复计算", "take it out, it would count twice"),
            )
    names = UnitNames({unit.code: unit.called() for unit in units.units}, ())
    places = {unit.code: at for at, unit in enumerate(units.units)}
    for name, held, code in names.clashes:
        file.add(
            ("units", places[code]),
            "catalogue_name_clash",
            Text(f"“{name}” 也指 {held}", f"{name} also means {held}"),
            Text("每个名称只能指一个单位", "a name may mean one unit only"),
        )
