"""What is on offer: racks, venues, packs."""

from datetime import datetime, timedelta

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.routers.admin import closing_forms, forms, offer_forms, rack_forms
from bot.routers.admin.access import Desk, May
from bot.routers.admin.looks import resource_screen
from bot.views.admin import buttons, upkeep_buttons
from bot.views.admin import packs as pack_views
from bot.views.admin import racks as views
from bot.views.admin import venues as venue_views
from bot.views.menu import refusal
from bot.views.screen import title
from domain import bookings, packs, resources
from domain.kernel import Page
from domain.resources import Resource, ResourceStatus

RACKS_PER_PAGE = 10
PACKS_PER_PAGE = 10
PACKS_MAX = 100
VENUES_MAX = 50
AHEAD_DAYS = 368
"""Nothing can be booked further ahead."""
STRIDE_DAYS = 92

MAY_RACKS = May("racks:write")
MAY_PACKS = May("packs:write")
router = Router(name="office_offer")


@router.callback_query(buttons.Racks.filter(), MAY_RACKS)
async def list_racks(_: CallbackQuery, callback_data: buttons.Racks, desk: Desk) -> None:
    """Show everything of a kind."""
    number = max(1, callback_data.page)
    kind = callback_data.kind
    page = await resources.catalogue(kind=kind, include_retired=True, page=number, limit=RACKS_PER_PAGE)
    await desk.talk.show(views.racks(desk.reader, page, kind))


@router.callback_query(buttons.Rack.filter(), MAY_RACKS)
async def open_rack(_: CallbackQuery, callback_data: buttons.Rack, desk: Desk) -> None:
    """Show one rack."""
    await desk.talk.show(await resource_screen(desk, await resources.get(callback_data.rack)))


@router.callback_query(buttons.AddRack.filter(), MAY_RACKS)
async def add_rack(_: CallbackQuery, callback_data: buttons.AddRack, desk: Desk, state: FSMContext) -> None:
    """Begin to add something; where there is one venue only, it stands there."""
    venues = await resources.venues(limit=VENUES_MAX)
    if not venues:
        await desk.talk.show(refusal(desk.reader, desk.reader.say("There is no venue yet. Add one first.")))
        return
    known = {"venue_id": str(venues[0].id)} if len(venues) == 1 else {}
    await forms.begin(desk, state, rack_forms.ADDING[callback_data.kind], values=known, step=len(known))


@router.callback_query(buttons.EditRack.filter(), MAY_RACKS)
async def edit_rack(_: CallbackQuery, callback_data: buttons.EditRack, desk: Desk, state: FSMContext) -> None:
    """Begin to change something about a rack."""
    rack = await resources.get(callback_data.rack)
    form = rack_forms.editing(callback_data.what, rack.kind)
    if form is None:
        await desk.talk.show(await resource_screen(desk, rack))
        return
    await forms.begin(desk, state, form, subject=rack.id)


@router.callback_query(buttons.SetRackStatus.filter(), MAY_RACKS)
async def set_status(_: CallbackQuery, callback_data: buttons.SetRackStatus, desk: Desk, state: FSMContext) -> None:
    """Put something back into service; the button that takes it out asks first."""
    rack = await resources.get(callback_data.rack)
    if callback_data.status is ResourceStatus.MAINTENANCE:
        await forms.begin(desk, state, closing_forms.WITHDRAW, subject=rack.id)
        return
    rack = await desk.transact(
        resources.edit_resource, resource_id=rack.id, changes={"status": callback_data.status.value},
        actor=desk.actor, now=desk.now,
    )  # fmt: skip
    done = desk.reader.say("{code} can be booked again.", code=rack.code)
    await desk.talk.show((await resource_screen(desk, rack)).below(title(done)))


@router.callback_query(buttons.AskRetireRack.filter(), MAY_RACKS)
async def ask_retire_rack(_: CallbackQuery, callback_data: buttons.AskRetireRack, desk: Desk) -> None:
    """Say what retiring would mean."""
    rack = await resources.get(callback_data.rack)
    venue = await resources.venue(rack.venue_id)
    await desk.talk.show(views.ask_retire(desk.reader, rack, venue, await _upcoming(rack, desk.now)))


async def _upcoming(rack: Resource, now: datetime) -> list[tuple[datetime, datetime]]:
    """Every time that is taken from now on, as far ahead as anything can be booked; each once."""
    found: dict[datetime, datetime] = {}
    for days in range(0, AHEAD_DAYS, STRIDE_DAYS):
        begin = now + timedelta(days=days)
        end = begin + timedelta(days=STRIDE_DAYS)
        busy = await bookings.taken(resource_ids=[rack.id], from_at=begin, until_at=end, now=now)
        sessions = [each for each in busy[rack.id] if each.ends_at > now and each.member_id != bookings.NOBODY]
        found |= {each.starts_at: each.ends_at for each in sessions}
    return sorted(found.items())


@router.callback_query(buttons.RetireRack.filter(), MAY_RACKS)
async def retire_rack(_: CallbackQuery, callback_data: buttons.RetireRack, desk: Desk) -> None:
    """Retire a rack."""
    rack = await desk.transact(
        resources.retire_resource, resource_id=callback_data.rack, actor=desk.actor, now=desk.now
    )
    done = title(desk.reader.say("{code} is retired and takes no new bookings.", code=rack.code))
    await desk.talk.show((await resource_screen(desk, rack)).below(done))


