"""The desk: who comes, who is there, and the answer to a scanned code."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiogram.types import InlineKeyboardButton
from beanie import PydanticObjectId

from bot.views import choices, sessions, wording
from bot.views.admin.members import name_of
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, destructive, keyboard, lines, pager, recommended, title, way_out
from bot.views.session_buttons import (
    AskCheckOutAtDesk,
    CheckInAtDesk,
    CheckOutAtDesk,
    OpenDesk,
)
from domain import bookings
from domain.bookings import Booking, CheckInClosed, Status
from domain.kernel import Page
from domain.people import Member
from domain.resources import Place, Venue
from domain.vehicles import Vehicle

NAME_MAX = 24
YES, NO, WAIT = "✅", "⛔", "⏳"


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A booking with what the desk has to know of it."""

    booking: Booking
    place: Place
    member: Member
    vehicle: Vehicle | None = None


def desk(
    reader: Reader, page: Page[Booking], guests: Mapping[PydanticObjectId, Guest], *, asked: OpenDesk,
    venue: Venue | None,
) -> Screen:  # fmt: skip
    """Who is about to come, or who is there, with a button for each."""
    is_arrivals = asked.part == "arrivals"
    where = venue.name if venue else reader.label("All venues")
    heading = (
        reader.say("Arrivals: {venue}", venue=where) if is_arrivals else reader.say("Present: {venue}", venue=where)
    )
    none = reader.say("Nobody is expected now.") if is_arrivals else reader.say("Nobody is there now.")
    listed = [guests[booking.id] for booking in page.items]
    other = (
        button(reader.label("Who is there"), OpenDesk(part="present"))
        if is_arrivals
        else button(reader.label("Arrivals"), OpenDesk())
    )
    return Screen(
        text=lines(
            title(heading), *([_row(reader, guest) for guest in listed] or [none]), "",
            reader.say("Write a code such as B-7F3K9T to find a booking."),
        ),
        keyboard=keyboard(
            *([_act(reader, guest, is_arrivals=is_arrivals)] for guest in listed),
            pager(
                reader, number=page.number, pages=page.pages,
                earlier=asked.model_copy(update={"page": max(1, page.number - 1)}),
                later=asked.model_copy(update={"page": page.number + 1}),
            ),
            [other, button(reader.label("Refresh"), OpenDesk(part=asked.part))],
            way_out(reader),
        ),
    )  # fmt: skip


def _row(reader: Reader, guest: Guest) -> Html:
    booking, zone = guest.booking, guest.place.venue.timezone
    hours = f"{wording.clock(reader, booking.starts_at, zone)}–{wording.clock(reader, booking.ends_at, zone)}"
    row = reader.say(
        "{hours} · {rack} · {who} · {code}", hours=hours, rack=guest.place.resource.code,
        who=wording.cut(guest.member.name, characters_max=NAME_MAX), code=booking.code,
    )  # fmt: skip
    if not sessions.is_over(reader, booking):
        return row
    minutes = bookings.overtime_minutes(booking.ends_at, reader.now)
    length = wording.length(reader, minutes * sessions.MINUTE)
    over = reader.say("{length} over the end", length=length)
    return Html(f"{row}\n   ⏰ {over}")


def _act(reader: Reader, guest: Guest, *, is_arrivals: bool) -> InlineKeyboardButton:
    what = f"{guest.place.resource.code}, {wording.cut(guest.member.name, characters_max=NAME_MAX)}"
    if is_arrivals:
        return button(reader.label("Check in {what}", what=what), CheckInAtDesk(booking=guest.booking.id))
    return button(reader.label("Check out {what}", what=what), AskCheckOutAtDesk(booking=guest.booking.id))


def guest_lines(reader: Reader, guest: Guest) -> list[str | None]:
    """Who, what, when, and in which vehicle."""
    booking, place = guest.booking, guest.place
    what = ", ".join([place.resource.code, *choices.words(place.resource, booking.options)])
    return [
        reader.say("For: {name}", name=name_of(guest.member)),
        escape(what),
        escape(wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)),
        escape(place.venue.name),
        _vehicle(reader, guest.vehicle) if guest.vehicle else None,
        reader.say("Code {code}", code=Html(f"<code>{booking.code}</code>")),
    ]


def _vehicle(reader: Reader, vehicle: Vehicle) -> Html:
    looks = ", ".join(word for word in (vehicle.make, vehicle.model, vehicle.colour) if word)
    plate = Html(f"<b>{escape(vehicle.plate)}</b>")
    if not looks:
        return reader.say("Vehicle {plate}", plate=plate)
    return reader.say("Vehicle {plate}: {looks}", plate=plate, looks=looks)


def result(reader: Reader, sentence: str, guest: Guest | None = None, *, sign: str = NO) -> Screen:
    """What came of a code or a button: the answer first, then whom it is about."""
    rows = ["", *guest_lines(reader, guest)] if guest else []
    return Screen(
        text=lines(title(f"{sign} {sentence}"), *rows),
        keyboard=keyboard([button(reader.label("Desk"), OpenDesk())], way_out(reader)),
    )


