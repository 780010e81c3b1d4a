"""Forms with a file (multipart/form-data), the file's bytes going where they are to stay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from geoplan.errors import GeoplanError
from geoplan.text import Text

Sink = Callable[[bytes], None]

_MOST_FIELDS = 20
_MOST_FIELD_BYTES = 65_536
_AROUND = 2**20  # what a form may hold besides its file
_SILENCE_S = 30.0  # a sender that says nothing for so long is gone


@dataclass(slots=True)
class Form:
    """fields  by name; file_name  as the sender calls the file, None where there was none."""

    fields: dict[str, str] = field(default_factory=dict)
    file_name: str | None = None


async def read_form(request: Request, sink: Sink, *, file: str, most: int) -> Form:
    """The fields of a form, once the bytes of its one file have gone to `sink`.

    sink  is called in a thread, with one piece after another.
    file  name of the form's field that holds it; most  bytes that it may have.
    Raises GeoplanError 415 `unsupported_type`, 413 `file_too_large`, 400 `form_broken`,
    `repeated_field`, 408 `too_slow_sender`, and what `sink` raises.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise GeoplanError(
            "unsupported_type",
            Text("请求内容应为 multipart/form-data", "The body must be multipart/form-data"),
            Text("请以表单上传文件", "Send the file as a form"),
            status=415,
        )
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > most + _AROUND:
        raise _too_large(most)
    reader = _Reader(sink, file, most)
    try:
        parser = MultipartParser(boundary, reader.callbacks())  # type: ignore[arg-type]
        parts = aiter(request.stream())
        while True:
            async with asyncio.timeout(_SILENCE_S):
                part = await anext(parts, None)
            if part is None:
                break
            if part:
                await asyncio.to_thread(parser.write, part)
        parser.finalize()
    except FormParserError as error:
        raise _broken() from error
    except TimeoutError as error:
        raise _too_slow() from error
    if not reader.ended:
        raise _broken()
    return reader.form


class _Reader:
    """What the parser tells, part by part."""

    def __init__(self, sink: Sink, file: str, most: int) -> None:
        self.form = Form()
        self.ended = False
        self._sink = sink
        self._file = file
        self._most = most
        self._size = 0
        self._header = bytearray(), bytearray()
        self._name = ""
        self._is_file = False
        self._value = bytearray()

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._take_header,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._name, self._is_file = "", False
        self._value.clear()

    def _take_header(self) -> None:
        name, value = bytes(self._header[0]).lower(), bytes(self._header[1])
        for part in self._header:
            part.clear()
        if name != b"content-disposition":
            return
        _, options = parse_options_header(value)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = self._name == self._file
        if self._is_file:
            if self.form.file_name is not None:
                raise _repeated(self._name)
            self.form.file_name = options.get(b"filename", b"").decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._size += end - start
            if self._size > self._most:
                raise _too_large(self._most)
            self._sink(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > _MOST_FIELD_BYTES:
            raise _broken()

    def _end(self) -> None:
        if self._is_file:
            return
        if self._name in self.form.fields:
            raise _repeated(self._name)
        if not self._name or len(self.form.fields) >= _MOST_FIELDS:
            raise _broken()
        try:
            self.form.fields[self._name] = bytes(self._value).decode()
        except UnicodeDecodeError as error:
            raise _broken() from error

    def _finish(self) -> None:
        self.ended = True


def _too_large(most: int) -> GeoplanError:
    size = most // 2**20
    return GeoplanError(
        "file_too_large",
        Text(f"文件超过 {size} MB", f"The file is larger than {size} MB"),
        Text("请拆分后分别上传", "Split it and send the parts one by one"),
        status=413,
    )


def _broken() -> GeoplanError:
    return GeoplanError(
        "form_broken",
        Text("表单不完整或格式有误", "The form is incomplete or not well made"),
        Text(
            f"每个字段最多 {_MOST_FIELD_BYTES} 字节，UTF-8；请重新发送",
            f"Fields are UTF-8 of at most {_MOST_FIELD_BYTES} bytes; send it again",
        ),
    )


def _repeated(name: str) -> GeoplanError:
    return GeoplanError(
        "repeated_field",
        Text(f"字段 {name[:60]} 出现了多次", f"The field {name[:60]} stands twice"),
        Text("每个字段只写一次", "Give each field once"),
    )


def _too_slow() -> GeoplanError:
    return GeoplanError(
        "too_slow_sender",
        Text(f"{_SILENCE_S:.0f} 秒没有收到数据", f"Nothing came for {_SILENCE_S:.0f} seconds"),
        Text("请检查网络后重新上传", "Check the network and send it again"),
        status=408,
    )
