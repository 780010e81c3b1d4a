"""A workbook as the package of parts that it is: parts are read, changed, added, related."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from geoplan.ingest.archive import open_archive
from geoplan.uploads.ooxml import PACKAGE, RELATIONS, Edits, elements, not_markable, text

_TYPES = "[Content_Types].xml"
_LARGEST_PART = 400 << 20
_COPIED_AT_ONCE = 1 << 20
_PACKED = 4  # a quarter of the time of the usual level for a tenth more bytes
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Relationships xmlns="{PACKAGE}/relationships"></Relationships>'
).encode()


@dataclass(frozen=True, slots=True)
class Relation:
    """From one part to another; `kind` is the last word of its type."""

    id: str
    kind: str
    target: str


class Package:
    """An opened workbook. What is not changed is written as it was."""

    def __init__(self, path: Path) -> None:
        """Raises GeoplanError: what `open_archive` raises, `workbook_not_markable`."""
        self._archive = open_archive(path)
        self._names = dict.fromkeys(
            member.filename for member in self._archive.infolist() if not member.is_dir()
        )
        self._changed: dict[str, bytes] = {}
        if any(_leads_away(name) for name in self._names) or _TYPES not in self._names:
            raise not_markable()

    def read(self, name: str) -> bytes:
        """A part. Raises GeoplanError `workbook_not_markable` where there is none, or too much."""
        if name in self._changed:
            return self._changed[name]
        try:
            if self._archive.getinfo(name).file_size > _LARGEST_PART:
                raise not_markable()
            return self._archive.read(name)
        except (KeyError, zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
            raise not_markable() from error

    def put(self, name: str, data: bytes, content_type: str | None = None) -> None:
        """Change a part, or add one of this type."""
        is_new = name not in self._names
        self._names[name] = None
        self._changed[name] = data
        if is_new and content_type is not None:
            self._declare(f'<Override PartName="/{text(name)}" ContentType="{content_type}"/>')

    def drop(self, name: str) -> None:
        """Leave a part out."""
        self._names.pop(name, None)

    def free_name(self, pattern: str) -> str:
        """A name that no part has: xl/comments.xml or xl/comments2.xml for xl/comments{}.xml."""
        held = {name.lower() for name in self._names}
        return next(
            name
            for name in map(pattern.format, ("", *range(2, len(held) + 3)))
            if name.lower() not in held
        )

    def declare_ending(self, ending: str, content_type: str) -> None:
        """Say of what type all parts with this ending are, unless that is said."""
        defaults = elements(self.read(_TYPES), {"Default"})
        if ending not in {(each.get("Extension") or "").lower() for each in defaults}:
            self._declare(f'<Default Extension="{ending}" ContentType="{content_type}"/>')

    def relations(self, part: str) -> list[Relation]:
        """What a part refers to inside the package; "" is the package itself."""
        name = _relations_of(part)
        if name not in self._names:
            return []
        found = elements(self.read(name), {"Relationship"})
        return [
            Relation(
                each.get("Id") or "",
                (each.get("Type") or "").rpartition("/")[2],
                _resolved(part, each.get("Target") or ""),
            )
            for each in found
            if each.get("TargetMode") != "External"
        ]

    def related(self, part: str, kind: str) -> str | None:
        """The one part of a kind that a part refers to."""
        return next((each.target for each in self.relations(part) if each.kind == kind), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Refer from a part to another; returns the id of the relation."""
        name = _relations_of(part)
        data = self.read(name) if name in self._names else _EMPTY
        edits = Edits(data)
        [whole] = elements(data, {"Relationships"})
        held = {each.get("Id") for each in elements(data, {"Relationship"})}
        new = next(f"rIdGeoplan{n}" for n in range(len(held) + 1) if f"rIdGeoplan{n}" not in held)
        p = whole.prefix
        edits.append_to(
            whole,
            f'<{p}Relationship Id="{new}" Type="{RELATIONS}/{kind}" '
            f'Target="/{text(target)}"/>'.encode(),
        )
        self._names[name] = None
        self._changed[name] = edits.result()
        return new

    def write(self, stream: BinaryIO) -> None:
        """Write the package, its list of types first."""
        order = sorted(self._names, key=lambda name: name != _TYPES)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKED) as new:
            for name in order:
                if name in self._changed:
                    new.writestr(name, self._changed[name])
                else:
                    self._copy(name, new)

    def _copy(self, name: str, new: zipfile.ZipFile) -> None:
        member = self._archive.getinfo(name)
        try:
            with self._archive.open(member) as packed, new.open(name, "w", force_zip64=True) as to:
                while piece := packed.read(_COPIED_AT_ONCE):
                    to.write(piece)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
            raise not_markable() from error

    def _declare(self, what: str) -> None:
        data = self.read(_TYPES)
        edits = Edits(data)
        [whole] = elements(data, {"Types"})
        edits.append_to(whole, what.replace("<", f"<{whole.prefix}", 1).encode())
        self._changed[_TYPES] = edits.result()


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def _leads_away(name: str) -> bool:
    """Whether a member's name could mean a place outside the folder that it is unpacked to."""
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")
