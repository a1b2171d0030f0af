"""`/sim/v1`: people, chats and the log of calls."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.sim import json_body, number
from sandbox.telegram import people
from sandbox.telegram.errors import ApiError
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods.profile import commands_for, words_for
from sandbox.telegram.state import Chat

SHOWN_MAX = 200
CALLS_SHOWN_MAX = 5000

Endpoint = Callable[[Request], Awaitable[Response]]


class Sim:
    """The programs' way to act as people and to look at what the bot did."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    def routes(self) -> list[BaseRoute]:
        """The routes below `/sim/v1` that are Telegram's."""
        person = "/sim/v1/people/{user_id:int}"
        table: list[tuple[str, str, Endpoint]] = [
            ("GET", "/sim/v1/people", self.people),
            ("POST", "/sim/v1/people", self.make),
            ("POST", f"{person}/messages", self.write),
            ("POST", f"{person}/taps", self.tap),
            ("GET", f"{person}/chat", self.chat),
            ("POST", f"{person}/read", self.read),
            ("POST", f"{person}/block", self.block),
            ("POST", f"{person}/unblock", self.unblock),
            ("GET", "/sim/v1/overview", self.overview),
            ("GET", "/sim/v1/calls", self.calls),
            ("GET", "/sim/v1/files/{file_id}", self.file),
        ]
        return [Route(path, _polite(endpoint), methods=[verb]) for verb, path, endpoint in table]

    async def people(self, _: Request) -> Response:
        """List the people."""
        return JSONResponse(list(self._messenger.state.users()))

    async def make(self, request: Request) -> Response:
        """Make a person."""
        return JSONResponse(people.make_person(self._messenger, await json_body(request)))

    async def write(self, request: Request) -> Response:
        """Write as a person."""
        body = await json_body(request)
        chat = self._chat(request)
        reply_to = body.get("reply_to_message_id")
        message = people.write(self._messenger, chat, str(body.get("text", "")), reply_to_message_id=reply_to)
        return JSONResponse(message)

    async def tap(self, request: Request) -> Response:
        """Tap a button as a person."""
        body = await json_body(request)
        text, data, message_id = body.get("text"), body.get("data"), body.get("message_id")
        if not isinstance(message_id, int) or (text is None) == (data is None):
            raise ApiError(400, "message_id and either text or data are needed")
        return JSONResponse(people.tap(self._messenger, self._chat(request), message_id, text=text, data=data))

    async def chat(self, request: Request) -> Response:
        """Show what a person sees, after the bot has settled if so asked."""
        chat = self._chat(request)
        settle_ms = number(request, "settle_ms", 0)
        if settle_ms > 0:
            await self._messenger.settle(chat, quiet_seconds=settle_ms / 1000)
        return JSONResponse(self._view(chat, after=int(number(request, "after", 0))))

    async def read(self, request: Request) -> Response:
        """Mark a chat as read."""
        body = await json_body(request)
        people.read(self._messenger, self._chat(request), body.get("message_id"))
        return JSONResponse({"ok": True})

    async def block(self, request: Request) -> Response:
        """Block the bot as a person."""
        people.set_blocked(self._messenger, self._chat(request), blocked=True)
        return JSONResponse({"ok": True})

    async def unblock(self, request: Request) -> Response:
        """Unblock it."""
        people.set_blocked(self._messenger, self._chat(request), blocked=False)
        return JSONResponse({"ok": True})

    async def overview(self, _: Request) -> Response:
        """Show all chats as a list."""
        messenger = self._messenger
        chats = [
            {
                "user": chat.user,
                "started": chat.started,
                "blocked": chat.blocked,
                "unread": chat.unread,
                "last_message": chat.last_message,
                "is_typing": chat.shown_action() is not None,
            }
            for chat in messenger.state.chats.values()
        ]
        return JSONResponse({"bot": messenger.bot, "people": chats, "last_event_id": messenger.world.events.last_id})

    async def calls(self, request: Request) -> Response:
        """Show the Bot API calls received."""
        after = number(request, "after", 0)
        method = request.query_params.get("method", "").lower()
        limit = int(number(request, "limit", CALLS_SHOWN_MAX))
        found = [
            call
            for call in self._messenger.calls
            if call["id"] > after and (not method or call["method"].lower() == method)
        ]
        return JSONResponse(found[-limit:])

    async def file(self, request: Request) -> Response:
        """Give a file that a message shows."""
        found = self._messenger.files.content(request.path_params["file_id"])
        if found is None:
            raise ApiError(404, "there is no such file")
        content, media_type, name = found
        disposition = "attachment" if request.query_params.get("download") else "inline"
        ascii_name = name.encode("ascii", "replace").decode().replace('"', "'")
        headers = {
            "content-disposition": f'{disposition}; filename="{ascii_name}"',
            "cache-control": "private, max-age=86400",
        }
        return Response(content, media_type=media_type, headers=headers)

    def _chat(self, request: Request) -> Chat:
        user_id = request.path_params["user_id"]
        chat = self._messenger.state.chats.get(user_id)
        if chat is None:
            raise ApiError(404, f"there is no person {user_id}")
        return chat

    def _view(self, chat: Chat, *, after: int) -> dict[str, Any]:
        messenger = self._messenger
        messages = [message for message in chat.messages.values() if message["message_id"] > after]
        return {
            "messages": messages[-SHOWN_MAX:],
            "callback_answers": list(chat.callback_answers),
            "chat_action": chat.shown_action(),
            "reply_keyboard": chat.keyboard,
            "pinned_message_id": chat.pinned_message_id,
            "commands": commands_for(messenger, chat),
            "menu_button": chat.menu_button or messenger.state.menu_button,
            "bot": words_for(messenger, chat),
            "started": chat.started,
            "blocked": chat.blocked,
            "unread": chat.unread,
            "last_event_id": messenger.world.events.last_id,
        }


def _polite(endpoint: Endpoint) -> Endpoint:
    """The endpoint with refusals as `{"description"}` and their status."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ApiError as error:
            return JSONResponse({"description": error.description}, error.code)

    return answer
