"""From a rack to a booking: month, day, length, summary, confirm.

Nothing is remembered on the way: every button says the whole choice, and the service checks it again.
"""

import hashlib
from datetime import date, datetime, timedelta

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot import errors, garage
from bot.appearance import appearance_of
from bot.conversation import Conversation
from bot.routers import holds, my_bookings
from bot.views import booking as views
from bot.views import buttons, calendar, choices, joining, timeline
from bot.views.reader import Reader
from bot.views.screen import title
from bot.views.waitlist_buttons import WaitLength, Wish
from domain import bookings, resources, wallets
from domain.bookings import Booking, PriceChanged, SlotTaken, Status, VehicleRequired
from domain.kernel import Conflict, Invalid, Transact
from domain.people import Actor
from domain.resources import Options, Resource, ResourceUnavailable, UnknownOption
from domain.wallets import InsufficientBalance

router = Router(name="bookings")
YEARS_MAX = 3


@router.callback_query(buttons.Month.filter())
async def choose_day(
    _: CallbackQuery, callback_data: buttons.Month, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """The month calendar of a rack."""
    await show_month(talk, reader, actor, callback_data)


async def show_month(
    talk: Conversation, reader: Reader, actor: Actor, asked: buttons.Month, *, notice: str | None = None
) -> None:
    """The month asked for, moved into what can be booked."""
    place = await resources.place(asked.rack)
    today = resources.local_day(place.venue, reader.now)
    latest = resources.latest_day(place.resource, place.venue, reader.now)
    number = min(max(asked.month, calendar.month_number(today)), calendar.month_number(latest))
    asked = asked.model_copy(update={"month": number})
    first = calendar.first_of(number)
    loads = await bookings.month(
        resource_id=asked.rack, year=first.year, month=first.month, actor=actor, now=reader.now
    )
    screen = calendar.month(reader, place, loads, asked=asked, today=today, latest=latest)
    await talk.show(screen.below(notice) if notice else screen)


@router.callback_query(buttons.DayOf.filter())
async def choose_start(
    _: CallbackQuery, callback_data: buttons.DayOf, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """The day's starts under their picture."""
    await show_day(talk, reader, actor, callback_data, state)


async def show_day(
    talk: Conversation, reader: Reader, actor: Actor, asked: buttons.DayOf, state: FSMContext, *,
    notice: str | None = None, wait: WaitLength | Wish | None = None,
) -> None:  # fmt: skip
    """The day as it is now, perhaps under a line that says what has just happened; `wait` is for a time just lost."""
    view = await bookings.day(resource_id=asked.rack, on=asked.on, actor=actor, now=reader.now)
    picture = timeline.day_of_rack(view, now=reader.now, appearance=await appearance_of(state))
    today, latest = _window(view.resource, view.venue, reader.now)
    screen = calendar.day(reader, view, asked=asked, picture=picture, today=today, latest=latest)
    screen = joining.with_way(reader, screen, wait) if wait else screen
    await talk.show(screen.below(notice) if notice else screen)


def _window(resource: Resource, venue: resources.Venue, now: datetime) -> tuple[date, date]:
    return resources.local_day(venue, now), resources.latest_day(resource, venue, now)


@router.callback_query(buttons.WeekOf.filter())
async def look_at_week(
    _: CallbackQuery, callback_data: buttons.WeekOf, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """Seven days of the rack as a picture."""
    place = await resources.place(callback_data.rack)
    from_at, _end = resources.day_bounds(place.venue, callback_data.on)
    _begin, until_at = resources.day_bounds(place.venue, callback_data.on + timedelta(days=timeline.WEEK_DAYS - 1))
    rack = place.resource
    taken = await bookings.taken(resource_ids=[rack.id], from_at=from_at, until_at=until_at, now=reader.now)
    picture = timeline.week_of_rack(
        rack, place.venue, callback_data.on, taken[rack.id], member_id=actor.member_id, now=reader.now,
        appearance=await appearance_of(state),
    )  # fmt: skip
    today, latest = _window(rack, place.venue, reader.now)
    await talk.show(calendar.week(reader, place, asked=callback_data, picture=picture, today=today, latest=latest))


@router.callback_query(buttons.Length.filter())
async def choose_length(
    _: CallbackQuery, callback_data: buttons.Length, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """How long from this start; a start that was taken meanwhile leads back to the day."""
    asked = callback_data
    place = await resources.place(asked.rack)
    offered = await bookings.durations(resource_id=asked.rack, starts_at=asked.at, actor=actor, now=reader.now)
    if not any(choice.is_free for choice in offered):
        on = resources.local_day(place.venue, asked.at)
        taken = errors.sentence(SlotTaken(), reader)
        day = buttons.DayOf(rack=asked.rack, on=on, choice=asked.choice)
        wait = WaitLength(rack=asked.rack, at=asked.at, choice=asked.choice)
        await show_day(talk, reader, actor, day, state, notice=title(taken), wait=wait)
        return
    await talk.show(calendar.lengths(reader, place, offered, asked=asked))


@router.callback_query(buttons.Summary.filter())
async def summarize(
    _: CallbackQuery, callback_data: buttons.Summary, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """The whole booking before it is made."""
    await show_summary(talk, reader, actor, callback_data, state)


async def show_summary(
    talk: Conversation, reader: Reader, actor: Actor, asked: buttons.Summary, state: FSMContext, *,
    notice: str | None = None,
) -> None:  # fmt: skip
    """The summary as things stand; what has become impossible leads back to the day."""
    rack = await resources.get(asked.rack)
    parked = await garage.fitting(rack, actor, reader.now)
    options = choices.decode(rack, asked.choice, parked)
    if options is None:
        is_parking = rack.kind == "parking_slot"
        notice = views.vehicle_gone(reader) if is_parking else views.offer_changed(reader)
        options = choices.default(rack, parked)
    try:
        quote = await bookings.quote(
            resource_id=rack.id, starts_at=asked.at, ends_at=_end(rack, asked), options=options, actor=actor,
            now=reader.now,
        )  # fmt: skip
    except VehicleRequired:
        await _ask_for_vehicle(talk, reader, asked, notice)
        return
    except (Invalid, ResourceUnavailable) as refusal:
        await _back_to_day(talk, reader, actor, asked, state, refusal)
        return
    if not quote.is_free:
        await _back_to_day(talk, reader, actor, asked, state, SlotTaken())
        return
    screen = views.summary(reader, quote, asked=asked, vehicles=parked)
    await talk.show(screen.below(notice) if notice else screen)


async def _ask_for_vehicle(talk: Conversation, reader: Reader, asked: buttons.Summary, notice: str | None) -> None:
    screen = views.no_vehicle(reader, await resources.place(asked.rack), asked=asked)
    await talk.show(screen.below(notice) if notice else screen)


def _end(rack: Resource, asked: buttons.Summary | buttons.Confirm) -> datetime:
    return asked.at + asked.slots * timedelta(minutes=rack.slot_minutes)


async def _back_to_day(
    talk: Conversation, reader: Reader, actor: Actor, asked: buttons.Summary | buttons.Confirm, state: FSMContext,
    refusal: Conflict | Invalid,
) -> None:  # fmt: skip
    """Say why not, above what is still free that day; a day that is over leads to the calendar."""
    place = await resources.place(asked.rack)
    on = resources.local_day(place.venue, asked.at)
    today, latest = _window(place.resource, place.venue, reader.now)
    notice = title(errors.sentence(refusal, reader))
    parked = await garage.fitting(place.resource, actor, reader.now)
    choice = asked.choice if choices.decode(place.resource, asked.choice, parked) is not None else choices.NONE
    if not today <= on <= latest:
        await show_month(talk, reader, actor, buttons.Month(rack=asked.rack, choice=choice), notice=notice)
        return
    day = buttons.DayOf(rack=asked.rack, on=on, choice=choice)
    wait: Wish | None = None
    if isinstance(refusal, SlotTaken):
        minutes = asked.slots * place.resource.slot_minutes
        wait = Wish(rack=asked.rack, at=asked.at, within=minutes, choice=choice)
    await show_day(talk, reader, actor, day, state, notice=notice, wait=wait)


def _key(query: CallbackQuery, asked: buttons.Confirm) -> str:
    """The same button of the same message is the same command, however often it is tapped."""
    place = query.message.message_id if query.message else query.id
    meant = f"{query.from_user.id}:{place}:{asked.pack()}"
    return f"chat:{hashlib.sha256(meant.encode()).hexdigest()[:32]}"


@router.callback_query(buttons.Confirm.filter())
async def confirm(
    query: CallbackQuery, callback_data: buttons.Confirm, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact, state: FSMContext,
) -> None:  # fmt: skip
    """Book it at the price that was shown. Short of tokens the time is held; a lost race shows what is still free."""
    asked = callback_data
    rack = await resources.get(asked.rack)
    summary = buttons.Summary(rack=asked.rack, at=asked.at, slots=asked.slots, choice=asked.choice)
    options = choices.decode(rack, asked.choice, await garage.fitting(rack, actor, reader.now))
    if options is None:
        await show_summary(talk, reader, actor, summary, state)
        return
    try:
        booking = await transact(
            bookings.book, resource_id=rack.id, starts_at=asked.at, ends_at=_end(rack, asked), options=options,
            expected_cost_tokens=asked.cost, key=_key(query, asked), actor=actor, now=reader.now,
        )  # fmt: skip
    except InsufficientBalance:
        await _hold(query, asked, rack, options, talk, reader, actor, transact, state)
    except PriceChanged as changed:
        await show_summary(talk, reader, actor, summary, state, notice=title(errors.sentence(changed, reader)))
    except VehicleRequired:
        await show_summary(talk, reader, actor, summary, state, notice=views.vehicle_gone(reader))
    except (SlotTaken, Invalid, ResourceUnavailable) as refusal:
        asked = asked.model_copy(update={"choice": ""}) if isinstance(refusal, UnknownOption) else asked
        await _back_to_day(talk, reader, actor, asked, state, refusal)
    else:
        await show_booked(talk, reader, booking, actor)


async def show_booked(talk: Conversation, reader: Reader, booking: Booking, actor: Actor) -> None:
    """The confirmation takes the place of the question and stays in the chat."""
    place = await resources.place(booking.resource_id)
    wallet = await wallets.of(booking.member_id)
    balance_tokens = wallet.spendable_tokens(reader.now)
    if booking.status in (Status.CONFIRMED, Status.ACTIVE, Status.COMPLETED):
        vehicle = await garage.of_booking(booking, actor)
        await talk.show(views.confirmed(reader, booking, place, balance_tokens=balance_tokens, vehicle=vehicle))
    else:
        await my_bookings.show_details(talk, reader, booking)


async def _hold(
    query: CallbackQuery, asked: buttons.Confirm, rack: Resource, options: Options, talk: Conversation,
    reader: Reader, actor: Actor, transact: Transact, state: FSMContext,
) -> None:  # fmt: skip
    try:
        booking = await transact(
            bookings.hold, resource_id=rack.id, starts_at=asked.at, ends_at=_end(rack, asked), options=options,
            key=f"hold:{query.id}", actor=actor, now=reader.now,
        )  # fmt: skip
    except (SlotTaken, Invalid, ResourceUnavailable) as refusal:
        await _back_to_day(talk, reader, actor, asked, state, refusal)
    else:
        await holds.show_hold(talk, reader, booking)
