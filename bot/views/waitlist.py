"""Those who wait: my places in line, what is offered to me, what became of it."""

from collections.abc import Sequence
from dataclasses import replace

from aiogram.types import InlineKeyboardButton

from bot.views import choices, wording
from bot.views.buttons import Bookings, Details, PassOffer, Racks, ShowHold, TakeOffer
from bot.views.reader import Html, Reader, escape
from bot.views.screen import (
    Row,
    Screen,
    button,
    destructive,
    grid,
    keyboard,
    lines,
    pager,
    recommended,
    title,
    way_out,
)
from bot.views.waiter import Waiter, reason_word, skip_line, standing, wanted, when
from bot.views.waitlist_buttons import AskLeave, Leave, Waiting
from bot.views.waitlist_buttons import Place as PlaceInLine
from domain.bookings import Booking
from domain.kernel import Page
from domain.resources import Place
from domain.waitlists import Status, WaitlistEntry

SKIPS_SHOWN = 3


# My waitlist


def waitlist(reader: Reader, page: Page[WaitlistEntry], listed: Sequence[Waiter], *, is_past: bool) -> Screen:
    """What I wait for, or what became of it."""
    first = reader.say("What you waited for") if is_past else reader.say("What you wait for")
    none = reader.say("There is none yet.") if is_past else reader.say("You wait for nothing.")
    hint = None if is_past or listed else reader.say("Where a day is full or a time is taken, you can wait for it.")
    other = reader.label("Waiting") if is_past else reader.label("Past")
    asked = Waiting(is_past=is_past, page=page.number)
    return Screen(
        text=lines(title(first), *(_row(reader, one) for one in listed), None if listed else none, hint),
        keyboard=keyboard(
            *grid((_open(reader, one) for one in listed), columns=2),
            pager(
                reader, number=page.number, pages=page.pages,
                earlier=asked.model_copy(update={"page": max(1, page.number - 1)}),
                later=asked.model_copy(update={"page": page.number + 1}),
            ),
            [button(other, Waiting(is_past=not is_past))]
            + ([] if listed or is_past else [recommended(reader.label("Book"), Racks())]),
            way_out(reader, Bookings()),
        ),
    )  # fmt: skip


def _row(reader: Reader, one: Waiter) -> Html:
    return Html(escape(f"{wanted(reader, one)} · {when(reader, one)} · {_state(reader, one)}"))


def _state(reader: Reader, one: Waiter) -> str:
    if one.entry.status is not Status.WAITING or one.position is None:
        return reason_word(reader, one.reason)
    return reader.label("number {number}", number=one.position)


def _open(reader: Reader, one: Waiter) -> InlineKeyboardButton:
    start = wording.moment(reader, one.entry.window_starts_at, one.zone)
    return button(f"{wording.cut(wanted(reader, one), characters_max=24)} · {start}", PlaceInLine(entry=one.entry.id))


def place_in_line(reader: Reader, one: Waiter, booking: Booking | None) -> Screen:
    """One place in line: how it stands, why nothing came yet, and the way out. `booking` is what was taken up."""
    entry, zone = one.entry, one.zone
    text = lines(
        title(_heading(reader, one)),
        escape(when(reader, one)),
        wording.own_time(reader, entry.window_starts_at, entry.window_ends_at, zone),
        _with(reader, one),
        _auto(reader, entry) if entry.status is Status.WAITING else None,
        reader.say("Why not yet: {reason}.", reason=reason_word(reader, one.reason))
        if entry.status is Status.WAITING else None,
        *[skip_line(reader, skip, zone) for skip in entry.skips[-SKIPS_SHOWN:]],
    )  # fmt: skip
    leave = [destructive(reader.label("Leave the line"), AskLeave(entry=entry.id))] if entry.is_open else []
    return Screen(
        text=text,
        keyboard=keyboard(*_next_steps(reader, one, booking), leave, way_out(reader, Waiting(is_past=not leave))),
    )


def _heading(reader: Reader, one: Waiter) -> Html:
    if one.entry.status is Status.WAITING:
        return reader.say("{standing}: {wanted}", standing=standing(reader, one.position), wanted=wanted(reader, one))
    return reader.say("{wanted}: {state}", wanted=wanted(reader, one), state=reason_word(reader, one.reason))


def _with(reader: Reader, one: Waiter) -> str | None:
    """What was chosen of a rack's offer; a version that makes the target is said there."""
    if one.resource is None:
        return None
    words = choices.words(one.resource, one.entry.options)
    return escape(" · ".join(words)) if words else None


def _auto(reader: Reader, entry: WaitlistEntry) -> Html:
    if entry.auto_book:
        cost = wording.tokens(reader, entry.cost_tokens_max)
        return reader.say("It is booked for you at once, for up to {tokens}.", tokens=cost)
    return reader.say("When it becomes free, it is kept for you for 10 minutes and we write to you.")


