"""Today's bookings, and calling one off as the operator."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from beanie import PydanticObjectId

from bot.routers.admin import forms, member_forms
from bot.routers.admin.access import Desk, May
from bot.routers.admin.looks import booking_screen
from bot.views.admin import buttons
from bot.views.admin import day as views
from domain import bookings, people, resources
from domain.people import Member

router = Router(name="office_day")
BOOKINGS_PER_PAGE = 12
VENUES_MAX = 50
MAY_READ = May("bookings:read")


@router.callback_query(buttons.ChooseVenueOfDay.filter(), MAY_READ)
async def choose_venue(_: CallbackQuery, desk: Desk) -> None:
    """Ask whose day to look at."""
    await desk.talk.show(views.choose_venue(desk.reader, await resources.venues(limit=VENUES_MAX)))


@router.callback_query(buttons.Today.filter(), MAY_READ)
async def today(_: CallbackQuery, callback_data: buttons.Today, desk: Desk) -> None:
    """Show a page of today's bookings."""
    venue = await resources.venue(callback_data.venue) if callback_data.venue else None
    page = await bookings.today(
        venue_id=callback_data.venue, now=desk.now, page=max(1, callback_data.page), limit=BOOKINGS_PER_PAGE
    )
    places = await resources.places({each.resource_id for each in page.items})
    members = await _members({each.member_id for each in page.items})
    await desk.talk.show(views.today(desk.reader, page, places, members, asked=callback_data, venue=venue))


async def _members(member_ids: set[PydanticObjectId]) -> dict[PydanticObjectId, Member]:
    return {member_id: await people.get(member_id) for member_id in member_ids}


@router.callback_query(buttons.Booking.filter(), MAY_READ)
async def see(_: CallbackQuery, callback_data: buttons.Booking, desk: Desk) -> None:
    """Show one booking."""
    booking = await bookings.get(booking_id=callback_data.booking, actor=desk.actor)
    await desk.talk.show(await booking_screen(desk, booking))


@router.callback_query(buttons.CancelBooking.filter(), May("bookings:cancel_any"))
async def cancel(_: CallbackQuery, callback_data: buttons.CancelBooking, desk: Desk, state: FSMContext) -> None:
    """Begin to call a booking off; one's own goes by the terms, in My bookings."""
    booking = await bookings.get(booking_id=callback_data.booking, actor=desk.actor)
    if booking.member_id == desk.actor.member_id:
        await desk.talk.show(await booking_screen(desk, booking))
        return
    await forms.begin(desk, state, member_forms.CANCEL_BOOKING, subject=booking.id)
