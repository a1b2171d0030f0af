"""Tokens: the balance, the ledger, and buying packs."""

from datetime import datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from beanie import PydanticObjectId

from bot.conversation import Conversation
from bot.middlewares import SPEAKS_FIRST
from bot.services import Services
from bot.views import buttons
from bot.views import packs as pack_views
from bot.views import wallet as views
from bot.views.reader import Reader
from bot.views.session_buttons import SettleOwed
from domain import bookings, packs, payments, resources, wallets
from domain.kernel import Page, Transact
from domain.packs import Package
from domain.payments import PaymentNotFound, PaymentStatus
from domain.people import Actor, Member
from domain.resources import Resource

router = Router(name="wallet")
ENTRIES_PER_PAGE = 10
PACKS_MAX = 20


@router.callback_query(buttons.Tokens.filter())
@router.message(Command("balance"))
async def balance(_: CallbackQuery | Message, talk: Conversation, reader: Reader, member: Member) -> None:
    """The balance and when it expires."""
    await show_balance(talk, reader, member)


async def show_balance(talk: Conversation, reader: Reader, member: Member) -> None:
    """The balance as it is now."""
    await talk.show(views.balance(reader, await wallets.of(member.id)))


@router.callback_query(SettleOwed.filter())
async def settle(
    _: CallbackQuery, talk: Conversation, reader: Reader, member: Member, transact: Transact, now: datetime
) -> None:
    """Pay what is owed as far as the balance goes."""
    paid_tokens = await transact(wallets.settle_owed, member_id=member.id, now=now)
    screen = views.balance(reader, await wallets.of(member.id))
    await talk.show(screen.below(views.settled(reader, paid_tokens)))


@router.callback_query(buttons.History.filter())
async def history(
    _: CallbackQuery, callback_data: buttons.History, talk: Conversation, reader: Reader, member: Member
) -> None:
    """The ledger, newest first."""
    page = await wallets.history(member_id=member.id, page=max(1, callback_data.page), limit=ENTRIES_PER_PAGE)
    await talk.show(views.history(reader, page))


@router.callback_query(buttons.Packs.filter())
@router.message(Command("packs"))
async def list_packs(_: CallbackQuery | Message, talk: Conversation, reader: Reader, member: Member) -> None:
    """What is on sale."""
    await show_packs(talk, reader, member)


async def show_packs(
    talk: Conversation, reader: Reader, member: Member, *, pack_id: PydanticObjectId | None = None
) -> None:
    """Everything on sale, or the one pack a link was about while it is on sale."""
    on_sale = await packs.on_sale(limit=PACKS_MAX)
    one: list[Package] = [pack for pack in on_sale if pack.id == pack_id]
    hold = await bookings.current_hold(member_id=member.id, now=reader.now)
    await talk.show(pack_views.packs(reader, one or on_sale, rack=await _example_rack(), hold=hold))


async def _example_rack() -> Resource | None:
    """What a pack's worth is told by: the first in the catalogue."""
    kind = next(iter(await resources.kinds()), "rack")
    page: Page[Resource] = await resources.catalogue(kind=kind, page=1, limit=1)
    return next(iter(page.items), None)


@router.callback_query(buttons.Buy.filter())
async def buy(
    _: CallbackQuery, callback_data: buttons.Buy, talk: Conversation, reader: Reader, actor: Actor, member: Member,
    services: Services,
) -> None:  # fmt: skip
    """Make the payment page and show the way to it; the same button is the same purchase."""
    pack = await packs.get(callback_data.package)
    _amount, currency = pack_views.price_of(pack)
    hold = await bookings.current_hold(member_id=member.id, now=reader.now) if callback_data.for_hold else None
    payment = await packs.buy(
        services.transact, services.gateway, package_id=pack.id, currency=currency, actor=actor,
        key=f"chat:{member.id}:{callback_data.package}:{callback_data.asked}", clock=services.clock,
        return_url=services.return_url, hold_booking_id=hold.id if hold else None,
    )  # fmt: skip
    await talk.show(pack_views.pay(reader, pack, payment, for_hold=hold is not None))


@router.callback_query(buttons.CheckPayment.filter(), flags={SPEAKS_FIRST: True})
async def check_payment(
    _: CallbackQuery, callback_data: buttons.CheckPayment, talk: Conversation, reader: Reader, member: Member,
    services: Services, now: datetime,
) -> None:  # fmt: skip
    """Ask the gateway now. The receipt comes by itself, as it does without asking."""
    payment = await payments.get(callback_data.payment)
    if payment.user != member.id:
        raise PaymentNotFound
    if payment.status is PaymentStatus.PENDING:
        await packs.reconcile(services.transact, services.gateway, payment_id=payment.id, clock=services.clock)
        payment = await payments.get(payment.id)
    if payment.paid_at is not None:
        await talk.acknowledge(pack_views.paid(reader))
        await show_balance(talk, reader, member)
    elif payment.status is PaymentStatus.FAILED:
        await talk.acknowledge(pack_views.payment_failed(reader), alert=True)
    else:
        await talk.acknowledge(pack_views.not_paid_yet(reader), alert=True)
