"""From the query string of an items request to the search it means."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from uuid import UUID

import shapely

from geoplan.api.crs import Crs, read_bbox, read_crs
from geoplan.api.query import integer, invalid, number, refuse_unknown
from geoplan.catalogue import City, Field, Layer
from geoplan.errors import GeoplanError
from geoplan.store.collections import COLUMNS, UNIT_COLUMNS, Search

PARAMETERS = ("f", "limit", "token", "bbox", "bbox-crs", "crs", "datetime", "at")
DEFAULT_LIMIT, MOST = 100, 10_000
_LOCAL = timezone(timedelta(hours=8))  # days of the plan are days in China
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An items request as understood. `name` tells two searches apart, whatever page is asked."""

    search: Search
    crs: Crs
    limit: int
    after: str | None
    name: tuple[tuple[str, str], ...]


def read_asked(found: Mapping[str, str], layer: Layer | None, city: City) -> Asked:
    """The request for a layer's items (None: the units'). Raises GeoplanError 400."""
    fields = queryables(layer)
    refuse_unknown(found, (*PARAMETERS, *fields))
    columns: dict[str, object] = {}
    own: dict[str, object] = {}
    names = UNIT_COLUMNS if layer is None else COLUMNS
    for name, field in fields.items():
        if name in found:
            target = columns if name in names else own
            target[name] = _value(found[name], name, field, city)
    since, until = read_datetime(found["datetime"]) if "datetime" in found else (None, None)
    box_crs = read_crs(found.get("bbox-crs"), "bbox-crs")
    area = read_bbox(found["bbox"], box_crs) if "bbox" in found else None
    limit = found.get("limit")
    if (
        limit is not None
        and re.fullmatch("0*[1-9][0-9]{0,17}", limit, re.ASCII)
        and int(limit) > MOST
    ):
        limit = str(MOST)  # OGC: more than the server gives is not an error
    return Asked(
        search=Search(
            area=None if area is None else shapely.to_wkb(area),
            since=since,
            until=until,
            columns=columns,
            own=own,
            at=read_moment(found, layer),
        ),
        crs=read_crs(found.get("crs"), "crs"),
        limit=integer({} if limit is None else {"limit": limit}, "limit", DEFAULT_LIMIT, 1, MOST),
        after=_read_token(found["token"], layer) if "token" in found else None,
        name=tuple(
            sorted(
                (n, v) for n, v in found.items() if n not in {"f", "lang", "limit", "token", "crs"}
            )
        ),
    )


def queryables(layer: Layer | None) -> dict[str, Field | None]:
    """Property → field of what may be asked for; None where it is a plain text column."""
    if layer is None:
        return dict.fromkeys(UNIT_COLUMNS)
    fields: dict[str, Field | None] = {
        field.id: field for field in layer.public_fields() if field.id not in {"lon", "lat"}
    }
    return {**fields, "district": None, "synthetic": None}


def make_token(key: str, layer: Layer | None) -> str:
    """Where a next page goes on, as an opaque word."""
    raw = key.encode() if layer is None else UUID(key).bytes
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read_token(text: str, layer: Layer | None) -> str:
    try:
        if not re.fullmatch("[A-Za-z0-9_-]{1,40}", text, re.ASCII):
            raise ValueError(text)
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if layer is not None:
            return str(UUID(bytes=raw))
        code = raw.decode("ascii")
        if not code.isprintable():
            raise ValueError(code)
        return code
    except (ValueError, binascii.Error) as error:
        raise invalid(
            "token", "the word that a `next` link gave", "应为 next 链接给出的值"
        ) from error


def read_datetime(text: str) -> tuple[date | None, date | None]:
    """First and last day of an instant or an interval (RFC 3339; `..` or nothing: open).

    Raises GeoplanError 400.
    """
    ends = text.split("/")
    if len(ends) == 1:
        day = _day(ends[0])
        return day, day
    if len(ends) != 2:
        raise _no_datetime()
    since, until = (None if end in {"", ".."} else _day(end) for end in ends)
    if since is None and until is None:
        raise _no_datetime()
    if since is not None and until is not None and since > until:
        raise _no_datetime()
    return since, until


def read_moment(found: Mapping[str, str], layer: Layer | None) -> datetime | None:
    """The moment that `at` names; of a day its end. None without it: things as they are.

    Raises GeoplanError 400 for what is no instant (RFC 3339) or day, or still to come, and for the
    units, of which no earlier state is kept.
    """
    text = found.get("at")
    if text is None:
        return None
    if layer is None:
        raise invalid("at", "the units have no history", "区划没有历史")
    try:
        if _DAY.fullmatch(text):
            moment = datetime.combine(date.fromisoformat(text), time.max, _LOCAL)
            begun = moment.date() <= today()
        elif _INSTANT.fullmatch(text):
            moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
            begun = moment <= datetime.now(UTC)
        else:
            raise ValueError(text)
    except (ValueError, OverflowError) as error:
        raise _no_moment() from error
    if not begun:
        raise _no_moment()
    return moment


def _no_moment() -> GeoplanError:
    return invalid(
        "at",
        "2023-09-30 or 2023-09-30T18:00:00+08:00, not after now",
        "例如 2023-09-30 或 2023-09-30T18:00:00+08:00，且不晚于现在",
    )


def today() -> date:
    """The day it is in China, wherever this runs."""
    return datetime.now(_LOCAL).date()


def read_day(text: str, name: str) -> date:
    """A day of the calendar. Raises GeoplanError 400."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise _no_day(name) from error
    raise _no_day(name)


def _no_day(name: str) -> GeoplanError:
    return invalid(name, "a day such as 2023-07-01", "应为日期，例如 2023-07-01")


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(_LOCAL).date()
    except (ValueError, OverflowError) as error:
        raise _no_datetime() from error
    raise _no_datetime()


def _no_datetime() -> GeoplanError:
    return invalid(
        "datetime",
        "2023-07-01, 2023-07-01/2023-12-31 or 2023-07-01/..",
        "例如 2023-07-01、2023-07-01/2023-12-31 或 2023-07-01/..",
    )


def _value(text: str, name: str, field: Field | None, city: City) -> object:
    if name in {"unit", "district"}:
        unit = city.find_unit(text)
        if unit is None:
            raise invalid(
                name, "the code or name of a district or zone", "应为区（市）县或功能区的代码或名称"
            )
        return unit.code
    kind = "boolean" if name == "synthetic" else "text" if field is None else field.type
    if kind == "boolean":
        if text not in {"true", "false"}:
            raise invalid(name, "true or false", "应为 true 或 false")
        return text == "true"
    if kind == "integer":
        if not re.fullmatch("-?[0-9]{1,18}", text, re.ASCII):
            raise invalid(name, "a whole number", "应为整数")
        return int(text)
    if kind == "number":
        return number(text, name)
    if kind == "date":
        day = read_day(text, name)
        return day if name in COLUMNS else text
    return text
