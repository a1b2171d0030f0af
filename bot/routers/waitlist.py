"""My waitlist: what I wait for, what is offered to me, leaving the line."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from beanie import PydanticObjectId

from bot import errors
from bot.conversation import Conversation
from bot.routers.bookings import show_booked
from bot.routers.holds import show_hold
from bot.views import waitlist as views
from bot.views import waitlist_buttons as buttons
from bot.views.buttons import PassOffer, TakeOffer
from bot.views.reader import Html, Reader
from bot.views.screen import Row, Screen, title
from bot.views.waiter import Waiter
from bot.views.wallet import ways_to_pay
from domain import bookings, resources, waitlists, wallets
from domain.bookings import Booking
from domain.kernel import Transact
from domain.people import SYSTEM, Actor, Member
from domain.waitlists import OfferGone, Status, WaitlistEntry
from domain.wallets import DebtOutstanding

router = Router(name="waitlist")
ENTRIES_PER_PAGE = 10
VENUES_MAX = 50
DEFAULT_ZONE = "UTC"


async def waiters(reader: Reader, entries: Sequence[WaitlistEntry]) -> list[Waiter]:
    """What is said about places in line, each with its position."""
    ids = {entry.resource_id for entry in entries if entry.resource_id is not None}
    places = await resources.places(ids) if ids else {}
    venues = {venue.id: venue for venue in await resources.venues(limit=VENUES_MAX)}
    anywhere = next((venue.timezone for venue in venues.values()), reader.timezone or DEFAULT_ZONE)
    told: list[Waiter] = []
    for entry in entries:
        place = places.get(entry.resource_id) if entry.resource_id else None
        venue = place.venue if place else venues.get(entry.venue_id) if entry.venue_id else None
        told.append(
            Waiter(
                entry=entry, resource=place.resource if place else None, venue=venue,
                zone=venue.timezone if venue else anywhere, position=await waitlists.position(entry),
                reason=await waitlists.reason(entry, reader.now),
            )
        )  # fmt: skip
    return told


async def waiter(reader: Reader, entry: WaitlistEntry) -> Waiter:
    """The same about one."""
    (told,) = await waiters(reader, [entry])
    return told


@router.message(Command("waitlist"))
async def send_waitlist(_: Message, talk: Conversation, reader: Reader, member: Member) -> None:
    """What I wait for, below the chat."""
    await talk.say(await _list(reader, member, buttons.Waiting()))


@router.callback_query(buttons.Waiting.filter())
async def list_waitlist(
    _: CallbackQuery, callback_data: buttons.Waiting, talk: Conversation, reader: Reader, member: Member
) -> None:
    """What I wait for, or what is over."""
    await talk.show(await _list(reader, member, callback_data))


async def _list(reader: Reader, member: Member, asked: buttons.Waiting) -> Screen:
    listed = waitlists.past if asked.is_past else waitlists.mine
    page = await listed(member_id=member.id, page=max(1, asked.page), limit=ENTRIES_PER_PAGE)
    told = await waiters(reader, page.items)
    offer = None if asked.is_past else await waitlists.live_offer(member_id=member.id, now=reader.now)
    screen = views.waitlist(reader, page, told, is_past=asked.is_past)
    if offer is None:
        return screen
    place = await resources.place(offer.booking.resource_id)
    wallet = await wallets.of(member.id)
    return views.under_offer(
        reader, screen, offer.entry, offer.booking, place, balance_tokens=wallet.spendable_tokens(reader.now)
    )


@router.callback_query(buttons.Place.filter())
async def see(_: CallbackQuery, callback_data: buttons.Place, talk: Conversation, reader: Reader, actor: Actor) -> None:
    """One of my places in line."""
    entry = await waitlists.get(entry_id=callback_data.entry, actor=actor)
    await show_entry(talk, reader, entry)


async def show_entry(talk: Conversation, reader: Reader, entry: WaitlistEntry, *, notice: Html | None = None) -> None:
    """One place in line as it is now, perhaps under what has just happened; what waits for an answer is the offer."""
    booking = await _booking_of(entry)
    if entry.status is Status.OFFERED and booking is not None and booking.is_offer:
        screen = await _offer(reader, entry, booking)
    else:
        screen = views.place_in_line(reader, await waiter(reader, entry), booking)
    await talk.show(screen.below(notice) if notice else screen)


async def _booking_of(entry: WaitlistEntry) -> Booking | None:
    return None if entry.booking_id is None else await bookings.get(booking_id=entry.booking_id, actor=SYSTEM)


@router.callback_query(buttons.AskLeave.filter())
async def ask_leave(
    _: CallbackQuery, callback_data: buttons.AskLeave, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """Say what leaving would mean; what is over cannot be left."""
    entry = await waitlists.get(entry_id=callback_data.entry, actor=actor)
    if not entry.is_open:
        await show_entry(talk, reader, entry)
        return
    await talk.show(views.ask_leave(reader, await waiter(reader, entry)))


@router.callback_query(buttons.Leave.filter())
async def leave(
    _: CallbackQuery, callback_data: buttons.Leave, talk: Conversation, reader: Reader, actor: Actor, member: Member,
    transact: Transact,
) -> None:  # fmt: skip
    """Wait no longer; what became a booking meanwhile is shown as that."""
    try:
        entry = await transact(waitlists.leave, entry_id=callback_data.entry, actor=actor, now=reader.now)
    except OfferGone:
        await _show_gone(talk, reader, actor, callback_data.entry)
        return
    if entry.status is not Status.CANCELLED:
        await show_entry(talk, reader, entry)
        return
    notice = views.left(reader, await waiter(reader, entry))
    await talk.show((await _list(reader, member, buttons.Waiting())).below(notice))


# Offers


@router.callback_query(TakeOffer.filter())
async def take(
    _: CallbackQuery, callback_data: TakeOffer, talk: Conversation, reader: Reader, actor: Actor, transact: Transact
) -> None:
    """Book what is offered; short of tokens it is kept while they are bought."""
    try:
        booking = await transact(waitlists.accept, entry_id=callback_data.entry, actor=actor, now=reader.now)
    except OfferGone:
        await _show_gone(talk, reader, actor, callback_data.entry)
    except DebtOutstanding as debt:
        await _show_offer(talk, reader, actor, callback_data, notice=title(errors.sentence(debt, reader)))
    else:
        if booking.status is bookings.Status.HELD:
            await show_hold(talk, reader, booking)
        else:
            await show_booked(talk, reader, booking, actor)


async def _show_offer(talk: Conversation, reader: Reader, actor: Actor, asked: TakeOffer, *, notice: Html) -> None:
    """The offer again, under why it cannot be taken, with the ways to change that."""
    entry = await waitlists.get(entry_id=asked.entry, actor=actor)
    booking = await _booking_of(entry)
    assert booking is not None
    await talk.show((await _offer(reader, entry, booking, ways_to_pay(reader))).below(notice))


async def _offer(reader: Reader, entry: WaitlistEntry, booking: Booking, ways: Row = ()) -> Screen:
    place = await resources.place(booking.resource_id)
    balance_tokens = (await wallets.of(booking.member_id)).spendable_tokens(reader.now)
    return views.offer(reader, entry, booking, place, balance_tokens=balance_tokens, ways=ways)


@router.callback_query(PassOffer.filter())
async def pass_on(
    _: CallbackQuery, callback_data: PassOffer, talk: Conversation, reader: Reader, actor: Actor, transact: Transact
) -> None:
    """Leave it to the next in line."""
    try:
        entry = await transact(waitlists.decline, entry_id=callback_data.entry, actor=actor, now=reader.now)
    except OfferGone:
        await _show_gone(talk, reader, actor, callback_data.entry)
    else:
        await talk.show(views.passed(reader, await waiter(reader, entry)))


async def _show_gone(talk: Conversation, reader: Reader, actor: Actor, entry_id: PydanticObjectId) -> None:
    """Too late, twice, or on another device: say how it stands; what was booked is shown."""
    entry = await waitlists.get(entry_id=entry_id, actor=actor)
    booking = await _booking_of(entry)
    if entry.status is Status.ACCEPTED and booking is not None:
        await show_booked(talk, reader, booking, actor)
        return
    await talk.show(views.offer_gone(reader, await waiter(reader, entry)))
