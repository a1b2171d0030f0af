"""Booking a time, and holding one while the member pays."""

from datetime import UTC, datetime

from beanie import PydanticObjectId

from domain import resources, wallets
from domain.bookings import policy, queries
from domain.bookings.events import BookingConfirmed, BookingHeld
from domain.bookings.models import Booking
from domain.bookings.service import claims
from domain.bookings.service.claims import Wish
from domain.bookings.service.paying import spending_key
from domain.kernel import DomainError, Tx, emit
from domain.people import Actor
from domain.resources import Options


async def book(
    tx: Tx,
    *,
    resource_id: PydanticObjectId,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    expected_cost_tokens: int | None,
    key: str,
    actor: Actor,
    now: datetime,
) -> Booking:
    """Take the cells and the tokens, all or nothing; `key` is the caller's, and asking again returns the first booking.

    With `expected_cost_tokens` (what the member was shown) another price is refused. A hold of the member's own that
    is in the way gives way. Raises SlotTaken, PriceChanged, TooManyBookings, KeyReused, MemberDisabled,
    InsufficientBalance, DebtOutstanding, VehicleRequired and the errors of `resources.check`.
    """
    wish = _wish(resource_id, starts_at, ends_at, options, key=key, actor=actor, is_hold=False)
    place = await resources.place(resource_id)
    seat = policy.likely_seat(wish.starts_at)
    if tx.attempt > 1:  # the first run claims without looking; refused, it runs again and looks
        standing = await claims.survey(wish, place, now=now)
        if standing.replayed_id is not None:
            return await queries.stored(standing.replayed_id)
        leaving = [row for row in standing.holds if claims.is_in_the_way(row, wish, place)]
        seat = claims.seat_for(standing, leaving=leaving)
        await claims.clear(tx, standing.dead, leaving, by=wish.member_id, now=now)
    try:
        price = await claims.agreed_price(wish, place, expected_cost_tokens, now=now)
    except DomainError:
        replayed_id = (await claims.survey(wish, place, now=now)).replayed_id
        if replayed_id is not None:  # what was booked stays the answer, even if by now it would be refused
            return await queries.stored(replayed_id)
        raise

    booking = await claims.claim(tx, wish, place, price, seat=seat, now=now)
    if booking.cost_tokens:
        await wallets.spend(
            tx, member_id=wish.member_id, tokens=booking.cost_tokens, purpose="booking",
            key=spending_key(booking.id), booking_id=booking.id, now=now,
        )  # fmt: skip
    confirmed = BookingConfirmed(
        **claims.facts_of(booking), origin=actor.origin, cost_tokens=booking.cost_tokens, because="booked",
        occurred_at=now,
    )  # fmt: skip
    await emit(tx, confirmed)
    return booking


async def hold(
    tx: Tx,
    *,
    resource_id: PydanticObjectId,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    key: str,
    actor: Actor,
    now: datetime,
) -> Booking:
    """Keep the cells for ten minutes (less if the start is near) at today's price; the member's other hold ends.

    Raises SlotTaken, TooManyBookings, KeyReused, MemberDisabled, DebtOutstanding, VehicleRequired and the errors of
    `resources.check`.
    """
    wish = _wish(resource_id, starts_at, ends_at, options, key=key, actor=actor, is_hold=True)
    place = await resources.place(resource_id)
    standing = await claims.survey(wish, place, now=now)
    if standing.replayed_id is not None:
        return await queries.stored(standing.replayed_id)
    price = await claims.agreed_price(wish, place, None, now=now)
    await wallets.require_no_debt(wish.member_id)

    leaving = [row for row in standing.holds if not row["is_offer"] or claims.is_in_the_way(row, wish, place)]
    seat = claims.seat_for(standing, leaving=leaving)
    await claims.clear(tx, standing.dead, leaving, by=wish.member_id, now=now)
    booking = await claims.claim(tx, wish, place, price, seat=seat, now=now)
    assert booking.hold_expires_at is not None
    held = BookingHeld(
        **claims.facts_of(booking), origin=actor.origin, hold_expires_at=booking.hold_expires_at,
        cost_tokens=booking.cost_tokens, occurred_at=now,
    )  # fmt: skip
    await emit(tx, held)
    return booking


def _wish(
    resource_id: PydanticObjectId,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    *,
    key: str,
    actor: Actor,
    is_hold: bool,
) -> Wish:
    actor.require("bookings:write")
    assert actor.member_id is not None, "the system books nothing"
    return Wish(
        member_id=actor.member_id, resource_id=resource_id, starts_at=starts_at.astimezone(UTC),
        ends_at=ends_at.astimezone(UTC), options=options, key=key, origin=actor.origin, is_hold=is_hold,
    )  # fmt: skip
