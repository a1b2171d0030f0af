"""Staying longer: what can be had, and the fact after."""

from collections.abc import Sequence
from datetime import timedelta

from aiogram.types import InlineKeyboardButton

from bot.views import wording
from bot.views.buttons import CheckOut, Details, ExtendTo, Packs
from bot.views.changing_buttons import AskExtend
from bot.views.packs import best_buy
from bot.views.reader import Html, Reader
from bot.views.screen import Screen, button, disabled, grid, keyboard, lines, title, way_out
from domain.bookings import Booking, ExtensionChoice
from domain.packs import Package
from domain.resources import Place

CHOICES_MAX = 24
ONE_COLUMN_MAX = 8


def choices(
    reader: Reader, booking: Booking, place: Place, offered: Sequence[ExtensionChoice], *, balance_tokens: int
) -> Screen:
    """Later ends with what they cost; what runs into somebody else's time cannot be chosen."""
    zone = place.venue.timezone
    free = any(choice.is_free for choice in offered)
    text = lines(
        title(reader.say("{rack} is yours until {time}.", rack=place.resource.code,
                         time=wording.clock(reader, booking.ends_at, zone))),
        reader.say("Ends {relative}",
                   relative=wording.live(booking.ends_at, wording.relative(reader, booking.ends_at))),
        reader.say("Choose a later end; it is booked at once, at the price on the button.")
        if free
        else reader.say("It cannot be extended: the time after it is taken, or the limit is reached."),
        reader.say("Balance: {tokens}", tokens=wording.tokens(reader, balance_tokens)),
    )  # fmt: skip
    columns = 1 if len(offered) <= ONE_COLUMN_MAX else 2
    buttons = [_choice(reader, booking, each, place, is_short=columns > 1) for each in offered[:CHOICES_MAX]]
    back = way_out(reader, Details(booking=booking.id))
    return Screen(text=text, keyboard=keyboard(*grid(buttons, columns=columns), back))


def _choice(
    reader: Reader, booking: Booking, choice: ExtensionChoice, place: Place, *, is_short: bool
) -> InlineKeyboardButton:
    """How much longer is left out where two stand in a row of a phone."""
    time = wording.clock(reader, choice.ends_at, place.venue.timezone)
    length = wording.length(reader, timedelta(minutes=choice.minutes))
    tokens = wording.tokens(reader, choice.cost_tokens)
    label = (
        reader.label("Until {time} – {tokens}", time=time, tokens=tokens)
        if is_short
        else reader.label("Until {time} (+{length}) – {tokens}", time=time, length=length, tokens=tokens)
    )
    if not choice.is_free:
        return disabled(label)
    slots = choice.minutes // place.resource.slot_minutes
    return button(label, ExtendTo(booking=booking.id, slots=slots, cost=choice.cost_tokens, at=choice.ends_at))


def short(
    reader: Reader, booking: Booking, place: Place, *, needed_tokens: int, balance_tokens: int,
    on_sale: Sequence[Package],
) -> Screen:  # fmt: skip
    """Too few tokens to stay longer."""
    missing = max(0, needed_tokens - balance_tokens)
    text = lines(
        title(reader.say("Staying longer needs {needed}; you have {balance}.",
                         needed=wording.tokens(reader, needed_tokens), balance=wording.number(reader, balance_tokens))),
        reader.say("You need {missing} more. {rack} stays yours until {time}; the time after it is not kept for you.",
                   missing=wording.tokens(reader, missing), rack=place.resource.code,
                   time=wording.clock(reader, booking.ends_at, place.venue.timezone)),
    )  # fmt: skip
    return Screen(
        text=text,
        keyboard=keyboard(
            best_buy(reader, on_sale, missing),
            [
                button(reader.label("All packs"), Packs()),
                button(reader.label("Look again"), AskExtend(booking=booking.id)),
            ],
            way_out(reader, Details(booking=booking.id)),
        ),
    )


def extended(reader: Reader, booking: Booking, place: Place, *, paid_tokens: int, balance_tokens: int) -> Screen:
    """Stays in the chat: the new end, what it cost, what is left."""
    zone = place.venue.timezone
    text = lines(
        title(reader.say("Extended: {rack} is yours until {time}", rack=place.resource.code,
                         time=wording.clock(reader, booking.ends_at, zone))),
        reader.say("Ends {relative}",
                   relative=wording.live(booking.ends_at, wording.relative(reader, booking.ends_at))),
        wording.own_time(reader, booking.starts_at, booking.ends_at, zone),
        reader.say("Code {code} · {tokens} · balance {balance}", code=Html(f"<code>{booking.code}</code>"),
                   tokens=wording.tokens(reader, paid_tokens), balance=wording.number(reader, balance_tokens)),
    )  # fmt: skip
    details = button(reader.label("Details"), Details(booking=booking.id, is_new=True))
    out = [button(reader.label("Check out"), CheckOut(booking=booking.id))] if booking.overtime else []
    return Screen(text=text, keyboard=keyboard([details, *out]))


def has_it_already(reader: Reader) -> Html:
    """Why not: it lasts that long already."""
    return reader.say("It lasts that long already.")


def taken(reader: Reader) -> Html:
    """Why not: somebody was faster."""
    return reader.say("Somebody has just taken the time after yours.")
