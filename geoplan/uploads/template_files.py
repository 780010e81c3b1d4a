"""A layer's template as CSV and as GeoPackage."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from geoplan.catalogue import City, Layer
from geoplan.ingest import sandbox
from geoplan.uploads.template import Column, choices_of, header_of

_SYSTEM = "EPSG:4490"
_KINDS = {"point": "Point", "line": "MultiLineString", "polygon": "MultiPolygon"}
_PLACE = {"lon", "lat"}


def as_csv(columns: Sequence[Column]) -> bytes:
    """The header and the example row, in UTF-8 with a mark, as spreadsheet programs want it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.header for column in columns])
    writer.writerow([column.example for column in columns])
    return text.getvalue().encode("utf-8-sig")


def as_geopackage(layer: Layer, city: City) -> bytes:
    """An empty layer in CGCS2000 with the fields and what they may hold, for QGIS and its kin.

    Made in the sandbox: GDAL is used nowhere else.
    """
    fields = [
        {
            "name": header_of(field),
            "title": field.title.en,
            "type": field.type,
            "choices": choices_of(field, city),
        }
        for field in layer.all_fields()
        if not field.personal and field.id not in _PLACE
    ]
    said = {
        "layer": layer.id,
        "geometry": "Unknown" if layer.also else _KINDS[layer.geometry],
        "system": _SYSTEM,
        "fields": fields,
    }
    with TemporaryDirectory(prefix="geoplan-template-") as folder:
        path = Path(folder) / "template.json"
        path.write_text(json.dumps(said), encoding="utf-8")
        [made] = sandbox.run("geoplan.uploads.template_gpkg:make", path, drivers=("GPKG",))
    return base64.b64decode(made)
