"""JSON bodies of requests: small, of the right type, every field known."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from starlette.responses import Response

from geoplan.api.answers import json_bytes
from geoplan.errors import GeoplanError
from geoplan.text import Text

_MOST_BYTES = 65_536


class Body(BaseModel):
    """What a request may say; a field that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("control characters")
    return text


Line = Annotated[str, AfterValidator(_plain)]
"""One line of text without control characters."""

B = TypeVar("B", bound=Body)


async def read_body(request: Request, model: type[B], most: int = _MOST_BYTES) -> B:
    """The body of a request. Raises GeoplanError 415 unless it is JSON, 400 where it is not as the
    model says: a form, which any page can send, is neither; 413 when it passes `most` bytes."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise GeoplanError(
            "unsupported_type",
            Text("请求内容应为 application/json", "The body must be application/json"),
            Text("请发送 JSON", "Send JSON"),
            status=415,
        )
    data = await read_bytes(request, most)
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        raise _invalid(error, model) from error


async def read_bytes(request: Request, most: int) -> bytes:
    """The whole body. Raises GeoplanError 413 `body_too_large` once it passes `most` bytes."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > most:
            raise GeoplanError(
                "body_too_large",
                Text(f"请求内容超过 {most:,} 字节", f"The body passes {most:,} bytes"),
                Text("请减少内容", "Send less"),
                status=413,
            )
    return bytes(data)


def body_of(model: type[Body]) -> dict[str, Any]:
    """`requestBody` of a route in the OpenAPI document."""
    schema = model.model_json_schema()
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def own_json(body: object, status: int = 200) -> Response:
    """An answer for its caller alone, which nobody keeps."""
    headers = {"cache-control": "private, no-store"}
    return Response(json_bytes(body), status, headers, media_type="application/json")


def _invalid(error: ValidationError, model: type[Body]) -> GeoplanError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])[:60] or "body"
    fields = ", ".join(model.model_fields)
    return GeoplanError(
        "invalid_body",
        Text(f"请求内容中的 {place} 不正确", f"{place} in the body is not valid: {first['msg']}"),
        Text(f"字段：{fields}；见 /openapi.json", f"Fields: {fields}; see /openapi.json"),
    )
