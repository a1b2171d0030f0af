"""The one place where a DomainError becomes a sentence, and anything else an apology with a reference.

Telegram's own trouble (no answer, too many requests) is not an answer to anybody: it goes up to the intake, which
gives the update back to the inbox and tries again. Commands carry keys, so nothing happens twice.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aiogram import Router
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import ErrorEvent

from bot.conversation import Conversation
from bot.views import menu, wallet, wording
from bot.views.reader import Html, Reader
from domain.kernel import DomainError
from domain.people import Member, mark_blocked
from domain.wallets import DebtOutstanding

log = logging.getLogger(__name__)
router = Router(name="errors")


def sentence(refusal: DomainError, reader: Reader) -> Html:
    """What to tell the person: the sentence of the refusal's code, else of its family."""
    for kind in type(refusal).__mro__:
        code = getattr(kind, "code", None)
        if code in SENTENCES:
            return SENTENCES[code](reader, refusal.facts)
    return reader.say("That is not possible.")


def _insufficient(reader: Reader, facts: dict[str, Any]) -> Html:
    return reader.say(
        "This needs {needed}; you have {balance}.", needed=wording.tokens(reader, facts["needed_tokens"]),
        balance=wording.number(reader, facts["balance_tokens"]),
    )  # fmt: skip


def _price_changed(reader: Reader, facts: dict[str, Any]) -> Html:
    return reader.say("The price has changed: it is {tokens} now.", tokens=wording.tokens(reader, facts["cost_tokens"]))


def _too_many(reader: Reader, facts: dict[str, Any]) -> Html:
    return reader.say_count(
        "You have {number} booking open, the most there can be.", "You have {number} bookings open, the most there can "
        "be.", facts["open_max"],
    )  # fmt: skip


def _owing(reader: Reader, facts: dict[str, Any]) -> Html:
    return reader.say(
        "You owe {tokens}. You can book again when it is paid.", tokens=wording.tokens(reader, facts["owed_tokens"])
    )  # fmt: skip


def _too_far(reader: Reader, facts: dict[str, Any]) -> Html:
    return reader.say_count(
        "This can be booked {number} day ahead at most.", "This can be booked {number} days ahead at most.",
        facts["advance_days_max"],
    )  # fmt: skip


def _too_short(reader: Reader, facts: dict[str, Any]) -> Html:
    shortest = wording.length(reader, facts["min_slots"] * timedelta(minutes=facts["slot_minutes"]))
    return reader.say("That is too short: {length} at least.", length=shortest)


def _too_long(reader: Reader, facts: dict[str, Any]) -> Html:
    longest = wording.length(reader, facts["max_slots"] * timedelta(minutes=facts["slot_minutes"]))
    return reader.say("That is too long: {length} at most.", length=longest)


def _too_many_entries(reader: Reader, facts: dict[str, Any]) -> Html:
    return reader.say_count(
        "You wait for {number} time already, the most there can be.", "You wait for {number} times already, the most "
        "there can be.", facts["open_max"],
    )  # fmt: skip


def _window(reader: Reader, facts: dict[str, Any]) -> Html:
    words = {
        "past": reader.say("That time is over, or too near to wait for."),
        "too_soon": reader.say("That time is over, or too near to wait for."),
        "closed": reader.say("Nothing can be booked in those hours."),
        "outside_opening_hours": reader.say("Nothing can be booked in those hours."),
        "too_far_ahead": reader.say("That is too far ahead to be booked."),
        "too_wide": reader.say("One can wait for a month at most."),
        "no_match": reader.say("There is nothing of that kind to wait for."),
        "resource_unavailable": reader.say("This takes no bookings now, so there is nothing to wait for."),
    }
    return words.get(facts.get("problem", ""), reader.say("One cannot wait for that. Please choose again."))


