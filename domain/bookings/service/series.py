"""A weekly series: booked as one or not at all, and called off as one."""

from collections.abc import Sequence
from datetime import datetime

from beanie import PydanticObjectId

from domain import resources, wallets
from domain.bookings import policy, queries
from domain.bookings.errors import PriceChanged, SeriesClashes, TooManyBookings
from domain.bookings.events import BookingConfirmed
from domain.bookings.models import AWAITED, Booking
from domain.bookings.queries import Occurrence
from domain.bookings.service import claims
from domain.bookings.service.cancelling import cancel
from domain.bookings.service.claims import Standing, Wish
from domain.bookings.service.paying import spending_key
from domain.kernel import KeyReused, Row, Tx, emit
from domain.people import Actor
from domain.resources import Options, Place


async def book_series(
    tx: Tx,
    *,
    resource_id: PydanticObjectId,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    weeks: int,
    expected_cost_tokens: int | None,
    key: str,
    actor: Actor,
    now: datetime,
) -> list[Booking]:
    """Book the same time of so many weeks, all or nothing; each is a booking of its own with a spending of its own.

    With `expected_cost_tokens` (the sum that the member was shown) another price is refused. Own holds in the way give
    way. Asking again with `key` returns the series as it stands. Raises SeriesClashes with every week that cannot be
    had, InvalidSeries, PriceChanged, TooManyBookings, KeyReused, MemberDisabled, InsufficientBalance, DebtOutstanding,
    ResourceNotFound, TooShort, TooLong, VehicleRequired.
    """
    actor.require("bookings:write")
    assert actor.member_id is not None, "the system books nothing"
    place = await resources.place(resource_id)
    found = await queries.occurrences(place, starts_at, ends_at, options, weeks=weeks, actor=actor, now=now)
    series_id = PydanticObjectId()
    wishes = [
        Wish(
            member_id=actor.member_id, resource_id=resource_id, starts_at=one.starts_at, ends_at=one.ends_at,
            options=options, key=f"{key}:{number}" if number > 1 else key, origin=actor.origin, is_hold=False,
            series_id=series_id,
        )
        for number, one in enumerate(found, start=1)
    ]  # fmt: skip
    standings = [await claims.survey(wish, place, now=now) for wish in wishes]
    if standings[0].replayed_id is not None:
        return await _replayed(standings[0].replayed_id, weeks=weeks, key=key, actor=actor)
    _refuse_clashes(found)
    await claims.agreed_price(wishes[0], place, None, now=now)  # what more is asked of who books there
    await wallets.require_no_debt(actor.member_id)
    await _agree(found, expected_cost_tokens, member_id=actor.member_id, now=now)
    seats = await _make_room(tx, wishes, standings, place, now=now)
    return [
        await _book_one(tx, wish, place, one, seat=seat, booking_id=None if number else series_id, now=now)
        for number, (wish, one, seat) in enumerate(zip(wishes, found, seats, strict=True))
    ]


async def cancel_series(tx: Tx, *, series_id: PydanticObjectId, actor: Actor, now: datetime) -> list[Booking]:
    """Cancel all of a series that is still to come, each by its terms, and return those; none when asked again.

    Somebody else's (`bookings:cancel_any`) return everything. Raises BookingNotFound, NotPermitted.
    """
    series = await queries.of_series(series_id=series_id, actor=actor)
    coming = [booking for booking in series if booking.status in AWAITED and booking.starts_at > now]
    return [await cancel(tx, booking_id=booking.id, actor=actor, now=now) for booking in coming]


async def _replayed(first_id: PydanticObjectId, *, weeks: int, key: str, actor: Actor) -> list[Booking]:
    series = await queries.of_series(series_id=first_id, actor=actor)
    if len(series) != weeks:
        raise KeyReused(key=key)
    return series


def _refuse_clashes(found: Sequence[Occurrence]) -> None:
    clashes = [
        {"starts_at": one.starts_at, "ends_at": one.ends_at, "code": one.problem} for one in found if one.problem
    ]
    if clashes:
        raise SeriesClashes(clashes=clashes)


async def _agree(
    found: Sequence[Occurrence], expected_cost_tokens: int | None, *, member_id: PydanticObjectId, now: datetime
) -> None:
    """That the sum is what was shown, and that there is enough for all of it: what is missing is told once."""
    total_tokens = sum(one.price.total_tokens for one in found)
    if expected_cost_tokens not in (None, total_tokens):
        raise PriceChanged(expected_tokens=expected_cost_tokens, cost_tokens=total_tokens)
    balance_tokens = (await wallets.of(member_id)).spendable_tokens(now)
    if balance_tokens < total_tokens:
        raise wallets.InsufficientBalance(
            needed_tokens=total_tokens, balance_tokens=balance_tokens, missing_tokens=total_tokens - balance_tokens
        )


async def _make_room(
    tx: Tx, wishes: Sequence[Wish], standings: Sequence[Standing], place: Place, *, now: datetime
) -> list[int]:
    """End dead and own holds in the way of any week, and find a place among the open bookings for each.

    Raises KeyReused, TooManyBookings.
    """
    leaving: dict[PydanticObjectId, Row] = {}
    dead: dict[PydanticObjectId, Row] = {}
    for wish, standing in zip(wishes, standings, strict=True):
        if standing.replayed_id is not None:
            raise KeyReused(key=wish.key)
        leaving |= {row["_id"]: row for row in standing.holds if claims.is_in_the_way(row, wish, place)}
        dead |= {row["_id"]: row for row in standing.dead}
    taken = {row["seat"] for row in standings[0].mine if row["_id"] not in leaving}
    seats = [seat for seat in range(policy.CONCURRENT_MAX) if seat not in taken][: len(wishes)]
    if len(seats) < len(wishes):
        raise TooManyBookings(open_max=policy.CONCURRENT_MAX)
    await claims.clear(tx, list(dead.values()), list(leaving.values()), by=wishes[0].member_id, now=now)
    return seats


async def _book_one(
    tx: Tx,
    wish: Wish,
    place: Place,
    one: Occurrence,
    *,
    seat: int,
    booking_id: PydanticObjectId | None,
    now: datetime,
) -> Booking:
    booking = await claims.claim(tx, wish, place, one.price, seat=seat, booking_id=booking_id, now=now)
    if booking.cost_tokens:
        await wallets.spend(
            tx, member_id=wish.member_id, tokens=booking.cost_tokens, purpose="booking",
            key=spending_key(booking.id), booking_id=booking.id, now=now,
        )  # fmt: skip
    confirmed = BookingConfirmed(
        **claims.facts_of(booking), origin=wish.origin, cost_tokens=booking.cost_tokens, because="series",
        occurred_at=now,
    )  # fmt: skip
    await emit(tx, confirmed)
    return booking
