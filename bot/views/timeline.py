"""From bookings and opening hours to the rows of a picture."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from babel.dates import format_date
from beanie import PydanticObjectId

from bot.views import wording
from bot.views.pictures import Appearance, Block, Kind, Line, Picture, latin, merged
from domain.bookings import Busy, DayView
from domain.resources import Resource, ResourceStatus, Venue, open_intervals

MINUTES_PER_DAY = 24 * 60
WEEK_DAYS = 7
Taken = Mapping[PydanticObjectId, Sequence[Busy]]
_SLOT_KINDS: dict[str, Kind] = {"taken": "taken", "mine": "mine", "past": "closed", "closed": "closed"}


def _minute(moment: datetime, on: date, zone: str) -> int:
    """Minutes on the venue's clock since the day's midnight; below 0 before it, above 1440 after it."""
    local = wording.local(moment, zone)
    return (local.date() - on).days * MINUTES_PER_DAY + local.hour * 60 + local.minute


def _block(starts_at: datetime, ends_at: datetime, on: date, zone: str, kind: Kind) -> Block:
    return Block(from_minute=_minute(starts_at, on, zone), until_minute=_minute(ends_at, on, zone), kind=kind)


def _closed_between(blocks: Iterable[Block]) -> list[Block]:
    """What the given (open) stretches leave of a day."""
    closed, minute = [], 0
    for block in sorted(blocks, key=lambda block: block.from_minute):
        if block.from_minute > minute:
            closed.append(Block(from_minute=minute, until_minute=block.from_minute, kind="closed"))
        minute = max(minute, block.until_minute)
    if minute < MINUTES_PER_DAY:
        closed.append(Block(from_minute=minute, until_minute=MINUTES_PER_DAY, kind="closed"))
    return closed


def _hours(lines: Iterable[Line]) -> tuple[int, int]:
    """The full hours between which something is open in some row; the whole day when nothing is."""
    shut_at_start, shut_at_end = [], []
    for line in lines:
        closed = merged([block for block in line.blocks if block.kind == "closed"])
        if len(closed) == 1 and closed[0].until_minute - closed[0].from_minute >= MINUTES_PER_DAY:
            continue
        shut_at_start.append(closed[0].until_minute if closed and closed[0].from_minute <= 0 else 0)
        last = closed[-1] if closed else None
        shut_at_end.append(last.from_minute if last and last.until_minute >= MINUTES_PER_DAY else MINUTES_PER_DAY)
    if not shut_at_start:
        return 0, 24
    first, last_hour = min(shut_at_start) // 60, -(-max(shut_at_end) // 60)
    return (first, last_hour) if first < last_hour else (0, 24)


def _subtitle(venue: Venue, at: datetime) -> str:
    return f"{latin(venue.name, otherwise=venue.code)} · {venue.timezone} ({wording.zone_name(at, venue.timezone)})"


def _english_day(on: date, pattern: str) -> str:
    return str(format_date(on, pattern, locale="en_IN"))


def day_of_rack(view: DayView, *, now: datetime, appearance: Appearance) -> Picture:
    """One rack's day, from its slots."""
    zone = view.venue.timezone
    slots = [_block(slot.starts_at, slot.ends_at, view.on, zone, "closed") for slot in view.slots]
    blocks = [
        _block(slot.starts_at, slot.ends_at, view.on, zone, _SLOT_KINDS[slot.state])
        for slot in view.slots
        if slot.state in _SLOT_KINDS
    ]
    bounds = [Line(label="", blocks=tuple(_closed_between(slots)))]
    from_hour, until_hour = _hours(bounds)
    line = Line(
        label=view.resource.code, blocks=merged([*_closed_between(slots), *blocks]),
        now_minute=_now(view.on, zone, now),
    )  # fmt: skip
    return Picture(
        title=f"{view.resource.code} · {_english_day(view.on, 'EEE d MMM y')}", lines=(line,), from_hour=from_hour,
        subtitle=_subtitle(view.venue, now), until_hour=until_hour, appearance=appearance,
    )  # fmt: skip


