"""What changing a booking would mean: prices and what comes back, shown before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId

from domain import resources, wallets
from domain.bookings import policy
from domain.bookings.errors import NotReschedulable
from domain.bookings.models import Booking, Status
from domain.bookings.queries.availability import Busy, is_clear, taken
from domain.bookings.queries.lists import get
from domain.bookings.queries.quotes import Quote
from domain.bookings.queries.vehicles import require_vehicle
from domain.kernel import LIMIT_MAX, DomainError, Row
from domain.people import Actor
from domain.resources import Options, Place


@dataclass(frozen=True, kw_only=True)
class RescheduleQuote:
    """A booking, and the times it would have. `quote` counts what comes back: its `missing_tokens` are what lacks then.

    `returned_tokens` come back of what was paid, `kept_tokens` do not; `difference_tokens` is the new price less what
    comes back: to be paid, or, when negative, to be had.
    """

    booking: Booking
    quote: Quote
    returned_tokens: int
    kept_tokens: int
    difference_tokens: int


@dataclass(frozen=True, kw_only=True)
class ExtensionChoice:
    """An end that a running booking could have; `cost_tokens` is the price of the `minutes` that are added."""

    ends_at: datetime
    minutes: int
    cost_tokens: int
    is_free: bool


async def reschedule_quote(
    *,
    booking_id: PydanticObjectId,
    resource_id: PydanticObjectId | None,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    actor: Actor,
    now: datetime,
) -> RescheduleQuote:
    """Price other times for a booking, as `reschedule` would; its own cells and the member's own hold count as free.

    Raises BookingNotFound, NotReschedulable, VehicleRequired and the errors of `resources.check`.
    """
    booking = await get(booking_id=booking_id, actor=actor)
    if not policy.is_movable(booking, now):
        raise NotReschedulable(booking_id=booking_id, status=booking.status.value)
    starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    place = await resources.place(resource_id or booking.resource_id)
    resource, venue = place.resource, place.venue
    resources.check(resource, venue, starts_at, ends_at, options, now)
    await require_vehicle(resource, options, booking.member_id)
    price = resources.price(resource, venue, starts_at, ends_at, options)
    by_operator = booking.member_id != actor.member_id
    returned_tokens = policy.returned_by_moving(booking, by_operator=by_operator, now=now)
    balance_tokens = (await wallets.of(booking.member_id)).spendable_tokens(now)
    terms = resources.terms_for(resource, venue)
    quote = Quote(
        resource=resource, venue=venue, starts_at=starts_at, ends_at=ends_at, options=options, price=price, terms=terms,
        free_until=policy.free_cancellation_until(starts_at, terms), balance_tokens=balance_tokens,
        missing_tokens=max(0, price.total_tokens - returned_tokens - balance_tokens),
        is_free=await _is_free(booking, place, starts_at, ends_at, now=now),
    )  # fmt: skip
    return RescheduleQuote(
        booking=booking, quote=quote, returned_tokens=returned_tokens,
        kept_tokens=booking.cost_tokens - returned_tokens, difference_tokens=price.total_tokens - returned_tokens,
    )  # fmt: skip


async def extension_choices(*, booking_id: PydanticObjectId, actor: Actor, now: datetime) -> list[ExtensionChoice]:
    """The later ends that fit the resource's limit and closing time, the nearest first, free or not.

    None for a booking that is not running. Raises BookingNotFound.
    """
    booking = await get(booking_id=booking_id, actor=actor)
    if not policy.is_extendable(booking, now):
        return []
    place = await resources.place(booking.resource_id)
    resource, venue = place.resource, place.venue
    step, turnaround = (timedelta(minutes=minutes) for minutes in (resource.slot_minutes, resource.turnaround_minutes))
    longest = booking.starts_at + resource.max_slots * step
    times = await taken(
        resource_ids=[resource.id], from_at=booking.ends_at, until_at=longest + turnaround, now=now
    )  # fmt: skip
    others = _others(times[resource.id], booking, resource.id)
    choices: list[ExtensionChoice] = []
    ends_at = booking.ends_at + step
    while _can_end(booking, place, ends_at):
        price = resources.price(resource, venue, booking.ends_at, ends_at, Options())
        choices.append(
            ExtensionChoice(
                ends_at=ends_at, minutes=(ends_at - booking.ends_at) // timedelta(minutes=1),
                cost_tokens=price.total_tokens, is_free=is_clear(others, booking.ends_at, ends_at + turnaround),
            )
        )  # fmt: skip
        ends_at += step
    return choices


async def alternatives(*, booking_id: PydanticObjectId, actor: Actor, now: datetime, limit: int) -> list[Place]:
    """Other racks that could take, now, a booking whose own is not ready; at its own venue first, then by code.

    None for a booking that waits for nothing. Raises BookingNotFound.
    """
    booking = await get(booking_id=booking_id, actor=actor)
    if not policy.is_unready(booking, now):
        return []
    version = booking.options.aci_version
    racks = (await resources.catalogue(kind="rack", aci_version=version, page=1, limit=LIMIT_MAX)).items
    found = await resources.places([rack.id for rack in racks if rack.id != booking.resource_id])
    fitting = [place for place in found.values() if _fits(booking, place)]
    fitting.sort(key=lambda place: (place.venue.id != booking.venue_id, place.resource.code))
    free: list[Place] = []
    until_at = booking.ends_at + timedelta(minutes=resources.TURNAROUND_MINUTES_MAX)
    ids = [place.resource.id for place in fitting]
    engaged = await prepared_for_others(ids)
    times = await taken(resource_ids=ids, from_at=booking.starts_at, until_at=until_at, now=now)
    for place in fitting:
        if place.resource.id in engaged:
            continue
        occupied_until = booking.ends_at + timedelta(minutes=place.resource.turnaround_minutes)
        if is_clear(_others(times[place.resource.id], booking, place.resource.id), booking.starts_at, occupied_until):
            free.append(place)
    return free[:limit]


async def prepared_for_others(resource_ids: Sequence[PydanticObjectId]) -> set[PydanticObjectId]:
    """Which racks prepare themselves, or have, for a session to come: they would not for another before it."""
    states = {"$in": [Status.PREPARING.value, Status.READY.value]}
    wanted: Row = {"resource_id": {"$in": list(resource_ids)}, "status": states, "held": True}
    return set(await Booking.get_pymongo_collection().distinct("resource_id", wanted))


def _can_end(booking: Booking, place: Place, ends_at: datetime) -> bool:
    try:
        policy.check_extension(booking, place, ends_at)
    except DomainError:
        return False
    return True


def _fits(booking: Booking, place: Place) -> bool:
    try:
        policy.check_replacement(booking, place)
    except DomainError:
        return False
    return True


async def _is_free(booking: Booking, place: Place, starts_at: datetime, ends_at: datetime, *, now: datetime) -> bool:
    occupied_until = ends_at + timedelta(minutes=place.resource.turnaround_minutes)
    resource_id = place.resource.id
    times = await taken(resource_ids=[resource_id], from_at=starts_at, until_at=occupied_until, now=now)
    return is_clear(_others(times[resource_id], booking, resource_id), starts_at, occupied_until)


def _others(busy: Sequence[Busy], booking: Booking, resource_id: PydanticObjectId) -> list[Busy]:
    """What stands in the booking's way there: neither itself nor its member's own hold, which gives way."""
    is_there = resource_id == booking.resource_id
    mine = [one for one in busy if one.member_id == booking.member_id]
    leaving = {
        one for one in mine if one.status is Status.HELD or (is_there and one.starts_at == booking.starts_at)
    }  # fmt: skip
    return [one for one in busy if one not in leaving]
