"""The two libraries talk to the sandbox by their own transport, unchanged but for the address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import aiogram
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CallbackQuery,
    DisabledButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
)
from telegram.error import BadRequest, Forbidden
from telegram.request import HTTPXRequest

from tests.sandbox.telegram_stage import ASHA, RAVI, TOKEN, TelegramStage, png

KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="Book", callback_data="book", style="primary")],
        [InlineKeyboardButton(text="Full", disabled=DisabledButton())],
    ]
)


@pytest.fixture
async def aiogram_bot(stage: TelegramStage) -> AsyncIterator[aiogram.Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(stage.url))
    bot = aiogram.Bot(TOKEN, session=session)
    yield bot
    await session.close()


@pytest.fixture
async def ptb_bot(stage: TelegramStage) -> AsyncIterator[telegram.Bot]:
    request = HTTPXRequest(httpx_kwargs={"trust_env": False})
    bot = telegram.Bot(
        TOKEN,
        base_url=f"{stage.url}/bot",
        base_file_url=f"{stage.url}/file/bot",
        request=request,
        get_updates_request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
    )
    async with bot:
        yield bot


async def test_an_aiogram_bot_polls_answers_and_edits(stage: TelegramStage, aiogram_bot: aiogram.Bot) -> None:
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message()
    async def greet(message: Message) -> None:
        await message.answer("<b>Hello</b>", parse_mode="HTML", reply_markup=KEYBOARD)

    @dispatcher.callback_query()
    async def book(query: CallbackQuery) -> None:
        await query.answer("Booked", show_alert=True)
        assert isinstance(query.message, Message)
        await query.message.edit_text("Done")

    polling = asyncio.create_task(dispatcher.start_polling(aiogram_bot, handle_signals=False, polling_timeout=5))
    await stage.write("/start")
    greeting = (await stage.chat(settle_ms=200))["messages"][-1]
    await stage.tap(greeting, "Book")
    seen = await stage.chat(settle_ms=200)
    await dispatcher.stop_polling()
    with suppress(asyncio.CancelledError):
        await polling

    assert greeting["text"] == "Hello"
    assert [message["text"] for message in seen["messages"]] == ["/start", "Done"]
    assert [(answer["text"], answer["show_alert"]) for answer in seen["callback_answers"]] == [("Booked", True)]


async def test_aiogram_sends_reuses_and_downloads_files(stage: TelegramStage, aiogram_bot: aiogram.Bot) -> None:
    await stage.asha_started()
    picture = png(30, 20)

    sent = await aiogram_bot.send_photo(ASHA, BufferedInputFile(picture, "day.png"), caption="Tuesday")
    assert sent.photo is not None
    again = await aiogram_bot.send_photo(ASHA, sent.photo[-1].file_id)
    changed = await aiogram_bot.edit_message_media(
        InputMediaPhoto(media=BufferedInputFile(png(40, 20), "other.png"), caption="Wednesday"),
        chat_id=ASHA,
        message_id=sent.message_id,
    )
    downloaded = await aiogram_bot.download(sent.photo[-1].file_id)

    assert again.photo is not None
    assert downloaded is not None
    assert (sent.photo[-1].width, sent.photo[-1].height) == (30, 20)
    assert again.photo == sent.photo
    assert isinstance(changed, Message)
    assert changed.photo is not None
    assert (changed.photo[-1].width, changed.caption) == (40, "Wednesday")
    assert downloaded.read() == picture


async def test_aiogram_meets_the_refusals_it_knows(stage: TelegramStage, aiogram_bot: aiogram.Bot) -> None:
    await stage.asha_started()
    sent = await aiogram_bot.send_message(ASHA, "x")

    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await aiogram_bot.edit_message_text("x", chat_id=ASHA, message_id=sent.message_id)
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await aiogram_bot.send_message(RAVI, "x")
    await stage.sim("POST", "faults", {"service": "telegram", "route": "sendMessage", "fault": "429", "retry_after": 3})
    with pytest.raises(TelegramRetryAfter) as limited:
        await aiogram_bot.send_message(ASHA, "x")
    assert limited.value.retry_after == 3


async def test_aiogram_sets_commands_for_one_chat(stage: TelegramStage, aiogram_bot: aiogram.Bot) -> None:
    everyone, admin = BotCommand(command="book", description="Book"), BotCommand(command="packs", description="Packs")

    await aiogram_bot.set_my_commands([everyone])
    await aiogram_bot.set_my_commands([everyone, admin], scope=BotCommandScopeChat(chat_id=ASHA))

    assert [command.command for command in await aiogram_bot.get_my_commands()] == ["book"]
    assert [command["command"] for command in (await stage.chat())["commands"]] == ["book", "packs"]
    assert [command["command"] for command in (await stage.chat(person=RAVI))["commands"]] == ["book"]


async def test_a_ptb_bot_polls_sends_and_edits(stage: TelegramStage, ptb_bot: telegram.Bot) -> None:
    await stage.write("/start deep-link")
    keyboard = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Book", callback_data="book")]])

    (update,) = await ptb_bot.get_updates(timeout=1)
    sent = await ptb_bot.send_message(ASHA, "<i>Hi</i>", parse_mode="HTML", reply_markup=keyboard)
    document = await ptb_bot.send_document(ASHA, b"BEGIN:VCALENDAR", filename="booking.ics", caption="Booking")
    edited = await ptb_bot.edit_message_text("Bye", chat_id=ASHA, message_id=sent.message_id)
    assert document.document is not None
    file = await ptb_bot.get_file(document.document.file_id)

    assert update.message is not None
    assert update.message.text == "/start deep-link"
    assert update.message.entities[0].type == "bot_command"
    assert isinstance(edited, telegram.Message)
    assert (edited.text, edited.reply_markup) == ("Bye", None)
    assert document.document.file_name == "booking.ics"
    assert bytes(await file.download_as_bytearray()) == b"BEGIN:VCALENDAR"


async def test_ptb_meets_the_refusals_it_knows(stage: TelegramStage, ptb_bot: telegram.Bot) -> None:
    await stage.asha_started()
    await stage.sim("POST", f"people/{ASHA}/block")

    with pytest.raises(Forbidden, match="blocked by the user"):
        await ptb_bot.send_message(ASHA, "x")
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        await ptb_bot.send_message(999, "x")
