"""Files that name other files, call the network by their data, or hide entities."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.corpus.hostile import REFUSED, Bait, Hostile, book, rezip, schools, text
from tests.corpus.writing import (
    geojson,
)

_L = "龙泉驿区"


def _vrt(bait: Bait) -> str:
    return (
        '<OGRVRTDataSource><OGRVRTLayer name="canary">'
        f'<SrcDataSource relativeToVRT="0">{bait.secret}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )


def _gdalg(bait: Bait) -> str:
    command = f"gdal vector pipeline ! read {bait.secret} ! write --of stream out"
    return json.dumps({"type": "gdal_streamed_alg", "command_line": command})


def _gdalg_url(bait: Bait) -> str:
    command = f"gdal vector pipeline ! read /vsicurl/{bait.url} ! write --of stream out"
    return json.dumps({"type": "gdal_streamed_alg", "command_line": command})


def _in_zip(name: str, content: Callable[[Bait], str]) -> Callable[[Path, Bait], Path]:
    def make(folder: Path, bait: Bait) -> Path:
        with zipfile.ZipFile(folder / "包.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content(bait))
        return folder / "包.zip"

    return make


VIRTUAL = [
    *(
        Hostile(f"a VRT called data{suffix}", text(f"data{suffix}", _vrt), REFUSED)
        for suffix in (".csv", ".geojson", ".gpkg", ".shp", ".txt", ".xlsx", ".kml", ".fgb", ".dat", ".vrt", "")
    ),
    *(
        Hostile(f"a GDALG called data{suffix}", text(f"data{suffix}", _gdalg), (*REFUSED, "json_broken"))
        for suffix in (".geojson", ".json", ".gpkg", ".csv", ".gdalg.json")
    ),
    Hostile("a GDALG that fetches", text("data.geojson", _gdalg_url), REFUSED),
    Hostile(
        "a service's description",
        text("data.geojson", lambda bait: json.dumps({"currentVersion": 10, "serviceDescription": "", "layers": [], "url": bait.url})),
        REFUSED,
    ),
    Hostile("a WFS description", text("data.gpkg", lambda bait: f"<OGRWFSDataSource><URL>{bait.url}</URL></OGRWFSDataSource>"), REFUSED),
    Hostile("a VRT in a zip", _in_zip("data.vrt", _vrt), (*REFUSED, "no_rows")),
    Hostile("a VRT in a zip, called a Shapefile", _in_zip("data.shp", _vrt), (*REFUSED, "file_damaged", "shapefile_incomplete", "shapefile_truncated")),
    Hostile("a VRT in a KMZ", _in_zip("doc.kml", _vrt), (*REFUSED, "file_damaged", "no_rows", "xml_broken", "kml_broken")),
]  # fmt: skip


# Network by data, entities.


def _link(bait: Bait) -> str:
    return (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link>'
        f"<href>{bait.url}.kml</href></Link></NetworkLink></Document></kml>"
    )


def _kml_doctype(bait: Bait) -> str:
    return (
        f'<!DOCTYPE kml [<!ENTITY x SYSTEM "file://{bait.secret}"><!ENTITY y SYSTEM "{bait.url}">]>'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&x;&y;</name>'
        "<Point><coordinates>104.3,30.6</coordinates></Point></Placemark></kml>"
    )


def _kml_utf16_doctype(folder: Path, bait: Bait) -> Path:
    path = folder / "data.kml"
    declared = '<?xml version="1.0" encoding="UTF-16"?>' + _kml_doctype(bait)
    path.write_bytes(declared.encode("utf-16"))
    return path


def _laughs(_: Bait) -> str:
    entities = '<!ENTITY a0 "示意">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    return (
        f"<!DOCTYPE kml [{entities}]>"
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&a9;</name>'
        "<Point><coordinates>104.3,30.6</coordinates></Point></Placemark></kml>"
    )


def _book_entity(member: str) -> Callable[[Path, Bait], Path]:
    def make(folder: Path, bait: Bait) -> Path:
        path, members = book(folder)
        head, _, body = members[member].partition(b"?>")
        if not body:
            head, body = b'<?xml version="1.0"', head
        entity = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{bait.secret}">]>'.encode()
        members[member] = head + b"?>" + entity + body.replace(b"<t>", b"<t>&a;", 1)
        return rezip(path, members)

    return make


def _book_external(folder: Path, bait: Bait) -> Path:
    path, members = book(folder)
    rels = "xl/_rels/workbook.xml.rels"
    link = (
        '<Relationship Id="rIdX" TargetMode="External" Type="http://schemas.openxmlformats.org/'
        f'officeDocument/2006/relationships/externalLink" Target="{bait.url}.xlsx"/></Relationships>'
    )
    members[rels] = members[rels].replace(b"</Relationships>", link.encode())
    return rezip(path, members)


def _crs_link(folder: Path, bait: Bait) -> Path:
    link = {"type": "link", "properties": {"href": f"{bait.url}.wkt", "type": "ogcwkt"}}
    return geojson(schools(), crs=link)(folder)


REACHING = [
    Hostile("a KML whose only content is a network link", text("data.kml", _link), (*REFUSED, "no_rows", "network_link")),
    Hostile("a KML with external entities", text("data.kml", _kml_doctype), (*REFUSED, "xml_refused", "xml_doctype")),
    Hostile("a KML with external entities in UTF-16", _kml_utf16_doctype, (*REFUSED, "xml_refused", "xml_doctype")),
    Hostile("a KML with a billion laughs", text("data.kml", _laughs), (*REFUSED, "xml_refused", "xml_doctype")),
    *(
        Hostile(
            f"a workbook with an external entity in {member}",
            _book_entity(member),
            ("workbook_damaged", "xml_refused", "xml_doctype", "no_rows", "header_missing", "import_rejected", "column_missing"),
        )
        for member in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml")
    ),
    Hostile("a workbook that links to another", _book_external),
    Hostile("a GeoJSON whose crs is a link", _crs_link, ("crs_refused",)),
]  # fmt: skip