def _next_steps(reader: Reader, one: Waiter, booking: Booking | None) -> list[Row]:
    if booking is None:
        return []
    if one.entry.status is Status.OFFERED:
        return [[recommended(reader.label("Finish the held booking"), ShowHold())]]
    if one.entry.status is Status.ACCEPTED:
        return [[recommended(reader.label("The booking"), Details(booking=booking.id))]]
    return []


def ask_leave(reader: Reader, one: Waiter) -> Screen:
    """What leaving would mean, before it is done."""
    is_offered = one.entry.status is Status.OFFERED
    text = lines(
        title(reader.say("Wait no longer for {wanted}?", wanted=wanted(reader, one))),
        escape(when(reader, one)),
        reader.say("What is kept for you goes to the next in line.") if is_offered
        else reader.say("Who joins again later begins at the end of the line."),
    )  # fmt: skip
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(reader.label("Leave the line"), Leave(entry=one.entry.id))],
            [recommended(reader.label("Keep waiting"), PlaceInLine(entry=one.entry.id))],
            way_out(reader),
        ),
    )


def left(reader: Reader, one: Waiter) -> Html:
    """The fact after."""
    return title(reader.say("You no longer wait for {wanted}. Nothing was charged.", wanted=wanted(reader, one)))


# Offers


def offer_buttons(reader: Reader, entry: WaitlistEntry) -> Row:
    """Take it, or leave it to the next."""
    return [
        recommended(reader.label("Book now"), TakeOffer(entry=entry.id)),
        button(reader.label("Pass"), PassOffer(entry=entry.id)),
    ]


def offer_line(reader: Reader, booking: Booking, place: Place) -> Html:
    """`A place is free: RACK-03, Tue 24 Nov 10:00–14:00 IST`."""
    span = wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)
    return reader.say("A place is free: {booking}", booking=f"{place.resource.code}, {span}")


def offer_terms(reader: Reader, booking: Booking, place: Place, *, balance_tokens: int) -> list[str]:
    """Until when, and for how much."""
    assert booking.hold_expires_at is not None
    until = wording.clock(reader, booking.hold_expires_at, place.venue.timezone)
    relative = wording.live(booking.hold_expires_at, wording.relative(reader, booking.hold_expires_at))
    return [
        reader.say("It is kept for you until {until} ({relative}).", until=until, relative=relative),
        reader.say("{tokens} · balance {balance}", tokens=wording.tokens(reader, booking.cost_tokens),
                   balance=wording.number(reader, balance_tokens)),
    ]  # fmt: skip


def offer(
    reader: Reader, entry: WaitlistEntry, booking: Booking, place: Place, *, balance_tokens: int,
    ways: Row = (),
) -> Screen:  # fmt: skip
    """What is offered now; `ways` are those out of what stands in the way."""
    text = lines(
        title(offer_line(reader, booking, place)),
        wording.own_time(reader, booking.starts_at, booking.ends_at, place.venue.timezone),
        *offer_terms(reader, booking, place, balance_tokens=balance_tokens),
    )
    return Screen(text=text, keyboard=keyboard(offer_buttons(reader, entry), ways, way_out(reader, Waiting())))


def under_offer(
    reader: Reader, screen: Screen, entry: WaitlistEntry, booking: Booking, place: Place, *,
    balance_tokens: int,
) -> Screen:  # fmt: skip
    """A screen under what is offered now, its buttons under those that answer it."""
    assert screen.keyboard is not None
    above = lines(
        title(offer_line(reader, booking, place)),
        *offer_terms(reader, booking, place, balance_tokens=balance_tokens),
    )
    answers = keyboard(offer_buttons(reader, entry), *screen.keyboard.inline_keyboard)
    return replace(screen.below(above), keyboard=answers)


def passed(reader: Reader, one: Waiter) -> Screen:
    """The fact after passing."""
    text = lines(
        title(reader.say("Passed. The next in line is asked now.")),
        escape(f"{wanted(reader, one)}, {when(reader, one)}"),
        reader.say("You no longer wait for it. Nothing was charged."),
    )
    return Screen(text=text, keyboard=keyboard(*_onward(reader), way_out(reader)))


def offer_gone(reader: Reader, one: Waiter) -> Screen:
    """Too late, twice, or from another device: how it stands now."""
    gone = {
        Status.DECLINED: reader.say("You have passed this on. The next in line was asked."),
        Status.CANCELLED: reader.say("You have left this line. The next one was asked."),
        Status.WAITING: reader.say("The time was taken back. You are still in line."),
    }
    first = gone.get(one.entry.status, reader.say("This offer is over. The next in line was asked."))
    again = [button(reader.label("Your place in line"), PlaceInLine(entry=one.entry.id))]
    text = lines(
        title(first), escape(f"{wanted(reader, one)}, {when(reader, one)}"), reader.say("Nothing was charged.")
    )
    return Screen(
        text=text,
        keyboard=keyboard(again if one.entry.is_open else [], *_onward(reader), way_out(reader)),
    )


def _onward(reader: Reader) -> list[Row]:
    return [[button(reader.label("Book"), Racks()), button(reader.label("My waitlist"), Waiting())]]
