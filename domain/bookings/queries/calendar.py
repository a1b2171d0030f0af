"""A resource's days, slots and lengths as one member sees them: who has the other times stays unsaid."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from beanie import PydanticObjectId

from domain import resources
from domain.bookings.models import Booking, Status
from domain.bookings.queries.availability import Busy, is_clear, taken
from domain.people import Actor
from domain.resources import Options, Place, Resource, Slot, Venue

SlotState = Literal["free", "taken", "mine", "past", "closed"]
DayState = Literal["free", "busy", "full", "closed", "past", "too_far"]
BUSY_PERCENT = 25
"""A day with at most this share of its slots free is marked as nearly full."""


@dataclass(frozen=True, kw_only=True)
class SlotView:
    """A slot as a possible start: `free` means that a booking of the shortest length can begin here."""

    starts_at: datetime
    ends_at: datetime
    state: SlotState


@dataclass(frozen=True, kw_only=True)
class DayView:
    """A resource's local day."""

    resource: Resource
    venue: Venue
    on: date
    slots: list[SlotView]


@dataclass(frozen=True, kw_only=True)
class DayLoad:
    """How full a day is; `total_slots` counts what is still to come."""

    on: date
    state: DayState
    free_slots: int
    total_slots: int


@dataclass(frozen=True, kw_only=True)
class DurationChoice:
    """A length that can be chosen at a start; `base_tokens` is its price without options."""

    slots: int
    ends_at: datetime
    minutes: int
    base_tokens: int
    is_free: bool


async def day(
    *, resource_id: PydanticObjectId, on: date, actor: Actor, now: datetime, moving: Booking | None = None
) -> DayView:
    """The slots of a local day, each in the state it has for the actor; what a booking that is `moving` has, is free.

    Raises ResourceNotFound.
    """
    place = await resources.place(resource_id)
    busy = _without(await _busy(place, on, on, now=now), moving, resource_id)
    views = [_view(place, slot, busy, actor, now) for slot in resources.slots(place.resource, place.venue, on)]
    if on > resources.latest_day(place.resource, place.venue, now):
        views = [SlotView(starts_at=view.starts_at, ends_at=view.ends_at, state="closed") for view in views]
    return DayView(resource=place.resource, venue=place.venue, on=on, slots=views)


async def month(
    *,
    resource_id: PydanticObjectId,
    year: int,
    month: int,
    actor: Actor,
    now: datetime,
    moving: Booking | None = None,
) -> list[DayLoad]:
    """Every day of a month, with how much of it is free; what a booking that is `moving` has, is free too.

    Raises ResourceNotFound.
    """
    place = await resources.place(resource_id)
    days = [date(year, month, number + 1) for number in range(calendar.monthrange(year, month)[1])]
    busy = _without(await _busy(place, days[0], days[-1], now=now), moving, resource_id)
    today = resources.local_day(place.venue, now)
    latest = resources.latest_day(place.resource, place.venue, now)
    return [_load(place, on, busy, actor, now, today=today, latest=latest) for on in days]


async def durations(
    *,
    resource_id: PydanticObjectId,
    starts_at: datetime,
    actor: Actor,
    now: datetime,
    moving: Booking | None = None,
) -> list[DurationChoice]:
    """The lengths that fit between `starts_at` and closing time, the shortest first, free or not.

    The actor's own hold counts as free: it gives way; so does a booking that is `moving`. Raises ResourceNotFound.
    """
    place = await resources.place(resource_id)
    resource, venue = place.resource, place.venue
    starts_at = starts_at.astimezone(UTC)
    step = timedelta(minutes=resource.slot_minutes)
    turnaround = timedelta(minutes=resource.turnaround_minutes)
    longest = starts_at + resource.max_slots * step
    open_until = resources.open_until(venue, starts_at, at_most=longest)
    times = await taken(resource_ids=[resource_id], from_at=starts_at, until_at=longest + turnaround, now=now)
    others = _without(without_own_hold(times[resource_id], actor), moving, resource_id)
    can_start = resources.takes_bookings(resource, venue) and starts_at > now
    choices: list[DurationChoice] = []
    for count in range(resource.min_slots, resource.max_slots + 1):
        ends_at = starts_at + count * step
        if ends_at > open_until:
            break
        price = resources.price(resource, venue, starts_at, ends_at, Options())
        choices.append(
            DurationChoice(
                slots=count, ends_at=ends_at, minutes=count * resource.slot_minutes, base_tokens=price.total_tokens,
                is_free=can_start and is_clear(others, starts_at, ends_at + turnaround),
            )
        )  # fmt: skip
    return choices


