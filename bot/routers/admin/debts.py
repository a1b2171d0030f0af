"""What members owe: seeing it, and letting it go."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.routers.admin import debt_forms, forms
from bot.routers.admin.access import Desk, May
from bot.routers.admin.looks import receivables_screen
from bot.views.admin import debts as views
from bot.views.admin import upkeep_buttons as buttons
from domain import bookings, people, wallets

router = Router(name="office_debts")
MAY = May("wallets:adjust")


@router.callback_query(buttons.Receivables.filter(), MAY)
async def list_all(_: CallbackQuery, callback_data: buttons.Receivables, desk: Desk) -> None:
    """Show what is owed."""
    await desk.talk.show(await receivables_screen(desk, callback_data))


@router.callback_query(buttons.Receivable.filter(), MAY)
async def see(_: CallbackQuery, callback_data: buttons.Receivable, desk: Desk) -> None:
    """Show one debt."""
    one = await wallets.receivable(callback_data.receivable)
    booking = await bookings.get(booking_id=one.booking, actor=desk.actor) if one.booking else None
    member = await people.get(one.user)
    code = booking.code if booking else None
    await desk.talk.show(views.receivable(desk.reader, one, member, booking_code=code))


@router.callback_query(buttons.Forgive.filter(), MAY)
async def forgive(_: CallbackQuery, callback_data: buttons.Forgive, desk: Desk, state: FSMContext) -> None:
    """Begin to let it go."""
    one = await wallets.receivable(callback_data.receivable)
    await forms.begin(desk, state, debt_forms.FORGIVE, subject=one.id)
