"""What goes on at a venue now: in use, free, kept, closed, and who is expected within the hour."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from beanie import PydanticObjectId

from domain import resources
from domain.bookings.models import AWAITED, Booking, Purpose, Status
from domain.bookings.queries.availability import REACH
from domain.kernel import Row
from domain.resources import Resource, Venue

ARRIVING_MINUTES = 60
RESOURCES_MAX = 1000
"""Of one venue; those beyond, by code, are not counted."""
HELD_MAX = 5000

State = Literal["in_use", "free", "kept", "closed"]
_AWAITED = frozenset(status.value for status in AWAITED)
_SEEN = dict.fromkeys(("resource_id", "status", "purpose", "starts_at", "occupied_until", "hold_expires_at"), 1)


@dataclass(frozen=True, kw_only=True)
class Count:
    """Resources by what goes on with them now: `total` is the sum of the four states.

    `in_use`: somebody's session is running (beyond its end too, until they check out). `free`: can be used now. `kept`:
    held, waited for, or being turned around. `closed`: in maintenance, or the venue is closed. `arriving` counts
    sessions, not resources: those that begin within `ARRIVING_MINUTES`, or have begun and wait for their member.
    """

    total: int = 0
    in_use: int = 0
    free: int = 0
    kept: int = 0
    closed: int = 0
    arriving: int = 0


@dataclass(frozen=True, kw_only=True)
class Occupancy:
    """One venue at one moment: in all, by kind, and each resource's own state, by code."""

    venue: Venue
    at: datetime
    is_open: bool
    all: Count
    by_kind: dict[str, Count]
    states: dict[str, State]


async def occupancy(*, venue_id: PydanticObjectId, now: datetime) -> Occupancy:
    """What goes on at the venue; nobody's name. Raises VenueNotFound."""
    venue = await resources.venue(venue_id)
    here = await resources.at_venue(venue_id, limit=RESOURCES_MAX)
    soon = now + timedelta(minutes=ARRIVING_MINUTES)
    # The past is short here: only what still holds its cells is in the index `at_venue`.
    wanted: Row = {"venue_id": venue_id, "held": True, "starts_at": {"$gt": now - REACH, "$lte": soon}}
    rows = await Booking.get_pymongo_collection().find(wanted, _SEEN).limit(HELD_MAX).to_list(None)
    by_resource: dict[PydanticObjectId, list[Row]] = {}
    for row in rows:
        by_resource.setdefault(row["resource_id"], []).append(row)
    is_open = resources.open_until(venue, now, at_most=now + timedelta(minutes=1)) > now
    states = {each.code: _state(each, by_resource.get(each.id, ()), is_open=is_open, now=now) for each in here}
    arriving = {each.code: sum(_is_arriving(row) for row in by_resource.get(each.id, ())) for each in here}
    kinds: dict[str, list[str]] = {}
    for each in here:
        kinds.setdefault(each.kind, []).append(each.code)
    return Occupancy(
        venue=venue, at=now, is_open=is_open, all=_count(states, states, arriving), states=states,
        by_kind={kind: _count(codes, states, arriving) for kind, codes in sorted(kinds.items())},
    )  # fmt: skip


def _state(resource: Resource, rows: Sequence[Row], *, is_open: bool, now: datetime) -> State:
    began = [row for row in rows if row["starts_at"] <= now]
    if any(row["status"] == Status.ACTIVE and row["purpose"] == Purpose.SESSION for row in began):
        return "in_use"
    if not is_open or not resource.is_available or any(row["purpose"] == Purpose.MAINTENANCE for row in began):
        return "closed"
    return "kept" if any(_keeps(row, now) for row in began) else "free"


def _keeps(row: Row, now: datetime) -> bool:
    if row["status"] == Status.HELD and row["hold_expires_at"] <= now:
        return False
    return bool(row["occupied_until"] > now)


def _is_arriving(row: Row) -> bool:
    return row["purpose"] == Purpose.SESSION and row["status"] in _AWAITED


def _count(codes: Iterable[str], states: dict[str, State], arriving: dict[str, int]) -> Count:
    codes = list(codes)
    said = Counter(states[code] for code in codes)
    return Count(
        total=len(codes), in_use=said["in_use"], free=said["free"], kept=said["kept"], closed=said["closed"],
        arriving=sum(arriving[code] for code in codes),
    )  # fmt: skip
