"""What the operator says of a file, and the source row made from it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geoplan.errors import GeoplanError, Where
from geoplan.store.sources import Source, SourceKind
from geoplan.text import Text

_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")


@dataclass(frozen=True, slots=True)
class Origin:
    """The operator's words about a file; `source_id` names the data set over all its imports."""

    source_id: str
    title: Text
    licence: str | None = None
    attribution: str | None = None
    synthetic: bool = False
    as_of: date | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.source_id):
            raise GeoplanError(
                "source_id_invalid",
                Text(f"数据源名称 {self.source_id!r} 无效", f"{self.source_id!r} is no source id"),
                Text(
                    "请用小写字母、数字、点、横线，最长 80 个字符",
                    "use lower-case letters, digits, dots and dashes, at most 80 characters",
                ),
            )


def sha256_of(path: Path) -> str:
    """SHA-256 of the file, hexadecimal. Raises GeoplanError when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise GeoplanError(
            "file_unreadable",
            Text(
                f"无法读取 {path.name}：{error.strerror}",
                f"cannot read {path.name}: {error.strerror}",
            ),
            Text("请检查路径和权限", "check the path and the permissions"),
            where=Where(file=path.name),
        ) from error


def source_of(kind: SourceKind, origin: Origin, path: Path) -> Source:
    """The source row for a file. Raises GeoplanError when the file cannot be read."""
    return Source(
        id=origin.source_id,
        kind=kind,
        title_zh=origin.title.zh,
        title_en=origin.title.en,
        licence=origin.licence,
        attribution=origin.attribution,
        synthetic=origin.synthetic,
        as_of=origin.as_of,
        file_name=path.name,
        sha256=sha256_of(path),
    )
