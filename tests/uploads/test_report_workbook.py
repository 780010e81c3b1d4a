"""Marks in the uploader's own workbook, and all that must stay as it was."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

import openpyxl
import pytest
import python_calamine

from geoplan.errors import GeoplanError
from geoplan.uploads.correction import Origin, origin_of
from geoplan.uploads.report_styles import COLORS
from geoplan.uploads.report_workbook import MOST_COMMENTS
from tests.uploads import workbooks
from tests.uploads.workbooks import GREEN, SHEET, YELLOW, Mark, change, ground, mark, opened, parts

RED, AMBER, BLUE = COLORS["error"], COLORS["warning"], COLORS["info"]
_SHEET_PART = "xl/worksheets/sheet1.xml"
MARKS: list[Mark] = [
    (2, "info", "○ 提示", [(5, "info", ["○ 提示 竣工时间"])]),
    (3, "error", "✗ 错误 Error 名称", [(2, "error", ["✗ 错误 value_missing\n改法"])]),
    (
        4,
        "error",
        "✗ 错误",
        [(6, "error", ["✗ 错误 number"]), (5, "warning", ["▲ 警告 date_vague"])],
    ),
    (6, "error", "✗ 错误 纬度", [(8, "error", ["✗ 错误 place_missing"])]),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return workbooks.ledger(tmp_path / "ledger.xlsx")


def test_bad_cells_are_coloured_by_severity_and_say_so_in_words(path: Path) -> None:
    sheet = opened(mark(path, MARKS))[SHEET]
    assert [ground(sheet[each]) for each in ("C3", "G4", "F4", "F2")] == [RED, RED, AMBER, BLUE]
    assert sheet["C3"].comment.text == "✗ 错误 value_missing\n改法"
    assert sheet["F4"].comment.text == "▲ 警告 date_vague"
    assert [sheet.cell(row, 11).value for row in (2, 3, 5)] == [
        "检查结果 Check",
        "✗ 错误 Error 名称",
        None,
    ]
    assert {ground(cell) for row in sheet["A7:J10"] for cell in row} == {None}


def test_a_coloured_cell_keeps_the_rest_of_its_format(path: Path) -> None:
    before, after = openpyxl.load_workbook(path)[SHEET], opened(mark(path, MARKS))[SHEET]
    assert after["G4"].number_format == "#,##0"
    assert after["F4"].alignment.horizontal == "right"
    for cell in (*before[2], before["G4"]):
        same = after[cell.coordinate]
        assert cell.value == same.value
        assert [repr(cell.font), repr(cell.border)] == [repr(same.font), repr(same.border)]
    assert ground(after["G2"]) == YELLOW


def test_what_is_not_marked_stays_byte_for_byte(path: Path) -> None:
    before, after = parts(path.read_bytes()), parts(mark(path, MARKS))
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {
        "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
        "xl/styles.xml", _SHEET_PART, *(name for name in before if "omment" in name),
    }  # fmt: skip
    rows = [
        re.findall(rb"<row .*?</row>", each[_SHEET_PART], re.DOTALL) for each in (before, after)
    ]
    assert [old == new for old, new in zip(*rows, strict=True)] == [
        number not in {2, 3, 4, 6} for number in range(1, 11)
    ]
    tails = [each[_SHEET_PART].partition(b"</sheetData>")[2] for each in (before, after)]
    assert tails[0] == tails[1]


def test_formulas_and_their_results_stay(path: Path) -> None:
    content = mark(path, MARKS)
    assert opened(content)[SHEET]["J4"].value == "=G4*2"
    assert opened(content, data_only=True)[SHEET]["J4"].value == 184
    calamine = python_calamine.load_workbook(io.BytesIO(content))
    assert [row[9] for row in calamine.get_sheet_by_name(SHEET).to_python()[2:5]] == [182, 184, 186]


def test_nothing_that_is_written_is_a_formula(path: Path) -> None:
    nasty = '=HYPERLINK("http://127.0.0.1/","x")'
    marks: list[Mark] = [(3, "error", nasty, [(2, "error", [nasty])])]
    summary = [[[nasty, "plain"], ["+1", "text"], ["@SUM(1)", "link", "'台账 ''23'!C3"]]]
    content = mark(path, marks, summary=summary)
    before, after = parts(path.read_bytes()), parts(content)
    formulas = [sum(data.count(b"<f>") for data in each.values()) for each in (before, after)]
    assert formulas[0] == formulas[1]
    book = opened(content)
    assert [cell.data_type for cell in book["检查报告"][1]] == ["s", "s", "s"]
    assert book[SHEET]["K3"].value == nasty
    assert book[SHEET]["K3"].data_type == "s"


def test_an_empty_cell_that_is_wrong_is_coloured_too(path: Path) -> None:
    change(path, {_SHEET_PART: lambda text: re.sub(r'<c r="(I6|H6)"[^>]*/>', "", text)})
    sheet = opened(mark(path, MARKS))[SHEET]
    assert ground(sheet["I6"]) == RED
    assert sheet["I6"].comment.text == "✗ 错误 place_missing"


def test_of_merged_cells_the_one_that_shows_is_coloured_once(path: Path) -> None:
    marks: list[Mark] = [
        (row, "error", "区县", [(3, "error", ["unit_unknown"])]) for row in (5, 6, 7)
    ]
    sheet = opened(mark(path, marks))[SHEET]
    assert ground(sheet["D5"]) == RED
    assert sheet["D5"].comment.text == "unit_unknown"
    assert [sheet.cell(row, 11).value for row in (5, 6, 7)] == ["区县"] * 3


def test_a_comment_of_somebody_else_stays(path: Path) -> None:
    marks: list[Mark] = [
        *MARKS[:1],
        (3, "warning", "▲", [(4, "warning", ["▲"]), (5, "warning", ["▲ 2"])]),
    ]
    sheet = opened(mark(path, marks))[SHEET]
    assert (sheet["E3"].comment.text, sheet["E3"].comment.author) == ("请核实", "科长")
    assert (sheet["F3"].comment.text, sheet["F3"].comment.author) == ("▲ 2", "geoplan")
    assert ground(sheet["E3"]) == AMBER


def test_a_corrected_workbook_that_comes_back_loses_the_marks_that_are_no_longer_true(
    path: Path, tmp_path: Path
) -> None:
    book = opened(mark(path, MARKS))
    assert ground(book[SHEET]["G4"]) == RED
    book[SHEET]["C3"] = "示意第一小学"
    book[SHEET].cell(5, 1).fill = openpyxl.styles.PatternFill("solid", fgColor=YELLOW)
    again = tmp_path / "again.xlsx"
    book.save(again)
    marks: list[Mark] = [(4, "warning", "▲ 新", [(5, "warning", ["▲ 新"])])]
    content = mark(again, marks, identity=IDENTITY_2)
    book = opened(content)
    sheet = book[SHEET]
    assert [ground(sheet[each]) for each in ("C3", "G4", "F2", "A5", "I6")] == [
        None,
        GREEN,
        YELLOW,
        YELLOW,
        None,
    ]
    assert ground(sheet["F4"]) == AMBER
    texts = {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment}
    assert texts == {"E3": "请核实", "F4": "▲ 新"}
    assert [sheet.cell(row, 11).value for row in range(2, 7)] == [
        "检查结果 Check",
        None,
        "▲ 新",
        None,
        None,
    ]
    assert [name for name in book.sheetnames if "检查报告" in name] == ["检查报告"]
    back = tmp_path / "back.xlsx"
    back.write_bytes(content)
    assert origin_of(back) == Origin(UUID(IDENTITY_2[:36]), "b" * 64)


IDENTITY_2 = f"00000000-0000-4000-8000-000000000002 {'b' * 64}"


def test_marking_twice_is_marking_once(path: Path, tmp_path: Path) -> None:
    once = mark(path, MARKS)
    again = tmp_path / "again.xlsx"
    again.write_bytes(once)
    twice = mark(again, MARKS)
    assert parts(twice).keys() == parts(once).keys()
    sheets = [opened(content)[SHEET] for content in (once, twice)]
    cells = [
        {
            cell.coordinate: (cell.value, ground(cell), cell.comment and cell.comment.text)
            for row in sheet
            for cell in row
        }
        for sheet in sheets
    ]
    assert cells[0] == cells[1]


def test_a_sheet_of_the_same_name_that_is_not_ours_stays(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book.create_sheet("检查报告").append(["去年的"])
    book.save(path)
    book = opened(mark(path, MARKS))
    assert book["检查报告"]["A1"].value == "去年的"
    assert book["检查报告 2"]["A1"].value == "检查报告"


@pytest.mark.parametrize("kept", ["property", "name"])
def test_whose_report_it_is_survives_where_a_program_keeps_only_one_of_the_two_marks(
    path: Path, tmp_path: Path, kept: str
) -> None:
    book = opened(mark(path, MARKS))
    if kept == "name":
        book.custom_doc_props.props.clear()
    else:
        del book.defined_names["_geoplan_report"]
    saved = tmp_path / "saved.xlsx"
    book.save(saved)
    assert origin_of(saved) == Origin(UUID(workbooks.IDENTITY[:36]), "a" * 64)


def test_a_workbook_of_its_own_is_nobodys_report(path: Path, tmp_path: Path) -> None:
    assert origin_of(path) is None
    text = tmp_path / "rows.csv"
    text.write_text("名称\n示意\n", encoding="utf-8")
    packed = tmp_path / "shapes.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.shp", b"x")
    assert [origin_of(each) for each in (text, packed)] == [None, None]


def test_beyond_the_most_comments_the_gravest_have_theirs(tmp_path: Path) -> None:
    rows = MOST_COMMENTS + 60
    path = workbooks.ledger(tmp_path / "long.xlsx", rows)
    marks: list[Mark] = [
        (row, severity, "words", [(2, severity, ["words"])])
        for row in range(3, rows + 3)
        for severity in ["warning" if row < 103 else "error"]
    ]
    sheet = opened(mark(path, marks))[SHEET]
    said = [row for row in range(3, rows + 3) if sheet.cell(row, 3).comment]
    assert len(said) == MOST_COMMENTS
    assert set(range(103, rows + 3)) < set(said)
    assert {sheet.cell(row, 11).value for row in range(3, rows + 3)} == {"words"}


def _prefixed(text: str) -> str:
    """A sheet as .NET libraries write it: every element with a prefix."""
    text = re.sub(r"<(/?)(?![?!/])(\w+)([\s>/])", r"<\1x:\2\3", text)
    return text.replace(" xmlns=", " xmlns:x=", 1)


def _without_references(text: str) -> str:
    """Cells and rows that do not say where they are: they follow one another."""
    filled = re.sub(r'<c r="I6"[^>]*/>', "<c/>", text)
    return re.sub(r'(<(?:row|c))((?: \w+="[^"]*")*?) r="[^"]*"', r"\1\2", filled)


@pytest.mark.parametrize(
    "edit", [_prefixed, _without_references], ids=["prefixes", "no references"]
)
def test_workbooks_of_other_programs_are_marked_alike(path: Path, edit: object) -> None:
    change(path, {_SHEET_PART: edit})  # type: ignore[dict-item]
    content = mark(path, MARKS[:3])
    sheet = ElementTree.fromstring(parts(content)[_SHEET_PART])
    assert [row.get("r") for row in sheet.iter(f"{workbooks.MAIN}row")].count(None) in {0, 10}
    if edit is _prefixed:
        assert ground(opened(content)[SHEET]["C3"]) == RED
    calamine = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_name(SHEET)
    assert [row[10] for row in calamine.to_python()[1:4]] == [
        "检查结果 Check",
        "✗ 错误 Error 名称",
        "✗ 错误",
    ]


def test_a_workbook_without_any_formats_gets_some(path: Path) -> None:
    def bare(text: str) -> str:
        return re.sub(r' s="\d+"|<conditionalFormatting.*</conditionalFormatting>', "", text)

    change(
        path,
        {
            _SHEET_PART: bare,
            "xl/worksheets/sheet2.xml": bare,
            "xl/_rels/workbook.xml.rels": lambda text: re.sub(
                r"<Relationship [^>]*styles[^>]*/>", "", text
            ),
            "[Content_Types].xml": lambda text: re.sub(r"<Override [^>]*styles[^>]*/>", "", text),
        },
        drop="xl/styles.xml",
    )
    sheet = opened(mark(path, MARKS))[SHEET]
    assert ground(sheet["C3"]) == RED


@pytest.mark.parametrize(
    "edits",
    [
        {_SHEET_PART: lambda text: "<!DOCTYPE x []>" + text.partition("?>")[2]},
        {_SHEET_PART: lambda text: text[: len(text) // 2]},
        {"xl/styles.xml": lambda _: "<styleSheet/>"},
        {"xl/workbook.xml": lambda text: text.replace('name="台账', 'name="又')},
    ],
    ids=["document type", "cut off", "no formats", "no such sheet"],
)
def test_a_workbook_that_cannot_be_marked_is_refused(path: Path, edits: dict[str, object]) -> None:
    change(path, edits)  # type: ignore[arg-type]
    with pytest.raises(GeoplanError) as refused:
        mark(path, MARKS)
    assert refused.value.code == "workbook_not_markable"


def test_members_that_lead_out_of_a_folder_are_not_passed_on(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../out.txt", "x")
    with pytest.raises(GeoplanError) as refused:
        mark(path, MARKS)
    assert refused.value.code == "workbook_not_markable"
