"""Uploads as they are held after a check, made by hand: rows, headers and what was found."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import shapely

from geoplan.errors import Issue, Severity, Where
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.upload_rows import NewRow, put_rows
from geoplan.store.uploads import (
    NewUpload,
    Upload,
    add_upload,
    begin_check,
    held_upload,
    put_checked,
)
from geoplan.text import Text
from geoplan.uploads import documents
from geoplan.uploads.files import Files

FIELDS = {
    "项目编号": "project_no",
    "项目名称": "name",
    "区县": "unit",
    "状态": "status",
    "竣工时间": "finished_on",
    "新增学位": "places",
    "经度": "lon",
    "纬度": "lat",
    "联系电话": "phone",
}
Found = Mapping[int, Sequence[dict[str, Any]]]
"""Row → its issues, as `found` makes them."""


def found(
    code: str,
    column: str | None = None,
    severity: Severity = "error",
    value: str | None = None,
    row: int | None = None,
) -> dict[str, Any]:
    """An issue as it is kept."""
    return documents.issue(
        Issue(
            code,
            Text(f"{code} 的说明", f"what {code} is"),
            Text(f"{code} 的改法", f"what to do about {code}"),
            Where(row=row, column=column),
            value,
            severity,
        )
    )


def put(
    connection: psycopg.Connection,
    files: Files,
    path: Path,
    header: Sequence[str],
    rows: Mapping[int, Sequence[Any]],
    issues: Found,
    *,
    format_name: str = "XLSX",
    sheet: str | None = "台账",
    header_row: int | None = 2,
    layer: str = "school",
    unit: str | None = "510104",
    file_issues: Sequence[dict[str, Any]] = (),
    skipped: Sequence[tuple[int, str]] = (),
    shapes: Mapping[int, shapely.Geometry] | None = None,
    corrects: UUID | None = None,
) -> Upload:
    """Hold a file and its checked rows (number → cells under the header)."""
    sha256 = keep(files, path)
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        new = NewUpload(
            layer, unit, OPERATOR, path.name, path.stat().st_size, sha256, {}, None, corrects
        )
        upload = add_upload(connection, new)
        begin_check(connection, upload.id)
        put_rows(
            connection,
            upload.id,
            [
                _row(header, number, cells, issues.get(number, ()), shapes or {})
                for number, cells in rows.items()
            ],
        )
        put_checked(
            connection,
            upload.id,
            format=format_name,
            reading={
                "sheet": sheet,
                "encoding": None,
                "header_row": header_row,
                "headers": [
                    {
                        "header": name,
                        "column": column,
                        "field": FIELDS.get(name),
                        "how": "exact" if name in FIELDS else "none",
                        "unit": None,
                        "personal": name == "联系电话",
                    }
                    for column, name in enumerate(header)
                ],
                "columns": {},
                "skipped": {
                    "count": len(skipped),
                    "reasons": {reason: 1 for _, reason in skipped},
                    "rows": [{"row": row, "reason": reason} for row, reason in skipped],
                },
            },
            crs={
                "chosen": "GCJ-02",
                "how": "names",
                "detail": {"zh": "与同名点相差 2 米", "en": "2 m from places of the same names"},
                "candidates": [
                    {
                        "crs": "GCJ-02",
                        "shift_m": 2.4,
                        "matched": 7,
                        "misfits": 0,
                        "outside": 0,
                        "first": [],
                    },
                    {
                        "crs": "EPSG:4326",
                        "shift_m": None,
                        "matched": 7,
                        "misfits": 3,
                        "outside": 1,
                        "first": [],
                    },
                ],
            },
            file_issues=list(file_issues),
            corrects=corrects,
            changes=None,
        )
        held = held_upload(connection, upload.id)
    assert held is not None
    return held


def keep(files: Files, path: Path) -> str:
    """Have a file's bytes where uploads keep them."""
    content = path.read_bytes()
    with files.receive() as incoming:
        incoming.write(content)
        incoming.keep()
    return hashlib.sha256(content).hexdigest()


def _row(
    header: Sequence[str],
    number: int,
    cells: Sequence[Any],
    issues: Sequence[dict[str, Any]],
    shapes: Mapping[int, shapely.Geometry],
) -> NewRow:
    raw = {
        name: cell
        for name, cell in zip(header, cells, strict=True)
        if cell is not None and name != "联系电话"
    }
    worst = {each["severity"] for each in issues}
    shape = shapes.get(number)
    return NewRow(
        row=number,
        verdict="error" if "error" in worst else "warning" if "warning" in worst else "ok",
        raw=raw,
        values={
            FIELDS[name]: str(cell)
            for name, cell in raw.items()
            if FIELDS.get(name) in {"project_no", "name"}
        },
        wkb=None if shape is None else shapely.to_wkb(shape),
        original=None,
        source_crs="" if shape is None else "EPSG:4326",
        unit="510104",
        issues=issues,
        codes=documents.codes(issues),
        warnings=documents.warnings(issues),
        match=None,
    )
