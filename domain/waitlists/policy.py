"""Which free time suits whom: arithmetic on one resource's grid."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from beanie import PydanticObjectId

from domain import resources
from domain.bookings import Busy, Status
from domain.kernel import DomainError
from domain.resources import Options, Place, ResourceStatus

MINUTE = timedelta(minutes=1)
ANSWER_MINUTES_MIN = 1
"""An offer that would lapse sooner is not made."""
WINDOW_DAYS_MAX = 31


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What somebody waits for; without `length` it is the whole window."""

    starts_at: datetime
    ends_at: datetime
    length: timedelta | None
    options: Options

    @property
    def last_start_at(self) -> datetime:
        """The last moment at which it could begin."""
        return self.starts_at if self.length is None else self.ends_at - self.length


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A time that suits."""

    starts_at: datetime
    ends_at: datetime


@dataclass(kw_only=True)
class Openings:
    """The starts on one resource's grid around a time, and what is taken there, what was just given away included.

    Only what touches the time between `from_at` and `until_at` is looked at, turnaround included.
    """

    place: Place
    from_at: datetime
    until_at: datetime
    busy: list[Busy]
    now: datetime
    """In order, and none overlaps another."""
    _hopeless: set[str] = field(default_factory=set)
    _room: bool | None = None

    @cached_property
    def _starts(self) -> list[datetime]:
        resource, venue = self.place.resource, self.place.venue
        on = resources.local_day(venue, max(self.now, reach_before(self.place, self.from_at)))
        last_on = resources.local_day(venue, self._freed_until)
        starts: list[datetime] = []
        while on <= last_on:
            starts += [slot.starts_at for slot in resources.each_slot(resource, venue, on)]
            on += timedelta(days=1)
        return starts

    @property
    def _turnaround(self) -> timedelta:
        return self.place.resource.turnaround_minutes * MINUTE

    @property
    def _freed_until(self) -> datetime:
        return self.until_at + self._turnaround

    def has_room(self) -> bool:
        """Whether the shortest booking of all could still begin somewhere."""
        if self._room is None:
            resource = self.place.resource
            length = resource.min_slots * resource.slot_minutes * MINUTE
            self._room = any(
                start > self.now and self._touches(start, start + length) and self._is_clear(start, start + length)
                for start in self._starts
            )
        return self._room

    def first(self, ask: Ask, *, notice: timedelta) -> tuple[Fit | None, Fit | None]:
        """The earliest time that suits and is at least `notice` away; failing that, the last one that is nearer."""
        key = repr(ask)
        if key in self._hopeless:  # less and less is free, so what did not suit does not suit later
            return None, None
        near: Fit | None = None
        for fit in self._fits(ask):
            if fit.starts_at >= self.now + notice:
                return fit, None
            near = fit
        if near is None:
            self._hopeless.add(key)
        return None, near

    def highest_price(self, ask: Ask) -> int:
        """What the dearest time that suits would cost; 0 when none does."""
        resource, venue = self.place.resource, self.place.venue
        return max(
            (
                resources.price(resource, venue, fit.starts_at, fit.ends_at, ask.options).total_tokens
                for fit in self._fits(ask)
            ),
            default=0,
        )

    def take(self, fit: Fit, member_id: PydanticObjectId) -> None:
        """Note that this time has just been given away."""
        self._room = None
        given = Busy(fit.starts_at, fit.ends_at, member_id, Status.HELD, fit.ends_at + self._turnaround)
        insort(self.busy, given, key=_starts_at)

    def _fits(self, ask: Ask) -> Iterator[Fit]:
        length = ask.ends_at - ask.starts_at if ask.length is None else ask.length
        if not self._has_gap(ask, length):
            return
        for start in self._starts[bisect_left(self._starts, ask.starts_at) :]:
            if start > ask.last_start_at:
                break
            end = start + length
            free = start > self.now and self._touches(start, end) and self._is_clear(start, end)
            if free and refusal(self.place, start, end, ask.options, now=self.now) is None:
                yield Fit(starts_at=start, ends_at=end)

    def _touches(self, start: datetime, end: datetime) -> bool:
        return start < self._freed_until and end + self._turnaround > self.from_at

    def _is_clear(self, start: datetime, end: datetime) -> bool:
        before = bisect_left(self.busy, end + self._turnaround, key=_starts_at)
        return before == 0 or self.busy[before - 1].occupied_until <= start

    def _has_gap(self, ask: Ask, length: timedelta) -> bool:
        """Whether so long a time is free at all: mostly it is not, and then the grid need not be laid out."""
        free_from = max(self.now, ask.starts_at)
        for one in self.busy:
            if one.starts_at - free_from >= length + self._turnaround:
                return True
            free_from = max(free_from, one.occupied_until)
        return free_from + length <= ask.ends_at


def _starts_at(one: Busy) -> datetime:
    return one.starts_at


def reach_before(place: Place, moment: datetime) -> datetime:
    """The first moment at which a booking could begin that still touches `moment`."""
    resource = place.resource
    return moment - (resource.max_slots * resource.slot_minutes + resource.turnaround_minutes) * MINUTE


def reach_after(place: Place, moment: datetime) -> datetime:
    """The last moment that a booking which touches `moment` could occupy."""
    resource = place.resource
    return moment + (resource.max_slots * resource.slot_minutes + 2 * resource.turnaround_minutes) * MINUTE


def refusal(place: Place, start: datetime, end: datetime, options: Options, *, now: datetime) -> str | None:
    """Why these times could not be booked if nobody had them, as a code in small letters; None when they could."""
    try:
        resources.check(place.resource, place.venue, start, end, options, now)
    except DomainError as error:
        return error.code.lower()
    return None


def put_back(place: Place) -> Place:
    """The place as it will be after its maintenance: one may wait for that."""
    if place.resource.status is not ResourceStatus.MAINTENANCE:
        return place
    return replace(place, resource=place.resource.model_copy(update={"status": ResourceStatus.AVAILABLE}))


def problem_with(ask: Ask, places: Sequence[Place], *, now: datetime) -> str | None:
    """Why nothing of this could ever be booked, as in `InvalidWindow`; None when something could."""
    if ask.ends_at <= ask.starts_at or ask.last_start_at < ask.starts_at:
        return "order"
    if ask.last_start_at <= now:
        return "past"
    if ask.ends_at - ask.starts_at > timedelta(days=WINDOW_DAYS_MAX):
        return "too_wide"
    problem = "no_match"
    for place in places:
        found = _problem_at(ask, place, now=now)
        if found is None:
            return None
        problem = found
    return problem


def _problem_at(ask: Ask, place: Place, *, now: datetime) -> str | None:
    openings = Openings(place=place, from_at=ask.starts_at, until_at=ask.ends_at, busy=[], now=now)
    if openings.first(ask, notice=timedelta(0)) != (None, None):
        return None
    length = ask.length or ask.ends_at - ask.starts_at
    on, last_on = (resources.local_day(place.venue, moment) for moment in (ask.starts_at, ask.last_start_at))
    while on <= last_on:
        for slot in resources.each_slot(place.resource, place.venue, on):
            if max(now, ask.starts_at) <= slot.starts_at <= ask.last_start_at:
                return refusal(place, slot.starts_at, slot.starts_at + length, ask.options, now=now)
        on += timedelta(days=1)
    return "closed"
