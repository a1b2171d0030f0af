"""The code by which a member is checked in, as a picture that a phone's camera reads from another phone.

The code itself is dark on white in either appearance, with its quiet zone, because that is what cameras know. What
staff need when it cannot be read stands above it in words.
"""

import hashlib
import io
from dataclasses import dataclass

import segno
from aiogram.types import CopyTextButton, InlineKeyboardButton
from PIL import Image, ImageDraw

from bot.views import arriving, wording
from bot.views.buttons import Details
from bot.views.pictures import (
    MARGIN,
    PALETTES,
    TITLE_SIZE,
    WIDTH,
    Appearance,
    fitting,
    font,
    latin,
)
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Screen, button, keyboard, lines, title, way_out
from domain.bookings import Booking
from domain.resources import Place

TOP = 248
CODE_WIDTH = 900
"""At most, quiet zone included."""
QUIET_MODULES = 4
CODE_SIZE = 76
ERROR_CORRECTION = "m"


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """The scannable code of `content` under three lines: the booking's code, what and where, when."""

    content: str
    code: str
    what: str
    when: str
    appearance: Appearance = "light"

    @property
    def key(self) -> str:
        """Equal for equal pictures."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def png(self) -> bytes:
        """Draw it."""
        palette = PALETTES[self.appearance]
        square = scannable(self.content)
        image = Image.new("RGB", (WIDTH, TOP + square.height + MARGIN), palette.paper)
        pen = ImageDraw.Draw(image)
        pen.text((MARGIN, 24), fitting(self.code, CODE_SIZE), palette.ink, font(CODE_SIZE))
        pen.text((MARGIN, 116), fitting(self.what, TITLE_SIZE), palette.ink, font(TITLE_SIZE))
        pen.text((MARGIN, 174), fitting(self.when, TITLE_SIZE), palette.ink, font(TITLE_SIZE))
        image.paste(square, ((WIDTH - square.width) // 2, TOP))
        file = io.BytesIO()
        image.quantize(64).save(file, "PNG", optimize=False)
        return file.getvalue()


def scannable(content: str) -> Image.Image:
    """The content as a QR code: black modules of whole pixels on white, the quiet zone around them."""
    modules = [list(row) for row in segno.make_qr(content, error=ERROR_CORRECTION, boost_error=False).matrix]
    across = len(modules) + 2 * QUIET_MODULES
    small = Image.new("L", (across, across), 255)
    small.putdata([_shade(modules, row, column) for row in range(across) for column in range(across)])
    each = CODE_WIDTH // across
    return small.resize((across * each, across * each), Image.Resampling.NEAREST).convert("RGB")


def _shade(modules: list[list[int]], row: int, column: int) -> int:
    inner = range(QUIET_MODULES, QUIET_MODULES + len(modules))
    if row not in inner or column not in inner:
        return 255
    return 0 if modules[row - QUIET_MODULES][column - QUIET_MODULES] else 255


def link_of(ticket: str, *, username: str) -> str:
    """Where the code leads: to the bot, with the ticket."""
    return f"https://t.me/{username}?start={ticket}"


def _plain(booking: Booking, place: Place) -> str:
    """`Tue 24 Nov 10:00-14:00 IST`, in signs that the picture's font has."""
    zone = place.venue.timezone
    begins, ends = wording.local(booking.starts_at, zone), wording.local(booking.ends_at, zone)
    end = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{ends:%a %d %b %H:%M}"
    return f"{begins:%a %d %b %H:%M}-{end} {wording.zone_name(booking.starts_at, zone)}"


def picture(booking: Booking, place: Place, *, content: str, appearance: Appearance) -> Ticket:
    """What is drawn for a booking."""
    venue = latin(place.venue.name, otherwise=place.venue.code)
    return Ticket(
        content=content, code=booking.code, what=f"{place.resource.code} · {venue}", when=_plain(booking, place),
        appearance=appearance,
    )  # fmt: skip


def ticket(reader: Reader, booking: Booking, place: Place, *, content: str, appearance: Appearance) -> Screen:
    """The picture, and in words: where, when check-in opens and closes, and the code for who cannot show it."""
    zone = place.venue.timezone
    where = ", ".join(part for part in (place.venue.name, place.venue.address, place.venue.city) if part)
    text = lines(
        title(reader.say("Show this code at check-in: {rack}, {span}", rack=place.resource.code,
                         span=wording.span(reader, booking.starts_at, booking.ends_at, zone))),
        arriving.window(reader, booking, zone),
        reader.say("Who has not checked in by then loses the time, and nothing comes back."),
        wording.own_time(reader, booking.starts_at, booking.ends_at, zone),
        escape(wording.cut(where, characters_max=300)),
        reader.say("Code {code}", code=Html(f"<code>{booking.code}</code>")),
    )  # fmt: skip
    details = button(reader.label("Details"), Details(booking=booking.id, is_new=True))
    copy = InlineKeyboardButton(text=reader.label("Copy the link"), copy_text=CopyTextButton(text=content))
    return Screen(
        text=text, picture=picture(booking, place, content=content, appearance=appearance),
        keyboard=keyboard([copy, details], way_out(reader)),
    )  # fmt: skip
