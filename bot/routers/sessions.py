"""A session as its member lives it: the code to show, getting in, another rack, leaving."""

from datetime import datetime

from aiogram import Bot, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from beanie import PydanticObjectId

from bot import errors
from bot.appearance import appearance_of
from bot.conversation import Conversation
from bot.routers import my_bookings
from bot.services import Services
from bot.views import buttons, session_buttons, tickets
from bot.views import my_bookings as booking_views
from bot.views import sessions as views
from bot.views.reader import Html, Reader
from bot.views.screen import title
from domain import bookings, notifications, provisioning, resources, wallets
from domain.bookings import Booking, BookingNotFound, NotCheckedIn, NotPreparing, SlotTaken
from domain.kernel import Invalid, Transact
from domain.people import Actor
from domain.resources import ResourceUnavailable

router = Router(name="sessions")
OTHERS_MAX = 8


async def _own(booking_id: PydanticObjectId, actor: Actor) -> Booking:
    """The actor's own booking; staff see others' at the desk. Raises BookingNotFound."""
    booking = await bookings.get(booking_id=booking_id, actor=actor)
    if booking.member_id != actor.member_id:
        raise BookingNotFound(booking_id=booking.id)
    return booking


@router.callback_query(buttons.ShowTicket.filter())
async def show_ticket(
    _: CallbackQuery, callback_data: buttons.ShowTicket, talk: Conversation, reader: Reader, actor: Actor, bot: Bot,
    services: Services, state: FSMContext,
) -> None:  # fmt: skip
    """The code in a message of its own; where nobody waits for it any more, the booking as it is."""
    booking = await _own(callback_data.booking, actor)
    if not views.needs_ticket(booking):
        await my_bookings.show_details(talk, reader, booking)
        return
    me = await bot.me()  # asked of Telegram once
    content = tickets.link_of(bookings.ticket(booking, services.vault), username=me.username or "")
    place = await resources.place(booking.resource_id)
    appearance = await appearance_of(state)
    await talk.say(tickets.ticket(reader, booking, place, content=content, appearance=appearance))


@router.callback_query(buttons.ShowAccess.filter())
async def show_access(
    _: CallbackQuery, callback_data: buttons.ShowAccess, talk: Conversation, reader: Reader, actor: Actor,
    services: Services, transact: Transact, now: datetime,
) -> None:  # fmt: skip
    """How to get in, in a message of its own, while it is of use; it is noted, to be taken back when it is over."""
    booking = await _own(callback_data.booking, actor)
    found = await provisioning.access(booking_id=booking.id, actor=actor, vault=services.vault, now=now)
    if found:
        place = await resources.place(booking.resource_id)
        message = await talk.say(views.access(reader, booking, place, found))
        await transact(
            notifications.noted, member_id=booking.member_id, kind=notifications.Kind.ACCESS_SHOWN, now=now,
            facts={"booking": {"id": booking.id}}, dedupe_key=f"access:{booking.id}:{message.message_id}",
            message_id=message.message_id,
        )  # fmt: skip
    else:
        await talk.show(views.no_access(reader, booking))


