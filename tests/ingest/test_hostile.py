"""Files made to read, reach or starve what they should not (security.md 4A)."""

from __future__ import annotations

import io
import json
import random
import socket
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas
import openpyxl
import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.ingest import sandbox
from geoplan.ingest.raw import DRIVERS
from tests.ingest.files import (
    SQUARE,
    cells,
    found,
    geojson,
    placemark,
    read,
    refusal,
    schools,
    told,
    vector,
    write_csv,
    write_kml,
    write_xls,
    write_xlsx,
    zipped,
)

CANARY = "geoplan-canary-7f3a"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "secret" / "canary.csv"
    path.parent.mkdir()
    path.write_text(f"名称,状态,经度,纬度\n{CANARY},在建,104.06,30.66\n", encoding="utf-8")
    return path


@pytest.fixture
def sink() -> Iterator[socket.socket]:
    """A listener that must see nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        yield listener
        with pytest.raises(TimeoutError):
            listener.accept()


def words(error: GeoplanError) -> str:
    return "".join(
        f"{part.detail}{part.remedy}{getattr(part, 'value', '')}" for part in (error, *error.issues)
    )


def virtual(form: str, target: Path, port: int) -> str:
    url = f"http://127.0.0.1:{port}/x.geojson"
    return {
        "vrt": f'<OGRVRTDataSource><OGRVRTLayer name="canary"><SrcDataSource relativeToVRT="0">{target}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        "vrt-url": f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/{url}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        "gdalg": json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {target} ! write --of stream out"}),
        "gdalg-url": json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read /vsicurl/{url} ! write --of stream out"}),
        "wfs": f'<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>',
        "esri": json.dumps({"serviceDescription": "", "layers": [], "currentVersion": 10, "url": url}),
        "kml": f'<kml xmlns="http://www.opengis.net/kml/2.2"><NetworkLink><Link><href>{url}</href></Link></NetworkLink></kml>',
        "xxe": f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{target}">]><gml>&x;</gml>',
    }[form]  # fmt: skip


FORMS = ["vrt", "vrt-url", "gdalg", "gdalg-url", "wfs", "esri", "kml", "xxe"]
SUFFIXES = [".csv", ".geojson", ".gpkg", ".shp", ".txt", ".xlsx", ".vrt", ""]


@pytest.mark.parametrize(
    ("form", "suffix"),
    [("vrt", suffix) for suffix in SUFFIXES] + [(form, ".gpkg") for form in FORMS[1:]],
)
def test_virtual_formats_are_refused_under_any_name(
    form: str, suffix: str, canary: Path, sink: socket.socket, tmp_path: Path, city: City
) -> None:
    path = tmp_path / f"data{suffix}"
    path.write_text(virtual(form, canary, sink.getsockname()[1]), encoding="utf-8")
    error = refusal(path, "school", city, crs="EPSG:4326")
    assert error.code == "format_refused"
    assert CANARY not in words(error)


@pytest.mark.parametrize("form", FORMS)
def test_gdal_itself_has_no_driver_for_them(
    form: str, canary: Path, sink: socket.socket, tmp_path: Path
) -> None:
    """The second guard: the file goes to GDAL without our look at its first bytes."""
    path = tmp_path / "data.gpkg"
    path.write_text(virtual(form, canary, sink.getsockname()[1]), encoding="utf-8")
    with pytest.raises(GeoplanError) as caught:
        list(
            sandbox.run(
                "geoplan.ingest.vector:read_geopackage", path, {"layer": None}, drivers=DRIVERS
            )
        )
    assert caught.value.code == "file_damaged"


def test_gdal_is_not_opened_where_more_drivers_exist(tmp_path: Path) -> None:
    path = vector(tmp_path / "a.gpkg", schools(1))
    more = [*DRIVERS, "OGR_VRT"]
    for drivers in ((), more):
        with pytest.raises(GeoplanError) as caught:
            list(
                sandbox.run(
                    "geoplan.ingest.vector:read_geopackage", path, {"layer": None}, drivers=drivers
                )
            )
        assert caught.value.code == "reader_failed"


@pytest.mark.parametrize("last", [False, True])
def test_a_crs_link_is_refused_and_never_followed(
    last: bool, sink: socket.socket, tmp_path: Path, city: City
) -> None:
    link = {"type": "link", "properties": {"href": f"http://127.0.0.1:{sink.getsockname()[1]}/crs.wkt", "type": "ogcwkt"}}  # fmt: skip
    path = geojson(tmp_path / "a.geojson", schools(2), crs=link)
    if last:
        document = json.loads(path.read_text(encoding="utf-8"))
        document["crs"] = document.pop("crs")
        path.write_text(json.dumps(document), encoding="utf-8")
    assert refusal(path, "school", city).code == "crs_refused"


def test_a_cell_in_the_last_corner_of_a_sheet_ends_in_words(tmp_path: Path, city: City) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "名称", "x"
    book.save(tmp_path / "far.xlsx")
    error = refusal(tmp_path / "far.xlsx", "school", city, crs="EPSG:4326")
    assert error.code in {"reader_died", "reader_out_of_memory"}
    assert "stray rows" in error.remedy.en


def test_more_rows_than_the_limit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("a,b\n" * 101)
    wanted = {"kinds": ["text"], "sheet": None}
    rows = sum(
        len(batch.get("row", ()))
        for batch in sandbox.run("geoplan.ingest.raw:read", path, wanted | {"max_rows": 101})
    )
    assert rows == 101
    with pytest.raises(GeoplanError) as caught:
        list(sandbox.run("geoplan.ingest.raw:read", path, wanted | {"max_rows": 100}))
    assert caught.value.code == "too_many_rows"


def bomb(path: Path, names: list[str], content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return path


def test_archives_that_swell_are_refused_before_they_do(tmp_path: Path, city: City) -> None:
    zeros = bomb(tmp_path / "zeros.zip", ["a.shp", "a.shx", "a.dbf"], bytes(50 << 20))
    assert refusal(zeros, "school", city).code == "archive_too_large"
    sheet = bomb(
        tmp_path / "spaces.xlsx",
        ["xl/workbook.xml", "xl/worksheets/sheet1.xml"],
        b" " * (100 << 20),
    )
    assert refusal(sheet, "school", city, crs="EPSG:4326").code == "archive_too_large"
    many = bomb(tmp_path / "many.zip", [f"{n}.txt" for n in range(2_001)], b"")
    assert refusal(many, "school", city).code == "archive_too_large"


def test_an_archive_that_lies_about_sizes_does_not_swell(tmp_path: Path, city: City) -> None:
    """The directory says 100 bytes for a member of 300 MB; no more than it says is unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix in (".shp", ".shx", ".dbf"):
            archive.writestr(f"a{suffix}", bytes(100 << 20))
    content = buffer.getvalue()
    honest = struct.pack("<I", 100 << 20)
    (tmp_path / "lie.zip").write_bytes(content.replace(honest, struct.pack("<I", 100)))
    assert refusal(tmp_path / "lie.zip", "school", city).code in {
        "file_damaged",
        "shapefile_truncated",
    }


