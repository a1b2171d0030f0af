"""What a waitlist needs of bookings: a time offered to the next in line, taken up, given back, or booked for them."""

from datetime import UTC, datetime
from typing import Literal

from beanie import PydanticObjectId
from pymongo import ReturnDocument

from domain import resources, wallets
from domain.bookings import policy, queries
from domain.bookings.errors import BookingNotFound, HoldLapsed, SlotTaken
from domain.bookings.events import BookingConfirmed, BookingHeld, OfferMade
from domain.bookings.models import AWAITED, Booking, Status
from domain.bookings.service import claims, paying
from domain.bookings.service.claims import Wish
from domain.bookings.service.holds import confirm_hold, is_alive
from domain.kernel import RELEASED, Row, Tx, emit, run_again
from domain.people import Actor
from domain.resources import Options

_TAKEN_UP = (*AWAITED, Status.ACTIVE, Status.COMPLETED)


async def offer(
    tx: Tx,
    *,
    entry_id: PydanticObjectId,
    member_id: PydanticObjectId,
    resource_id: PydanticObjectId,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    key: str,
    now: datetime,
) -> Booking:
    """Keep the cells for the member who is next in line, for ten minutes or until the start.

    Cells that went to somebody else meanwhile have the whole transaction run again: look anew at what is free.
    Raises TooManyBookings, VehicleRequired and the errors of `resources.check`, before anything is written.
    """
    wish = Wish(
        member_id=member_id, resource_id=resource_id, starts_at=starts_at.astimezone(UTC),
        ends_at=ends_at.astimezone(UTC), options=options, key=key, origin="jobs", is_hold=True, entry_id=entry_id,
    )  # fmt: skip
    booking = await _claim(tx, wish, now=now)
    assert booking.hold_expires_at is not None
    made = OfferMade(
        **claims.facts_of(booking), origin="jobs", entry_id=entry_id, hold_expires_at=booking.hold_expires_at,
        cost_tokens=booking.cost_tokens, occurred_at=now,
    )  # fmt: skip
    await emit(tx, made)
    return booking


async def book_for(
    tx: Tx,
    *,
    entry_id: PydanticObjectId,
    member_id: PydanticObjectId,
    resource_id: PydanticObjectId,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    key: str,
    now: datetime,
) -> Booking:
    """Book for the member who is next in line and asked for it; otherwise as `offer`.

    That the tokens suffice and nothing is owed was seen in this transaction: what `wallets.spend` refuses ends it.
    """
    wish = Wish(
        member_id=member_id, resource_id=resource_id, starts_at=starts_at.astimezone(UTC),
        ends_at=ends_at.astimezone(UTC), options=options, key=key, origin="jobs", is_hold=False, entry_id=entry_id,
    )  # fmt: skip
    booking = await _claim(tx, wish, now=now)
    if booking.cost_tokens:
        await wallets.spend(
            tx, member_id=member_id, tokens=booking.cost_tokens, purpose="booking",
            key=paying.spending_key(booking.id), booking_id=booking.id, now=now,
        )  # fmt: skip
    confirmed = BookingConfirmed(
        **claims.facts_of(booking), origin="jobs", cost_tokens=booking.cost_tokens, because="auto_booked",
        occurred_at=now,
    )  # fmt: skip
    await emit(tx, confirmed)
    return booking


async def _claim(tx: Tx, wish: Wish, *, now: datetime) -> Booking:
    place = await resources.place(wish.resource_id)
    price = await claims.agreed_price(wish, place, None, now=now)
    standing = await claims.survey(wish, place, now=now)
    seat = claims.seat_for(standing, leaving=[])
    await claims.lapse(tx, standing.dead, now=now)
    try:
        return await claims.claim(tx, wish, place, price, seat=seat, now=now)
    except SlotTaken as error:  # nobody waits for a no here: the next in line is looked for again
        run_again(tx, error)


async def take_up(tx: Tx, *, booking_id: PydanticObjectId, actor: Actor, now: datetime) -> Booking:
    """Book what is offered; short of tokens it becomes the member's own hold (their other one ends), for ten minutes.

    Taking up twice is taking up once. Raises HoldLapsed, BookingNotFound, MemberDisabled, DebtOutstanding.
    """
    actor.require("bookings:write")
    booking = await queries.stored(booking_id)
    if booking.member_id != actor.member_id:
        raise BookingNotFound(booking_id=booking_id)
    if booking.status in _TAKEN_UP:
        return booking
    if not is_alive(booking, now):
        raise HoldLapsed(booking_id=booking_id, hold_expires_at=booking.hold_expires_at)
    if not booking.cost_tokens:  # what costs something asks the wallet as it spends
        await wallets.require_no_debt(booking.member_id)
    try:
        return await confirm_hold(tx, booking, because="hold_confirmed", origin=actor.origin, now=now)
    except wallets.InsufficientBalance:  # it refuses before it writes: this transaction goes on
        return await _keep_as_own(tx, booking, actor=actor, now=now) if booking.is_offer else booking


async def _keep_as_own(tx: Tx, booking: Booking, *, actor: Actor, now: datetime) -> Booking:
    collection = Booking.get_pymongo_collection()
    own: Row = {"member_id": booking.member_id, "status": Status.HELD.value, "is_offer": False}
    other = await collection.find_one(own)
    if other is not None and is_alive(Booking.read(other), now):
        await claims.give_up(tx, other, by=actor.member_id, reason="replaced", now=now)
    elif other is not None:
        await claims.lapse(tx, [other], now=now)
    change = {"is_offer": False, "hold_expires_at": policy.hold_expiry(booking.starts_at, now), "updated_at": now}
    row = await collection.find_one_and_update(
        {"_id": booking.id, "status": Status.HELD.value}, {"$set": change}, return_document=ReturnDocument.AFTER
    )
    assert row is not None, "read in this snapshot: a rival change is a write conflict"
    held = BookingHeld(
        **claims.facts_of(booking), origin=actor.origin, hold_expires_at=row["hold_expires_at"],
        cost_tokens=booking.cost_tokens, occurred_at=now,
    )  # fmt: skip
    await emit(tx, held)
    return Booking.read(row)


async def release_offer(
    tx: Tx, *, booking_id: PydanticObjectId, because: Literal["passed", "left", "lapsed"], now: datetime
) -> Booking:
    """Free what is held for an entry, and say how it stands; what is held no more stays as it is.

    Nothing is announced: who asks for this has the next in line, and offers them the time in the same transaction.
    """
    booking = await queries.stored(booking_id)
    if booking.status is not Status.HELD:
        return booking
    ended: Row = {"status": Status.EXPIRED.value}
    if because != "lapsed":
        ended = {
            "status": Status.CANCELLED.value, "cancelled_at": now, "cancelled_by": booking.member_id,
            "cancelled_reason": because,
        }  # fmt: skip
    row = await Booking.get_pymongo_collection().find_one_and_update(
        {"_id": booking_id, "status": Status.HELD.value},
        {"$set": {**RELEASED, **ended, "held": False, "seat": None, "updated_at": now}},
        return_document=ReturnDocument.AFTER,
    )
    assert row is not None, "read in this snapshot: a rival change is a write conflict"
    return Booking.read(row)
