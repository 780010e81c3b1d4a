"""Changing, removing and restoring a feature that is there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import shapely

from geoplan.editing.document import Document, merge
from geoplan.editing.edit import (
    Edit,
    Identity,
    Written,
    ground_of,
    held_for_change,
    lock_as_held,
    new_notes,
    prepare,
    put,
    refuse_errors,
    refuse_taken_number,
    unknown_feature,
    writer_of,
    written,
)
from geoplan.editing.place import Place, System, is_as_shown, read_place
from geoplan.editing.values import Values, changed_values, given_values, whole_values
from geoplan.errors import GeoplanError
from geoplan.ingest.notes import Notes
from geoplan.store.edits import Held, held_feature
from geoplan.store.history import held_version
from geoplan.text import Text

Expected = Collection[str] | None
"""States of which the editor has seen one; None: they did not say."""


def replace(
    edit: Edit, fid: UUID, document: Document, system: System, expected: Expected
) -> Written:
    """Let a feature be what a GeoJSON Feature says, and nothing else that it was.

    Raises what `held_for_change` and `create` raise.
    """
    return _change(edit, fid, document, system, expected, replaces=True)


def update(edit: Edit, fid: UUID, patch: Document, system: System, expected: Expected) -> Written:
    """Change what a merge patch names: values, the place, or both. Raises as `replace`."""
    return _change(edit, fid, patch, system, expected, replaces=False)


def remove(edit: Edit, fid: UUID, expected: Expected) -> None:
    """Remove a feature; its history stays. Raises what `held_for_change` raises."""
    with edit.transaction():
        held = held_for_change(edit, fid, expected)
        lock_as_held(edit, fid, held)
        writer = writer_of(edit, held.id)
        writer.remove([held.id])
        writer.finish()


def restore(edit: Edit, fid: UUID, version: int, expected: Expected) -> Written:
    """Let a feature be again what it was; a removed one comes back.

    Raises GeoplanError 404 `unknown_version`, 403 `unit_not_yours`, 409 `project_no_taken`, and,
    where the feature is there, what `held_for_change` raises. 412 where it is not, and the editor
    thinks that it is.
    """
    with edit.transaction():
        ground = ground_of(edit)
        present = held_feature(edit.connection, edit.layer.id, fid)
        if present is not None:
            held_for_change(edit, fid, expected)
        earlier = held_version(edit.connection, edit.layer.id, fid, version)
        if earlier is None:
            raise unknown_version(str(version))
        if present is None and expected is not None:
            raise unknown_feature(fid, status=412)
        edit.editor.must_own(earlier.unit, edit.city)
        if present is not None and _says_the_same(present, earlier):
            return written(edit, fid, present.valid_from, ())
        values, identity = Values.of(earlier), _identity(earlier)
        place = Place(shapely.from_wkb(earlier.wkb), earlier.source_crs, earlier.original)
        prepared = prepare(
            edit,
            ground,
            identity,
            values,
            place,
            new_notes(),
            source_row=earlier.source_row,
            digest=earlier.digest,
        )
        lock_as_held(edit, fid, present)
        refuse_taken_number(edit, values, but=fid)
        return put(edit, prepared)


def _change(
    edit: Edit,
    fid: UUID,
    said: Document,
    system: System,
    expected: Expected,
    *,
    replaces: bool,
) -> Written:
    with edit.transaction():
        ground = ground_of(edit)
        missing = (
            412 if replaces and expected is not None else 404
        )  # as part 4 of the standard has it
        held = held_for_change(edit, fid, expected, missing=missing)
        notes = new_notes()
        before = Place(shapely.from_wkb(held.wkb), held.source_crs, held.original)
        place: Place | None = before
        if replaces or "geometry" in said:
            shape = said.get("geometry")
            if not replaces:  # its kind may be left out where it stays
                shape = merge({"type": before.shape.geom_type}, shape)
            place = read_place(shape, system, edit.layer, edit.city, ground.outlines, notes)
            if place is not None and is_as_shown(place.shape, before.shape):
                place = before
        values = _values(edit, held, said.get("properties") or {}, notes, replaces=replaces)
        refuse_errors(notes)
        if place is None:
            raise AssertionError("a place that is not there is noted as an error")
        edit.editor.must_own(values.unit, edit.city)
        if values == Values.of(held) and place == before:
            return written(edit, fid, held.valid_from, notes.issues[0])
        identity = _identity(held)
        prepared = prepare(edit, ground, identity, values, place, notes, source_row=held.source_row)
        lock_as_held(edit, fid, held)
        if values.properties.get("project_no") != held.properties.get("project_no"):
            refuse_taken_number(edit, values, but=fid)
        return put(edit, prepared)


def _values(
    edit: Edit, held: Held, said: dict[str, Any], notes: Notes, *, replaces: bool
) -> Values:
    given = given_values(edit.layer, edit.city, said, notes, replaces=replaces)
    if replaces:  # who reports it stays, unless another unit is named
        given["unit"] = given.get("unit") or held.unit
        return whole_values(edit.layer, given, notes)
    return changed_values(edit.layer, Values.of(held), given, notes)


def _identity(held: Held) -> Identity:
    return Identity(held.source_id, held.key, held.synthetic)


def _says_the_same(one: Held, other: Held) -> bool:
    return Values.of(one) == Values.of(other) and one.wkb == other.wkb


def unknown_version(version: str) -> GeoplanError:
    """The error of an earlier state that is not there, or not for this account."""
    return GeoplanError(
        "unknown_version",
        Text(f"该要素没有版本 {version}", f"The feature has no version {version}"),
        Text("版本见 …/versions", "See …/versions for those there are"),
        status=404,
    )