def without_own_hold(busy: Sequence[Busy], actor: Actor) -> list[Busy]:
    """What stands in the actor's way: their own hold does not, it ends when they book."""
    return [one for one in busy if not (one.member_id == actor.member_id and one.status is Status.HELD)]


def _without(busy: list[Busy], moving: Booking | None, resource_id: PydanticObjectId) -> list[Busy]:
    """What stands when a booking has left its cells."""
    if moving is None or moving.resource_id != resource_id:
        return busy
    return [one for one in busy if (one.member_id, one.starts_at) != (moving.member_id, moving.starts_at)]


async def _busy(place: Place, first_on: date, last_on: date, *, now: datetime) -> list[Busy]:
    from_at, _ = resources.day_bounds(place.venue, first_on)
    _, until_at = resources.day_bounds(place.venue, last_on)
    resource = place.resource
    reach = timedelta(minutes=resource.turnaround_minutes + resource.min_slots * resource.slot_minutes)
    times = await taken(resource_ids=[resource.id], from_at=from_at, until_at=until_at + reach, now=now)
    return times[resource.id]


def _view(place: Place, slot: Slot, busy: Sequence[Busy], actor: Actor, now: datetime) -> SlotView:
    return SlotView(starts_at=slot.starts_at, ends_at=slot.ends_at, state=_state(place, slot, busy, actor, now))


def _state(place: Place, slot: Slot, busy: Sequence[Busy], actor: Actor, now: datetime) -> SlotState:
    resource, venue = place.resource, place.venue
    near = [one for one in busy if one.occupied_until > slot.starts_at]
    if any(one.member_id == actor.member_id and one.starts_at < slot.ends_at <= one.ends_at for one in near):
        return "mine"
    if slot.starts_at <= now or slot.starts_at < resources.earliest_start(resource, now):
        return "past"
    shortest_end = slot.starts_at + resource.min_slots * timedelta(minutes=resource.slot_minutes)
    fits = shortest_end <= slot.ends_at or resources.is_open(resource, venue, slot.starts_at, shortest_end)
    if not fits or not resources.takes_bookings(resource, venue):  # a slot itself is always within opening hours
        return "closed"
    occupied_until = shortest_end + timedelta(minutes=resource.turnaround_minutes)
    return "free" if is_clear(near, slot.starts_at, occupied_until) else "taken"


def _load(
    place: Place, on: date, busy: Sequence[Busy], actor: Actor, now: datetime, *, today: date, latest: date
) -> DayLoad:
    if on < today:
        return DayLoad(on=on, state="past", free_slots=0, total_slots=0)
    if on > latest:
        return DayLoad(on=on, state="too_far", free_slots=0, total_slots=0)
    starts_at, ends_at = resources.day_bounds(place.venue, on)
    reach = timedelta(days=1)
    near = [one for one in busy if one.starts_at < ends_at + reach and one.occupied_until > starts_at]
    states = [
        _state(place, slot, near, actor, now) for slot in resources.slots(place.resource, place.venue, on)
    ]  # fmt: skip
    total, free = sum(state not in ("past", "closed") for state in states), states.count("free")
    return DayLoad(on=on, state=_day_state(states, free=free, total=total), free_slots=free, total_slots=total)


def _day_state(states: list[SlotState], *, free: int, total: int) -> DayState:
    if total == 0:
        return "past" if "past" in states else "closed"
    if free == 0:
        return "full"
    return "busy" if free * 100 <= total * BUSY_PERCENT else "free"
