"""`python -m bench.opponents echo|wire PORT`: what our bot is measured beside.

`echo` is a bare aiogram bot as its manual writes it: aiogram's own webhook handler, a Dispatcher over PyMongoStorage
that reads the person's state for every update; a tap is answered by answerCallbackQuery and editMessageText.
`wire` is no bot at all: it answers a tap with the same two calls, built by hand from the raw update. What it needs is
what the sandbox, the driver and HTTP take for themselves.

Both show screens as heavy as ours: `small` has five buttons as our menu, `month` has 53 as our calendar.
"""

import asyncio
import os
import sys
from typing import Any

import aiohttp
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.storage.pymongo import PyMongoStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from pymongo import AsyncMongoClient

PATH = "/webhook"
BUTTONS = {"small": (5, 2), "month": (53, 7)}
WORDS = {
    "small": "<b>Good evening, Asha.</b>\nBalance: 1,000 tokens\nNext: RACK-01, tomorrow at 10:00",
    "month": "<b>Choose a day – RACK-02</b>\nSector V Lab, times in IST\n● almost full. Full and past days cannot be "
             "chosen.\n2 spines, 4 leaves, 3 APICs.",
}  # fmt: skip


def screen(size: str, turn: int) -> tuple[str, list[list[dict[str, str]]]]:
    """Text and rows of buttons; the first button leads to the next turn."""
    amount, columns = BUTTONS[size]
    buttons = [{"text": f"{number + 1}", "callback_data": f"{size}:{turn + 1}:{number}"} for number in range(amount)]
    return f"{WORDS[size]}\n{turn}", [buttons[at : at + columns] for at in range(0, amount, columns)]


def echo() -> Dispatcher:
    """The bare bot."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"], appname="echo")
    dispatcher = Dispatcher(storage=PyMongoStorage(client, db_name="bench_echo"))

    @dispatcher.message()
    async def begin(message: Message) -> None:
        text, rows = screen((message.text or "").rpartition(" ")[2], 0)
        await message.answer(text, reply_markup=_keyboard(rows))

    @dispatcher.callback_query()
    async def answer(query: CallbackQuery) -> None:
        size, turn, _ = (query.data or "").split(":")
        text, rows = screen(size, int(turn))
        await query.answer()
        assert isinstance(query.message, Message)
        await query.message.edit_text(text, reply_markup=_keyboard(rows))

    return dispatcher


def _keyboard(rows: list[list[dict[str, str]]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton.model_validate(button) for button in row] for row in rows]
    )


def echo_application() -> web.Application:
    """The bare bot behind aiogram's webhook handler."""
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(
        os.environ["TELEGRAM_BOT_TOKEN"],
        session=AiohttpSession(api=server),
        default=DefaultBotProperties(parse_mode="HTML"),
    )
    application = web.Application()
    handler = SimpleRequestHandler(echo(), bot, secret_token=os.environ["TELEGRAM_WEBHOOK_SECRET"])
    handler.register(application, path=PATH)
    return application


class Wire:
    """Two calls for a tap, one for a message, and nothing else."""

    def __init__(self) -> None:
        self._url = f"{os.environ['TELEGRAM_API_URL']}/bot{os.environ['TELEGRAM_BOT_TOKEN']}"
        self._http: aiohttp.ClientSession | None = None
        self._answering: set[asyncio.Task[Any]] = set()

    async def hear(self, request: web.Request) -> web.Response:
        """Take an update and answer it beside the acknowledgement, as aiogram's handler does."""
        task = asyncio.create_task(self._answer(await request.json()))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        return web.Response()

    async def _answer(self, update: dict[str, Any]) -> None:
        if (query := update.get("callback_query")) is None:
            message = update["message"]
            text, rows = screen(message["text"].rpartition(" ")[2], 0)
            await self._call("sendMessage", chat_id=message["chat"]["id"], **_said(text, rows))
            return
        size, turn, _ = query["data"].split(":")
        text, rows = screen(size, int(turn))
        message = query["message"]
        place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        await asyncio.gather(
            self._call("answerCallbackQuery", callback_query_id=query["id"]),
            self._call("editMessageText", **place, **_said(text, rows)),
        )

    async def _call(self, method: str, **parameters: Any) -> None:
        self._http = self._http or aiohttp.ClientSession()
        async with self._http.post(f"{self._url}/{method}", json=parameters) as answer:
            answer.raise_for_status()


def _said(text: str, rows: list[list[dict[str, str]]]) -> dict[str, Any]:
    return {"text": text, "parse_mode": "HTML", "reply_markup": {"inline_keyboard": rows}}


def wire_application() -> web.Application:
    """The wire behind the same server."""
    application = web.Application()
    application.router.add_post(PATH, Wire().hear)
    return application


async def _alive(_: web.Request) -> web.Response:
    return web.Response()


def main(name: str, port: int) -> None:
    """Serve one of the two until told to stop."""
    application = {"echo": echo_application, "wire": wire_application}[name]()
    application.router.add_get("/health", _alive)
    web.run_app(application, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