def test_names_in_an_archive_are_never_paths(tmp_path: Path, city: City) -> None:
    shapefile = vector(tmp_path / "a.shp", schools(3), encoding="UTF-8")
    for folder in ("../../../../tmp/geoplan-slip/", "/tmp/geoplan-slip/", "目录/"):
        path = zipped(tmp_path / "slip.zip", shapefile, folder)
        assert [len(batch.key) for batch in read(path, "school", city)] == [3]
    assert not Path("/tmp/geoplan-slip").exists()


def test_archives_in_archives_and_with_passwords_are_refused(tmp_path: Path, city: City) -> None:
    inner = zipped(tmp_path / "inner.zip", vector(tmp_path / "a.shp", schools(1)))
    nested = bomb(tmp_path / "nested.zip", ["inner.zip"], inner.read_bytes())
    assert refusal(nested, "school", city).code == "format_refused"
    content = bytearray(inner.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            content[start + at] |= 1
    (tmp_path / "locked.zip").write_bytes(content)
    assert refusal(tmp_path / "locked.zip", "school", city).code == "archive_encrypted"
    (tmp_path / "cut.zip").write_bytes(inner.read_bytes()[:-40])
    assert refusal(tmp_path / "cut.zip", "school", city).code == "archive_damaged"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_are_none_are_named_by_row(number: str, tmp_path: Path, city: City) -> None:
    path = geojson(tmp_path / "a.geojson", schools(3))
    document = path.read_text(encoding="utf-8")
    place = json.dumps(list(schools(3)[1]["geometry"].coords[0]))
    path.write_text(document.replace(place, f"[104.0, {number}]"), encoding="utf-8")
    assert found(refusal(path, "school", city)) == [("geometry_not_finite", 2)]
    path.write_text(document.replace('"新增学位": 92', f'"新增学位": {number}'), encoding="utf-8")
    assert found(refusal(path, "school", city)) == [("number_not_finite", 3)]


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_without_bottom_ends_in_words(opening: str, tmp_path: Path, city: City) -> None:
    path = tmp_path / "deep.geojson"
    path.write_text('{"type":"FeatureCollection","features":[' + opening * 100_000)
    assert refusal(path, "school", city).code == "json_too_deep"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"type":"FeatureCollection","features":[', "json_broken"),
        ('{"type":"FeatureCollection","features":[{}}', "json_broken"),
        ('{"type":"FeatureCollection","features":[' + "9" * 5_000 + "]}", "json_broken"),
        ('{"type":"Topology","objects":{},"arcs":[]}', "format_refused"),
        ('{"type":"FeatureCollection"}', "format_refused"),
        ("[1, 2]", "format_refused"),
        ("{", "json_broken"),
        ('{"type":"FeatureCollection","features":[]}', "no_rows"),
    ],
)
def test_json_that_is_no_feature_collection_is_refused(
    content: str, code: str, tmp_path: Path, city: City
) -> None:
    (tmp_path / "a.geojson").write_text(content)
    assert refusal(tmp_path / "a.geojson", "school", city).code == code


