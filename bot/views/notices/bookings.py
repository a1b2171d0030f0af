"""A booking was made, moved, called off; and it is near."""

from datetime import timedelta

from bot.views import arriving, wording
from bot.views.buttons import Details, Racks, ShowTicket
from bot.views.notices.parts import (
    Facts,
    booking_line,
    code,
    kept_buttons,
    own_clock,
    starts,
)
from bot.views.reader import Html, Reader
from bot.views.screen import Screen, button, keyboard, lines, recommended, title
from domain.bookings import CHECK_IN_EARLY_MINUTES


def confirmed(reader: Reader, facts: Facts) -> Screen:
    """It stands, by a program or from a hold."""
    booking = facts["booking"]
    return _stands(reader, facts, reader.say("Booked: {booking}", booking=booking_line(reader, booking)))


def auto_booked(reader: Reader, facts: Facts) -> Screen:
    """It stands because the member asked the waitlist to book."""
    booking = facts["booking"]
    first = reader.say("Booked for you from the waitlist: {booking}", booking=booking_line(reader, booking))
    return _stands(reader, facts, first)


def _stands(reader: Reader, facts: Facts, first: Html) -> Screen:
    booking = facts["booking"]
    text = lines(
        title(first),
        own_clock(reader, booking),
        starts(reader, booking),
        reader.say("Code {code} · {tokens} · balance {balance}", code=Html(f"<code>{booking['code']}</code>"),
                   tokens=wording.tokens(reader, booking["cost_tokens"]),
                   balance=wording.number(reader, facts["balance_tokens"])),
        reader.say("It is the first of a weekly series; the others are in your bookings.")
        if facts.get("is_series")
        else None,
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard(kept_buttons(reader, booking)))


def rescheduled(reader: Reader, facts: Facts) -> Screen:
    """The new times and the old, and the money between them."""
    return _moved(reader, facts, None)


def moved_by_office(reader: Reader, facts: Facts) -> Screen:
    """The same, and that it was not the member's doing."""
    return _moved(reader, facts, reader.say("The office moved your booking. We are sorry if that does not suit you."))


def _moved(reader: Reader, facts: Facts, why: Html | None) -> Screen:
    booking = facts["booking"]
    before = wording.span(reader, facts["previous_starts_at"], facts["previous_ends_at"], booking["timezone"])
    if facts.get("previous_code"):
        before = f"{facts['previous_code']}, {before}"
    text = lines(
        title(reader.say("Moved: {booking}", booking=booking_line(reader, booking))),
        own_clock(reader, booking),
        why,
        reader.say("Before: {booking}", booking=before),
        reader.say("{paid} paid, {returned} came back · balance {balance}",
                   paid=wording.tokens(reader, facts["paid_tokens"]),
                   returned=wording.tokens(reader, facts["returned_tokens"]),
                   balance=wording.number(reader, facts["balance_tokens"])),
        code(reader, booking),
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard(kept_buttons(reader, booking)))


def extended(reader: Reader, facts: Facts) -> Screen:
    """The new end and its price."""
    booking = facts["booking"]
    until = wording.soon(reader, booking["ends_at"], booking["timezone"])
    text = lines(
        title(reader.say("{rack} is yours until {until}.", rack=booking["resource_code"], until=until)),
        own_clock(reader, booking),
        reader.say("{paid} paid · balance {balance}", paid=wording.tokens(reader, facts["paid_tokens"]),
                   balance=wording.number(reader, facts["balance_tokens"])),
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard(kept_buttons(reader, booking)))


def cancelled(reader: Reader, facts: Facts) -> Screen:
    """We called it off: sorry, why, what came back, and what may come."""
    booking = facts["booking"]
    apologies = {
        "maintenance": reader.say("We are sorry: there is maintenance at that time."),
        "not_ready": reader.say("We are sorry: the rack was not ready in time."),
    }
    tokens = wording.tokens(reader, facts["refund_tokens"])
    apology = apologies.get(facts.get("because", "asked"))
    text = lines(
        title(reader.say("Your booking was cancelled: {booking}", booking=booking_line(reader, booking))),
        own_clock(reader, booking),
        code(reader, booking),
        apology,
        reader.say("Everything came back to your wallet: {tokens}.", tokens=tokens)
        if apology
        else reader.say("We are sorry. {tokens} came back to your wallet.", tokens=tokens),
        reader.say("Reason: {reason}", reason=facts["reason"]) if facts.get("reason") else None,
        reader.say("You are first on the waitlist: should the time become free, you are asked before all others.")
        if facts.get("is_first")
        else None,
    )
    return Screen(text=text, keyboard=keyboard([recommended(reader.label("Book another time"), Racks())]))


def hold_lapsed(reader: Reader, facts: Facts) -> Screen:
    """The kept time is free for others."""
    booking = facts["booking"]
    text = lines(
        title(reader.say("The time is no longer kept: {booking}", booking=booking_line(reader, booking))),
        own_clock(reader, booking),
        reader.say("We are sorry: the operator needs the time. Nothing was charged to your wallet.")
        if facts.get("because") == "maintenance"
        else reader.say("No payment arrived in time. Nothing was charged to your wallet."),
    )
    return Screen(text=text, keyboard=keyboard([recommended(reader.label("Book"), Racks())]))


def reminder(reader: Reader, facts: Facts) -> Screen:
    """It is near: where, when, and what to bring."""
    booking = facts["booking"]
    at = [booking["venue_name"], *([booking["venue_address"]] if booking.get("venue_address") else [])]
    text = lines(
        title(reader.say("Reminder: {booking}", booking=booking_line(reader, booking))),
        starts(reader, booking),
        own_clock(reader, booking),
        reader.say("Place: {place}", place=wording.cut(", ".join(at), characters_max=200)),
        code(reader, booking),
        _check_in(reader, booking) if booking["needs_check_in"] else None,
        arriving.prepared(reader, booking["prepare_at"], booking["timezone"]) if booking["prepare_at"] else None,
    )
    details = button(reader.label("Details"), Details(booking=booking["id"], is_new=True))
    ticket = recommended(reader.label("Show code"), ShowTicket(booking=booking["id"]))
    return Screen(text=text, keyboard=keyboard([ticket, details] if booking["needs_check_in"] else [details]))


def _check_in(reader: Reader, booking: Facts) -> Html:
    opens_at = booking["starts_at"] - timedelta(minutes=CHECK_IN_EARLY_MINUTES)
    opens = wording.clock(reader, opens_at, booking["timezone"])
    return reader.say("Bring the code to show at check-in, open from {time}.", time=opens)
