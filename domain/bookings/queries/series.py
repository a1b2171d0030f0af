"""A weekly series: what it would cost, which weeks could not be had, and what belongs to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId
from pymongo import ASCENDING

from domain import resources, wallets
from domain.bookings import policy
from domain.bookings.errors import BookingNotFound, InvalidSeries, SlotTaken, TooManyBookings
from domain.bookings.models import Booking, Purpose, Status
from domain.bookings.queries.availability import Busy, is_clear, taken
from domain.bookings.queries.calendar import without_own_hold
from domain.bookings.queries.vehicles import require_vehicle
from domain.kernel import DomainError
from domain.people import Actor
from domain.resources import CancellationTerms, Options, Place, Price, Resource, Venue


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One week of a series; `problem` is the code of what stands against it, None when it can be booked."""

    starts_at: datetime
    ends_at: datetime
    price: Price
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class SeriesQuote:
    """The summary before confirming a series; `total_tokens` is of all its weeks."""

    resource: Resource
    venue: Venue
    options: Options
    occurrences: list[Occurrence]
    total_tokens: int
    terms: CancellationTerms
    balance_tokens: int
    missing_tokens: int

    @property
    def is_bookable(self) -> bool:
        """Whether every week can be had, tokens aside."""
        return all(one.problem is None for one in self.occurrences)


async def series_quote(
    *,
    resource_id: PydanticObjectId,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    weeks: int,
    actor: Actor,
    now: datetime,
) -> SeriesQuote:
    """Price a weekly series for the actor; their own hold counts as free.

    Raises ResourceNotFound, InvalidSeries, TooShort, TooLong, VehicleRequired.
    Weeks for which no place among the member's open bookings is left have the problem TOO_MANY_BOOKINGS.
    """
    assert actor.member_id is not None, "the system books nothing"
    place = await resources.place(resource_id)
    found = await occurrences(place, starts_at, ends_at, options, weeks=weeks, actor=actor, now=now)
    await require_vehicle(place.resource, options, actor.member_id)
    found = _seated(found, await _seats_left(actor.member_id, now=now))
    total_tokens = sum(one.price.total_tokens for one in found)
    balance_tokens = (await wallets.of(actor.member_id)).spendable_tokens(now)
    return SeriesQuote(
        resource=place.resource, venue=place.venue, options=options, occurrences=found, total_tokens=total_tokens,
        terms=resources.terms_for(place.resource, place.venue), balance_tokens=balance_tokens,
        missing_tokens=max(0, total_tokens - balance_tokens),
    )  # fmt: skip


async def occurrences(
    place: Place,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    *,
    weeks: int,
    actor: Actor,
    now: datetime,
) -> list[Occurrence]:
    """The weeks of a series from this first time on, each with what stands against it.

    Raises InvalidSeries, TooShort, TooLong.
    """
    if not policy.SERIES_WEEKS_MIN <= weeks <= policy.SERIES_WEEKS_MAX:
        raise InvalidSeries(weeks=weeks, weeks_max=policy.SERIES_WEEKS_MAX)
    starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    _check_length(place.resource, ends_at - starts_at)
    times = policy.weekly(place.venue, starts_at, ends_at, weeks=weeks)
    turnaround = timedelta(minutes=place.resource.turnaround_minutes)
    resource_id = place.resource.id
    until_at = times[-1][1] + turnaround
    busy = await taken(resource_ids=[resource_id], from_at=starts_at, until_at=until_at, now=now)
    others = without_own_hold(busy[resource_id], actor)
    found: list[Occurrence] = []
    free_from = starts_at
    for begins_at, over_at in times:
        problem = _problem(place, begins_at, over_at, options, others, free_from=free_from, now=now)
        price = resources.price(place.resource, place.venue, begins_at, over_at, options)
        found.append(Occurrence(starts_at=begins_at, ends_at=over_at, price=price, problem=problem))
        free_from = over_at + turnaround
    return found


async def of_series(*, series_id: PydanticObjectId, actor: Actor) -> list[Booking]:
    """All of a weekly series, the first start first: the actor's own, or with `bookings:read` anybody's.

    Raises BookingNotFound.
    """
    wanted = {"series_id": series_id, "purpose": Purpose.SESSION.value}
    rows = Booking.get_pymongo_collection().find(wanted).sort("starts_at", ASCENDING).limit(policy.SERIES_WEEKS_MAX)
    found = [Booking.read(row) async for row in rows]
    if not found or (found[0].member_id != actor.member_id and not actor.may("bookings:read")):
        raise BookingNotFound(series_id=series_id)
    return found


def _check_length(resource: Resource, length: timedelta) -> None:
    """What is longer than anything that can be booked is not even priced."""
    limits = {"slot_minutes": resource.slot_minutes}
    if length <= timedelta(0):
        raise resources.TooShort(min_slots=resource.min_slots, **limits)
    if length > timedelta(minutes=resources.LENGTH_MINUTES_MAX):
        raise resources.TooLong(max_slots=resource.max_slots, **limits)


def _problem(
    place: Place,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    others: Sequence[Busy],
    *,
    free_from: datetime,
    now: datetime,
) -> str | None:
    """What stands against one week: a rule, somebody else, or the week before it (`free_from` is when that is over)."""
    try:
        resources.check(place.resource, place.venue, starts_at, ends_at, options, now)
    except DomainError as refused:
        return refused.code
    occupied_until = ends_at + timedelta(minutes=place.resource.turnaround_minutes)
    if starts_at < free_from or not is_clear(others, starts_at, occupied_until):
        return SlotTaken.code
    return None


async def _seats_left(member_id: PydanticObjectId, *, now: datetime) -> int:
    """How many more bookings the member may have open; holds do not count, they give way or lapse."""
    standing = {"member_id": member_id, "seat": {"$gte": 0}, "status": {"$ne": Status.HELD.value}}
    return policy.CONCURRENT_MAX - await Booking.get_pymongo_collection().count_documents(standing)


def _seated(found: list[Occurrence], seats: int) -> list[Occurrence]:
    seated: list[Occurrence] = []
    for one in found:
        problem = one.problem
        if problem is None:
            problem = TooManyBookings.code if seats <= 0 else None
            seats -= 1
        seated.append(Occurrence(starts_at=one.starts_at, ends_at=one.ends_at, price=one.price, problem=problem))
    return seated
