"""Answering one update: one screen, edited in place, whatever it was before.

The scheme: a text becomes a text by editing. A text becomes a picture, and a picture another one, by editing its media.
A picture becomes a text by deleting it first and sending the text then, because Telegram cannot edit a picture away; a
crash in between is mended by the inbox, which hands us the tap again. So there are never two screens for one answer.
"""

import asyncio
import logging
from collections import OrderedDict

from aiogram import Bot
from aiogram.enums import ChatAction, ParseMode
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
)

from bot.views.screen import CAPTION_MAX, Drawing, Screen

log = logging.getLogger(__name__)

PICTURES_KEPT = 500
SUCCESSORS_KEPT = 2000
HTML = ParseMode.HTML
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
NO_FILE = "file identifier"
UNCHANGED = "message is not modified"
GONE = ("message to edit not found", "message can't be edited", "there is no text", "there is no caption",
        "message to be edited not found", "message_id_invalid")  # fmt: skip
TROUBLE = (TelegramNetworkError, TelegramRetryAfter, TelegramServerError, ClientDecodeError)


class Album:
    """Pictures Telegram already has, by content, so that none is drawn or sent twice; the oldest are forgotten."""

    def __init__(self) -> None:
        self._file_ids: OrderedDict[str, str] = OrderedDict()

    async def media(self, picture: Drawing) -> str | BufferedInputFile:
        """What to send: a known file id, or the picture drawn on a thread."""
        file_id = self._file_ids.get(picture.key)
        if file_id is not None:
            self._file_ids.move_to_end(picture.key)
            return file_id
        return BufferedInputFile(await asyncio.to_thread(picture.png), "picture.png")

    def has(self, picture: Drawing) -> bool:
        """Whether Telegram has it."""
        return picture.key in self._file_ids

    def forget(self, picture: Drawing) -> None:
        """Telegram no longer knows the file."""
        self._file_ids.pop(picture.key, None)

    def remember(self, picture: Drawing, message: Message | bool) -> None:
        """Keep the file id of a picture just sent."""
        if isinstance(message, Message) and message.photo:
            self._file_ids[picture.key] = message.photo[-1].file_id
            while len(self._file_ids) > PICTURES_KEPT:
                self._file_ids.popitem(last=False)


class Successors:
    """Which message came in place of one that was taken away; the oldest are forgotten.

    Who taps the picture twice before it is gone means one answer: the second tap finds the first one's screen here.
    """

    def __init__(self) -> None:
        self._by_predecessor: OrderedDict[tuple[int, int], Message] = OrderedDict()

    def remember(self, gone: Message, successor: Message) -> None:
        """From now on `successor` stands for `gone`."""
        self._by_predecessor[gone.chat.id, gone.message_id] = successor
        while len(self._by_predecessor) > SUCCESSORS_KEPT:
            self._by_predecessor.popitem(last=False)

    def newest(self, message: Message) -> Message:
        """The message itself, or the last of those that came in its place."""
        while successor := self._by_predecessor.get((message.chat.id, message.message_id)):
            message = successor
        return message


