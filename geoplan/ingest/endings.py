"""How a reading can end badly, in words; `name` is the file's name as the person knows it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from geoplan.errors import GeoplanError, Issue, Where
from geoplan.text import Text

_LOG = logging.getLogger(__name__)


def raised(value: Any, name: str) -> GeoplanError:
    """What a reader raised, made again from its plain values."""
    if "kind" in value:
        if value["kind"] == "MemoryError":
            return out_of_memory(name)
        if value["kind"] == "PermissionError":
            return unreadable(name, "permission denied")
        _LOG.error("reader failed: %s at %s", value["kind"], value["places"])
        return GeoplanError(
            "reader_failed",
            Text(f"无法理解 {name} 的内容", f"the contents of {name} cannot be understood"),
            Text("请用原软件重新导出该文件", "export the file again with its program"),
            where=Where(file=name),
        )
    return GeoplanError(
        value["code"],
        Text(*value["detail"]),
        Text(*value["remedy"]),
        status=value["status"],
        where=_where(value["where"], name),
        issues=[
            Issue(
                issue["code"],
                Text(*issue["detail"]),
                Text(*issue["remedy"]),
                _where(issue["where"], name),
                issue["value"],
            )
            for issue in value["issues"]
        ],
    )


def _where(place: Sequence[Any] | None, name: str) -> Where:
    sheet, row, column = place or (None, None, None)
    return Where(file=name, sheet=sheet, row=row, column=column)


def unreadable(name: str, why: str) -> GeoplanError:
    return GeoplanError(
        "file_unreadable",
        Text(f"无法读取 {name}：{why}", f"cannot read {name}: {why}"),
        Text("请检查路径和权限", "check the path and the permissions"),
        where=Where(file=name),
    )


def out_of_memory(name: str) -> GeoplanError:
    return GeoplanError(
        "reader_out_of_memory",
        Text(f"读取 {name} 超出内存限制", f"reading {name} needs more memory than is allowed"),
        Text("请拆分文件，或删除远处的空单元格", "split the file, or delete stray far-off cells"),
        where=Where(file=name),
    )


def out_of_time(name: str) -> GeoplanError:
    return GeoplanError(
        "reader_out_of_time",
        Text(f"读取 {name} 超出时间限制", f"reading {name} takes longer than is allowed"),
        Text("请拆分文件", "split the file"),
        where=Where(file=name),
    )


def died(name: str) -> GeoplanError:
    return GeoplanError(
        "reader_died",
        Text(
            f"读取 {name} 时进程中止：文件损坏，或内容超出内存限制",
            f"the process reading {name} broke off: the file is damaged or needs too much memory",
        ),
        Text(
            "请用原软件打开并重新导出该文件，删除多余的行列",
            "open the file in its program and export it again, without stray rows and columns",
        ),
        where=Where(file=name),
    )