@router.callback_query(buttons.OtherRack.filter())
async def choose_other(
    _: CallbackQuery, callback_data: buttons.OtherRack, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """What is free instead of the rack that is not ready."""
    await _show_others(talk, reader, actor, await _own(callback_data.booking, actor))


async def _show_others(
    talk: Conversation, reader: Reader, actor: Actor, booking: Booking, notice: Html | None = None
) -> None:
    if not bookings.is_unready(booking, reader.now):
        await my_bookings.show_details(talk, reader, booking, notice=notice)
        return
    found = await bookings.alternatives(booking_id=booking.id, actor=actor, now=reader.now, limit=OTHERS_MAX)
    screen = views.others(reader, booking, await resources.place(booking.resource_id), found)
    await talk.show(screen.below(notice) if notice else screen)


@router.callback_query(session_buttons.TakeOther.filter())
async def take_other(
    _: CallbackQuery, callback_data: session_buttons.TakeOther, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact, now: datetime,
) -> None:  # fmt: skip
    """Move to the other rack; one that was taken meanwhile leads back to what is still free."""
    try:
        booking = await transact(
            bookings.take_other, booking_id=callback_data.booking, resource_id=callback_data.rack, actor=actor, now=now
        )
    except (SlotTaken, NotPreparing, Invalid, ResourceUnavailable) as refusal:
        booking = await _own(callback_data.booking, actor)
        await _show_others(talk, reader, actor, booking, title(errors.sentence(refusal, reader)))
        return
    place = await resources.place(booking.resource_id)
    await my_bookings.show_details(talk, reader, booking, notice=views.taken_instead(reader, place))


@router.callback_query(buttons.RefundUnready.filter())
async def ask_refund(
    _: CallbackQuery, callback_data: buttons.RefundUnready, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """Say what comes back."""
    booking = await _own(callback_data.booking, actor)
    if not bookings.is_unready(booking, reader.now):
        await my_bookings.show_details(talk, reader, booking)
        return
    await talk.show(views.ask_refund(reader, booking, await resources.place(booking.resource_id)))


@router.callback_query(session_buttons.TakeRefund.filter())
async def take_refund(
    _: CallbackQuery, callback_data: session_buttons.TakeRefund, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact, now: datetime,
) -> None:  # fmt: skip
    """Everything back; a rack that became ready meanwhile is shown as it is."""
    try:
        booking = await transact(bookings.refund_unready, booking_id=callback_data.booking, actor=actor, now=now)
    except NotPreparing as refusal:
        booking = await _own(callback_data.booking, actor)
        await my_bookings.show_details(talk, reader, booking, notice=title(errors.sentence(refusal, reader)))
        return
    place = await resources.place(booking.resource_id)
    wallet = await wallets.of(booking.member_id)
    balance_tokens = wallet.spendable_tokens(now)
    await talk.show(booking_views.cancelled(reader, booking, place, balance_tokens=balance_tokens))


@router.callback_query(buttons.CheckOut.filter())
async def ask_check_out(
    _: CallbackQuery, callback_data: buttons.CheckOut, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """Say what leaving means."""
    await _ask_check_out(talk, reader, await _own(callback_data.booking, actor))


async def _ask_check_out(talk: Conversation, reader: Reader, booking: Booking, notice: Html | None = None) -> None:
    if booking.checked_out_at is not None:
        await _show_receipt(talk, reader, booking)
    elif not bookings.has_begun(booking, reader.now):
        await my_bookings.show_details(talk, reader, booking)
    else:
        place = await resources.place(booking.resource_id)
        balance_tokens = (await wallets.of(booking.member_id)).spendable_tokens(reader.now)
        screen = views.ask_check_out(reader, booking, place, balance_tokens=balance_tokens, notice=notice)
        await talk.show(screen)


@router.callback_query(session_buttons.CheckOutNow.filter())
async def check_out(
    _: CallbackQuery, callback_data: session_buttons.CheckOutNow, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact, now: datetime,
) -> None:  # fmt: skip
    """Leave; who was told that it costs nothing is asked again when it does. Minutes that pass meanwhile count."""
    booking = await _own(callback_data.booking, actor)
    if booking.checked_out_at is None and not callback_data.cost and views.due_tokens(reader, booking):
        await _ask_check_out(talk, reader, booking, views.costs_by_now(reader))
        return
    try:
        booking = await transact(bookings.check_out, booking_id=booking.id, actor=actor, now=now)
    except NotCheckedIn as refusal:
        booking = await _own(booking.id, actor)
        await my_bookings.show_details(talk, reader, booking, notice=title(errors.sentence(refusal, reader)))
        return
    await _show_receipt(talk, reader, booking)


async def _show_receipt(talk: Conversation, reader: Reader, booking: Booking) -> None:
    place = await resources.place(booking.resource_id)
    paid = await wallets.entry(key=f"booking.overtime:{booking.id}")
    wallet = await wallets.of(booking.member_id)
    screen = views.checked_out(
        reader, booking, place, paid_tokens=paid.amount if paid else 0, owed_tokens=wallet.owed_tokens,
        balance_tokens=wallet.spendable_tokens(reader.now),
    )  # fmt: skip
    await talk.show(screen)
