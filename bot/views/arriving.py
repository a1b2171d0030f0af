"""What to do on arrival, and what staying too long costs: said before a booking, and again after it."""

from datetime import datetime

from babel.numbers import format_decimal

from bot.views import wording
from bot.views.reader import Html, Reader
from domain import bookings
from domain.bookings import CHECK_IN_EARLY_MINUTES, NO_SHOW_MINUTES, Booking
from domain.resources import OvertimeTerms, Resource


def before(reader: Reader, resource: Resource) -> Html | None:
    """Before a booking: that a code must be shown in time."""
    if resource.check_in != "required":
        return None
    return reader.say(
        "Show your code when you arrive: from {early} min before the start until {late} min after it, or the booking "
        "is lost.", early=CHECK_IN_EARLY_MINUTES, late=NO_SHOW_MINUTES,
    )  # fmt: skip


def after(reader: Reader, booking: Booking, zone: str) -> Html | None:
    """After it: from when until when."""
    if booking.check_in != "required":
        return None
    opens_at, closes_at = bookings.check_in_window(booking)
    return reader.say(
        "Show your code when you arrive: from {opens} until {closes}.", opens=wording.clock(reader, opens_at, zone),
        closes=wording.clock(reader, closes_at, zone),
    )  # fmt: skip


def window(reader: Reader, booking: Booking, zone: str) -> Html:
    """When the code is taken: from when on, or, once it is, until when."""
    opens_at, closes_at = bookings.check_in_window(booking)
    closes = wording.clock(reader, closes_at, zone)
    if opens_at <= reader.now < closes_at:
        return reader.say("Check-in is open until {closes}.", closes=closes)
    return reader.say("Check-in opens {opens} and closes {closes}.", opens=wording.soon(reader, opens_at, zone),
                      closes=closes)  # fmt: skip


def prepared(reader: Reader, at: datetime, zone: str) -> Html:
    """From when on access details can come: the rack prepares itself then."""
    if at <= reader.now:
        return reader.say("Access details arrive when the rack is ready.")
    return reader.say("The rack is prepared from {time} on; access details arrive when it is ready.",
                      time=wording.soon(reader, at, zone))  # fmt: skip


def overtime(reader: Reader, terms: OvertimeTerms | None) -> Html | None:
    """What each minute beyond the end costs, and each started hour besides."""
    if terms is None:
        return None
    times = format_decimal(terms.multiplier_percent / 100, locale=reader.locale)
    penalty = wording.tokens(reader, terms.penalty_tokens_per_hour)
    if terms.multiplier_percent and terms.penalty_tokens_per_hour:
        return reader.say("Each minute beyond the end costs {times} × the price, each started hour {tokens} more.",
                          times=times, tokens=penalty)  # fmt: skip
    if terms.multiplier_percent:
        return reader.say("Each minute beyond the end costs {times} × the price.", times=times)
    if terms.penalty_tokens_per_hour:
        return reader.say("Each started hour beyond the end costs {tokens}.", tokens=penalty)
    return None
