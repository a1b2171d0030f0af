"""One screen to one chat, and what Telegram's refusals mean for a notice."""

import asyncio
from enum import Enum, auto

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile, LinkPreviewOptions

from bot.views.screen import Screen

TIMEOUT_SECONDS = 10
UNCHANGED = "message is not modified"
GONE = (
    "message to edit not found", "message can't be edited", "message_id_invalid", "there is no text",
)  # fmt: skip
"""What Telegram says of a message that the person deleted, or that is too old."""
UNREACHABLE = ("chat not found", "user is deactivated", "peer_id_invalid", "bot can't initiate conversation")


class Refusal(Enum):
    """What is to be done about a message that did not go out."""

    WAIT = auto()  # too many: after the time that Telegram says
    BLOCKED = auto()  # the person does not want to hear from us
    UNREACHABLE = auto()  # there is nobody there
    TRY_AGAIN = auto()  # no answer, or not Telegram's: it was perhaps sent
    BROKEN = auto()  # Telegram does not take this message: a fault of ours


async def send(bot: Bot, *, chat_id: int, screen: Screen) -> int:
    """Send the screen and return the message's id. Raises AiogramError, which `refusal` explains."""
    preview = LinkPreviewOptions(is_disabled=True)
    if screen.picture is None:
        message = await bot.send_message(
            chat_id, screen.text, parse_mode=ParseMode.HTML, reply_markup=screen.keyboard,
            link_preview_options=preview, disable_notification=screen.silent, request_timeout=TIMEOUT_SECONDS,
        )  # fmt: skip
        return message.message_id
    photo = BufferedInputFile(await asyncio.to_thread(screen.picture.png), "picture.png")
    message = await bot.send_photo(
        chat_id, photo, caption=screen.text, parse_mode=ParseMode.HTML, reply_markup=screen.keyboard,
        disable_notification=screen.silent, request_timeout=TIMEOUT_SECONDS,
    )  # fmt: skip
    return message.message_id


async def edit(bot: Bot, *, chat_id: int, message_id: int, screen: Screen) -> bool:
    """Have an earlier message say this instead; False when it is not there any more. Raises AiogramError."""
    assert screen.picture is None, "a text stays a text"
    try:
        await bot.edit_message_text(
            screen.text, chat_id=chat_id, message_id=message_id, parse_mode=ParseMode.HTML,
            reply_markup=screen.keyboard, link_preview_options=LinkPreviewOptions(is_disabled=True),
            request_timeout=TIMEOUT_SECONDS,
        )  # fmt: skip
    except TelegramBadRequest as error:
        said = error.message.lower()
        if UNCHANGED in said:  # an answer of Telegram's was lost, and it was edited before
            return True
        if any(text in said for text in GONE):
            return False
        raise
    return True


def refusal(error: AiogramError) -> Refusal:
    """What Telegram's answer means; texts are compared without case, because their case has changed before."""
    match error:
        case TelegramRetryAfter():
            return Refusal.WAIT
        case TelegramForbiddenError() | TelegramBadRequest() if any(
            text in error.message.lower() for text in UNREACHABLE
        ):
            return Refusal.UNREACHABLE
        case TelegramForbiddenError():
            return Refusal.BLOCKED
        case TelegramNetworkError() | TelegramServerError() | ClientDecodeError() | TelegramUnauthorizedError():
            return Refusal.TRY_AGAIN
        case _:
            return Refusal.BROKEN
