"""What is shown: text, keyboard and sometimes a picture or a file. Pure; sending is the edges' business."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import DisabledButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.views.buttons import Menu
from bot.views.reader import Html, Reader

TEXT_MAX = 4096
CAPTION_MAX = 1024
BUTTONS_MAX = 100
ROW_MAX = 8

Row: TypeAlias = Sequence[InlineKeyboardButton]


class Drawing(Protocol):
    """A picture that is drawn by whoever sends it, once: pictures with the same `key` are the same."""

    @property
    def key(self) -> str:
        """Equal for equal pictures."""
        ...

    def png(self) -> bytes:
        """Draw it; tens of milliseconds of processor time, so not on the event loop."""
        ...


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file that goes with a message of its own."""

    name: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One message. `text` is Telegram's HTML, its first line bold and complete in itself.

    `picture` is drawn by whoever sends (it may be cached); `photo` draws it here and now. A screen that `keeps_picture`
    is the next step under a picture: it changes the caption and leaves the picture where it is.
    """

    text: str
    keyboard: InlineKeyboardMarkup | None = None
    picture: Drawing | None = None
    keeps_picture: bool = False
    document: Document | None = None
    silent: bool = field(default=False)

    @property
    def photo(self) -> bytes | None:
        """The picture as PNG."""
        return self.picture.png() if self.picture else None

    def below(self, notice: str) -> "Screen":
        """The same screen under a first line that says what has just happened."""
        return replace(self, text=f"{notice}\n\n{self.text}")


def lines(*parts: str | None) -> str:
    """The parts as lines; None leaves its line out, "" is an empty line."""
    return "\n".join(part for part in parts if part is not None)


def title(text: str) -> Html:
    """The first line: bold. The text is markup already."""
    return Html(f"<b>{text}</b>")


def button(text: str, action: CallbackData, *, style: ButtonStyle | None = None) -> InlineKeyboardButton:
    """A button that does something."""
    return InlineKeyboardButton(text=text, callback_data=action.pack(), style=style)


def recommended(text: str, action: CallbackData) -> InlineKeyboardButton:
    """The button most people want here."""
    return button(text, action, style=ButtonStyle.PRIMARY)


def destructive(text: str, action: CallbackData) -> InlineKeyboardButton:
    """A button that takes something away."""
    return button(text, action, style=ButtonStyle.DANGER)


def disabled(text: str) -> InlineKeyboardButton:
    """A choice that exists but cannot be made now."""
    return InlineKeyboardButton(text=text, disabled=DisabledButton())


def link(text: str, url: str) -> InlineKeyboardButton:
    """A button that opens a page."""
    return InlineKeyboardButton(text=text, url=url, style=ButtonStyle.PRIMARY)


def grid(buttons: Iterable[InlineKeyboardButton], *, columns: int) -> list[Row]:
    """Buttons in rows of `columns`."""
    row = list(buttons)
    return [row[start : start + columns] for start in range(0, len(row), columns)]


def keyboard(*rows: Row) -> InlineKeyboardMarkup:
    """The rows under the message; empty ones are left out. Telegram's limits are ours."""
    filled = [list(row) for row in rows if row]
    assert all(len(row) <= ROW_MAX for row in filled), "too many buttons in a row"
    assert sum(map(len, filled)) <= BUTTONS_MAX, "too many buttons"
    return InlineKeyboardMarkup(inline_keyboard=filled)


def way_out(reader: Reader, back: CallbackData | None = None) -> Row:
    """Back, and Menu: the last row of every screen."""
    home = button(reader.label("Menu"), Menu())
    return [home] if back is None else [button(reader.label("Back"), back), home]


def pager(reader: Reader, *, number: int, pages: int, earlier: CallbackData, later: CallbackData) -> Row:
    """‹ 2/7 ›, or nothing when there is one page."""
    if pages <= 1:
        return []
    return [
        button("‹", earlier) if number > 1 else disabled("‹"),
        disabled(f"{number}/{pages}"),
        button("›", later) if number < pages else disabled("›"),
    ]
