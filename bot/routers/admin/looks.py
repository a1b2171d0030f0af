"""Screens that several acts lead to: one member, one booking, the members found."""

from collections.abc import Sequence

from beanie import PydanticObjectId

from bot.routers.admin.access import Desk
from bot.views.admin import day, debts, maintenance, members, racks
from bot.views.admin.buttons import Members
from bot.views.admin.upkeep_buttons import Maintenances, Receivables
from bot.views.screen import Screen
from domain import bookings, people, resources, wallets
from domain.resources import Resource

MEMBERS_PER_PAGE = 8
MAINTENANCES_PER_PAGE = 8
RECEIVABLES_PER_PAGE = 10


async def member_screen(desk: Desk, member_id: PydanticObjectId) -> Screen:
    """One member, with balance and bookings."""
    member = await people.get(member_id)
    wallet = await wallets.of(member_id)
    coming = await bookings.upcoming(member_id=member_id, now=desk.now, page=1, limit=1)
    past = await bookings.past(member_id=member_id, now=desk.now, page=1, limit=1)
    return members.member(
        desk.reader, member, balance_tokens=wallet.spendable_tokens(desk.now), upcoming=coming.total, past=past.total,
        actor=desk.actor,
    )  # fmt: skip


async def found_screen(desk: Desk, asked: Members) -> Screen:
    """The members found by a text."""
    page = await people.find(asked.text, page=max(1, asked.page), limit=MEMBERS_PER_PAGE)
    return members.members(desk.reader, page, asked)


async def booking_screen(desk: Desk, booking: bookings.Booking) -> Screen:
    """One booking as the operator sees it."""
    place, member = await resources.place(booking.resource_id), await people.get(booking.member_id)
    return day.booking(desk.reader, booking, place, member, desk.actor)


async def resource_screen(desk: Desk, resource: Resource) -> Screen:
    """One rack, seat or parking slot."""
    return racks.rack(desk.reader, resource, await resources.venue(resource.venue_id))


async def maintenances_screen(desk: Desk, asked: Maintenances) -> Screen:
    """What is reserved for maintenance."""
    page = await bookings.maintenances(
        venue_id=None, now=desk.now, page=max(1, asked.page), limit=MAINTENANCES_PER_PAGE
    )
    venues = {one.venue_id: await resources.venue(one.venue_id) for one in page.items}
    codes = await codes_of([each for one in page.items for each in one.resource_ids[: maintenance.RESOURCES_SHOWN]])
    return maintenance.maintenances(desk.reader, page, venues, codes)


async def codes_of(resource_ids: Sequence[PydanticObjectId]) -> dict[PydanticObjectId, str]:
    """What people call these resources."""
    places = await resources.places(list(set(resource_ids))[: resources.PLACES_MAX])
    return {key: place.resource.code for key, place in places.items()}


async def receivables_screen(desk: Desk, asked: Receivables) -> Screen:
    """What members owe."""
    page = await wallets.open_receivables(page=max(1, asked.page), limit=RECEIVABLES_PER_PAGE)
    owing = {one.user: await people.get(one.user) for one in page.items}
    return debts.receivables(desk.reader, page, owing)
