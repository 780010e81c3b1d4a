"""A new feature, drawn by a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import shapely

from geoplan.editing.document import Document
from geoplan.editing.edit import (
    Edit,
    Ground,
    Identity,
    Written,
    ground_of,
    new_notes,
    prepare,
    put,
    refuse_errors,
    refuse_taken_number,
    written,
)
from geoplan.editing.place import Place, System, read_place
from geoplan.editing.values import given_values, whole_values
from geoplan.errors import GeoplanError, Issue, Where
from geoplan.store.edits import answer_request, claim_request, held_feature, lock_layer
from geoplan.store.sources import Source, put_source
from geoplan.text import Text


@dataclass(frozen=True, slots=True)
class Once:
    """A request that may come twice: its key, and a digest of all it asks for."""

    key: str
    digest: bytes


def create(edit: Edit, document: Document, system: System, once: Once | None = None) -> Written:
    """Make a feature of a GeoJSON Feature; asked again with the same key, it is made once.

    Its unit is the one it names, else the editor's only one, else the district it lies in.
    Raises GeoplanError 422 `feature_rejected`, `idempotency_key_reused`; 409 `project_no_taken`,
    `created_and_removed`; 403 `unit_not_yours`.
    """
    with edit.transaction():
        if once is not None:
            made = _made_before(edit, once)
            if made is not None:
                return made
        ground = ground_of(edit)
        notes = new_notes()
        place = read_place(
            document.get("geometry"), system, edit.layer, edit.city, ground.outlines, notes
        )
        given = given_values(
            edit.layer, edit.city, document.get("properties") or {}, notes, replaces=True
        )
        values = whole_values(edit.layer, given, notes)
        refuse_errors(notes)
        if place is None:
            raise AssertionError("a place that is not there is noted as an error")
        values = replace(values, unit=values.unit or _unit_of(edit, place, ground))
        edit.editor.must_own(values.unit, edit.city)
        # A key of its own: a number may be corrected later and then be another feature's.
        identity = Identity(f"edit-{values.unit or 'city'}", f"#{uuid4().hex}")
        prepared = prepare(edit, ground, identity, values, place, notes)
        lock_layer(edit.connection, edit.layer.id)
        refuse_taken_number(edit, values)
        _put_source(edit, identity.source, values.unit)
        made = put(edit, prepared)
        if once is not None:
            answer_request(edit.connection, edit.editor.account, once.key, _answer(made))
        return made


def _made_before(edit: Edit, once: Once) -> Written | None:
    """What the same request made before; None when it is new."""
    claim = claim_request(edit.connection, edit.editor.account, once.key, once.digest)
    if claim.new:
        return None
    if claim.digest != once.digest or claim.answer is None:
        raise GeoplanError(
            "idempotency_key_reused",
            Text(
                "这个 Idempotency-Key 已用于另一请求", "This Idempotency-Key was another request's"
            ),
            Text("请为每个新请求生成新的值", "Make a new one for every new request"),
            status=422,
        )
    fid = UUID(claim.answer["id"])
    held = held_feature(edit.connection, edit.layer.id, fid)
    if held is None:
        raise GeoplanError(
            "created_and_removed",
            Text(f"要素 {fid} 已建立，之后被删除", f"Feature {fid} was made, and removed since"),
            Text("其历史见 …/versions", "See …/versions for its history"),
            status=409,
        )
    issues = tuple(_issue(said) for said in claim.answer["issues"])
    return written(edit, fid, held.valid_from, issues)


def _unit_of(edit: Edit, place: Place, ground: Ground) -> str | None:
    if edit.editor.role == "staff" and len(edit.editor.units) == 1:
        return edit.editor.units[0]
    point = shapely.get_coordinates(shapely.point_on_surface(place.shape))
    return ground.districts.locate(point)[0] or None


def _put_source(edit: Edit, name_of_source: str, unit: str | None) -> None:
    """The source of what a unit's people draw is made with its first feature."""
    name = next((each.name for each in edit.city.units if each.code == unit), Text("全市", "city"))
    source = Source(
        id=name_of_source,
        kind="features",
        title_zh=f"地图编辑（{name.zh}）",
        title_en=f"Edited on the map ({name.en})",
        licence=None,
        attribution=None,
        synthetic=False,
        as_of=None,
        file_name="",
        sha256="",
    )
    put_source(edit.connection, source)


def _answer(made: Written) -> dict[str, Any]:
    return {"id": str(made.id), "issues": [asdict(issue) for issue in made.issues]}


def _issue(said: dict[str, Any]) -> Issue:
    """As it was kept by `_answer`."""
    parts = {"detail": Text(**said["detail"]), "remedy": Text(**said["remedy"])}
    return Issue(**{**said, **parts, "where": Where(**said["where"])})
