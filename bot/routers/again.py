"""Book again: three taps to a booking for somebody who knows what they want."""

from datetime import datetime, timedelta

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.conversation import Conversation
from bot.routers import bookings as booking_flow
from bot.views import buttons, choices, kinds
from bot.views.reader import Reader
from bot.views.screen import title
from domain import bookings, resources
from domain.people import Actor
from domain.resources import Resource

router = Router(name="again")
AGAIN_DAYS = 14
AGAIN_DAYS_LOOKED_AT = 3


@router.callback_query(buttons.Again.filter())
async def book_again(
    _: CallbackQuery, callback_data: buttons.Again, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """The same resource, length and options (or vehicle) at the next time that is free for all of it."""
    booking = await bookings.get(booking_id=callback_data.booking, actor=actor)
    rack = await resources.get(booking.resource_id)
    length = (booking.original_ends_at or booking.ends_at) - booking.starts_at  # as booked, even if left early
    slots = min(max(rack.min_slots, length // timedelta(minutes=rack.slot_minutes)), rack.max_slots)
    choice = choices.encode(rack, booking.options)
    at = await _next_start(rack, actor, slots, reader.now)
    if at is None:
        month = buttons.Month(rack=rack.id, choice=choice)
        await booking_flow.show_month(talk, reader, actor, month, notice=title(kinds.nothing_again(reader, rack.kind)))
        return
    summary = buttons.Summary(rack=rack.id, at=at, slots=slots, choice=choice)
    await booking_flow.show_summary(talk, reader, actor, summary, state)


async def _next_start(rack: Resource, actor: Actor, slots: int, now: datetime) -> datetime | None:
    """The first start with enough free slots in a row after it, among the days that have any."""
    place = await resources.place(rack.id)
    after = now
    for _ in range(AGAIN_DAYS_LOOKED_AT):
        first = (await bookings.next_free(resource_ids=[rack.id], now=after, days=AGAIN_DAYS))[rack.id]
        if first is None:
            return None
        on = resources.local_day(place.venue, first)
        view = await bookings.day(resource_id=rack.id, on=on, actor=actor, now=now)
        free = {slot.starts_at for slot in view.slots if slot.state == "free"}
        step = timedelta(minutes=rack.slot_minutes)
        for at in sorted(free):
            if all(at + step * ahead in free for ahead in range(slots)):
                return at
        after = max(now, resources.day_bounds(place.venue, on)[1])
    return None
