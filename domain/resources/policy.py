"""When a resource can be booked and what it costs: arithmetic on the venue's clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from domain.resources.errors import (
    OffGrid,
    OutsideOpeningHours,
    ResourceUnavailable,
    TooFarAhead,
    TooLong,
    TooShort,
    TooSoon,
    UnknownOption,
)
from domain.resources.models import (
    MINUTES_PER_DAY,
    CancellationTerms,
    Options,
    OvertimeTerms,
    Part,
    PriceRule,
    Resource,
    ResourceStatus,
    Venue,
    VenueStatus,
    minutes_of,
)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One place on the grid, from `starts_at` until before `ends_at` (UTC)."""

    starts_at: datetime
    ends_at: datetime


class PriceLine(Part):
    """One line of a price. `quantity` counts slots (or 1 for an option); `percent` is the rule's, 100 otherwise."""

    kind: Literal["base", "peak", "option"]
    label: str
    quantity: int
    tokens: int
    percent: int = 100


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a booking costs, line by line."""

    lines: list[PriceLine]
    total_tokens: int


def terms_for(resource: Resource, venue: Venue) -> CancellationTerms:
    """The cancellation terms a booking is sold under: the resource's own, else the venue's."""
    return resource.terms or venue.terms


def overtime_for(resource: Resource) -> OvertimeTerms | None:
    """What staying too long costs there; None where a booking simply ends."""
    spec = resource.parking_slot
    if spec is None:
        return None
    return OvertimeTerms(
        price_tokens_per_slot=resource.price_tokens_per_slot, slot_minutes=resource.slot_minutes,
        multiplier_percent=spec.overtime_multiplier_percent, penalty_tokens_per_hour=spec.penalty_tokens_per_hour,
    )  # fmt: skip


def local_day(venue: Venue, moment: datetime) -> date:
    """The calendar day at the venue."""
    return moment.astimezone(ZoneInfo(venue.timezone)).date()


@lru_cache(maxsize=4096)
def _moment(zone: ZoneInfo, on: date, minutes: int, *, fold: int) -> datetime:
    """The UTC moment when the wall clock shows `minutes` after midnight.

    A time that the clock shows twice is the first (`fold=0`) or the second; one that it skips is the end of the gap.
    """
    wall = datetime.combine(on + timedelta(days=minutes // (MINUTES_PER_DAY)), time(), zone)
    wall = wall.replace(hour=minutes // 60 % 24, minute=minutes % 60, fold=fold)
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    moment = wall.replace(fold=1).astimezone(UTC)
    before = moment.astimezone(zone).utcoffset()
    while moment.astimezone(zone).utcoffset() == before:
        moment += MINUTE
    return moment


def moment_at(venue: Venue, on: date, minutes: int) -> datetime:
    """The moment when the venue's clock shows `minutes` after midnight: the first of two, or the end of a gap."""
    return _moment(ZoneInfo(venue.timezone), on, minutes, fold=0)


def day_bounds(venue: Venue, on: date) -> tuple[datetime, datetime]:
    """The UTC moments at which the local day begins and ends, open or not."""
    zone = ZoneInfo(venue.timezone)
    return _moment(zone, on, 0, fold=0), _moment(zone, on, MINUTES_PER_DAY, fold=0)


def open_intervals(venue: Venue, on: date) -> list[Slot]:
    """When the venue is open on this local day, as UTC moments: 23 or 25 hours in all where the clock changes."""
    if on.isoformat() in venue.closed_on or venue.status is not VenueStatus.OPEN:
        return []
    zone = ZoneInfo(venue.timezone)
    if not venue.opening_hours:
        spans = [(0, MINUTES_PER_DAY)]
    else:
        spans = [(minutes_of(span.opens), minutes_of(span.closes)) for span in venue.opening_hours[on.weekday()]]
    # Midnight is where the next day begins, also where the clock shows it twice; other closing times are the later.
    moments = [
        (_moment(zone, on, opens, fold=0), _moment(zone, on, closes, fold=0 if closes == MINUTES_PER_DAY else 1))
        for opens, closes in spans
    ]
    return [Slot(opens_at, closes_at) for opens_at, closes_at in moments if opens_at < closes_at]


def slots(resource: Resource, venue: Venue, on: date) -> list[Slot]:
    """The slots of this local day: counted in true time from each opening, whole ones only, whether free or not."""
    return list(each_slot(resource, venue, on))


def each_slot(resource: Resource, venue: Venue, on: date) -> Iterator[Slot]:
    """The slots of this local day, one by one, for those who stop at the first that suits."""
    step = resource.slot_minutes * MINUTE
    for interval in open_intervals(venue, on):
        starts_at = interval.starts_at
        while starts_at + step <= interval.ends_at:
            yield Slot(starts_at, starts_at + step)
            starts_at += step


