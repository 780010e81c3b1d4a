"""Tables and JSON that kill or starve their reader, and texts that do harm later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl

from tests.corpus.ground import spot
from tests.corpus.hostile import REFUSED, Bait, Hostile, book, rezip, schools, text
from tests.corpus.writing import (
    SCHOOL,
    csv_file,
    geojson,
    school_rows,
)

_L = "龙泉驿区"


def _far_cell(folder: Path, _: Bait) -> Path:
    book = openpyxl.Workbook()
    for cells in (SCHOOL, *school_rows(2)):
        book.active.append(cells)
    book.active["XFD1048576"] = "x"
    book.save(folder / "远.xlsx")
    return folder / "远.xlsx"


def _far_empty_cell(folder: Path, _: Bait) -> Path:
    """Only formatted, as when someone coloured whole columns: nothing stands there."""
    path, members = book(folder)
    sheet = members["xl/worksheets/sheet1.xml"]
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", far)
    return rezip(path, members)


def _lying_extent(folder: Path, _: Bait) -> Path:
    path, members = book(folder)
    sheet = members["xl/worksheets/sheet1.xml"]
    start = sheet.index(b"<dimension")
    end = sheet.index(b"/>", start) + 2
    members["xl/worksheets/sheet1.xml"] = (
        sheet[:start] + b'<dimension ref="A1:XFD1048576"/>' + sheet[end:]
    )
    return rezip(path, members)


def _wide_sheet(folder: Path, _: Bait) -> Path:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    page.append([*SCHOOL, *(f"列{n}" for n in range(16_000))])
    page.append([*school_rows(1)[0], *range(16_000)])
    book.save(folder / "宽.xlsx")
    return folder / "宽.xlsx"


def _swelling_text(folder: Path, _: Bait) -> Path:
    """One text of 32,000 characters that 60,000 rows share: 2 GB out of a file of 1 MB."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>1</v></c><c r="B{row}" t="s"><v>1</v></c></row>'
        for row in range(2, 60_002)
    )
    path, members = book(folder)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    head = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>2</v></c></row>'
    members["xl/worksheets/sheet1.xml"] = (
        f"<worksheet {space}><sheetData>{head}{rows}</sheetData></worksheet>".encode()
    )
    members["xl/sharedStrings.xml"] = (
        f'<sst {space} count="3" uniqueCount="3"><si><t>名称</t></si>'
        f"<si><t>{'示' * 32_000}</t></si><si><t>备注</t></si></sst>".encode()
    )
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(
        b"</Types>",
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>'.encode(),
    )
    rels = "xl/_rels/workbook.xml.rels"
    members[rels] = members[rels].replace(
        b"</Relationships>",
        f'<Relationship Id="rIdS" Type="{relation}" Target="sharedStrings.xml"/></Relationships>'.encode(),
    )
    return rezip(path, members)


def _beyond_columns(folder: Path, _: Bait) -> Path:
    """Columns that no program has: a reference of seven letters."""
    path, members = book(folder)
    sheet = members["xl/worksheets/sheet1.xml"]
    far = b'<row r="5"><c r="ZZZZZZZ5"><v>1</v></c></row></sheetData>'
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", far)
    return rezip(path, members)