def checked_in(reader: Reader, guest: Guest) -> Screen:
    """They may go in; or have to wait for their time, or their rack."""
    booking = guest.booking
    starts = wording.clock(reader, booking.starts_at, guest.place.venue.timezone)
    if booking.status is Status.ACTIVE:
        return result(reader, reader.say("Checked in"), guest, sign=YES)
    if booking.starts_at > reader.now:
        return result(reader, reader.say("Checked in. It begins at {time}.", time=starts), guest, sign=YES)
    return result(reader, reader.say("Checked in. The rack is not ready yet."), guest, sign=YES)


def already_checked_in(reader: Reader, guest: Guest) -> Screen:
    """The code was used before."""
    booking = guest.booking
    assert booking.checked_in_at is not None
    at = wording.soon(reader, booking.checked_in_at, guest.place.venue.timezone)
    return result(reader, reader.say("Already checked in: {time}", time=at), guest, sign=WAIT)


def closed(reader: Reader, refusal: CheckInClosed, guest: Guest) -> Screen:
    """Too early, too late, or nothing to check in to."""
    booking, zone = guest.booking, guest.place.venue.timezone
    opens_at, closes_at = refusal.facts["opens_at"], refusal.facts["closes_at"]
    if booking.status is Status.CANCELLED:
        return result(reader, reader.say("Cancelled"), guest)
    if booking.status in (Status.HELD, Status.EXPIRED):
        return result(reader, reader.say("Not booked: the time was only kept"), guest)
    if booking.check_in != "required":
        return result(reader, reader.say("No check-in is needed here"), guest, sign=YES)
    if booking.status is Status.COMPLETED:
        return result(reader, reader.say("Over: this code was used"), guest)
    if reader.now < opens_at:
        at = wording.soon(reader, opens_at, zone)
        return result(reader, reader.say("Too early: check-in opens {time}", time=at), guest, sign=WAIT)
    at = wording.soon(reader, closes_at, zone)
    return result(reader, reader.say("Too late: check-in closed {time}", time=at), guest)


def other_venue(reader: Reader, booking: Booking, place: Place) -> Screen:
    """The code is of another venue: where to send them, and no more."""
    span = wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)
    screen = result(reader, reader.say("Another venue: {venue}", venue=place.venue.name))
    return Screen(text=lines(screen.text, "", escape(span)), keyboard=screen.keyboard)


def invalid(reader: Reader) -> Screen:
    """Not a code of ours, or of a booking that is no more."""
    return result(reader, reader.say("Not a valid code"))


def no_such_booking(reader: Reader, code: str) -> Screen:
    """Nobody has that code."""
    return result(reader, reader.say("There is no booking {code}.", code=wording.cut(code, characters_max=NAME_MAX)))


def guest(reader: Reader, guest: Guest, status: str) -> Screen:
    """One booking as the desk sees it, with what can be done about it now."""
    booking = guest.booking
    row: Row = []
    if sessions.needs_ticket(booking):
        row = [recommended(reader.label("Check in"), CheckInAtDesk(booking=booking.id))]
    elif bookings.has_begun(booking, reader.now):
        row = [button(reader.label("Check out"), AskCheckOutAtDesk(booking=booking.id))]
    runs_over = sessions.is_over(reader, booking)
    text = lines(
        title(reader.say("{code} · {status}", code=booking.code, status=status)),
        *guest_lines(reader, guest),
        reader.say("Checked in at {time}",
                   time=wording.soon(reader, booking.checked_in_at, guest.place.venue.timezone))
        if booking.checked_in_at
        else None,
        reader.say("The time is over: every minute costs until the check-out.") if runs_over else None,
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard(row, way_out(reader, OpenDesk())))


def ask_check_out(reader: Reader, guest: Guest, *, notice: Html | None = None) -> Screen:
    """What checking the member out would mean for them."""
    booking = guest.booking
    due = sessions.due_tokens(reader, booking)
    out = CheckOutAtDesk(booking=booking.id, cost=due)
    cost = wording.tokens(reader, due)
    text = lines(
        notice,
        title(reader.say("Check {name} out of {rack}?", name=name_of(guest.member), rack=guest.place.resource.code)),
        *sessions.consequences(reader, booking, guest.place, balance_tokens=None),
        reader.say("The member pays {tokens}.", tokens=cost) if due else None,
        reader.say("Code {code}", code=Html(f"<code>{booking.code}</code>")),
    )
    label = reader.label("Check out – {tokens}", tokens=cost) if due else reader.label("Check out now")
    back = OpenDesk(part="present")
    return Screen(text=text, keyboard=keyboard([destructive(label, out)], way_out(reader, back)))


def checked_out(reader: Reader, guest: Guest) -> Screen:
    """They have left."""
    booking = guest.booking
    assert booking.checked_out_at is not None
    at = wording.clock(reader, booking.checked_out_at, guest.place.venue.timezone)
    screen = result(reader, reader.say("Checked out at {time}", time=at), guest, sign=YES)
    over = sessions.overtime_lines(
        reader, booking, minutes=booking.overtime_minutes, overtime_tokens=booking.overtime_tokens,
        penalty_tokens=booking.penalty_tokens,
    ) if booking.overtime_minutes else []  # fmt: skip
    return Screen(text=lines(screen.text, *over), keyboard=screen.keyboard)
