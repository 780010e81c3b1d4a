"""Small files that people attach, and files that only look like them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

SECRET = b"SECRET-13800000000"


def pixels(number: int = 0, size: tuple[int, int] = (48, 32)) -> Image.Image:
    """A picture of its own for each number."""
    random = np.random.default_rng(number)
    return Image.fromarray(random.integers(0, 255, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)).resize(size)  # fmt: skip


def photo(number: int = 0, *, kind: str = "JPEG", turned: int = 1) -> bytes:
    """A photo as a phone writes it: place, camera and a comment in it; `turned` as EXIF counts."""
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x0112] = turned
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 39.0, 34.9), 3: "E", 4: (104.0, 3.0, 47.9)})
    out = io.BytesIO()
    more: dict[str, Any] = {"comment": SECRET} if kind == "JPEG" else {}
    if kind == "PNG":
        words = PngInfo()
        words.add_text("Comment", SECRET.decode())
        more["pnginfo"] = words
    pixels(number).save(out, kind, exif=exif, icc_profile=SECRET * 20, **more)
    return out.getvalue()


def document(**root: Any) -> bytes:
    """A page of PDF; further entries of its root."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(200, 100))
    for name, value in root.items():
        made.Root[f"/{name}"] = value
    out = io.BytesIO()
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def with_file() -> bytes:
    """A PDF that carries another file."""
    made = pikepdf.new()
    made.add_blank_page()
    made.attachments["a.exe"] = pikepdf.AttachedFileSpec(made, b"MZ")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def locked() -> bytes:
    """A PDF that asks for a password."""
    made = pikepdf.new()
    made.add_blank_page()
    out = io.BytesIO()
    made.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def on_opening(kind: str, **more: Any) -> bytes:
    """A PDF with an action when it is opened."""
    action = pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)
    return document(OpenAction=action)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is this large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))  # fmt: skip

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")  # fmt: skip


def animated(kind: str) -> bytes:
    out = io.BytesIO()
    pixels(0).save(out, kind, save_all=True, append_images=[pixels(1)])
    return out.getvalue()
