"""Errors as they leave: RFC 9457 problem details in the reader's language, no inner detail."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from geoplan.api.language import language_of
from geoplan.errors import GeoplanError
from geoplan.text import Lang, Text

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 3

_TITLES_ZH = {
    400: "请求有误", 401: "需要登录", 403: "没有权限", 404: "没有找到", 405: "不支持的方法",
    406: "没有这种格式", 409: "冲突", 412: "前提已改变", 413: "内容过大", 415: "不支持的类型",
    422: "内容有误", 429: "请求过多", 500: "内部错误", 503: "暂时不可用",
}  # fmt: skip
_SENTENCES = {
    404: (
        Text("没有这个地址", "There is nothing at this address"),
        Text("地址一览见 /api 与 /openapi.json", "See /api and /openapi.json for what there is"),
    ),
    405: (
        Text("此地址不支持该方法", "This address does not take that method"),
        Text("公开数据只能用 GET 与 HEAD", "Public data is read with GET and HEAD"),
    ),
}


def problem(error: GeoplanError, lang: Lang) -> Response:
    """The problem document of an error."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title(error.status, lang),
        "status": error.status,
        "code": error.code,
        "detail": error.detail.get(lang),
        "remedy": error.remedy.get(lang),
    }
    if error.where is not None:
        body["where"] = _where(error.where)
    if error.issues:
        body["issues"] = [
            {
                "code": issue.code,
                "severity": issue.severity,
                "detail": issue.detail.get(lang),
                "remedy": issue.remedy.get(lang),
                "value": issue.value,
                "where": _where(issue.where),
            }
            for issue in error.issues
        ]
    headers = {"content-language": lang, "vary": "Accept-Language", "cache-control": "no-store"}
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE or error.retry_after_s is not None:
        headers["retry-after"] = str(error.retry_after_s or RETRY_AFTER_S)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return Response(
        json.dumps(body, ensure_ascii=False), error.status, headers, media_type=MEDIA_TYPE
    )


def title(status: int, lang: Lang) -> str:
    """The short name of a status in either language."""
    phrase = HTTPStatus(status).phrase
    return _TITLES_ZH.get(status, phrase) if lang == "zh" else phrase


def of_status(status: int) -> GeoplanError:
    """The error of a bare HTTP status."""
    phrase = Text(title(status, "zh"), title(status, "en"))
    detail, remedy = _SENTENCES.get(status, (phrase, Text("请检查请求", "Check the request")))
    return GeoplanError(HTTPStatus(status).name.lower(), detail, remedy, status=status)


def method_not_allowed(lang: Lang) -> Response:
    """The answer to any method but GET and HEAD."""
    answer = problem(of_status(405), lang)
    answer.headers["allow"] = "GET, HEAD"
    return answer


def internal_error() -> GeoplanError:
    """What is told of an error that nothing foresaw: no inner detail."""
    return GeoplanError(
        "internal_error",
        Text("服务内部出错，已记录", "Something went wrong inside; it has been recorded"),
        Text(
            "请稍后再试，并告知管理员响应头 X-Request-ID",
            "Try again later and tell the operator the X-Request-ID of this answer",
        ),
        status=500,
    )


def answer_problems(app: FastAPI) -> None:
    """Let the errors that the application knows leave as problem documents."""

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, GeoplanError)  # noqa: S101  narrows what add_exception_handler passes
        return problem(error, language_of(request.scope))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        answer = problem(of_status(error.status_code), language_of(request.scope))
        answer.headers.update(error.headers or {})
        return answer

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        first = error.errors()[0]
        name = str(first["loc"][-1])
        return problem(
            GeoplanError(
                "invalid_parameter",
                Text(f"参数 {name} 不正确", f"The parameter {name} is not valid: {first['msg']}"),
                Text("允许的值见 /openapi.json", "See /openapi.json for what is allowed"),
            ),
            language_of(request.scope),
        )

    app.add_exception_handler(GeoplanError, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)


def _where(where: object) -> dict[str, Any]:
    names = ("file", "sheet", "row", "column")
    return {name: value for name in names if (value := getattr(where, name)) is not None}
