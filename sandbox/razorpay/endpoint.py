"""The frame around every API call: scheduled faults, Basic auth, JSON in and out, refusals."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.fault_door import through
from sandbox.razorpay.account import Account
from sandbox.razorpay.entities import Entity
from sandbox.razorpay.errors import Refused, server_error, too_many

PREFIX = "/razorpay/v1/"
COUNT_DEFAULT = 10
COUNT_MAX = 100


@dataclass(frozen=True, kw_only=True)
class Call:
    """One authenticated call."""

    path: dict[str, str]
    query: QueryParams
    headers: Headers
    body: dict[str, Any]


Verb = Callable[[Account, Call], Entity]


def endpoint(account: Account, method: str, path: str, verb: Verb) -> Route:
    """Serve `verb` at `path` below /razorpay/v1; a fault's route is "METHOD path"."""

    async def handle(request: Request) -> Response:
        try:
            _authenticate(account, request.headers.get("authorization"))
            answer = verb(account, await _call(request))
        except Refused as refused:
            return refused.response()
        if request.method != "GET":
            account.changed()
        return JSONResponse(answer)

    async def serve(request: Request) -> Response:
        return await through(
            account.world,
            service="razorpay",
            route=f"{request.method} {request.url.path.removeprefix(PREFIX)}",
            request=request,
            too_many=too_many,
            server_error=server_error,
            handle=handle,
        )

    return Route(PREFIX + path, serve, methods=[method])


def not_found(_account: Account, _call: Call) -> Entity:
    """Refuse a path that the API does not have."""
    raise Refused("The requested URL was not found on the server.")


def page_of(items: list[Entity], query: QueryParams) -> list[Entity]:
    """The newest first, cut by from, to, skip and count (10 unless asked for more, at most 100)."""
    start, end = _number(query, "from", 0), _number(query, "to", 1 << 40)
    count, skip = _number(query, "count", COUNT_DEFAULT), _number(query, "skip", 0)
    if not 1 <= count <= COUNT_MAX:
        raise Refused("The count must be between 1 and 100.", field="count", reason="input_validation_failed")
    chosen = [item for item in reversed(items) if start <= item["created_at"] <= end]
    return chosen[skip : skip + count]


def collection(items: list[Entity]) -> Entity:
    """Wrap a list as Razorpay does."""
    return {"entity": "collection", "count": len(items), "items": items}


def _number(query: QueryParams, name: str, default: int) -> int:
    value = query.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise Refused(f"The {name} must be an integer.", field=name, reason="input_validation_failed")
    return int(value)


def _authenticate(account: Account, header: str | None) -> None:
    if header is None:
        raise Refused("Please provide your api key for authentication purposes.", status=401)
    scheme, _, credentials = header.partition(" ")
    config = account.world.config
    expected = f"{config.razorpay_key_id}:{config.razorpay_key_secret}".encode()
    try:
        given = base64.b64decode(credentials, validate=True)
    except binascii.Error:
        given = b""
    if scheme != "Basic" or expected == b":" or not hmac.compare_digest(given, expected):
        raise Refused("Authentication failed", status=401)


async def _call(request: Request) -> Call:
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise Refused("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        body = {"amount": body} if request.url.path.endswith("/refund") else {}
    return Call(path=dict(request.path_params), query=request.query_params, headers=request.headers, body=body)