SENTENCES: dict[str, Callable[[Reader, dict[str, Any]], Html]] = {
    "INSUFFICIENT_BALANCE": _insufficient,
    "PRICE_CHANGED": _price_changed,
    "TOO_MANY_BOOKINGS": _too_many,
    "TOO_FAR_AHEAD": _too_far,
    "SLOT_TAKEN": lambda reader, _: reader.say("Somebody has just taken this time. Here is what is still free."),
    "BOOKING_NOT_FOUND": lambda reader, _: reader.say("There is no such booking."),
    "BOOKING_ALREADY_STARTED": lambda reader, _: reader.say("It has begun and can no longer be cancelled."),
    "CHECK_IN_CLOSED": lambda reader, _: reader.say("Check-in is not open for this booking."),
    "ALREADY_CHECKED_IN": lambda reader, _: reader.say("This code was used already."),
    "INVALID_TICKET": lambda reader, _: reader.say("That is not a valid code."),
    "OTHER_VENUE": lambda reader, _: reader.say("This booking is at another venue."),
    "NOT_CHECKED_IN": lambda reader, _: reader.say("This session does not run: there is nothing to check out of."),
    "NOT_PREPARING": lambda reader, _: reader.say("The rack is no longer being prepared."),
    "DEBT_OUTSTANDING": _owing,
    "NOT_RESCHEDULABLE": lambda reader, _: reader.say("It has begun or is over: its time can no longer be changed."),
    "NOT_EXTENDABLE": lambda reader, _: reader.say("It does not run now, so it cannot be extended."),
    "SERIES_CLASHES": lambda reader, _: reader.say("Some of these weeks cannot be had. Nothing was booked."),
    "INVALID_SERIES": lambda reader, _: reader.say("A series has two to eight weeks."),
    "NOT_CANCELLABLE": lambda reader, _: reader.say("This booking is over and can no longer be changed."),
    "HOLD_LAPSED": lambda reader, _: reader.say("The time is no longer kept for you."),
    "RESOURCE_NOT_FOUND": lambda reader, _: reader.say("That is no longer in the catalogue."),
    "RESOURCE_UNAVAILABLE": lambda reader, _: reader.say("No bookings are taken for it now."),
    "OFF_GRID": lambda reader, _: reader.say("It is booked in other steps now. Please choose again."),
    "OUTSIDE_OPENING_HOURS": lambda reader, _: reader.say("The venue is closed for some of that time."),
    "TOO_SOON": lambda reader, _: reader.say("That is too soon to be booked, or over already."),
    "TOO_SHORT": _too_short,
    "TOO_LONG": _too_long,
    "UNKNOWN_OPTION": lambda reader, _: reader.say("That option is no longer offered."),
    "VEHICLE_REQUIRED": lambda reader, _: reader.say("A parking slot is booked for a vehicle of yours that fits."),
    "VEHICLE_NOT_FOUND": lambda reader, _: reader.say("That vehicle is no longer among yours."),
    "PLATE_TAKEN": lambda reader, _: reader.say("A vehicle with this plate is registered already."),
    "INVALID_VEHICLE": lambda reader, _: reader.say("A plate has 2 to 15 letters and digits. Please check it."),
    "TOO_MANY_VEHICLES": lambda reader, facts: reader.say_count(
        "You have {number} vehicle, the most there can be.", "You have {number} vehicles, the most there can be.",
        facts["vehicles_max"],
    ),
    "MEMBER_DISABLED": lambda reader, _: reader.say("Your account is closed for booking and buying."),
    "MEMBER_NOT_FOUND": lambda reader, _: reader.say("There is no such member."),
    "UNKNOWN_TIMEZONE": lambda reader, _: reader.say("There is no such time zone."),
    "PACK_NOT_FOUND": lambda reader, _: reader.say("There is no such pack."),
    "PACK_NOT_ON_SALE": lambda reader, _: reader.say("This pack is no longer on sale."),
    "PAYMENT_GATEWAY_ERROR": lambda reader, _: reader.say(
        "The payment service does not answer now. Nothing was charged; please try again in a minute."
    ),
    "WAITLIST_ENTRY_NOT_FOUND": lambda reader, _: reader.say("There is no such place in line."),
    "INVALID_WAITLIST_WINDOW": _window,
    "TOO_MANY_WAITLIST_ENTRIES": _too_many_entries,
    "ALREADY_WAITING": lambda reader, _: reader.say("You wait for this already."),
    "NOTHING_TO_WAIT_FOR": lambda reader, _: reader.say("It is free right now: you can book it."),
    "OFFER_GONE": lambda reader, _: reader.say("This offer is over."),
    "FORBIDDEN": lambda reader, _: reader.say("That is not yours to do."),
    "NOT_FOUND": lambda reader, _: reader.say("That no longer exists."),
    "CONFLICT": lambda reader, _: reader.say("Things have changed meanwhile. Please look again."),
    "VALIDATION_ERROR": lambda reader, _: reader.say("That cannot be right. Please check it."),
    "LIMIT_REACHED": lambda reader, _: reader.say("That is more than allowed now."),
    "UNAVAILABLE": lambda reader, _: reader.say("This does not work right now. Please try again in a minute."),
}  # fmt: skip


@router.error(ExceptionTypeFilter(DomainError))
async def refuse(event: ErrorEvent, talk: Conversation | None = None, reader: Reader | None = None) -> None:
    """Say no in the person's language, where the button was."""
    refusal = event.exception
    assert isinstance(refusal, DomainError)
    if talk is not None and reader is not None:
        owing = wallet.ways_to_pay(reader) if isinstance(refusal, DebtOutstanding) else []
        await talk.show(menu.refusal(reader, sentence(refusal, reader), owing))


@router.error(ExceptionTypeFilter(TelegramForbiddenError))
async def blocked(event: ErrorEvent, member: Member | None = None, **around: Any) -> None:
    """The person blocked us: remember it and be quiet."""
    if member is not None:
        await around["transact"](mark_blocked, member_id=member.id, is_blocked=True, now=around["now"])


@router.error(ExceptionTypeFilter(TelegramNetworkError, TelegramRetryAfter, TelegramServerError, ClientDecodeError))
async def try_later(event: ErrorEvent) -> None:
    """Not ours to answer: the intake tries again."""
    raise event.exception


@router.error()
async def apologize(event: ErrorEvent, talk: Conversation | None = None, reader: Reader | None = None) -> None:
    """The last line of defence: an apology with a reference that is in the log."""
    reference = secrets.token_hex(4).upper()
    log.error("update %d failed, reference %s", event.update.update_id, reference, exc_info=event.exception)
    if talk is None or reader is None:
        return
    try:
        await talk.show(menu.apology(reader, reference=reference))
    except (TelegramBadRequest, TelegramForbiddenError) as refusal:  # trying again would only hold up what comes next
        log.warning("not even the apology %s can be said there: %s", reference, refusal.message)
