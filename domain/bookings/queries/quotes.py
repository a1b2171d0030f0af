"""What a booking would cost, and whether it could be made."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId

from domain import resources, wallets
from domain.bookings import policy
from domain.bookings.queries.availability import is_clear, taken
from domain.bookings.queries.calendar import without_own_hold
from domain.bookings.queries.vehicles import require_vehicle
from domain.people import Actor
from domain.resources import CancellationTerms, Options, Price, Resource, Venue


@dataclass(frozen=True, kw_only=True)
class Quote:
    """The summary before confirming. `free_until` is the last moment of free cancellation; `is_free` is of the time."""

    resource: Resource
    venue: Venue
    starts_at: datetime
    ends_at: datetime
    options: Options
    price: Price
    terms: CancellationTerms
    free_until: datetime
    balance_tokens: int
    missing_tokens: int
    is_free: bool


async def quote(
    *,
    resource_id: PydanticObjectId,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    actor: Actor,
    now: datetime,
) -> Quote:
    """Price these times for the actor; their own hold counts as free.

    Raises VehicleRequired and the errors of `resources.check`.
    """
    assert actor.member_id is not None, "the system books nothing"
    starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    place = await resources.place(resource_id)
    resource, venue = place.resource, place.venue
    resources.check(resource, venue, starts_at, ends_at, options, now)
    await require_vehicle(resource, options, actor.member_id)
    price = resources.price(resource, venue, starts_at, ends_at, options)
    occupied_until = ends_at + timedelta(minutes=resource.turnaround_minutes)
    times = await taken(resource_ids=[resource_id], from_at=starts_at, until_at=occupied_until, now=now)
    balance_tokens = (await wallets.of(actor.member_id)).spendable_tokens(now)
    terms = resources.terms_for(resource, venue)
    return Quote(
        resource=resource, venue=venue, starts_at=starts_at, ends_at=ends_at, options=options, price=price, terms=terms,
        free_until=policy.free_cancellation_until(starts_at, terms), balance_tokens=balance_tokens,
        missing_tokens=max(0, price.total_tokens - balance_tokens),
        is_free=is_clear(without_own_hold(times[resource_id], actor), starts_at, occupied_until),
    )  # fmt: skip