@router.callback_query(buttons.RestoreRack.filter(), MAY_RACKS)
async def restore_rack(_: CallbackQuery, callback_data: buttons.RestoreRack, desk: Desk) -> None:
    """Offer a retired rack again."""
    rack = await desk.transact(
        resources.restore_resource, resource_id=callback_data.rack, actor=desk.actor, now=desk.now
    )
    done = title(desk.reader.say("{code} can be booked again.", code=rack.code))
    await desk.talk.show((await resource_screen(desk, rack)).below(done))


@router.callback_query(buttons.Venues.filter(), MAY_RACKS)
async def list_venues(_: CallbackQuery, desk: Desk) -> None:
    """Show all venues."""
    await desk.talk.show(venue_views.venues(desk.reader, await resources.venues(limit=VENUES_MAX)))


@router.callback_query(buttons.Venue.filter(), MAY_RACKS)
async def open_venue(_: CallbackQuery, callback_data: buttons.Venue, desk: Desk) -> None:
    """Show one venue."""
    await desk.talk.show(venue_views.venue(desk.reader, await resources.venue(callback_data.venue)))


@router.callback_query(buttons.AddVenue.filter(), MAY_RACKS)
async def add_venue(_: CallbackQuery, desk: Desk, state: FSMContext) -> None:
    """Begin to open a venue."""
    await forms.begin(desk, state, offer_forms.ADD_VENUE)


@router.callback_query(buttons.EditVenue.filter(), MAY_RACKS)
async def edit_venue(_: CallbackQuery, callback_data: buttons.EditVenue, desk: Desk, state: FSMContext) -> None:
    """Begin to change something about a venue."""
    form = offer_forms.EDITING_VENUE.get(callback_data.what) or closing_forms.EDITING_VENUE.get(callback_data.what)
    venue = await resources.venue(callback_data.venue)
    if form is None:
        await desk.talk.show(venue_views.venue(desk.reader, venue))
        return
    await forms.begin(desk, state, form, subject=venue.id)


@router.callback_query(upkeep_buttons.ClosedDays.filter(), MAY_RACKS)
async def closed_days(_: CallbackQuery, callback_data: upkeep_buttons.ClosedDays, desk: Desk) -> None:
    """Show on which days a venue is closed."""
    await desk.talk.show(venue_views.closed_days(desk.reader, await resources.venue(callback_data.venue)))


@router.callback_query(upkeep_buttons.OpenOn.filter(), MAY_RACKS)
async def open_on(_: CallbackQuery, callback_data: upkeep_buttons.OpenOn, desk: Desk) -> None:
    """Open on a day that was to be closed; tapping twice opens it once."""
    venue = await resources.venue(callback_data.venue)
    await desk.talk.show(await closing_forms.open_on(desk, venue, callback_data.on))


@router.callback_query(buttons.Packs.filter(), MAY_PACKS)
async def list_packs(_: CallbackQuery, callback_data: buttons.Packs, desk: Desk) -> None:
    """Show all packs that are not retired."""
    every = await packs.all_packs(limit=PACKS_MAX)
    number = max(1, callback_data.page)
    items = every[(number - 1) * PACKS_PER_PAGE : number * PACKS_PER_PAGE]
    page = Page(items=items, number=number, limit=PACKS_PER_PAGE, total=len(every))
    await desk.talk.show(pack_views.packs(desk.reader, page))


@router.callback_query(buttons.Pack.filter(), MAY_PACKS)
async def open_pack(_: CallbackQuery, callback_data: buttons.Pack, desk: Desk) -> None:
    """Show one pack."""
    await desk.talk.show(pack_views.pack(desk.reader, await packs.get(callback_data.package)))


@router.callback_query(buttons.AddPack.filter(), MAY_PACKS)
async def add_pack(_: CallbackQuery, desk: Desk, state: FSMContext) -> None:
    """Begin to put a pack on sale."""
    await forms.begin(desk, state, offer_forms.ADD_PACK)


@router.callback_query(buttons.EditPack.filter(), MAY_PACKS)
async def edit_pack(_: CallbackQuery, callback_data: buttons.EditPack, desk: Desk, state: FSMContext) -> None:
    """Begin to change something about a pack."""
    form = offer_forms.EDITING_PACK.get(callback_data.what)
    pack = await packs.get(callback_data.package)
    if form is None or pack.is_deleted:
        await desk.talk.show(pack_views.pack(desk.reader, pack))
        return
    await forms.begin(desk, state, form, subject=pack.id)


@router.callback_query(buttons.SetPackSale.filter(), MAY_PACKS)
async def set_sale(_: CallbackQuery, callback_data: buttons.SetPackSale, desk: Desk) -> None:
    """Let a pack rest, or put it on sale again."""
    pack = await desk.transact(
        packs.edit, package_id=callback_data.package, changes={"is_active": callback_data.is_active},
        actor=desk.actor, now=desk.now,
    )  # fmt: skip
    await desk.talk.show(pack_views.pack(desk.reader, pack))


@router.callback_query(buttons.AskRetirePack.filter(), MAY_PACKS)
async def ask_retire_pack(_: CallbackQuery, callback_data: buttons.AskRetirePack, desk: Desk) -> None:
    """Say what retiring would mean."""
    await desk.talk.show(pack_views.ask_retire(desk.reader, await packs.get(callback_data.package)))


@router.callback_query(buttons.RetirePack.filter(), MAY_PACKS)
async def retire_pack(_: CallbackQuery, callback_data: buttons.RetirePack, desk: Desk) -> None:
    """Retire a pack for good."""
    pack = await desk.transact(packs.retire, package_id=callback_data.package, actor=desk.actor, now=desk.now)
    done = title(desk.reader.say("{name} is retired.", name=pack.name))
    await desk.talk.show(pack_views.pack(desk.reader, pack).below(done))
