"""What there is to say of a file as a whole, besides its rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from geoplan.ingest.findings import BadValue, shown
from geoplan.text import Text

_NAMED = 20


def encoding_guessed(encoding: str) -> BadValue:
    """Only the bytes say in which encoding the text is."""
    return BadValue(
        "encoding_guessed",
        Text(f"按 {encoding} 编码读取", f"the text was read as {encoding}"),
        Text("如有乱码，请指定编码", "name the encoding if the text is garbled"),
        "info",
    )


def hidden_sheets(names: Sequence[str]) -> BadValue:
    """Sheets that a workbook hides."""
    return BadValue(
        "hidden_sheets",
        Text(
            f"{len(names)} 个隐藏工作表没有读取：{_listed(names, '、')}",
            f"{len(names)} hidden sheets are not read: {_listed(names, ', ')}",
        ),
        Text("如需读取，请取消隐藏或指定工作表", "unhide or choose them if they are to be read"),
        "info",
    )


def sheets_unread(read: str, names: Sequence[str]) -> BadValue:
    """Visible sheets beside the one that was read."""
    return BadValue(
        "sheets_unread",
        Text(
            f"只读取了工作表“{shown(read)}”，没有读取：{_listed(names, '、')}",
            f"only the sheet {shown(read)} was read, not {_listed(names, ', ')}",
        ),
        Text("如应读取其他工作表，请指定", "choose another sheet if it is the right one"),
        "info",
    )


def hidden_rows(rows: Sequence[int]) -> BadValue:
    """Rows that a sheet hides, in ascending order."""
    return BadValue(
        "hidden_rows",
        Text(
            f"{len(rows):,} 个隐藏行没有读取：第 {_ranges(rows, '、')} 行",
            f"{len(rows):,} hidden rows are not read: {_ranges(rows, ', ')}",
        ),
        Text("如需读取，请取消隐藏或筛选", "unhide them or clear the filter to have them read"),
        "info",
    )


def formulas_not_computed(cells: Sequence[tuple[int, int]]) -> BadValue:
    """Formulas without a value, by (row from 1, column from 0)."""
    names = [f"{letters(column)}{row}" for row, column in cells]
    return BadValue(
        "formulas_not_computed",
        Text(
            f"{len(names):,} 个公式没有计算结果，按空单元格读取：{_listed(names, '、')}",
            f"{len(names):,} formulas have no value; their cells count as empty: "
            f"{_listed(names, ', ')}",
        ),
        Text("请用表格软件打开并保存后重新上传", "open and save it in a spreadsheet first"),
        "warning",
    )


def columns_unnamed(columns: Sequence[int]) -> BadValue:
    """Columns with cells but without a header, from 0."""
    names = [letters(column) for column in sorted(columns)]
    return BadValue(
        "columns_unnamed",
        Text(
            f"{_listed(names, '、')} 列没有表头，没有读取",
            f"without a header, and not read: {_listed(names, ', ')}",
        ),
        Text("如需读取，请填写表头", "give them a header if they are to be read"),
        "info",
    )


def systems_differ(system: str, other: str) -> BadValue:
    """Shapes of one file in two coordinate systems."""
    return BadValue(
        "crs_conflict",
        Text(
            f"图形的坐标系不一致：{shown(system)} 与 {shown(other)}",
            f"the shapes are in two systems: {shown(system)} and {shown(other)}",
        ),
        Text("请按坐标系分成几个文件", "make a file for each system"),
    )


def letters(column: int) -> str:
    """What a spreadsheet program calls a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _listed(names: Sequence[str], mark: str) -> str:
    return mark.join(map(shown, names[:_NAMED])) + (" …" if len(names) > _NAMED else "")


def _ranges(rows: Sequence[int], mark: str) -> str:
    """Numbers with runs drawn together: 3, 5–8."""
    runs = [
        [row for _, row in run]
        for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0])
    ]
    return _listed([f"{run[0]}" if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs], mark)
