"""Taking a file in: for whom it is, and whether it is here already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from geoplan.catalogue import City, Layer, Unit
from geoplan.errors import GeoplanError
from geoplan.store.features import act_as
from geoplan.store.uploads import (
    NewUpload,
    Upload,
    add_upload,
    held_upload,
    in_check,
    lock_receipt,
    same_bytes,
    sent_with_key,
)
from geoplan.text import Text
from geoplan.uploads.actor import Actor

MOST_IN_CHECK = 10
"""Uploads of one account that may wait for their check at once."""

_AT_WORK = {"received", "checking", "checked", "submitted", "approved"}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file whose bytes are safe, and what was said with it.

    options  as `options.read_options` gives them; key  names the request, should it come again.
    corrects the upload that it corrects, where the sender says so.
    """

    layer: str
    unit: str | None
    file_name: str
    size: int
    sha256: str
    options: Mapping[str, Any]
    key: str | None = None
    corrects: UUID | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """new  whether a new upload was made, or the one that is here already is meant.
    earlier  the latest upload of the same bytes before it."""

    upload: Upload
    new: bool
    earlier: Upload | None


def layer_of(city: City, name: str) -> Layer:
    """A layer that takes files. Raises GeoplanError 404 `unknown_layer`, 400."""
    layer = city.layer(name)
    if layer.geometry == "none":
        raise GeoplanError(
            "layer_without_geometry",
            Text(
                f"{layer.title.zh}是指标，没有空间要素",
                f"{layer.id} is an indicator without features",
            ),
            Text("请选择有几何类型的图层", "Choose a layer that has a geometry"),
        )
    return layer


def unit_of(city: City, actor: Actor, name: str | None) -> str | None:
    """Whose file it is: the unit that was named, else the account's only one; None: the city's.

    name  a code or any name of a unit. Raises GeoplanError 400 `unit_unknown`, `unit_needed`,
    403 `unit_not_yours`.
    """
    if name is None or not name.strip():
        if actor.reviews:
            return None
        if len(actor.units) == 1:
            return actor.units[0]
        raise _unit_needed([unit for unit in city.units if unit.code in actor.units])
    unit = city.find_unit(name)
    if unit is None:
        raise GeoplanError(
            "unit_unknown",
            Text(f"没有区（市）县 {name[:60]}", f"There is no district or zone {name[:60]}"),
            Text("请写全称或代码，如 锦江区", "Write its name or code, such as 锦江区"),
        )
    if not actor.reviews and unit.code not in actor.units:
        raise GeoplanError(
            "unit_not_yours",
            Text(
                f"你的账号不能为{unit.name.zh}上传",
                f"Your account does not send for {unit.name.en}",
            ),
            Text("请选择自己的区（市）县", "Choose a unit of your own"),
            status=403,
        )
    return unit.code


def receive(connection: psycopg.Connection, actor: Actor, parcel: Parcel) -> Receipt:
    """Take a file in, or recognise it.

    The same request (key), and the same bytes for the same layer and unit with the same options
    while the earlier upload is at work, mean the upload that is here already.
    Raises GeoplanError 422 `idempotency_key_reused`, 429 `too_many_uploads`, 404 `unknown_upload`.
    """
    with connection.transaction():
        act_as(connection, actor.account, "")
        lock_receipt(connection, actor.account)
        if parcel.key is not None:
            sent = sent_with_key(connection, actor.account, parcel.key)
            if sent is not None:
                return Receipt(_same_request(sent, parcel), new=False, earlier=None)
        earlier = same_bytes(connection, parcel.sha256, parcel.layer, parcel.unit)
        if (
            earlier is not None
            and earlier.state in _AT_WORK
            and earlier.options == dict(parcel.options)
        ):
            return Receipt(earlier, new=False, earlier=earlier)
        if in_check(connection, actor.account) >= MOST_IN_CHECK:
            raise _too_many()
        if parcel.corrects is not None and held_upload(connection, parcel.corrects) is None:
            raise unknown_upload()
        made = add_upload(
            connection,
            NewUpload(
                layer=parcel.layer,
                unit=parcel.unit,
                account=actor.account,
                file_name=parcel.file_name,
                size=parcel.size,
                sha256=parcel.sha256,
                options=parcel.options,
                key=parcel.key,
                corrects=parcel.corrects,
            ),
        )
    return Receipt(made, new=True, earlier=earlier)


def unknown_upload() -> GeoplanError:
    """The error of an upload that is not there, or of another unit: no difference is told."""
    return GeoplanError(
        "unknown_upload",
        Text("没有这个上传", "There is no such upload"),
        Text("你的上传见 /api/uploads", "See /api/uploads for yours"),
        status=404,
    )


def _unit_needed(units: Sequence[Unit]) -> GeoplanError:
    zh = "、".join(unit.name.zh for unit in units) or "账号没有区县，请联系管理员"
    en = ", ".join(unit.name.en for unit in units) or "your account has none; ask an administrator"
    return GeoplanError(
        "unit_needed",
        Text("请说明是哪个区（市）县的文件", "Say which district or zone the file is of"),
        Text(f"unit：{zh}", f"unit: {en}"),
    )


def _same_request(sent: Upload, parcel: Parcel) -> Upload:
    if (sent.sha256, sent.layer, sent.unit) != (parcel.sha256, parcel.layer, parcel.unit):
        raise GeoplanError(
            "idempotency_key_reused",
            Text(
                "这个 Idempotency-Key 已用于另一个文件",
                "This Idempotency-Key was sent with another file before",
            ),
            Text("每个新请求请用新的键", "Send each new request with a new key"),
            status=422,
        )
    return sent


def _too_many() -> GeoplanError:
    return GeoplanError(
        "too_many_uploads",
        Text(
            f"你已有 {MOST_IN_CHECK} 个文件等待检查",
            f"{MOST_IN_CHECK} of your files are waiting for their check",
        ),
        Text("请等其中一个检查完再上传", "Wait until one of them is checked"),
        status=429,
        retry_after_s=10,
    )
