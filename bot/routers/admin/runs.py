"""The preparation of racks: what happened, trying again, saying that it is done."""

from aiogram import Router
from aiogram.types import CallbackQuery
from beanie import PydanticObjectId

from bot.routers.admin.access import Desk, May
from bot.routers.admin.looks import codes_of
from bot.views.admin import runs as views
from bot.views.admin import upkeep_buttons as buttons
from bot.views.screen import Screen, title
from domain import bookings, provisioning, resources

router = Router(name="office_runs")
RUNS_PER_PAGE = 8
MAY = May("racks:write")


async def _runs_screen(desk: Desk, number: int) -> Screen:
    page = await provisioning.recent(status=None, actor=desk.actor, page=max(1, number), limit=RUNS_PER_PAGE)
    return views.runs(desk.reader, page, await codes_of([one.resource_id for one in page.items]))


async def _run_screen(desk: Desk, booking_id: PydanticObjectId, run_id: PydanticObjectId) -> Screen:
    for one in await provisioning.of_booking(booking_id=booking_id, actor=desk.actor):
        if one.id == run_id:
            booking = await bookings.get(booking_id=booking_id, actor=desk.actor)
            return views.run(desk.reader, one, booking, await resources.place(one.resource_id))
    raise provisioning.RunNotFound(run_id=run_id)


@router.callback_query(buttons.Runs.filter(), MAY)
async def list_all(_: CallbackQuery, callback_data: buttons.Runs, desk: Desk) -> None:
    """Show the last runs."""
    await desk.talk.show(await _runs_screen(desk, callback_data.page))


@router.callback_query(buttons.Run.filter(), MAY)
async def see(_: CallbackQuery, callback_data: buttons.Run, desk: Desk) -> None:
    """Show one run."""
    await desk.talk.show(await _run_screen(desk, callback_data.booking, callback_data.run))


@router.callback_query(buttons.RetryRun.filter(), MAY)
async def retry(_: CallbackQuery, callback_data: buttons.RetryRun, desk: Desk) -> None:
    """Try it once more."""
    await desk.transact(provisioning.retry, run_id=callback_data.run, actor=desk.actor, now=desk.now)
    done = title(desk.reader.say("It is tried again."))
    await desk.talk.show((await _run_screen(desk, callback_data.booking, callback_data.run)).below(done))


@router.callback_query(buttons.AskReady.filter(), MAY)
async def ask_ready(_: CallbackQuery, callback_data: buttons.AskReady, desk: Desk) -> None:
    """Say what it would mean."""
    booking = await bookings.get(booking_id=callback_data.booking, actor=desk.actor)
    await desk.talk.show(views.ask_ready(desk.reader, booking, await resources.place(booking.resource_id)))


@router.callback_query(buttons.DeclareReady.filter(), MAY)
async def declare_ready(_: CallbackQuery, callback_data: buttons.DeclareReady, desk: Desk) -> None:
    """Say that the rack is ready."""
    booking = await desk.transact(
        provisioning.declare_ready, booking_id=callback_data.booking, actor=desk.actor, now=desk.now
    )
    done = title(desk.reader.say("{code} is ready; the member is told.", code=booking.code))
    await desk.talk.show((await _runs_screen(desk, 1)).below(done))
