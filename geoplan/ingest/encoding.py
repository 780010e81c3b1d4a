"""The encoding of a text file: said by a person, by its mark, or found from its bytes."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from geoplan.errors import GeoplanError
from geoplan.text import Text

# What people call an encoding → the codec that reads it and its name here. GB18030 holds all that
# GB2312 and GBK hold.
_CODECS = {
    **dict.fromkeys(("utf-8", "utf-8-sig", "ascii"), ("utf-8-sig", "UTF-8")),
    **dict.fromkeys(("gb18030", "gbk", "gb2312", "cp936"), ("gb18030", "GB18030")),
    "utf-16": ("utf-16", "UTF-16"),
    "utf-16-le": ("utf-16-le", "UTF-16"),
    "utf-16-be": ("utf-16-be", "UTF-16"),
    "big5": ("big5hkscs", "Big5"),
}
_HEAD = 4_096
_LEAST = 16
"""Bytes that tell anything of an order."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file; `guessed`: only its bytes say that it is not UTF-8."""

    text: str
    encoding: str
    guessed: bool = False


def decode(content: bytes, said: str | None = None) -> Decoded:
    """Text of a file, without a fault in any character.

    said  what a person calls its encoding. None: the byte order mark decides, else UTF-16 if every
          second byte of the beginning tells so, else UTF-8, else GB18030.
    Raises GeoplanError `encoding_unknown`, naming the line where each attempt ended.
    """
    if said is not None:
        codec, name = codec_of(said)
        candidates = [(codec, name, False)]
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = [("utf-16", "UTF-16", False)]
    elif order := unmarked_utf16(content[:_HEAD]):
        candidates = [(order, "UTF-16", True)]
    else:
        candidates = [("utf-8-sig", "UTF-8", False), ("gb18030", "GB18030", True)]
    furthest = 0
    for codec, name, guessed in candidates:
        try:
            return Decoded(content.decode(codec).removeprefix("\ufeff"), name, guessed)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    tried = [name for _, name, _ in candidates]
    line = content.count(b"\n", 0, furthest) + 1
    raise GeoplanError(
        "encoding_unknown",
        Text(
            f"第 {line} 行不是 {'，也不是 '.join(tried)} 编码",
            f"line {line} is not in {' nor in '.join(tried)}",
        ),
        Text("请另存为 UTF-8 编码", "save the file as UTF-8"),
    )


def codec_of(said: str) -> tuple[str, str]:
    """Codec and name of an encoding. Raises GeoplanError `encoding_unknown`."""
    try:
        return _CODECS[codecs.lookup(said).name]
    except LookupError as error:
        raise GeoplanError(
            "encoding_unknown",
            Text("不支持该编码", "this encoding is not read"),
            Text("可用：UTF-8、GB18030、UTF-16、Big5", "use UTF-8, GB18030, UTF-16 or Big5"),
        ) from error


def unmarked_utf16(head: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: the zero bytes of its ASCII characters tell."""
    if len(head) < _LEAST:
        return None
    low, high = head[::2].count(0), head[1::2].count(0)
    if low == 0 < high and high * 20 > len(head):
        return "utf-16-le"
    if high == 0 < low and low * 20 > len(head):
        return "utf-16-be"
    return None
