"""Photos and documents that people attach: judged by content, photos made anew; in the sandbox.

A photo of a phone tells where and by whom it was taken, and its file may hold more than a picture.
So its pixels are written into a new file, and nothing else of it is kept: JPEG, or PNG where it
came as PNG or has transparency. A document may be signed, which any rewriting would break: it is
kept as it is, and refused when it holds what could act.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from geoplan.errors import GeoplanError
from geoplan.text import Text

MOST_PIXELS = 64_000_000
"""A picture of 8,000 by 8,000: 256 MB unpacked with transparency."""

_STARTS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"%PDF-": "PDF",
}
_QUALITY = 90
Image.MAX_IMAGE_PIXELS = None  # judged here, with words

# Actions and keys of PDF that run, send, or carry another file (ISO 32000-2, 7.11, 12.6, 12.7).
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/Rendition",
    "/RichMediaExecute",
}
_CARRIERS = ("/JS", "/EF", "/XFA", "/RichMediaContent")


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield one value: `{"media_type", "width", "height", "data"}`, the bytes to keep in base64.

    Raises GeoplanError `evidence_type`, `evidence_unreadable`, `evidence_too_many_pixels`,
    `evidence_animated`, `evidence_locked`, `evidence_active`.
    """
    data = path.read_bytes()
    kind = kind_of(data)
    if kind is None:
        raise _refused(
            "evidence_type",
            Text(
                "不是 JPEG、PNG、WebP 图片或 PDF", "this is no JPEG, PNG or WebP picture and no PDF"
            ),
            Text("请转换后再上传", "convert it to one of these and send it again"),
        )
    if kind == "PDF":
        _check_document(data)
        yield _kept("application/pdf", None, data)
    else:
        yield _redrawn(data, kind)


def kind_of(data: bytes) -> str | None:
    """JPEG, PNG, WEBP or PDF by the first bytes; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((kind for start, kind in _STARTS.items() if data.startswith(start)), None)


def _redrawn(data: bytes, kind: str) -> dict[str, Any]:
    """The picture's pixels in a new file, turned as its camera was held."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _refused(
                    "evidence_too_many_pixels",
                    Text(
                        f"图片有 {picture.width} × {picture.height} 像素",
                        f"the picture has {picture.width} by {picture.height} pixels",
                    ),
                    Text("请缩小到 6400 万像素以内", "make it smaller: at most 64 megapixels"),
                )
            if getattr(picture, "n_frames", 1) > 1:
                raise _refused(
                    "evidence_animated",
                    Text("图片是动画", "the picture is animated"),
                    Text("请上传静态图片", "send a still picture"),
                )
            upright = ImageOps.exif_transpose(picture)
            clear = upright.has_transparency_data
            pixels = upright.convert("RGBA" if clear else "RGB")
    except GeoplanError:
        raise
    # A broken picture makes itself felt in many kinds of errors of its decoder.
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, EOFError) as error:
        raise _unreadable() from error
    pixels.info.clear()  # profiles, comments, times: writers would take some of them along
    out = io.BytesIO()
    if clear or kind == "PNG":
        pixels.save(out, "PNG", compress_level=4)
        return _kept("image/png", pixels.size, out.getvalue())
    pixels.save(out, "JPEG", quality=_QUALITY)
    return _kept("image/jpeg", pixels.size, out.getvalue())


def _check_document(data: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            if document.is_encrypted:
                raise _refused(
                    "evidence_locked",
                    Text("PDF 已加密", "the PDF is encrypted"),
                    Text("请去掉密码后再上传", "take the password off and send it again"),
                )
            if not len(document.pages):
                raise _unreadable()
            for thing in document.objects:
                if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) and _acts(thing):
                    raise _refused(
                        "evidence_active",
                        Text(
                            "PDF 含有脚本、附件或可执行的动作",
                            "the PDF holds a script, another file, or an action that runs",
                        ),
                        Text("请打印为普通 PDF 后再上传", "print it to a plain PDF and send that"),
                    )
    except pikepdf.PasswordError as error:
        raise _refused(
            "evidence_locked",
            Text("PDF 已加密", "the PDF is encrypted"),
            Text("请去掉密码后再上传", "take the password off and send it again"),
        ) from error
    except (pikepdf.PdfError, ValueError, TypeError, RecursionError) as error:
        raise _unreadable() from error


def _acts(thing: Any) -> bool:
    """Whether an object, or a dictionary written inside it, is one that could act."""
    waiting = [(thing, 0)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            if any(key in one for key in _CARRIERS) or str(one.get("/S", "")) in _ACTIONS:
                return True
            inside = [value for _, value in one.items()]
        elif isinstance(one, pikepdf.Array):
            inside = list(one)
        else:
            continue
        # What is referred to is an object of its own and comes by itself.
        waiting += [
            (value, depth + 1)
            for value in inside
            if isinstance(value, pikepdf.Object) and not value.is_indirect and depth < 40
        ]
    return False


def _kept(media_type: str, size: tuple[int, int] | None, data: bytes) -> dict[str, Any]:
    return {
        "media_type": media_type,
        "width": size and size[0],
        "height": size and size[1],
        "data": base64.b64encode(data).decode("ascii"),
    }


def _unreadable() -> GeoplanError:
    return _refused(
        "evidence_unreadable",
        Text("文件已损坏，无法读取", "the file is damaged and cannot be read"),
        Text("请重新导出或拍摄", "export it again, or take the photo again"),
    )


def _refused(code: str, detail: Text, remedy: Text) -> GeoplanError:
    return GeoplanError(code, detail, remedy, status=422)