class Conversation:
    """How one update is answered. `show` is for navigation, `say` for what should remain in the chat."""

    def __init__(
        self, bot: Bot, *, chat_id: int, query: CallbackQuery | None, album: Album, successors: Successors
    ) -> None:
        self.bot = bot
        self.chat_id = chat_id
        self.query = query
        self._album = album
        self._successors = successors
        self._is_acknowledged = query is None
        self._acknowledging: asyncio.Task[None] | None = None

    @property
    def tapped(self) -> Message | None:
        """The message whose button was tapped, or what came in its place; None if Telegram does not show it to us."""
        message = self.query.message if self.query else None
        return self._successors.newest(message) if isinstance(message, Message) else None

    def acknowledge_soon(self) -> None:
        """Stop the button's spinner, beside the work."""
        if not self._is_acknowledged:
            self._acknowledging = asyncio.create_task(self.acknowledge())

    async def acknowledge(self, text: str | None = None, *, alert: bool = False) -> None:
        """Answer the tap, once; too late to answer is no reason not to work."""
        if self._is_acknowledged or self.query is None:
            return
        self._is_acknowledged = True
        try:
            await self.bot.answer_callback_query(self.query.id, text=text[:200] if text else None, show_alert=alert)
        except TelegramBadRequest as refusal:
            if "query is too old" not in refusal.message.lower():
                raise
        except TROUBLE as trouble:
            if text is not None:
                raise
            log.info("a tap keeps its spinner, its answer comes all the same: %r", trouble)

    async def acknowledged(self) -> None:
        """Wait until the tap has been answered."""
        if self._acknowledging is not None:
            await self._acknowledging
        await self.acknowledge()

    async def show(self, screen: Screen) -> None:
        """Put the screen where the tapped button was; below the chat when there is nothing to edit."""
        message = self.tapped
        if message is None or screen.document is not None:
            await self.say(screen)
            return
        try:
            await self._edit(message, screen)
        except TelegramBadRequest as refusal:
            said = refusal.message.lower()
            if UNCHANGED in said:
                return
            if screen.picture is not None and self._album.has(screen.picture) and NO_FILE in said:
                self._album.forget(screen.picture)
                await self._edit(message, screen)
            elif any(reason in said for reason in GONE):
                await self.say(screen)
            else:
                raise

    async def _edit(self, message: Message, screen: Screen) -> None:
        number, buttons = message.message_id, screen.keyboard
        if screen.picture is not None:
            await self._draw(screen.picture)
            media = InputMediaPhoto(media=await self._album.media(screen.picture), caption=screen.text, parse_mode=HTML)
            edited = await self.bot.edit_message_media(
                media, chat_id=self.chat_id, message_id=number, reply_markup=buttons
            )
            self._album.remember(screen.picture, edited)
        elif not message.photo and not message.document:
            await self.bot.edit_message_text(
                screen.text, chat_id=self.chat_id, message_id=number, reply_markup=buttons, parse_mode=HTML,
                link_preview_options=NO_PREVIEW,
            )  # fmt: skip
        elif screen.keeps_picture and len(screen.text) <= CAPTION_MAX:
            await self.bot.edit_message_caption(
                caption=screen.text, chat_id=self.chat_id, message_id=number, reply_markup=buttons, parse_mode=HTML
            )
        else:
            await self._take_away(message)
            self._successors.remember(message, await self.say(screen))

    async def _take_away(self, message: Message) -> None:
        try:
            await self.bot.delete_message(self.chat_id, message.message_id)
        except TelegramBadRequest:  # older than two days, or gone: at least its buttons go
            await self._strip(message)

    async def _strip(self, message: Message) -> None:
        try:
            await self.bot.edit_message_reply_markup(chat_id=self.chat_id, message_id=message.message_id)
        except TelegramBadRequest:
            return

    async def say(self, screen: Screen) -> Message:
        """Send the screen as a new message."""
        if screen.document is not None:
            file = BufferedInputFile(screen.document.body, screen.document.name)
            return await self.bot.send_document(
                self.chat_id, file, caption=screen.text, parse_mode=HTML, reply_markup=screen.keyboard,
                disable_notification=screen.silent,
            )  # fmt: skip
        if screen.picture is not None:
            await self._draw(screen.picture)
            media = await self._album.media(screen.picture)
            message = await self.bot.send_photo(
                self.chat_id, media, caption=screen.text, parse_mode=HTML, reply_markup=screen.keyboard,
                disable_notification=screen.silent,
            )  # fmt: skip
            self._album.remember(screen.picture, message)
            return message
        return await self.bot.send_message(
            self.chat_id, screen.text, parse_mode=HTML, reply_markup=screen.keyboard,
            link_preview_options=NO_PREVIEW,
            disable_notification=screen.silent,
        )  # fmt: skip

    async def _draw(self, picture: Drawing) -> None:
        """Show that a picture is coming, when it has to be made first."""
        if not self._album.has(picture):
            await self.bot.send_chat_action(self.chat_id, ChatAction.UPLOAD_PHOTO)
