"""Text in the encodings of Chinese offices: GBK above all, with and without a word about it."""

from __future__ import annotations

from pathlib import Path

from geoplan.ingest.rows import ReadOptions
from tests.corpus.expected import SILENT, WGS84, Case, Good, error, info
from tests.corpus.ground import spot
from tests.corpus.writing import SCHOOL, at, csv_file, school_rows, shapefile_zip, text_file
from tests.ingest.files import Row

_L = "龙泉驿区"
_READ = {2: Good({"name": "示意银杏小学", "status": "finished"}, spot(_L, 0), "510112")}

GBK = Case(
    "a CSV in GBK, as a spreadsheet saves it here",
    "school",
    csv_file([SCHOOL, *school_rows(3)], encoding="gbk"),
    (info(None, None, "encoding_guessed", "(?i)gb"),),
    good=_READ,
)

UTF8_WITH_MARK = Case(
    "UTF-8 with a byte order mark",
    "school",
    csv_file([SCHOOL, *school_rows(3)], encoding="utf-8-sig"),
    good=_READ,
)

UTF16 = Case(
    "what a spreadsheet calls Unicode text: UTF-16 and tabs",
    "school",
    csv_file([SCHOOL, *school_rows(3)], encoding="utf-16", delimiter="\t", name="台账.txt"),
    good=_READ,
)

RARE = Case(
    "place names with characters that only GB18030 holds",
    "school",
    csv_file(
        [
            SCHOOL,
            ["JY-1", "示意𬭊𬭁镕小学", _L, "在建", "2023-03-01", "", 450, *spot(_L, 0)],
            ["JY-2", "示意㛃䶮小学", _L, "在建", "2023-03-01", "", 450, *spot(_L, 1)],
        ],
        encoding="gb18030",
    ),
    (info(None, None, "encoding_guessed", "(?i)gb"),),
    good={2: Good({"name": "示意𬭊𬭁镕小学"}), 3: Good({"name": "示意㛃䶮小学"})},
)

CHOSEN = Case(
    "an encoding that the uploader names",
    "school",
    csv_file([SCHOOL, *school_rows(3)], encoding="gbk"),
    options=ReadOptions(crs="EPSG:4326", encoding="gb18030"),
    good=_READ,
)

NEITHER = Case(
    "bytes that are text in no encoding that is read",
    "school",
    lambda folder: _broken(csv_file([SCHOOL, *school_rows(3)])(folder)),
    (error(None, None, "encoding_unknown"),),
)

GARBLED = Case(
    "text that was garbled before it came here",
    "school",
    text_file(
        ",".join(SCHOOL)
        + "\n"
        + "\n".join(",".join(map(str, row)) for row in school_rows(2))
        + f"\nJY-9,示意\ufffd\ufffd小学,{_L},在建,2023-03-01,,450,{spot(_L, 5)[0]},{spot(_L, 5)[1]}\n",
        "台账.csv",
    ),
    (error(4, "学校名称", "text_garbled"),),
    good=_READ,
)

INVISIBLE = Case(
    "a name with a control character, one with a mark that turns the writing, one with zero widths",
    "school",
    text_file(
        "学校名称,区县,状态,经度,纬度\n"
        f"示意\x07银杏小学,{_L},在建,{spot(_L, 0)[0]},{spot(_L, 0)[1]}\n"
        f"示意\u202e芙蓉小学,{_L},在建,{spot(_L, 1)[0]},{spot(_L, 1)[1]}\n"
        f"示意\u200b梧桐\ufeff小学,{_L},在建,{spot(_L, 2)[0]},{spot(_L, 2)[1]}\n",
        "台账.csv",
    ),
    (error(2, "学校名称", "text_unprintable"), error(3, "学校名称", "text_unprintable")),
    options=WGS84,
    good={4: Good({"name": "示意梧桐小学"})},
)


def _broken(path: Path) -> Path:
    path.write_bytes(path.read_bytes() + b"\xff\xff\x80\x80,\xfe\n")
    return path


def _schools() -> list[Row]:
    return [
        {
            "编号": number, "名称": name, "区县": unit, "状态": status, "新增学位": places, "geometry": at(place),
        }
        for number, name, unit, status, places, place in (
            (row[0], row[1], row[2], row[3], row[6], (row[7], row[8])) for row in school_rows(3)
        )
    ]  # fmt: skip


_SHAPES = {1: Good({"name": "示意银杏小学", "status": "finished", "places": 360}, spot(_L, 0), "510112")}  # fmt: skip

DBF_SILENT = Case(
    "a Shapefile whose table is GBK, without a .cpg",
    "school",
    shapefile_zip(_schools(), encoding="GBK", without=[".cpg"]),
    (info(None, None, "encoding_guessed", "(?i)gb"),),
    options=SILENT,
    good=_SHAPES,
)

DBF_LYING = Case(
    "a Shapefile whose .cpg says UTF-8 over a GBK table",
    "school",
    shapefile_zip(_schools(), encoding="GBK", cpg="UTF-8"),
    (info(None, None, "encoding_guessed", "(?i)gb"),),
    options=SILENT,
    good=_SHAPES,
)

DBF_UTF8 = Case(
    "a Shapefile in UTF-8 that says so",
    "school",
    shapefile_zip(_schools(), encoding="UTF-8"),
    options=SILENT,
    good=_SHAPES,
)

GBK_MEMBER = Case(
    "a zip whose members have Chinese names in the code page of Windows",
    "school",
    shapefile_zip(_schools(), encoding="UTF-8", member="示意学校"),
    options=SILENT,
    good=_SHAPES,
)

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
