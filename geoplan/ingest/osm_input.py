"""OSM extracts as files: by which names they are known, how much reading one may take."""

from __future__ import annotations

from pathlib import Path

from geoplan.errors import GeoplanError, Where
from geoplan.ingest.sandbox import Limits
from geoplan.text import Text

_FORMATS = {
    ".osm.pbf": "pbf",
    ".pbf": "pbf",
    ".osm": "osm",
    ".osm.gz": "osm.gz",
    ".osm.bz2": "osm.bz2",
}

LIMITS = Limits(
    input_bytes=4 << 30,
    memory_bytes=6 << 30,
    data_bytes=6 << 30,
    cpu_s=3600,
    wall_s=3600,
    written_bytes=0,
)
"""A province: 60 million nodes and some minutes."""


def form_of(path: Path) -> str:
    """osmium's name of the format. Raises GeoplanError `osm_format_unknown`."""
    ending = next((end for end in _FORMATS if path.name.lower().endswith(end)), None)
    if ending is not None:
        return _FORMATS[ending]
    endings = ", ".join(_FORMATS)
    raise GeoplanError(
        "osm_format_unknown",
        Text(f"{path.name} 不是 OSM 数据文件", f"{path.name} is not named as an OSM extract"),
        Text(f"请使用 {endings} 文件", f"use a file ending in one of {endings}"),
        where=Where(file=path.name),
    )


def unreadable(error: Exception) -> GeoplanError:
    """osmium's complaint in our words."""
    return GeoplanError(
        "osm_unreadable",
        Text(
            f"文件已损坏，或不是 OSM 数据（{error}）",
            f"the file is damaged or no OSM extract ({error})",
        ),
        Text("请重新下载或重新导出该文件", "download or extract the file again"),
    )