def _now(on: date, zone: str, now: datetime) -> int | None:
    """The minute of now on that day, to five minutes so that a picture can be used again."""
    minute = _minute(now, on, zone)
    return minute // 5 * 5 if 0 <= minute < MINUTES_PER_DAY else None


def _line(
    label: str, resource: Resource, venue: Venue, on: date, busy: Sequence[Busy], *, member_id: PydanticObjectId | None,
    now: datetime,
) -> Line:  # fmt: skip
    zone = venue.timezone
    opened = [_block(slot.starts_at, slot.ends_at, on, zone, "taken") for slot in open_intervals(venue, on)]
    if resource.status is not ResourceStatus.AVAILABLE:
        opened = []
    now_minute = _now(on, zone, now)
    over = max(0, min(MINUTES_PER_DAY, _minute(now, on, zone)) // 5 * 5)
    closed = [*_closed_between(opened)]
    if over:
        closed.append(Block(from_minute=0, until_minute=over, kind="closed"))
    taken = [block for each in busy for block in _taken(each, on, zone, member_id)]
    return Line(label=label, blocks=(*merged(closed), *merged(taken)), now_minute=now_minute)


def _taken(busy: Busy, on: date, zone: str, member_id: PydanticObjectId | None) -> list[Block]:
    """The booking, and its turnaround, which nobody can have; only what touches the day."""
    kind: Kind = "mine" if busy.member_id == member_id else "taken"
    blocks = [
        _block(busy.starts_at, busy.ends_at, on, zone, kind),
        _block(busy.ends_at, busy.occupied_until, on, zone, "taken"),
    ]
    return [
        each for each in blocks if each.until_minute > max(0, each.from_minute) and each.from_minute < MINUTES_PER_DAY
    ]


def day_of_racks(
    racks: Sequence[Resource], venue: Venue, on: date, taken: Taken, *, member_id: PydanticObjectId | None,
    now: datetime, appearance: Appearance,
) -> Picture:  # fmt: skip
    """Racks of one venue on one day, a row each."""
    lines = tuple(
        _line(rack.code, rack, venue, on, taken.get(rack.id, ()), member_id=member_id, now=now) for rack in racks
    )
    from_hour, until_hour = _venue_hours(venue, [on])
    return Picture(
        title=_english_day(on, "EEEE d MMMM y"), subtitle=_subtitle(venue, now), lines=lines, from_hour=from_hour,
        until_hour=until_hour, appearance=appearance,
    )  # fmt: skip


def week_of_rack(
    rack: Resource, venue: Venue, first: date, busy: Sequence[Busy], *, member_id: PydanticObjectId | None,
    now: datetime, appearance: Appearance,
) -> Picture:  # fmt: skip
    """One rack's next seven days, a row each."""
    days = [first + timedelta(days=ahead) for ahead in range(WEEK_DAYS)]
    lines = tuple(_line(_english_day(on, "EEE d"), rack, venue, on, busy, member_id=member_id, now=now) for on in days)
    from_hour, until_hour = _venue_hours(venue, days)
    title = f"{rack.code} · {_english_day(days[0], 'd MMM')} - {_english_day(days[-1], 'd MMM y')}"
    return Picture(
        title=title, subtitle=_subtitle(venue, now), lines=lines, from_hour=from_hour, until_hour=until_hour,
        appearance=appearance,
    )  # fmt: skip


def _venue_hours(venue: Venue, days: Sequence[date]) -> tuple[int, int]:
    lines = []
    for on in days:
        opened = [
            _block(each.starts_at, each.ends_at, on, venue.timezone, "taken") for each in open_intervals(venue, on)
        ]
        lines.append(Line(label="", blocks=tuple(_closed_between(opened))))
    return _hours(lines)
