"""Another time or another rack for a booking: day, start, length, what it means, confirm.

Nothing is remembered on the way: every button says the whole choice. The booking keeps its time until the new one is
confirmed, and counts as free itself while one looks for another.
"""

from datetime import datetime

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from beanie import PydanticObjectId

from bot import errors
from bot.appearance import appearance_of
from bot.conversation import Conversation
from bot.routers import keys, my_bookings
from bot.views import calendar, timeline
from bot.views import changing as views
from bot.views import changing_buttons as buttons
from bot.views.reader import Html, Reader
from bot.views.screen import title
from bot.views.wording import MINUTE
from domain import bookings, packs, resources, wallets
from domain.bookings import Booking, NotReschedulable, PriceChanged, SlotTaken
from domain.kernel import LIMIT_MAX, Conflict, DomainError, Invalid, Transact
from domain.people import Actor
from domain.resources import Place, ResourceUnavailable
from domain.wallets import InsufficientBalance

router = Router(name="changing")
PACKS_MAX = 20


async def _movable(
    talk: Conversation, reader: Reader, actor: Actor, booking_id: PydanticObjectId
) -> Booking | None:  # fmt: skip
    """The booking while it can be moved; afterwards its details say that it cannot."""
    booking = await bookings.get(booking_id=booking_id, actor=actor)
    if bookings.is_movable(booking, reader.now):
        return booking
    await my_bookings.show_details(talk, reader, booking, notice=title(errors.sentence(NotReschedulable(), reader)))
    return None


