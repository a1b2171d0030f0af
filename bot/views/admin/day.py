"""The day at the venues, and one booking as the operator sees it."""

from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton
from beanie import PydanticObjectId

from bot.views import choices, wording
from bot.views.admin.buttons import Booking as BookingButton
from bot.views.admin.buttons import CancelBooking, ChooseVenueOfDay, Office, Today
from bot.views.admin.buttons import Member as MemberButton
from bot.views.admin.members import name_of
from bot.views.my_bookings import status_word
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Screen, button, destructive, grid, keyboard, lines, pager, title, way_out
from bot.views.session_buttons import OpenDesk
from bot.views.waitlist_buttons import Queue
from domain.bookings import Booking, Status
from domain.kernel import Page
from domain.people import Actor, Member
from domain.resources import Place, Venue

Places = Mapping[PydanticObjectId, Place]
Members = Mapping[PydanticObjectId, Member]
OPEN = (Status.HELD, Status.CONFIRMED, Status.ACTIVE)


def choose_venue(reader: Reader, venues: Sequence[Venue]) -> Screen:
    """Whose day to look at."""
    buttons = (button(venue.name, Today(venue=venue.id)) for venue in venues)
    everywhere = button(reader.label("All venues"), Today())
    return Screen(
        text=title(reader.say("Today at which venue?")),
        keyboard=keyboard([everywhere], *grid(buttons, columns=2), way_out(reader, Office())),
    )


def today(
    reader: Reader, page: Page[Booking], places: Places, members: Members, *, asked: Today, venue: Venue | None
) -> Screen:
    """Who comes today, when, for what: in the order of starts."""
    zone = venue.timezone if venue else None
    on = wording.day(reader, wording.local(reader.now, zone).date()) if zone else None
    heading = reader.say("{venue}, {day}", venue=venue.name, day=on) if venue else reader.say("Today at all venues")
    rows = [_row(reader, each, places[each.resource_id], members.get(each.member_id)) for each in page.items]
    empty = reader.say("Nothing is booked for today.")
    return Screen(
        text=lines(title(heading), *(rows or [empty])),
        keyboard=keyboard(
            *grid((_open(reader, each, places[each.resource_id]) for each in page.items), columns=2),
            pager(
                reader, number=page.number, pages=page.pages,
                earlier=asked.model_copy(update={"page": max(1, page.number - 1)}),
                later=asked.model_copy(update={"page": page.number + 1}),
            ),
            [button(reader.label("By venue"), ChooseVenueOfDay()), button(reader.label("Desk"), OpenDesk())],
            [button(reader.label("Waitlist"), Queue())],
            way_out(reader, Office()),
        ),
    )  # fmt: skip


def _hours(reader: Reader, booking: Booking, zone: str) -> str:
    return f"{wording.clock(reader, booking.starts_at, zone)}–{wording.clock(reader, booking.ends_at, zone)}"


def _row(reader: Reader, booking: Booking, place: Place, member: Member | None) -> Html:
    return reader.say(
        "{hours} · {rack} · {who} · {status}", hours=_hours(reader, booking, place.venue.timezone),
        rack=place.resource.code, who=name_of(member) if member else "?", status=status_word(reader, booking.status),
    )  # fmt: skip


def _open(reader: Reader, booking: Booking, place: Place) -> InlineKeyboardButton:
    label = f"{wording.clock(reader, booking.starts_at, place.venue.timezone)} {place.resource.code}"
    return button(label, BookingButton(booking=booking.id))


def booking(reader: Reader, booking: Booking, place: Place, member: Member, actor: Actor) -> Screen:
    """One booking; with the right to, the button that calls it off."""
    zone = place.venue.timezone
    what = choices.words(place.resource, booking.options)
    reason = booking.cancelled_reason
    text = lines(
        title(reader.say("{code} · {status}", code=booking.code, status=status_word(reader, booking.status))),
        escape(place.resource.code),
        escape(wording.span(reader, booking.starts_at, booking.ends_at, zone)),
        escape(place.venue.name),
        reader.say("For: {name}", name=name_of(member)),
        reader.say("With: {what}", what=", ".join(what)) if what else None,
        reader.say("Cost: {tokens}", tokens=wording.tokens(reader, booking.cost_tokens)),
        reader.say("Came back: {tokens}", tokens=wording.tokens(reader, booking.refund_tokens))
        if booking.cancelled_at
        else None,
        reader.say("Reason: {reason}", reason=reason) if reason else None,
    )
    is_open = booking.status in OPEN and booking.ends_at > reader.now
    may_cancel = is_open and actor.may("bookings:cancel_any") and booking.member_id != actor.member_id
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(reader.label("Cancel this booking"), CancelBooking(booking=booking.id))] if may_cancel else [],
            [button(reader.label("The member"), MemberButton(member=booking.member_id))],
            way_out(reader, Today()),
        ),
    )


def ask_cancel(reader: Reader, booking: Booking, place: Place, member: Member, *, reason: str) -> Html:
    """What cancelling as the operator would do: everything comes back, and the member is told."""
    back = reader.say("All {tokens} come back, whatever the terms.", tokens=wording.tokens(reader, booking.cost_tokens))
    if booking.status is Status.HELD:
        back = reader.say("Nothing was paid for it yet; the time becomes free.")
    return Html(
        lines(
            title(reader.say("Cancel {code} of {name}?", code=booking.code, name=name_of(member))),
            escape(place.resource.code),
            escape(wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)),
            back,
            reader.say("Reason: {reason}", reason=reason),
            reader.say("The member is told, with the reason."),
        )
    )  # fmt: skip


def cancelled(reader: Reader, booking: Booking) -> Html:
    """The fact after."""
    return title(
        reader.say(
            "Cancelled {code}. {tokens} came back to the member.", code=booking.code,
            tokens=wording.tokens(reader, booking.refund_tokens),
        )
    )  # fmt: skip
