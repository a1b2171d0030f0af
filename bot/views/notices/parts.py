"""What several notices say the same way: a booking, its moment on every clock, its buttons."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.views import wording
from bot.views.buttons import CalendarFile, Details
from bot.views.reader import Html, Reader
from bot.views.screen import Row, button

Facts = Mapping[str, Any]

OWN_CLOCK = "wDT"
"""How a client shows a moment on its own clock: weekday, date, time."""


def booking_line(reader: Reader, booking: Facts) -> str:
    """`RACK-01, Tue 24 Nov 10:00–14:00 IST`."""
    span = wording.span(reader, booking["starts_at"], booking["ends_at"], booking["timezone"])
    return f"{booking['resource_code']}, {span}"


def code(reader: Reader, booking: Facts) -> Html:
    """The code for people."""
    return reader.say("Code {code}", code=Html(f"<code>{booking['code']}</code>"))


def balance(reader: Reader, facts: Facts) -> Html:
    """What is left."""
    return reader.say("Balance: {tokens}", tokens=wording.tokens(reader, facts["balance_tokens"]))


def own_clock(reader: Reader, booking: Facts) -> Html | None:
    """The times on the reader's own clock where it differs; where it is unknown, the start as their client shows it."""
    starts_at, ends_at, zone = booking["starts_at"], booking["ends_at"], booking["timezone"]
    if reader.timezone is not None:
        return wording.own_time(reader, starts_at, ends_at, zone)
    shown = wording.live(starts_at, wording.moment(reader, starts_at, zone), shape=OWN_CLOCK)
    return reader.say("On your clock: {moment}", moment=shown)


def until_then(reader: Reader, at: datetime) -> Html:
    """`in 25 minutes`, kept current by the client."""
    return wording.live(at, wording.relative(reader, at))


def starts(reader: Reader, booking: Facts) -> Html:
    """`Starts in 25 minutes`."""
    return reader.say("Starts {relative}", relative=until_then(reader, booking["starts_at"]))


def kept_buttons(reader: Reader, booking: Facts) -> Row:
    """For a booking that stands."""
    return [
        button(reader.label("Details"), Details(booking=booking["id"], is_new=True)),
        button(reader.label("Add to calendar"), CalendarFile(booking=booking["id"])),
    ]
