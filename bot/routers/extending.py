"""Staying longer, from the details of a running booking or from the notice that it ends soon."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot import errors
from bot.conversation import Conversation
from bot.routers import keys, my_bookings
from bot.views import buttons, changing_buttons
from bot.views import extending as views
from bot.views.reader import Html, Reader
from bot.views.screen import title
from domain import bookings, packs, resources, wallets
from domain.bookings import Booking, NotExtendable, PriceChanged, SlotTaken
from domain.kernel import DomainError, Invalid, Transact
from domain.people import Actor
from domain.resources import ResourceUnavailable
from domain.wallets import InsufficientBalance

router = Router(name="extending")
PACKS_MAX = 20


@router.callback_query(changing_buttons.AskExtend.filter())
async def ask(
    _: CallbackQuery, callback_data: changing_buttons.AskExtend, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """How much longer, and for how much."""
    await _show_choices(talk, reader, actor, await bookings.get(booking_id=callback_data.booking, actor=actor))


async def _show_choices(
    talk: Conversation, reader: Reader, actor: Actor, booking: Booking, notice: Html | None = None
) -> None:
    """The later ends as they are now; what no longer runs shows its details."""
    if not bookings.is_extendable(booking, reader.now):
        refusal = title(errors.sentence(NotExtendable(), reader))
        await my_bookings.show_details(talk, reader, booking, notice=refusal)
        return
    place = await resources.place(booking.resource_id)
    offered = await bookings.extension_choices(booking_id=booking.id, actor=actor, now=reader.now)
    wallet = await wallets.of(booking.member_id)
    screen = views.choices(reader, booking, place, offered, balance_tokens=wallet.spendable_tokens(reader.now))
    await talk.show(screen.below(notice) if notice else screen)


@router.callback_query(buttons.ExtendTo.filter())
async def extend(
    query: CallbackQuery, callback_data: buttons.ExtendTo, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact,
) -> None:  # fmt: skip
    """Stay until then at the price that was on the button; whatever has changed since is shown anew."""
    asked = callback_data
    try:
        booking = await transact(
            bookings.extend, booking_id=asked.booking, ends_at=asked.at, expected_cost_tokens=asked.cost,
            key=keys.of_tap(query), actor=actor, now=reader.now,
        )  # fmt: skip
    except InsufficientBalance as short:
        await _show_short(talk, reader, actor, asked, short)
    except (PriceChanged, SlotTaken, NotExtendable, Invalid, ResourceUnavailable) as refusal:
        booking = await bookings.get(booking_id=asked.booking, actor=actor)
        await _show_choices(talk, reader, actor, booking, title(_why_not(reader, booking, asked, refusal)))
    else:
        await _show_extended(talk, reader, booking, asked)


def _why_not(reader: Reader, booking: Booking, asked: buttons.ExtendTo, refusal: DomainError) -> Html:
    if isinstance(refusal, NotExtendable) and booking.ends_at >= asked.at:
        return views.has_it_already(reader)
    if isinstance(refusal, SlotTaken):
        return views.taken(reader)
    return errors.sentence(refusal, reader)


async def _show_short(
    talk: Conversation, reader: Reader, actor: Actor, asked: buttons.ExtendTo, short: InsufficientBalance
) -> None:
    booking = await bookings.get(booking_id=asked.booking, actor=actor)
    place = await resources.place(booking.resource_id)
    screen = views.short(
        reader, booking, place, needed_tokens=asked.cost, balance_tokens=short.facts["balance_tokens"],
        on_sale=await packs.on_sale(limit=PACKS_MAX),
    )  # fmt: skip
    await talk.show(screen)


async def _show_extended(talk: Conversation, reader: Reader, booking: Booking, asked: buttons.ExtendTo) -> None:
    """The fact; a tap that comes after yet another change shows the booking as it is by now."""
    if booking.ends_at != asked.at:
        await my_bookings.show_details(talk, reader, booking)
        return
    place = await resources.place(booking.resource_id)
    wallet = await wallets.of(booking.member_id)
    balance_tokens = wallet.spendable_tokens(reader.now)
    await talk.show(views.extended(reader, booking, place, paid_tokens=asked.cost, balance_tokens=balance_tokens))
