"""Every week: from the summary of one booking to two to eight of them, and calling off the rest of a series."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from beanie import PydanticObjectId

from bot import errors, garage
from bot.conversation import Conversation
from bot.routers import bookings as booking_flow
from bot.routers import keys, my_bookings
from bot.views import changing_buttons as buttons
from bot.views import choices
from bot.views import series as views
from bot.views.reader import Html, Reader
from bot.views.screen import title
from bot.views.wording import MINUTE
from domain import bookings, packs, resources, wallets
from domain.bookings import Booking, PriceChanged, SeriesClashes, TooManyBookings
from domain.kernel import Invalid, Transact
from domain.people import Actor
from domain.resources import ResourceUnavailable
from domain.wallets import InsufficientBalance

router = Router(name="series")
PACKS_MAX = 20


@router.callback_query(buttons.AskWeeks.filter())
async def ask_weeks(_: CallbackQuery, callback_data: buttons.AskWeeks, talk: Conversation, reader: Reader) -> None:
    """For how many weeks."""
    place = await resources.place(callback_data.rack)
    await talk.show(views.weeks(reader, place, asked=callback_data))


@router.callback_query(buttons.SeriesOf.filter())
async def summarize(
    _: CallbackQuery, callback_data: buttons.SeriesOf, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """Every week with its price, or why not."""
    await _show_summary(talk, reader, actor, callback_data, state)


async def _show_summary(
    talk: Conversation, reader: Reader, actor: Actor, asked: buttons.SeriesOf, state: FSMContext,
    notice: Html | None = None,
) -> None:  # fmt: skip
    """The series as things stand; what can never be booked leads back to the single booking, which says why."""
    rack = await resources.get(asked.rack)
    options = choices.decode(rack, asked.choice, await garage.fitting(rack, actor, reader.now))
    one = views.one_of(asked, rack.slot_minutes)
    if options is None:
        await booking_flow.show_summary(talk, reader, actor, one, state)
        return
    try:
        quote = await bookings.series_quote(
            resource_id=rack.id, starts_at=asked.at, ends_at=asked.at + asked.minutes * MINUTE, options=options,
            weeks=asked.weeks, actor=actor, now=reader.now,
        )  # fmt: skip
    except (Invalid, ResourceUnavailable) as refusal:
        why = title(errors.sentence(refusal, reader))
        await booking_flow.show_summary(talk, reader, actor, one, state, notice=why)
        return
    on_sale = await packs.on_sale(limit=PACKS_MAX) if quote.missing_tokens else []
    screen = views.summary(reader, quote, asked=asked, on_sale=on_sale)
    await talk.show(screen.below(notice) if notice else screen)


@router.callback_query(buttons.ConfirmSeries.filter())
async def confirm(
    query: CallbackQuery, callback_data: buttons.ConfirmSeries, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact, state: FSMContext,
) -> None:  # fmt: skip
    """Book all weeks at the sum that was shown, or none; whatever has changed since is shown anew."""
    asked = callback_data
    rack = await resources.get(asked.rack)
    shown = views.of_weeks(asked, asked.weeks)
    options = choices.decode(rack, asked.choice, await garage.fitting(rack, actor, reader.now))
    if options is None:
        await _show_summary(talk, reader, actor, shown, state)
        return
    try:
        booked = await transact(
            bookings.book_series, resource_id=rack.id, starts_at=asked.at,
            ends_at=asked.at + asked.minutes * MINUTE, options=options, weeks=asked.weeks,
            expected_cost_tokens=asked.cost, key=keys.of_tap(query), actor=actor, now=reader.now,
        )  # fmt: skip
    except InsufficientBalance:
        await _show_summary(talk, reader, actor, shown, state)
    except (PriceChanged, SeriesClashes, TooManyBookings, Invalid, ResourceUnavailable) as refusal:
        await _show_summary(talk, reader, actor, shown, state, title(errors.sentence(refusal, reader)))
    else:
        await _show_booked(talk, reader, booked)


async def _show_booked(talk: Conversation, reader: Reader, series: list[Booking]) -> None:
    """The fact; a tap that comes after the series was called off shows that."""
    if not any(one.held for one in series):
        await my_bookings.show_details(talk, reader, series[0])
        return
    place = await resources.place(series[0].resource_id)
    wallet = await wallets.of(series[0].member_id)
    await talk.show(views.booked(reader, series, place, balance_tokens=wallet.spendable_tokens(reader.now)))


@router.callback_query(buttons.AskCancelSeries.filter())
async def ask_cancel(
    _: CallbackQuery, callback_data: buttons.AskCancelSeries, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """Say what would come back in all."""
    await _ask(talk, reader, actor, callback_data.series)


async def _ask(
    talk: Conversation, reader: Reader, actor: Actor, series_id: PydanticObjectId, notice: Html | None = None
) -> None:
    series = await bookings.of_series(series_id=series_id, actor=actor)
    if not views.coming(series, reader.now):
        await my_bookings.show_details(talk, reader, series[-1], notice=views.nothing_to_come(reader))
        return
    places = await resources.places({one.resource_id for one in series})
    screen = views.ask_cancel(reader, series, places, series_id=series_id)
    await talk.show(screen.below(notice) if notice else screen)


@router.callback_query(buttons.CancelSeries.filter())
async def cancel(
    _: CallbackQuery, callback_data: buttons.CancelSeries, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact,
) -> None:  # fmt: skip
    """Cancel the rest for what was named; if it is another sum or number by now, ask again."""
    asked, now = callback_data, reader.now
    series = await bookings.of_series(series_id=asked.series, actor=actor)
    rest, gone = views.coming(series, now), views.cancelled_last(series)
    if not rest and (len(gone), views.refunded(gone)) == (asked.coming, asked.refund):  # tapped twice
        await _show_cancelled(talk, reader, gone)
        return
    if not rest or (len(rest), views.refund_due(series, now)) != (asked.coming, asked.refund):
        await _ask(talk, reader, actor, asked.series, views.rest_changed(reader) if rest else None)
        return
    gone = await transact(bookings.cancel_series, series_id=asked.series, actor=actor, now=now)
    await _show_cancelled(talk, reader, gone)


async def _show_cancelled(talk: Conversation, reader: Reader, gone: list[Booking]) -> None:
    wallet = await wallets.of(gone[0].member_id)
    await talk.show(views.cancelled(reader, gone, balance_tokens=wallet.spendable_tokens(reader.now)))
