"""Taking in what somebody says of a feature. No account, no name: nothing of them is kept."""

from __future__ import annotations

import ipaddress
import math
import unicodedata
from uuid import UUID, uuid4

from geoplan.errors import GeoplanError
from geoplan.store.feedback import Kind, NewFeedback, give
from geoplan.store.pool import Pool
from geoplan.text import Lang, Text

LONGEST = 500
_OWN_BITS = 64  # of an IPv6 address: what a household has is one sender


async def take_in(
    pool: Pool,
    *,
    address: str,
    layer: str,
    feature: UUID,
    kind: Kind,
    words: str | None,
    point: tuple[float, float] | None,
    lang: Lang,
    trap: str = "",
) -> UUID:
    """Keep a remark for the feature's unit to look at; its id.

    pool   of the application's role, acting for no account.
    trap   a field that people do not see: what fills it in is answered and forgotten.
    Raises GeoplanError 400 for a remark that says nothing or too much, 404 where there is no such
    public feature, 429 for too many at once.
    """
    said = clean(words)
    if said is None and point is None and kind != "closed":
        raise GeoplanError(
            "nothing_said",
            Text("请写明哪里不对，或在地图上标出位置", "It says nothing yet"),
            Text("请填写说明", "Say in a few words what is wrong, or mark the right place"),
        )
    if trap:
        return uuid4()
    lon, lat = point or (None, None)
    new = NewFeedback(sender_of(address), layer, feature, kind, said, lon, lat, lang)
    async with pool.connection() as connection:
        given, wait_s = await give(connection, new)
    if wait_s > 0:
        raise GeoplanError(
            "too_many",
            Text("这个网络地址今天的反馈已经很多", "Too many remarks came from this address"),
            Text("请过一会儿再发送", "Send it again later"),
            status=429,
            retry_after_s=math.ceil(wait_s),
        )
    if given is None:
        raise GeoplanError(
            "unknown_feature",
            Text("没有这个设施或项目", "There is no such feature"),
            Text("它可能刚刚被移除；请刷新地图", "It may be gone by now; load the map again"),
            status=404,
        )
    return given


def clean(words: str | None) -> str | None:
    """The words without control and formatting characters; None when nothing is left.

    Raises GeoplanError 400 when they are too long.
    """
    if words is None:
        return None
    lines = unicodedata.normalize("NFC", words).splitlines()
    kept = ["".join(each for each in line if _is_plain(each)).strip() for line in lines]
    said = "\n".join(kept).strip()
    if len(said) > LONGEST:
        raise GeoplanError(
            "text_too_long",
            Text(f"说明超过 {LONGEST} 字", f"The text has more than {LONGEST} characters"),
            Text("请缩短说明", "Say it in fewer words"),
        )
    return said or None


def sender_of(address: str) -> str:
    """Whom remarks are counted for: an IPv4 address, or the network of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    if found.version == 6:
        return str(ipaddress.ip_network((found, _OWN_BITS), strict=False))
    return str(found)


def _is_plain(character: str) -> bool:
    return not unicodedata.category(character).startswith("C")
