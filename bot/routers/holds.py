"""The time that is kept while somebody buys tokens."""

from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery

from bot import garage
from bot.conversation import Conversation
from bot.routers.menu import menu_of
from bot.views import booking as views
from bot.views import buttons
from bot.views import packs as pack_views
from bot.views.reader import Reader
from domain import bookings, packs, resources, wallets
from domain.bookings import Booking, HoldLapsed, Status
from domain.kernel import Transact
from domain.people import Actor, Member
from domain.wallets import InsufficientBalance

router = Router(name="holds")
PACKS_MAX = 20


async def show_hold(talk: Conversation, reader: Reader, booking: Booking) -> None:
    """Short of tokens: the packs; else the question whether to book."""
    place = await resources.place(booking.resource_id)
    wallet = await wallets.of(booking.member_id)
    balance_tokens = wallet.spendable_tokens(reader.now)
    if balance_tokens >= booking.cost_tokens:
        await talk.show(views.held(reader, booking, place, balance_tokens=balance_tokens))
        return
    on_sale = await packs.on_sale(limit=PACKS_MAX)
    await talk.show(pack_views.short(reader, booking, place, balance_tokens=balance_tokens, on_sale=on_sale))


@router.callback_query(buttons.ShowHold.filter())
async def look_at_hold(_: CallbackQuery, talk: Conversation, reader: Reader, member: Member, now: datetime) -> None:
    """What is kept now, if anything."""
    booking = await bookings.current_hold(member_id=member.id, now=now)
    if booking is None:
        await talk.show((await menu_of(member, reader, now=now)).below(views.no_hold(reader)))
    else:
        await show_hold(talk, reader, booking)


@router.callback_query(buttons.ConfirmHold.filter())
async def confirm_hold(
    _: CallbackQuery, callback_data: buttons.ConfirmHold, talk: Conversation, reader: Reader, actor: Actor,
    member: Member, transact: Transact, now: datetime,
) -> None:  # fmt: skip
    """Turn the hold into a booking."""
    try:
        booking = await transact(bookings.confirm, booking_id=callback_data.booking, actor=actor, now=now)
    except InsufficientBalance:
        await show_hold(talk, reader, await bookings.get(booking_id=callback_data.booking, actor=actor))
    except HoldLapsed:
        await talk.show((await menu_of(member, reader, now=now)).below(views.no_hold(reader)))
    else:
        place = await resources.place(booking.resource_id)
        wallet = await wallets.of(member.id)
        vehicle = await garage.of_booking(booking, actor)
        balance_tokens = wallet.spendable_tokens(now)
        await talk.show(views.confirmed(reader, booking, place, balance_tokens=balance_tokens, vehicle=vehicle))


@router.callback_query(buttons.ReleaseHold.filter())
async def release_hold(
    _: CallbackQuery, callback_data: buttons.ReleaseHold, talk: Conversation, reader: Reader, actor: Actor,
    member: Member, transact: Transact, now: datetime,
) -> None:  # fmt: skip
    """Give the time up."""
    booking = await transact(bookings.release, booking_id=callback_data.booking, actor=actor, now=now)
    released = booking.status is Status.CANCELLED
    notice = views.released(reader) if released else views.no_hold(reader)
    await talk.show((await menu_of(member, reader, now=now)).below(notice))
