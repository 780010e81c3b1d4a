"""Projects and people as files of the kinds that users have."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import openpyxl
import polars as pl
import pyarrow as pa
import pyogrio
import shapely
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from geoplan.catalogue import City, Field, Layer
from geoplan.grid import to_hex
from geoplan.sample.plane import CRS, Geometries, geometries_to_lonlat, to_lonlat
from geoplan.sample.population import Population
from geoplan.sample.projects import SYNTHETIC, Projects
from geoplan.text import Text

Kind = Literal["osm", "population", "features"]

_STAMP = "2023-10-31T00:00:00Z"


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file of the sample city and how it is to be imported.

    layer  of `features` only. crs: of tables, which do not say it themselves.
    as_of  the day that the data stand for.
    """

    path: Path
    kind: Kind
    source_id: str
    title: Text
    layer: str | None
    crs: str | None
    as_of: date


def write_population(path: Path, people: Population) -> None:
    """People by H3 cell of resolution 10: cell, people, aged_0_14, aged_15_59, aged_60_up."""
    columns = {"cell": to_hex(people.cells), "people": people.people}
    for name, ages in zip(("aged_0_14", "aged_15_59", "aged_60_up"), people.ages.T, strict=True):
        columns[name] = ages
    pl.DataFrame(columns).write_csv(path)


def write_projects(
    path: Path, made: Projects, city: City, *, crs: str = CRS, encoding: str = "utf-8-sig"
) -> None:
    """Projects as the file that the path's ending names: .gpkg, .geojson, .xlsx or .csv.

    crs       of a GeoPackage: EPSG:4544, 4490 or 4326; the other kinds hold EPSG:4326.
    encoding  of a .csv.
    """
    layer = city.layer(made.layer)
    if path.suffix == ".gpkg":
        _write_geopackage(path, _columns(made, city, layer, headers="id"), made.geometry, crs)
    elif path.suffix == ".geojson":
        _write_geojson(path, _columns(made, city, layer, headers="id"), made.geometry)
    else:
        columns = _columns(made, city, layer, headers="zh")
        lonlat = np.round(to_lonlat(shapely.get_coordinates(made.geometry)), 6)
        columns |= {"经度": lonlat[:, 0].tolist(), "纬度": lonlat[:, 1].tolist()}
        if path.suffix == ".xlsx":
            _write_workbook(path, columns, layer)
        else:
            _write_csv(path, columns, encoding)


def _columns(
    made: Projects, city: City, layer: Layer, *, headers: Literal["id", "zh"]
) -> dict[str, list[Any]]:
    """Columns as an office writes them: units by name, listed values in words, none left empty."""
    units = {unit.code: unit.name.zh for unit in city.units}
    columns: dict[str, list[Any]] = {}
    fields = {field.id: field for field in layer.all_fields()}
    for key, values in made.values.items():
        if all(value is None for value in values):
            continue
        field = fields[key]
        header = key if headers == "id" else _ledger_header(field)
        if key == "unit":
            columns[header] = [units[code] for code in values]
        elif field.type == "enum":
            words = {value.id: value.title.zh for value in field.values}
            columns[header] = [words[value] for value in values]
        else:
            columns[header] = values
    return columns


def _ledger_header(field: Field) -> str:
    """长度（公里）: the title, with its unit in brackets where it has one."""
    return field.title.zh if field.unit is None else f"{field.title.zh}（{field.unit.zh}）"


def _write_geopackage(
    path: Path, columns: dict[str, list[Any]], geometry: Geometries, crs: str
) -> None:
    millimetres = shapely.set_precision(geometry, 0.001, mode="pointwise")
    there = millimetres if crs == CRS else geometries_to_lonlat(geometry)
    kinds = np.unique(shapely.get_type_id(there))
    table = pa.table(columns | {"geometry": pa.array(shapely.to_wkb(there))})
    path.unlink(missing_ok=True)
    # Otherwise the file would hold the hour of its making, and no two would be alike.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP})
    try:
        pyogrio.write_arrow(
            table,
            path,
            layer=path.stem,
            driver="GPKG",
            geometry_name="geometry",
            geometry_type=there[0].geom_type if len(kinds) == 1 else "Unknown",
            crs=crs,
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _write_geojson(path: Path, columns: dict[str, list[Any]], geometry: Geometries) -> None:
    shapes = shapely.to_geojson(geometries_to_lonlat(geometry, 6))
    features = [
        {"type": "Feature", "properties": row, "geometry": json.loads(shape)}
        for row, shape in zip(_rows(columns), shapes, strict=True)
    ]
    text = json.dumps(
        {"type": "FeatureCollection", "name": path.stem, "features": features},
        ensure_ascii=False,
        default=date.isoformat,
    )
    path.write_text(text, encoding="utf-8")


def _write_csv(path: Path, columns: dict[str, list[Any]], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def _write_workbook(path: Path, columns: dict[str, list[Any]], layer: Layer) -> None:
    """A ledger (台账) as offices keep it: a merged title above the header, a running number."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    headers = ["序号", *columns]
    title = f"{SYNTHETIC}数据：{layer.title.zh}项目台账（截至2023年10月31日）"
    sheet.append([title])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(headers))
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append(headers)
    for cell in sheet[2]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(cell.column)].width = 14
    for number, row in enumerate(zip(*columns.values(), strict=True), start=1):
        sheet.append([number, *row])
    sheet.freeze_panes = "A3"
    book.properties.title = title
    book.save(path)


def _rows(columns: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))
