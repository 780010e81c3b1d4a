"""Taking an upload back: every feature is again as it was, or what stands in the way is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
import psycopg
import shapely

from geoplan.catalogue import City
from geoplan.errors import GeoplanError, Issue, Where
from geoplan.imports.features import load_districts, shapes
from geoplan.store.edits import lock_layer
from geoplan.store.features import FeatureWriter, act_as
from geoplan.store.publications import (
    Standing,
    allow_long_work,
    earlier_rows,
    standing,
)
from geoplan.store.uploads import Upload
from geoplan.text import Text
from geoplan.uploads.publish import write_features

_NAMED = 100  # later edits that an error names


def roll_back_features(
    connection: psycopg.Connection, city: City, upload: Upload, account: UUID
) -> int:
    """Undo what an upload published: remove what was new, write again what was before.

    connection  in the caller's transaction, which holds the upload's lock.
    The states in between stay in the history. Returns how many features were changed back.
    Raises GeoplanError 409 `later_edits`, whose issues name each feature that was edited since,
    by whom and when; nothing is undone then.
    """
    layer = city.layer(upload.layer)
    allow_long_work(connection)
    act_as(connection, account, f"rollback {upload.id} {upload.file_name}")
    lock_layer(connection, layer.id)
    written = standing(connection, upload.id)
    _refuse_edited(written)
    districts = load_districts(connection)
    earlier = earlier_rows(
        connection, [each.before_version for each in written if each.before_version is not None]
    )
    writer = FeatureWriter(
        connection, layer.id, [each.feature_id for each in written], shapes, account=account
    )
    writer.remove([each.feature_id for each in written if each.change == "inserted"])
    write_features(
        writer,
        layer,
        [row.properties for row in earlier],
        shapely.from_wkb(np.array([row.wkb for row in earlier], dtype=object)),
        districts,
        lambda place, amounts: replace(earlier[place], amounts=amounts),
    )
    writer.finish()
    return len(written)


def _refuse_edited(written: Sequence[Standing]) -> None:
    edited = [each for each in written if not each.stands]
    if not edited:
        return
    raise GeoplanError(
        "later_edits",
        Text(
            f"此后有 {len(edited)} 个项目又被修改，不能整体撤回",
            f"{len(edited)} of its features were edited since; it cannot be rolled back",
        ),
        Text(
            "请先撤回后来的上传或修改，或逐个更正",
            "Roll the later uploads or edits back first, or correct the features one by one",
        ),
        status=409,
        issues=[_edit(each) for each in edited[:_NAMED]],
    )


def _edit(each: Standing) -> Issue:
    when = f"{each.since:%Y-%m-%d %H:%M}" if each.since else "?"
    who, name = each.account or "?", each.name or each.feature_id
    by_upload = each.upload_id is not None
    zh = "被删除" if each.removed else "被另一次上传修改" if by_upload else "被修改"
    en = "removed" if each.removed else "changed by another upload" if by_upload else "changed"
    return Issue(
        "later_edit",
        Text(f"“{name}”于 {when} 由 {who} {zh}", f"“{name}” was {en} at {when} by {who}"),
        Text("先撤回那次修改", "take that back first"),
        Where(row=each.row),
        each.upload_id or each.feature_id,
    )
