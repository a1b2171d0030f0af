"""My bookings: lists, details, cancelling, the calendar file, booking again."""

from datetime import datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot import garage
from bot.conversation import Conversation
from bot.views import buttons
from bot.views import my_bookings as views
from bot.views.calendar_file import calendar_file
from bot.views.reader import Html, Reader
from bot.views.screen import Screen
from domain import bookings, provisioning, resources, waitlists, wallets
from domain.bookings import Booking, BookingNotFound, Status
from domain.kernel import Transact
from domain.people import SYSTEM, Actor, Member
from domain.provisioning import RunView

router = Router(name="my_bookings")
BOOKINGS_PER_PAGE = 6


@router.message(Command("bookings"))
async def send_bookings(_: Message, talk: Conversation, reader: Reader, member: Member) -> None:
    """The coming ones."""
    await _show_list(talk, reader, member, buttons.Bookings())


@router.callback_query(buttons.Bookings.filter())
async def list_bookings(
    _: CallbackQuery, callback_data: buttons.Bookings, talk: Conversation, reader: Reader, member: Member
) -> None:
    """The coming or the past ones."""
    await _show_list(talk, reader, member, callback_data)


async def _show_list(talk: Conversation, reader: Reader, member: Member, asked: buttons.Bookings) -> None:
    listed = bookings.past if asked.is_past else bookings.upcoming
    page = await listed(member_id=member.id, now=reader.now, page=max(1, asked.page), limit=BOOKINGS_PER_PAGE)
    places = await resources.places({booking.resource_id for booking in page.items}) if page.items else {}
    waiting = (await waitlists.mine(member_id=member.id, page=1, limit=1)).total
    await talk.show(views.bookings(reader, page, places, is_past=asked.is_past, waiting=waiting))


@router.callback_query(buttons.Details.filter())
async def details(
    _: CallbackQuery, callback_data: buttons.Details, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """One booking; below a confirmation in a message of its own."""
    booking = await bookings.get(booking_id=callback_data.booking, actor=actor)
    screen = await _details(reader, booking)
    await (talk.say(screen) if callback_data.is_new else talk.show(screen))


async def show_details(talk: Conversation, reader: Reader, booking: Booking, *, notice: Html | None = None) -> None:
    """One booking as it is now; `notice` says above it what has happened."""
    screen = await _details(reader, booking)
    await talk.show(screen.below(notice) if notice else screen)


async def _details(reader: Reader, booking: Booking) -> Screen:
    place = await resources.place(booking.resource_id)
    runs: list[RunView] = []
    if booking.status is Status.PREPARING:  # whoever got here may see the booking, and so how far it is
        runs = await provisioning.of_booking(booking_id=booking.id, actor=SYSTEM)
    series: list[Booking] = []
    if booking.series_id is not None:
        series = await bookings.of_series(series_id=booking.series_id, actor=SYSTEM)
    vehicle = await garage.of_booking(booking, SYSTEM)
    due = bookings.cancellation(booking, reader.now)
    return views.details(reader, booking, place, due, runs, series, vehicle)


async def show_by_code(talk: Conversation, reader: Reader, actor: Actor, code: str) -> bool:
    """The booking of a deep link; False when it is not this person's."""
    try:
        booking = await bookings.by_code(code=code, actor=actor)
    except BookingNotFound:
        return False
    if booking.member_id != actor.member_id:  # staff see others' bookings at their desk
        return False
    await show_details(talk, reader, booking)
    return True


@router.callback_query(buttons.AskCancel.filter())
async def ask_cancel(
    _: CallbackQuery, callback_data: buttons.AskCancel, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """Say what would come back."""
    await _ask(talk, reader, await bookings.get(booking_id=callback_data.booking, actor=actor))


async def _ask(talk: Conversation, reader: Reader, booking: Booking, notice: str | None = None) -> None:
    if not booking.held or booking.starts_at <= reader.now:
        await show_details(talk, reader, booking)
        return
    place = await resources.place(booking.resource_id)
    screen = views.ask_cancel(reader, booking, place, bookings.cancellation(booking, reader.now))
    await talk.show(screen.below(notice) if notice else screen)


@router.callback_query(buttons.Cancel.filter())
async def cancel(
    _: CallbackQuery, callback_data: buttons.Cancel, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact, now: datetime,
) -> None:  # fmt: skip
    """Cancel for the refund that was named; if another is due by now, ask again."""
    booking = await bookings.get(booking_id=callback_data.booking, actor=actor)
    due = bookings.cancellation(booking, now).refund_tokens
    if booking.held and booking.starts_at > now and due != callback_data.refund:
        await _ask(talk, reader, booking, views.refund_changed(reader))
        return
    booking = await transact(bookings.cancel, booking_id=booking.id, actor=actor, now=now)
    place = await resources.place(booking.resource_id)
    wallet = await wallets.of(booking.member_id)
    await talk.show(views.cancelled(reader, booking, place, balance_tokens=wallet.spendable_tokens(now)))


@router.callback_query(buttons.CalendarFile.filter())
async def send_calendar_file(
    _: CallbackQuery, callback_data: buttons.CalendarFile, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """The booking as an .ics file, in a message of its own."""
    booking = await bookings.get(booking_id=callback_data.booking, actor=actor)
    place = await resources.place(booking.resource_id)
    document = calendar_file(reader, booking, place)
    await talk.say(Screen(text=views.calendar_file_sent(reader, booking), document=document))