def _macros(folder: Path, _: Bait) -> Path:
    members = book(folder)[1]
    members["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0" + bytes(2_048)
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return rezip(folder / "宏.xlsm", members)


def _formulas(folder: Path, bait: Bait) -> Path:
    """Texts that a spreadsheet would run; in a file that is read they are words."""
    rows = school_rows(4)
    rows[0][1] = "=cmd|'/c calc'!A0"
    rows[1][1] = f'=HYPERLINK("{bait.url}","示意小学")'
    rows[2][1] = "@示意小学"
    rows[3][1] = f'=WEBSERVICE("{bait.url}")'
    return csv_file([SCHOOL, *rows])(folder)


def _cached_formulas(folder: Path, bait: Bait) -> Path:
    """Formulas of a workbook: what counts is the value that was computed last."""
    path, members = book(folder)
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    place = f'<c r="G2" t="n"><v>{school_rows(1)[0][6]}</v></c>'
    assert place in sheet
    formula = f'<c r="G2"><f>WEBSERVICE("{bait.url}")+8*45</f><v>360</v></c>'
    members["xl/worksheets/sheet1.xml"] = sheet.replace(place, formula).encode()
    return rezip(path, members)


def _long_name(folder: Path, _: Bait) -> Path:
    rows = schools(3)
    rows[1]["名称"] = "示" * 60_000
    return geojson(rows)(folder)


def _surrogate(folder: Path, _: Bait) -> Path:
    path = geojson(schools(3))(folder)
    text = path.read_text(encoding="utf-8").replace("示意芙蓉小学", "示意\\ud800小学")
    path.write_text(text, encoding="utf-8")
    return path


def _nul_name(folder: Path, _: Bait) -> Path:
    path = geojson(schools(3))(folder)
    text = path.read_text(encoding="utf-8").replace("示意芙蓉小学", "示意\\u0000小学")
    path.write_text(text, encoding="utf-8")
    return path


def _deep_property(depth: int) -> Callable[[Path, Bait], Path]:
    def make(folder: Path, _: Bait) -> Path:
        path = geojson(schools(3))(folder)
        deep = "[" * depth + "]" * depth
        text = path.read_text(encoding="utf-8")
        text = text.replace('"properties": {', f'"properties": {{"备注": {deep}, ')
        path.write_text(text, encoding="utf-8")
        return path

    return make


def _not_finite(number: str) -> Callable[[Path, Bait], Path]:
    def make(folder: Path, _: Bait) -> Path:
        path = geojson(schools(3))(folder)
        x = str(spot(_L, 1)[0])
        path.write_text(path.read_text(encoding="utf-8").replace(x, number), encoding="utf-8")
        return path

    return make


STARVING = [
    Hostile("a cell in the last corner of a sheet", _far_cell, ("reader_died", "reader_out_of_memory", "table_too_wide", "too_many_rows", "sheet_too_large")),
    Hostile("a formatted empty cell in the last corner", _far_empty_cell),
    Hostile("a sheet that says it is full", _lying_extent),
    Hostile("a sheet of sixteen thousand columns", _wide_sheet, ("table_too_wide",)),
    Hostile("one long text in every cell", _swelling_text, ("text_too_large", "file_too_large", "reader_out_of_memory", "reader_died", "column_missing")),
    Hostile("a cell beyond all columns", _beyond_columns, ("workbook_damaged", "table_too_wide", "reader_died", "reader_out_of_memory", "sheet_too_large")),
    Hostile("a line of a million columns", text("宽.csv", ",".join(SCHOOL) + "," * 1_000_000), ("table_too_wide", "no_rows")),
    Hostile("a header of a million columns with names", text("宽.csv", ",".join(f"c{n}" for n in range(1_000_000))), ("table_too_wide",)),
    Hostile("a quote that never closes", text("引.csv", ",".join(SCHOOL) + '\n"示意' + "x\n" * 200_000), ("table_broken", "cell_too_long")),
    Hostile("a workbook with macros", _macros, ("macros_present",)),
    Hostile("formulas as names", _formulas, rows=4),
    Hostile("formulas with values computed last", _cached_formulas),
    Hostile("a NUL in a table", text("零.csv", (",".join(SCHOOL) + "\n示意\0小学" + ",a" * 8 + "\n").encode()), ("table_broken", *REFUSED)),
    Hostile("a NUL in a name", _nul_name, issues=(("text_unprintable", 2),)),
    Hostile("half a character in a name", _surrogate, issues=(("text_unprintable", 2),)),
    Hostile("a name of 60,000 characters", _long_name, issues=(("text_too_long", 2),)),
    Hostile("JSON fifty levels deep in a property", _deep_property(50)),
    Hostile("JSON without bottom in a property", _deep_property(100_000), ("json_too_deep",)),
    *(Hostile(f"a coordinate that is {number}", _not_finite(number), issues=(("geometry_not_finite", 2),)) for number in ("NaN", "Infinity", "1e400")),
    Hostile("a number of five thousand digits", _not_finite("9" * 5_000), ("json_broken", "json_number")),
]  # fmt: skip