def is_open(resource: Resource, venue: Venue, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the venue is open all the time in between; hours to 24:00 run on into a next day that opens at 00:00.

    Turnaround does not count: it may run past closing time.
    """
    return open_until(venue, starts_at, at_most=ends_at) >= ends_at


def open_until(venue: Venue, starts_at: datetime, *, at_most: datetime) -> datetime:
    """How long the venue stays open from `starts_at` on without a break: `starts_at` itself if it is closed then.

    Looks no further than the interval that holds `at_most`.
    """
    on, reached = local_day(venue, starts_at), starts_at
    while reached < at_most:
        before = reached
        for interval in open_intervals(venue, on):
            if interval.starts_at <= reached < interval.ends_at:
                reached = interval.ends_at
        on += DAY
        if reached == before:
            break
    return reached


def _is_on_grid(resource: Resource, venue: Venue, starts_at: datetime, ends_at: datetime) -> bool:
    step = resource.slot_minutes * MINUTE
    if (ends_at - starts_at) % step:
        return False
    for interval in open_intervals(venue, local_day(venue, starts_at)):
        if interval.starts_at <= starts_at < interval.ends_at:
            return not (starts_at - interval.starts_at) % step
    return False


def check(
    resource: Resource, venue: Venue, starts_at: datetime, ends_at: datetime, options: Options, now: datetime
) -> None:
    """Refuse what can never be booked, whoever else is there.

    Raises ResourceUnavailable, TooShort, OutsideOpeningHours, OffGrid, TooLong, TooSoon, TooFarAhead, UnknownOption.
    """
    _check_status(resource, venue)
    times = {"starts_at": starts_at, "ends_at": ends_at}
    if ends_at <= starts_at:
        raise TooShort(min_slots=resource.min_slots, slot_minutes=resource.slot_minutes)
    length_slots = -(-(ends_at - starts_at) // (resource.slot_minutes * MINUTE))
    if length_slots > resource.max_slots:
        raise TooLong(max_slots=resource.max_slots, slot_minutes=resource.slot_minutes)
    if not is_open(resource, venue, starts_at, ends_at):
        raise OutsideOpeningHours(**times)
    if not _is_on_grid(resource, venue, starts_at, ends_at):
        raise OffGrid(**times, slot_minutes=resource.slot_minutes)
    if length_slots < resource.min_slots:
        raise TooShort(min_slots=resource.min_slots, slot_minutes=resource.slot_minutes)
    _check_window(resource, venue, starts_at, now)
    _check_options(resource, options)


def takes_bookings(resource: Resource, venue: Venue) -> bool:
    """Whether the resource and its venue take bookings at all."""
    return resource.status is ResourceStatus.AVAILABLE and venue.status is VenueStatus.OPEN


def _check_status(resource: Resource, venue: Venue) -> None:
    if resource.status is not ResourceStatus.AVAILABLE:
        raise ResourceUnavailable(resource_id=resource.id, status=resource.status.value)
    if venue.status is not VenueStatus.OPEN:
        raise ResourceUnavailable(resource_id=resource.id, status=venue.status.value)


def earliest_start(resource: Resource, now: datetime) -> datetime:
    """The first moment at which a booking may start: after now, by the lead time."""
    return now + resource.lead_minutes_min * MINUTE


def latest_day(resource: Resource, venue: Venue, now: datetime) -> date:
    """The last local day on which a booking may start."""
    return local_day(venue, now) + timedelta(days=resource.advance_days_max)


def _check_window(resource: Resource, venue: Venue, starts_at: datetime, now: datetime) -> None:
    earliest_at = earliest_start(resource, now)
    if starts_at < earliest_at or starts_at <= now:
        raise TooSoon(earliest_at=earliest_at)
    latest_on = latest_day(resource, venue, now)
    if local_day(venue, starts_at) > latest_on:
        raise TooFarAhead(advance_days_max=resource.advance_days_max, latest_on=latest_on.isoformat())


def _check_options(resource: Resource, options: Options) -> None:
    versions = resource.rack.aci_versions if resource.rack else []
    if options.aci_version is not None and options.aci_version not in versions:
        raise UnknownOption(option=options.aci_version)
    offered = {option.key for option in resource.rack.preconfig_options} if resource.rack else set()
    for position, key in enumerate(options.preconfig):
        if key not in offered or key in options.preconfig[:position]:
            raise UnknownOption(option=key)
    if options.vehicle_id is not None and resource.kind != "parking_slot":
        raise UnknownOption(option="vehicle_id")


def price(resource: Resource, venue: Venue, starts_at: datetime, ends_at: datetime, options: Options) -> Price:
    """What these times cost: slots at the plain price, then one line per price rule, then one per option.

    A slot falls under the first rule whose window holds its local start. A rule's line is
    quantity × price × (percent − 100) / 100, rounded down once per line: a fraction is always the member's.
    """
    step = resource.slot_minutes * MINUTE
    count = (ends_at - starts_at) // step
    base = PriceLine(kind="base", label=resource.code, quantity=count, tokens=count * resource.price_tokens_per_slot)
    lines = [base]
    if resource.price_rules:
        lines += _rule_lines(resource, ZoneInfo(venue.timezone), [starts_at + step * n for n in range(count)])
    if options.preconfig and resource.rack:
        lines += [
            PriceLine(kind="option", label=option.label, quantity=1, tokens=option.extra_tokens)
            for option in resource.rack.preconfig_options
            if option.key in options.preconfig
        ]
    return Price(lines=lines, total_tokens=sum(line.tokens for line in lines))


def _rule_lines(resource: Resource, zone: ZoneInfo, starts: list[datetime]) -> list[PriceLine]:
    quantities = [0] * len(resource.price_rules)
    for moment in starts:
        local = moment.astimezone(zone)
        for position, rule in enumerate(resource.price_rules):
            if _applies(rule, local):
                quantities[position] += 1
                break
    return [
        PriceLine(
            kind="peak", label=f"{rule.from_time}–{rule.until_time}", quantity=quantity, percent=rule.percent,
            tokens=quantity * resource.price_tokens_per_slot * (rule.percent - 100) // 100,
        )
        for rule, quantity in zip(resource.price_rules, quantities, strict=True)
        if quantity and rule.percent != 100
    ]  # fmt: skip


def _applies(rule: PriceRule, local: datetime) -> bool:
    minutes = local.hour * 60 + local.minute
    return local.weekday() in rule.weekdays and minutes_of(rule.from_time) <= minutes < minutes_of(rule.until_time)
