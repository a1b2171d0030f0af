"""Maintenance: planning it, seeing it, ending it."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from beanie import PydanticObjectId

from bot.routers.admin import forms, maintenance_forms
from bot.routers.admin.access import Desk, May
from bot.routers.admin.looks import codes_of, maintenances_screen
from bot.views.admin import maintenance as views
from bot.views.admin import upkeep_buttons as buttons
from bot.views.screen import title
from domain import bookings, resources
from domain.bookings import BookingNotFound, Maintenance
from domain.kernel import LIMIT_MAX, Page

router = Router(name="office_maintenance")
VENUES_MAX = 50
RESOURCES_PER_PAGE = 30
MAY = May("racks:write")


@router.callback_query(buttons.Maintenances.filter(), MAY)
async def list_all(_: CallbackQuery, callback_data: buttons.Maintenances, desk: Desk) -> None:
    """Show what is reserved."""
    await desk.talk.show(await maintenances_screen(desk, callback_data))


async def _one(desk: Desk, series_id: PydanticObjectId) -> Maintenance:
    number = 1
    while True:  # a handful of pages at most: nobody plans hundreds of maintenances
        page = await bookings.maintenances(venue_id=None, now=desk.now, page=number, limit=LIMIT_MAX)
        for one in page.items:
            if one.series_id == series_id:
                return one
        if number >= page.pages:
            raise BookingNotFound(series_id=series_id)
        number += 1


@router.callback_query(buttons.Maintenance.filter(), MAY)
async def see(_: CallbackQuery, callback_data: buttons.Maintenance, desk: Desk) -> None:
    """Show one maintenance."""
    one = await _one(desk, callback_data.series)
    venue = await resources.venue(one.venue_id)
    await desk.talk.show(views.maintenance(desk.reader, one, venue, await codes_of(one.resource_ids)))


@router.callback_query(buttons.AskEndMaintenance.filter(), MAY)
async def ask_end(_: CallbackQuery, callback_data: buttons.AskEndMaintenance, desk: Desk) -> None:
    """Say what ending would mean."""
    one = await _one(desk, callback_data.series)
    await desk.talk.show(views.ask_end(desk.reader, one, await codes_of(one.resource_ids)))


@router.callback_query(buttons.EndMaintenance.filter(), MAY)
async def end(_: CallbackQuery, callback_data: buttons.EndMaintenance, desk: Desk) -> None:
    """End it; tapping twice ends it once."""
    await desk.transact(bookings.end_maintenance, series_id=callback_data.series, actor=desk.actor, now=desk.now)
    done = title(desk.reader.say("Ended. The time can be booked again."))
    await desk.talk.show((await maintenances_screen(desk, buttons.Maintenances())).below(done))


@router.callback_query(buttons.PlanMaintenance.filter(), MAY)
async def plan(_: CallbackQuery, desk: Desk) -> None:
    """Ask where."""
    await desk.talk.show(views.choose_venue(desk.reader, await resources.venues(limit=VENUES_MAX)))


@router.callback_query(buttons.PlanAt.filter(), MAY)
async def plan_at(_: CallbackQuery, callback_data: buttons.PlanAt, desk: Desk) -> None:
    """Ask what there."""
    venue = await resources.venue(callback_data.venue)
    every = await resources.at_venue(venue.id, limit=resources.PLACES_MAX)
    number = max(1, callback_data.page)
    items = every[(number - 1) * RESOURCES_PER_PAGE : number * RESOURCES_PER_PAGE]
    page = Page(items=items, number=number, limit=RESOURCES_PER_PAGE, total=len(every))
    await desk.talk.show(views.choose_what(desk.reader, venue, page))


@router.callback_query(buttons.MaintainVenue.filter(), MAY)
async def of_venue(_: CallbackQuery, callback_data: buttons.MaintainVenue, desk: Desk, state: FSMContext) -> None:
    """Ask when and why."""
    venue = await resources.venue(callback_data.venue)
    await forms.begin(desk, state, maintenance_forms.OF_VENUE, subject=venue.id)


@router.callback_query(buttons.MaintainResource.filter(), MAY)
async def of_resource(_: CallbackQuery, callback_data: buttons.MaintainResource, desk: Desk, state: FSMContext) -> None:
    """Ask when and why."""
    resource = await resources.get(callback_data.resource)
    await forms.begin(desk, state, maintenance_forms.OF_RESOURCE, subject=resource.id)
