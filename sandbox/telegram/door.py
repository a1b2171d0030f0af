"""The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

import hmac
import json
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.fault_door import through
from sandbox.telegram.errors import ApiError, too_many_requests
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods import NAMES
from sandbox.telegram.parameters import Parameters, read_parameters

logger = logging.getLogger(__name__)

UNAUTHORIZED = ApiError(401, "Unauthorized")
SERVER_ERROR = ApiError(500, "Internal Server Error")


class Door:
    """Takes calls in, checks the token, and writes the answers down."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    def routes(self) -> list[BaseRoute]:
        """The routes of the Bot API."""
        return [
            Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{file_path:path}", self.download, methods=["GET"]),
        ]

    async def call(self, request: Request) -> Response:
        """Answer one Bot API call, or let the scheduled fault happen to it."""
        if not self._is_mine(request):
            return _answer(UNAUTHORIZED.answer(), 401)
        request.state.is_logged = False
        status = 0
        try:
            response = await through(
                self._messenger.world,
                service="telegram",
                route=_name(request),
                request=request,
                too_many=lambda retry_after: _answer(too_many_requests(retry_after).answer(), 429),
                server_error=lambda: _answer(SERVER_ERROR.answer(), 500),
                handle=self._execute,
            )
            status = response.status_code
            return response
        finally:
            if not request.state.is_logged:  # a fault took the call's place
                self._messenger.log(_name(request), await _readable(request), status, None)

    async def download(self, request: Request) -> Response:
        """Give a file's bytes."""
        if not self._is_mine(request):
            return _answer(UNAUTHORIZED.answer(), 401)
        files = self._messenger.files
        file_id = files.find_by_path(request.path_params["file_path"])
        found = files.content(file_id) if file_id else None
        if found is None:
            return _answer(ApiError(404, "Not Found").answer(), 404)
        content, media_type, _ = found
        return Response(content, media_type=media_type)

    async def _execute(self, request: Request) -> Response:
        messenger = self._messenger
        method = request.path_params["method"]
        parameters = Parameters({})
        try:
            parameters = await read_parameters(request)
            answer: dict[str, Any] = {"ok": True, "result": await messenger.execute(method, parameters)}
            status = 200
        except ApiError as error:
            answer, status = error.answer(), error.code
        except Exception:
            logger.exception("The stand-in failed on %s %s", method, parameters.loggable())
            answer, status = SERVER_ERROR.answer(), 500
        messenger.log(_name(request), parameters, status, answer)
        request.state.is_logged = True
        return _answer(answer, status)

    def _is_mine(self, request: Request) -> bool:
        return hmac.compare_digest(request.path_params["token"].encode(), self._messenger.token.encode())


def _name(request: Request) -> str:
    method: str = request.path_params["method"]
    return NAMES.get(method.lower(), method)


async def _readable(request: Request) -> Parameters:
    try:
        return await read_parameters(request)
    except ApiError:
        return Parameters({})


def _answer(body: dict[str, Any], status: int) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    headers = {}
    if status == 429:
        headers["retry-after"] = str(body["parameters"]["retry_after"])
    return Response(content, status, headers=headers, media_type="application/json")
