"""The staff's desk: a scanned code, who comes, who is there. To everybody else it does not exist."""

from collections.abc import Sequence

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from beanie import PydanticObjectId

from bot import errors
from bot.routers.admin.access import Desk, May
from bot.services import Services
from bot.views import desk as views
from bot.views import sessions as session_views
from bot.views.desk import Guest
from bot.views.my_bookings import status_word
from bot.views.reader import Html
from bot.views.screen import title
from bot.views.session_buttons import AskCheckOutAtDesk, CheckInAtDesk, CheckOutAtDesk, OpenDesk
from domain import bookings, people, resources, vehicles
from domain.bookings import (
    AlreadyCheckedIn,
    Booking,
    BookingNotFound,
    CheckInClosed,
    InvalidTicket,
    NotCheckedIn,
    OtherVenue,
    Purpose,
)
from domain.vehicles import Vehicle

router = Router(name="desk")
PERMISSION = "bookings:check_in"
MAY_CHECK_IN = May(PERMISSION)
TICKET = "ci-"
"""How a deep link with a ticket begins."""
BOOKING_CODE = r"(?i)^\s*b-[0-9a-z]{4,12}\s*$"
GUESTS_PER_PAGE = 6


@router.message(Command("desk"), MAY_CHECK_IN)
async def send_desk(_: Message, desk: Desk) -> None:
    """Who is about to come to the place where this person works."""
    await _show(desk, OpenDesk())


@router.callback_query(OpenDesk.filter(), MAY_CHECK_IN)
async def open_desk(_: CallbackQuery, callback_data: OpenDesk, desk: Desk) -> None:
    """A page of those who come, or of those who are there."""
    await _show(desk, callback_data)


async def _show(desk: Desk, asked: OpenDesk) -> None:
    venue_id = desk.actor.venue_id
    listed = bookings.arrivals if asked.part == "arrivals" else bookings.present
    page = await listed(venue_id=venue_id, now=desk.now, page=max(1, asked.page), limit=GUESTS_PER_PAGE)
    if not page.items and asked.page > 1:
        await _show(desk, asked.model_copy(update={"page": 1}))
        return
    venue = await resources.venue(venue_id) if venue_id else None
    await desk.talk.show(views.desk(desk.reader, page, await _guests(page.items), asked=asked, venue=venue))


async def _guests(listed: Sequence[Booking]) -> dict[PydanticObjectId, Guest]:
    places = await resources.places({each.resource_id for each in listed}) if listed else {}
    return {
        each.id: Guest(booking=each, place=places[each.resource_id], member=await people.get(each.member_id))
        for each in listed
    }


async def _guest(desk: Desk, booking: Booking) -> Guest:
    place, member = await resources.place(booking.resource_id), await people.get(booking.member_id)
    return Guest(booking=booking, place=place, member=member, vehicle=await _vehicle(desk, booking))


async def _vehicle(desk: Desk, booking: Booking) -> Vehicle | None:
    if booking.options.vehicle_id is None:
        return None
    return await vehicles.get(vehicle_id=booking.options.vehicle_id, actor=desk.actor)


async def check_in_by_ticket(desk: Desk, services: Services, ticket: str) -> None:
    """What a scanned code leads to."""
    try:
        booking_id = bookings.read_ticket(ticket, services.vault)
    except InvalidTicket:
        await desk.talk.show(views.invalid(desk.reader))
        return
    await _check_in(desk, booking_id)


@router.callback_query(CheckInAtDesk.filter(), MAY_CHECK_IN)
async def check_in(_: CallbackQuery, callback_data: CheckInAtDesk, desk: Desk) -> None:
    """The member is here, with or without their code."""
    await _check_in(desk, callback_data.booking)


async def _check_in(desk: Desk, booking_id: PydanticObjectId) -> None:
    show, reader = desk.talk.show, desk.reader
    try:
        booking = await desk.transact(bookings.check_in, booking_id=booking_id, actor=desk.actor, now=desk.now)
    except BookingNotFound:
        await show(views.invalid(reader))
    except OtherVenue:
        await _show_other_venue(desk, await _read(desk, booking_id))
    except AlreadyCheckedIn:
        await show(views.already_checked_in(reader, await _guest(desk, await _read(desk, booking_id))))
    except CheckInClosed as refusal:
        await show(views.closed(reader, refusal, await _guest(desk, await _read(desk, booking_id))))
    else:
        await show(views.checked_in(reader, await _guest(desk, booking)))


async def _read(desk: Desk, booking_id: PydanticObjectId) -> Booking:
    return await bookings.get(booking_id=booking_id, actor=desk.actor)


async def _show_other_venue(desk: Desk, booking: Booking) -> None:
    place = await resources.place(booking.resource_id)
    await desk.talk.show(views.other_venue(desk.reader, booking, place))


@router.message(F.text.regexp(BOOKING_CODE), MAY_CHECK_IN)
async def find(message: Message, desk: Desk) -> None:
    """The booking with the code that was written, at the place where this person works."""
    code = (message.text or "").strip().upper()
    try:
        booking = await bookings.by_code(code=code, actor=desk.actor)
    except BookingNotFound:
        await desk.talk.show(views.no_such_booking(desk.reader, code))
        return
    if booking.purpose is Purpose.MAINTENANCE:
        await desk.talk.show(views.no_such_booking(desk.reader, code))
    elif desk.actor.venue_id not in (None, booking.venue_id):
        await _show_other_venue(desk, booking)
    else:
        await _show_guest(desk, booking)


async def _show_guest(desk: Desk, booking: Booking, notice: Html | None = None) -> None:
    guest = await _guest(desk, booking)
    screen = views.guest(desk.reader, guest, status_word(desk.reader, booking.status))
    await desk.talk.show(screen.below(notice) if notice else screen)


@router.callback_query(AskCheckOutAtDesk.filter(), MAY_CHECK_IN)
async def ask_check_out(_: CallbackQuery, callback_data: AskCheckOutAtDesk, desk: Desk) -> None:
    """Say what it means for the member."""
    await _ask_check_out(desk, await _read(desk, callback_data.booking))


async def _ask_check_out(desk: Desk, booking: Booking, notice: Html | None = None) -> None:
    if not bookings.has_begun(booking, desk.now):
        await _show_guest(desk, booking)
        return
    await desk.talk.show(views.ask_check_out(desk.reader, await _guest(desk, booking), notice=notice))


@router.callback_query(CheckOutAtDesk.filter(), MAY_CHECK_IN)
async def check_out(_: CallbackQuery, callback_data: CheckOutAtDesk, desk: Desk) -> None:
    """The member has left; the receipt goes to them."""
    booking = await _read(desk, callback_data.booking)
    is_dearer = not callback_data.cost and session_views.due_tokens(desk.reader, booking)
    if booking.checked_out_at is None and is_dearer:
        await _ask_check_out(desk, booking, session_views.costs_by_now(desk.reader))
        return
    try:
        booking = await desk.transact(bookings.check_out, booking_id=booking.id, actor=desk.actor, now=desk.now)
    except OtherVenue:
        await _show_other_venue(desk, booking)
    except NotCheckedIn as refusal:
        await _show_guest(desk, await _read(desk, booking.id), title(errors.sentence(refusal, desk.reader)))
    else:
        await desk.talk.show(views.checked_out(desk.reader, await _guest(desk, booking)))
