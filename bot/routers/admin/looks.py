"""Screens that several acts lead to: one member, one booking, the members found."""

from beanie import PydanticObjectId

from bot.routers.admin.access import Desk
from bot.views.admin import day, members
from bot.views.admin.buttons import Members
from bot.views.screen import Screen
from domain import bookings, people, resources, wallets

MEMBERS_PER_PAGE = 8


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
