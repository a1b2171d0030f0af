"""The one place where a DomainError becomes a status and a sentence for programmers."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pymongo.errors import OperationFailure, PyMongoError
from starlette.exceptions import HTTPException

from api.body import BODY_BYTES_MAX
from api.envelope import ErrorFacts, Refusal
from domain.kernel import (
    Conflict,
    DomainError,
    Forbidden,
    Insufficient,
    Invalid,
    LimitReached,
    NotFound,
    Unauthorized,
    Unavailable,
    short_code,
)
from domain.payments import PaymentGatewayError

log = logging.getLogger("berth.api")

STATUS: list[tuple[type[DomainError], int]] = [
    (PaymentGatewayError, 502),
    (Invalid, 400),
    (Unauthorized, 401),
    (Insufficient, 402),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (LimitReached, 429),
    (Unavailable, 503),
]


class IdempotencyKeyRequired(Invalid):
    """A POST came without a usable `Idempotency-Key`."""

    code = "IDEMPOTENCY_KEY_REQUIRED"
    number = 2002


class BodyTooLarge(DomainError):
    """The body is larger than this address takes; facts: bytes_max."""

    code = "BODY_TOO_LARGE"
    number = 2003


class TooManyRequests(LimitReached):
    """The caller's allowance is used up; facts: retry_after_seconds."""

    code = "RATE_LIMITED"
    number = 6004


class TooManyFollowers(LimitReached):
    """As many follow live streams of this process as it takes; facts: followers_max."""

    code = "TOO_MANY_FOLLOWERS"
    number = 6005


def sentence(error: DomainError) -> str:
    """The error's own description and its facts but lists, for whoever reads a log or a terminal."""
    said = (type(error).__doc__ or error.code).split(";")[0].split("\n")[0].rstrip(".")
    short = {name: value for name, value in error.facts.items() if not isinstance(value, list | Mapping)}
    facts = ", ".join(f"{name}: {value}" for name, value in short.items())
    return f"{said} ({facts})." if facts else f"{said}."


def refuse(status: int, code: str, number: int, message: str, details: dict[str, Any] | None = None) -> JSONResponse:
    """An error answer in the one shape we have."""
    facts = ErrorFacts(
        code=code, number=number, message=message, details=jsonable_encoder(details or {}, custom_encoder={bytes: repr})
    )
    return JSONResponse(jsonable_encoder(Refusal(error=facts)), status)


def status_of(error: DomainError) -> int:
    """The HTTP status of an expected "no"."""
    if isinstance(error, BodyTooLarge):
        return 413
    return next(status for family, status in STATUS if isinstance(error, family))


def plain(value: Any) -> Any:
    """A fact as JSON has it: moments in UTC, lists and mappings as such, ids and whatever else as text."""
    if value is None or isinstance(value, int | float | bool):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return str(value)


async def _domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    answer = refuse(status_of(error), error.code, error.number, sentence(error), plain(error.facts))
    if "retry_after_seconds" in error.facts:
        answer.headers["Retry-After"] = str(error.facts["retry_after_seconds"])
    if isinstance(error, Unauthorized):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [
        {"field": ".".join(str(part) for part in found["loc"]), "problem": found["msg"]}
        for found in error.errors()[:20]
    ]
    return refuse(400, Invalid.code, Invalid.number, "The request is not of the documented form.", {"fields": fields})


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return refuse(404, NotFound.code, NotFound.number, f"There is no {request.url.path} here.")
    if error.status_code == 413:
        return await _domain_error(request, BodyTooLarge(bytes_max=BODY_BYTES_MAX))
    if error.status_code == 405:
        return refuse(405, "METHOD_NOT_ALLOWED", 2004, f"{request.method} is not offered at {request.url.path}.")
    return refuse(error.status_code, "HTTP_ERROR", 2005, str(error.detail))


async def _database_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PyMongoError)
    if isinstance(error, OperationFailure) and not error.timeout:
        return await _server_error(request, error)
    log.warning("%s %s: the database is away: %s", request.method, request.url.path, type(error).__name__)
    return await _domain_error(request, Unavailable(service="mongodb"))


async def _server_error(request: Request, error: Exception) -> JSONResponse:
    reference = short_code("E")
    log.error("%s %s failed, reference %s", request.method, request.url.path, reference, exc_info=error)
    return refuse(500, "SERVER_ERROR", 6002, "Something went wrong here; it is in our log.", {"reference": reference})


def install(application: FastAPI) -> None:
    """Teach the application to answer every kind of failure in the one shape."""
    application.add_exception_handler(DomainError, _domain_error)
    application.add_exception_handler(RequestValidationError, _validation_error)
    application.add_exception_handler(HTTPException, _http_error)
    application.add_exception_handler(PyMongoError, _database_error)
    application.add_exception_handler(Exception, _server_error)