@router.callback_query(buttons.MoveMonth.filter())
async def choose_day(
    _: CallbackQuery, callback_data: buttons.MoveMonth, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """The month calendar, for a booking."""
    booking = await _movable(talk, reader, actor, callback_data.booking)
    if booking is not None:
        await _show_month(talk, reader, actor, booking, callback_data)


async def _show_month(
    talk: Conversation, reader: Reader, actor: Actor, booking: Booking, asked: buttons.MoveMonth,
    notice: Html | None = None,
) -> None:  # fmt: skip
    place = await resources.place(asked.rack or booking.resource_id)
    today = resources.local_day(place.venue, reader.now)
    latest = max(today, resources.latest_day(place.resource, place.venue, reader.now))
    wanted = asked.month or calendar.month_number(resources.local_day(place.venue, booking.starts_at))
    number = min(max(wanted, calendar.month_number(today)), calendar.month_number(latest))
    asked = asked.model_copy(update={"month": number})
    first = calendar.first_of(number)
    loads = await bookings.month(
        resource_id=place.resource.id, year=first.year, month=first.month, actor=actor, now=reader.now, moving=booking
    )
    screen = views.month(reader, booking, place, loads, asked=asked, today=today, latest=latest)
    await talk.show(screen.below(notice) if notice else screen)


@router.callback_query(buttons.MoveDay.filter())
async def choose_start(
    _: CallbackQuery, callback_data: buttons.MoveDay, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """The day's starts under their picture, for a booking."""
    booking = await _movable(talk, reader, actor, callback_data.booking)
    if booking is not None:
        await _show_day(talk, reader, actor, booking, callback_data, state)


async def _show_day(
    talk: Conversation, reader: Reader, actor: Actor, booking: Booking, asked: buttons.MoveDay, state: FSMContext,
    notice: Html | None = None,
) -> None:  # fmt: skip
    """The day as it is now; one that is over, or too far ahead, leads to the month."""
    place = await resources.place(asked.rack or booking.resource_id)
    today = resources.local_day(place.venue, reader.now)
    latest = resources.latest_day(place.resource, place.venue, reader.now)
    if not today <= asked.on <= latest:
        month = buttons.MoveMonth(booking=booking.id, month=calendar.month_number(asked.on), rack=asked.rack)
        await _show_month(talk, reader, actor, booking, month, notice)
        return
    resource_id = place.resource.id
    seen = await bookings.day(resource_id=resource_id, on=asked.on, actor=actor, now=reader.now)
    picture = timeline.day_of_rack(seen, now=reader.now, appearance=await appearance_of(state))
    view = await bookings.day(resource_id=resource_id, on=asked.on, actor=actor, now=reader.now, moving=booking)
    screen = views.day(reader, booking, view, asked=asked, picture=picture, today=today, latest=latest)
    await talk.show(screen.below(notice) if notice else screen)


@router.callback_query(buttons.MoveLength.filter())
async def choose_length(
    _: CallbackQuery, callback_data: buttons.MoveLength, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """How long from this start."""
    booking = await _movable(talk, reader, actor, callback_data.booking)
    if booking is not None:
        await _show_lengths(talk, reader, actor, booking, callback_data, state)


async def _show_lengths(
    talk: Conversation, reader: Reader, actor: Actor, booking: Booking, asked: buttons.MoveLength, state: FSMContext,
    refusal: DomainError | None = None, *, notice: Html | None = None,
) -> None:  # fmt: skip
    """The lengths that fit; when none does, the day, and why."""
    place = await resources.place(asked.rack or booking.resource_id)
    offered = await bookings.durations(
        resource_id=place.resource.id, starts_at=asked.at, actor=actor, now=reader.now, moving=booking
    )
    if any(choice.is_free for choice in offered):
        screen = views.lengths(reader, booking, place, offered, asked=asked)
        await talk.show(screen.below(notice) if notice else screen)
    else:
        await _back_to_day(talk, reader, actor, booking, asked, state, refusal or SlotTaken())


async def _back_to_day(
    talk: Conversation, reader: Reader, actor: Actor, booking: Booking,
    asked: buttons.MoveLength | buttons.MoveTo | buttons.ConfirmMove, state: FSMContext, refusal: DomainError,
) -> None:  # fmt: skip
    place = await resources.place(asked.rack or booking.resource_id)
    day = buttons.MoveDay(booking=booking.id, on=resources.local_day(place.venue, asked.at), rack=asked.rack)
    await _show_day(talk, reader, actor, booking, day, state, title(errors.sentence(refusal, reader)))


@router.callback_query(buttons.MoveTo.filter())
async def summarize(
    _: CallbackQuery, callback_data: buttons.MoveTo, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """Old and new times, and the money between them."""
    await _show_summary(talk, reader, actor, callback_data, state)


async def _show_summary(
    talk: Conversation, reader: Reader, actor: Actor, asked: buttons.MoveTo, state: FSMContext,
    notice: Html | None = None,
) -> None:  # fmt: skip
    """What the move means now. A length that was not chosen and does not fit asks for one."""
    booking = await _movable(talk, reader, actor, asked.booking)
    if booking is None:
        return
    minutes = asked.minutes or views.minutes_of(booking)
    ends_at = asked.at + minutes * MINUTE
    length = buttons.MoveLength(booking=booking.id, at=asked.at, rack=asked.rack)
    if (asked.rack or booking.resource_id, asked.at, ends_at) == (
        booking.resource_id, booking.starts_at, booking.ends_at,
    ):  # fmt: skip
        as_it_is = views.as_it_is(reader) if asked.minutes else None
        await _show_lengths(talk, reader, actor, booking, length, state, notice=as_it_is)
        return
    try:
        moving = await bookings.reschedule_quote(
            booking_id=booking.id, resource_id=asked.rack, starts_at=asked.at, ends_at=ends_at,
            options=booking.options, actor=actor, now=reader.now,
        )  # fmt: skip
        if not moving.quote.is_free:
            raise SlotTaken(resource_id=moving.quote.resource.id, starts_at=asked.at, ends_at=ends_at)  # noqa: TRY301
    except (SlotTaken, Invalid, ResourceUnavailable) as refusal:
        if asked.minutes:
            await _back_to_day(talk, reader, actor, booking, asked, state, refusal)
        else:
            await _show_lengths(talk, reader, actor, booking, length, state, refusal)
        return
    place = await resources.place(booking.resource_id)
    on_sale = await packs.on_sale(limit=PACKS_MAX) if moving.quote.missing_tokens else []
    screen = views.summary(reader, moving, place, asked=asked, on_sale=on_sale)
    await talk.show(screen.below(notice) if notice else screen)


@router.callback_query(buttons.ConfirmMove.filter())
async def confirm(
    query: CallbackQuery, callback_data: buttons.ConfirmMove, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact, state: FSMContext,
) -> None:  # fmt: skip
    """Move it for what was shown; anything else is shown anew, and a lost race leads to what is still free."""
    asked, key = callback_data, keys.of_tap(query)
    shown = buttons.MoveTo(booking=asked.booking, at=asked.at, minutes=asked.minutes, rack=asked.rack)
    booking = await bookings.get(booking_id=asked.booking, actor=actor)
    was_asked = any(one.key == key for one in booking.asked)
    if booking.moves != asked.moves and not was_asked:
        await _show_summary(talk, reader, actor, shown, state, views.changed_since(reader))
        return
    try:
        moved = await transact(
            bookings.reschedule, booking_id=booking.id, resource_id=asked.rack, starts_at=asked.at,
            ends_at=asked.at + asked.minutes * MINUTE, options=booking.options, expected_cost_tokens=asked.cost,
            expected_refund_tokens=asked.refund, key=key, actor=actor, now=reader.now,
        )  # fmt: skip
    except InsufficientBalance:
        await _show_summary(talk, reader, actor, shown, state)
    except PriceChanged:
        await _show_summary(talk, reader, actor, shown, state, views.changed_since(reader))
    except NotReschedulable:
        await _movable(talk, reader, actor, booking.id)
    except (SlotTaken, Invalid, ResourceUnavailable) as refusal:
        await _back_to_day(talk, reader, actor, booking, shown, state, refusal)
    else:
        await _show_moved(talk, reader, moved, asked)


async def _show_moved(talk: Conversation, reader: Reader, booking: Booking, asked: buttons.ConfirmMove) -> None:
    """The fact; a tap that comes after yet another change shows the booking as it is by now."""
    if booking.moves != asked.moves + 1 or booking.starts_at != asked.at:
        await my_bookings.show_details(talk, reader, booking)
        return
    place = await resources.place(booking.resource_id)
    wallet = await wallets.of(booking.member_id)
    balance_tokens = wallet.spendable_tokens(reader.now)
    await talk.show(views.moved(reader, booking, place, asked=asked, balance_tokens=balance_tokens))


@router.callback_query(buttons.MoveRack.filter())
async def choose_rack(
    _: CallbackQuery, callback_data: buttons.MoveRack, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """Others of the same kind at the same time."""
    booking = await _movable(talk, reader, actor, callback_data.booking)
    if booking is None:
        return
    place = await resources.place(booking.resource_id)
    fitting = await _fitting(booking, place, reader.now)
    ids = [there.resource.id for there in fitting]
    free = await bookings.free_between(
        resource_ids=ids, starts_at=booking.starts_at, ends_at=booking.ends_at, now=reader.now
    )
    found = [(there, _price(booking, there), there.resource.id in free) for there in fitting]
    await talk.show(views.racks(reader, booking, place, found, minutes=views.minutes_of(booking)))


async def _fitting(booking: Booking, place: Place, now: datetime) -> list[Place]:
    """What could take the booking as it is, were it free; at its own venue first, then by code."""
    page = await resources.catalogue(
        kind=place.resource.kind, aci_version=booking.options.aci_version, page=1, limit=LIMIT_MAX
    )
    others = await resources.places([each.id for each in page.items if each.id != booking.resource_id])
    fitting = [there for there in others.values() if _fits(booking, place, there, now)]
    return sorted(fitting, key=lambda there: (there.venue.id != booking.venue_id, there.resource.code))


def _fits(booking: Booking, place: Place, there: Place, now: datetime) -> bool:
    here, other = place.resource.parking_slot, there.resource.parking_slot
    if here and other and here.vehicle_type != other.vehicle_type:
        return False
    try:
        resources.check(there.resource, there.venue, booking.starts_at, booking.ends_at, booking.options, now)
    except (Conflict, Invalid):
        return False
    return True


def _price(booking: Booking, there: Place) -> int:
    price = resources.price(there.resource, there.venue, booking.starts_at, booking.ends_at, booking.options)
    return price.total_tokens