def test_features_that_are_none_are_named_by_row(tmp_path: Path, city: City) -> None:
    path = geojson(tmp_path / "a.geojson", schools(6))
    document = json.loads(path.read_text(encoding="utf-8"))
    features = document["features"]
    features[1]["geometry"]["coordinates"] = ["104", "x"]
    features[2]["geometry"] = {"type": "Circle", "coordinates": [104, 30.6]}
    features[3]["geometry"] = {"type": "Polygon", "coordinates": [[[104, 30.6], [104.1, 30.6], [104.1, 30.7], [104, 30.7]]]}  # fmt: skip
    features[4]["geometry"] = None
    features[5] = "feature"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert [
        code for code in found(refusal(path, "school", city)) if code[0] != "value_missing"
    ] == [
        ("geometry_unreadable", 2),
        ("geometry_unreadable", 3),
        ("ring_not_closed", 4),
        ("geometry_missing", 5),
        ("not_a_feature", 6),
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("\ud800", "text_unprintable"),
        ("示意\0小学", "text_unprintable"),
        ("示意\u202e小学", "text_unprintable"),
        ("示意\ufffd小学", "text_garbled"),
        ("示" * 60_000, "text_too_long"),
    ],
)
def test_characters_that_do_harm_are_named_by_row(
    name: str, code: str, tmp_path: Path, city: City
) -> None:
    rows = schools(2)
    rows[1]["项目名称"] = name
    document = json.loads(geojson(tmp_path / "a.geojson", schools(2)).read_text(encoding="utf-8"))
    document["features"][1]["properties"]["项目名称"] = name
    (tmp_path / "a.geojson").write_text(json.dumps(document))
    error = refusal(tmp_path / "a.geojson", "school", city)
    assert found(error) == [(code, 2)]
    assert all(character.isprintable() for character in error.issues[0].value or "")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "format_refused"),
        (("名称,状态\n" + "示意,在建\n" * 200 + "\0\n").encode(), "table_broken"),
        ('名称,状态\n"示意,在建\n'.encode(), "table_broken"),
        ("名称,状态\n".encode() + b"\x80\xff\xff\n", "encoding_unknown"),
        (b"\x00\x01\x02\x03", "format_unknown"),
        (("名称," * 600 + "\n").encode(), "table_too_wide"),
        (f"名称,状态\n{'a' * 40_000},b\n".encode(), "cell_too_long"),
        ("甲,乙\n丙,丁\n".encode(), "header_missing"),
        ("名称,状态,经度,纬度\n".encode(), "no_rows"),
        (b"\n\n\n", "no_rows"),
    ],
)
def test_text_that_is_no_table_is_refused(
    content: bytes, code: str, tmp_path: Path, city: City
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert refusal(tmp_path / "a.csv", "school", city, crs="EPSG:4326").code == code


def test_workbooks_that_are_damaged_or_external_are_refused(tmp_path: Path, city: City) -> None:
    book = write_xlsx(tmp_path / "a.xlsx", [["名称"], ["示意"]])
    with zipfile.ZipFile(book) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    entity = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
            for member, content in members.items():
                broken = entity + content[:50] + b"&a;" if member == name else content
                archive.writestr(member, broken)
        assert refusal(tmp_path / "b.xlsx", "school", city, crs="EPSG:4326").code in {
            "workbook_damaged", "header_missing", "no_rows", "column_missing",
        }  # fmt: skip


def test_a_polygon_of_too_many_vertices_is_named(tmp_path: Path, city: City) -> None:
    park = {"名称": "示意公园", "状态": "在建", "geometry": SQUARE}
    path = geojson(tmp_path / "a.geojson", [park, park | {"名称": "示意公园二"}])
    document = path.read_text(encoding="utf-8")
    corner = "[104.01, 30.6], "
    grown = document[::-1].replace(corner[::-1], (corner * 1_000_001)[::-1], 1)[::-1]
    path.write_text(grown, encoding="utf-8")
    assert found(refusal(path, "park", city)) == [("too_many_vertices", 2)]


# Formats beside those of the beginning.

_PLACE = "<Point><coordinates>104.3,30.6</coordinates></Point>"
_DEEP = "<Folder>" * 5_000 + "</Folder>" * 5_000


@pytest.mark.parametrize(
    ("placemarks", "head", "code"),
    [
        (placemark("&x;", _PLACE), '<!DOCTYPE kml [<!ENTITY x "示意">]>', "format_refused"),
        (placemark("示意", _PLACE), '<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/x.dtd">', "format_refused"),
        (placemark("示意", _PLACE) + "<NetworkLink><Link><href>http://127.0.0.1:9/</href></Link></NetworkLink>", "", "format_refused"),
        (_DEEP, "", "format_refused"),
        ("<Placemark>", "", "xml_broken"),
        ("<Folder></Folder>", "", "no_rows"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".kml", ".kmz"])
def test_kml_that_links_declares_or_nests_is_refused(
    suffix: str, placemarks: str, head: str, code: str, tmp_path: Path, city: City
) -> None:
    path = write_kml(tmp_path / f"a{suffix}", placemarks, head)
    assert refusal(path, "park", city).code == code


def test_members_of_a_kmz_are_names_only(tmp_path: Path, city: City) -> None:
    inner = write_kml(tmp_path / "a.kml", placemark("示意公园", _PLACE, 状态="在建"))
    path = bomb(tmp_path / "a.kmz", ["../../../../tmp/geoplan-slip.kml"], inner.read_bytes())
    assert told(path, "park", city).values[0]["name"] == "示意公园"
    assert not Path("/tmp/geoplan-slip.kml").exists()
    swelling = bomb(tmp_path / "b.kmz", ["doc.kml"], b" " * (200 << 20))
    assert refusal(swelling, "park", city).code == "archive_too_large"


@pytest.mark.parametrize(
    ("name", "head"),
    [("零.txt", "[地块坐标]\n4,1,1,示意,面,,,,@\n".encode()), ("零.dat", b"1,,410223.1,3393620.6,505\n"), ("零.fgb", b"fgb\x03fgb\x01"), ("零.parquet", b"PAR1")],
)  # fmt: skip
def test_zeros_behind_a_sound_beginning_end_in_words(
    name: str, head: bytes, tmp_path: Path, city: City
) -> None:
    path = tmp_path / name
    with path.open("wb") as stream:
        stream.write(head)
        stream.truncate(60 << 20)
    error = refusal(path, "green_space", city, crs="EPSG:4544")
    assert error.code in {
        "format_unknown", "file_damaged", "parquet_damaged", "import_rejected", "cell_too_long",
    }  # fmt: skip
    with path.open("ab") as stream:
        stream.truncate(1 << 30)
    assert refusal(path, "green_space", city).code == "file_too_large"


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02", "名称,状态\n示意,在建\n".encode(), b"1,2,3\n", b"<kml"]
)
def test_a_dat_that_holds_no_points_is_refused(content: bytes, tmp_path: Path, city: City) -> None:
    (tmp_path / "a.dat").write_bytes(content)
    assert refusal(tmp_path / "a.dat", "school", city).code in {"format_unknown", "format_refused"}


def test_workbooks_with_macros_or_a_doctype_in_any_part_are_refused(
    tmp_path: Path, city: City
) -> None:
    sound = write_xlsx(tmp_path / "a.xlsx", [["名称"], ["示意"]])
    with zipfile.ZipFile(sound) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, content, code in (
        ("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0", "macros_present"),
        ("xl/styles.xml", b"<!DOCTYPE x>" + members["xl/styles.xml"], "workbook_damaged"),
        ("xl/workbook.bin", b"", "format_refused"),
    ):
        path = tmp_path / "b.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            for member, held in ({**members, name: content}).items():
                if (member, name) != ("xl/workbook.xml", "xl/workbook.bin"):
                    archive.writestr(member, held)
        assert refusal(path, "school", city, crs="EPSG:4326").code == code


def test_long_texts_that_a_packed_file_swells_to_are_refused(tmp_path: Path, city: City) -> None:
    path = tmp_path / "a.parquet"
    frame = geopandas.pd.DataFrame({"名称": ["示意" * 500] * 60_000, "状态": "在建"})
    frame.to_parquet(path)
    assert path.stat().st_size < 1 << 20
    with pytest.raises(GeoplanError) as caught:
        told(path, "school", city)
    assert caught.value.code == "reader_out_of_memory"


def test_a_shapefile_whose_records_lie_about_their_points_is_refused(
    tmp_path: Path, city: City
) -> None:
    park = {"名称": "示意公园", "状态": "在建", "geometry": SQUARE}
    path = vector(tmp_path / "a.shp", [park, park])
    content = bytearray(path.read_bytes())
    content[100 + 8 + 40 : 100 + 8 + 44] = struct.pack("<I", 0x7FFFFFF0)
    path.write_bytes(content)
    assert refusal(path, "park", city).code == "file_damaged"


MAKERS: dict[str, Callable[[Path], object]] = {
    "a.xlsx": lambda path: write_xlsx(path, cells(schools(40))),
    "a.xls": lambda path: write_xls(path, cells(schools(40))),
    "a.csv": lambda path: write_csv(path, cells(schools(40)), "gb18030"),
    "a.gpkg": lambda path: vector(path, schools(40)),
    "a.fgb": lambda path: vector(path, schools(40)),
    "a.parquet": lambda path: geopandas.GeoDataFrame(schools(40), crs=4326).to_parquet(path),
    "a.kmz": lambda path: write_kml(path, placemark("示意", _PLACE, 状态="在建") * 40),
    "a.geojson": lambda path: geojson(path, schools(40)),
}


@pytest.mark.parametrize("name", MAKERS)
def test_bytes_changed_at_random_end_in_words_or_in_rows(
    name: str, tmp_path: Path, city: City
) -> None:
    MAKERS[name](tmp_path / name)
    sound = (tmp_path / name).read_bytes()
    for seed in range(4):
        chance = random.Random(seed)
        content = bytearray(sound)
        for _ in range(20):
            content[chance.randrange(len(content))] = chance.randrange(256)
        (tmp_path / name).write_bytes(content)
        try:
            rows = told(tmp_path / name, "school", city).row
        except GeoplanError as error:
            rows = [error.code]
        assert rows not in ([], ["reader_failed"])
