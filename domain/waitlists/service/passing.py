"""What time does to those who wait: steps as in `bookings`, leased by `claim_due` and done by `pass_time`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ASCENDING

from domain import bookings, kernel
from domain.kernel import RELEASED, Batch, Row, Tx, emit, read_batch
from domain.resources import Place
from domain.waitlists import policy, queries
from domain.waitlists.events import WaitUnserved
from domain.waitlists.models import Status, WaitlistEntry
from domain.waitlists.policy import Openings
from domain.waitlists.service.joining import ask_of
from domain.waitlists.service.line import Scan, offer_freed
from domain.waitlists.service.settling import end, tell_lapsed

SWEEP_SECONDS = 60
"""How long an entry waits at most until it is looked at, whatever has happened."""
SWEEP_DAYS_MAX = 2000
"""Days of resources that one transaction looks at: a wide window on any of many racks is a long look."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that becomes due: which rows, in which order, and what is done about them."""

    due: Callable[[datetime], Row]
    order: str
    take: Callable[[Tx, list[Row], datetime], Awaitable[None]]
    lead: timedelta = timedelta()
    """How long before the moment in `order` it is due (after it, when negative): by what lateness is measured."""


async def claim_due(step: str, *, now: datetime, limit: int, lease_seconds: float) -> Batch:
    """Lease up to `limit` entries for which the step is due; outside transactions. Small batches: each may cascade."""
    return await kernel.claim_due(
        WaitlistEntry, STEPS[step].due(now), order=STEPS[step].order, limit=limit, lease_seconds=lease_seconds
    )


async def pass_time(tx: Tx, *, step: str, batch: Batch, now: datetime) -> int:
    """Do what is due about a leased batch, and say for how many it still was. Raises LeaseLost, with nothing done."""
    rows = await read_batch(WaitlistEntry, batch, STEPS[step].due(now), order=STEPS[step].order)
    if rows:
        await STEPS[step].take(tx, rows, now)
    return len(rows)


async def take_due(tx: Tx, *, step: str, now: datetime, limit: int) -> int:
    """Do what is due about up to `limit` entries, leased or not, and say how many."""
    cursor = WaitlistEntry.get_pymongo_collection().find(STEPS[step].due(now)).sort(STEPS[step].order, ASCENDING)
    rows = await cursor.limit(limit).to_list(None)
    if rows:
        await STEPS[step].take(tx, rows, now)
    return len(rows)


# lapse_offers: nobody answered in time; the next in line is asked at once


def _lapsing(now: datetime) -> Row:
    return {"status": Status.OFFERED.value, "offer_expires_at": {"$lte": now, "$type": "date"}}


async def _lapse_offers(tx: Tx, rows: list[Row], now: datetime) -> None:
    freed = [await _lapse(tx, WaitlistEntry.read(row), now=now) for row in rows]
    scan = Scan()
    for booking in freed:
        if booking is not None:
            await offer_freed(
                tx, resource_id=booking.resource_id, from_at=booking.starts_at, until_at=booking.ends_at, now=now,
                scan=scan,
            )  # fmt: skip


async def _lapse(tx: Tx, entry: WaitlistEntry, *, now: datetime) -> bookings.Booking | None:
    """End the offer, unless it was booked by another way, of which the line has not heard yet."""
    assert entry.booking_id is not None
    booking = await bookings.release_offer(tx, booking_id=entry.booking_id, because="lapsed", now=now)
    if booking.confirmed_at is not None:
        await end(entry, Status.ACCEPTED, reason=None, now=now)
        return None
    await end(entry, Status.LAPSED, reason="offer_lapsed", now=now)
    await tell_lapsed(tx, entry, booking, now=now)
    return booking


# expire: nothing could begin any more


def _expiring(now: datetime) -> Row:
    return {"status": Status.WAITING.value, "last_start_at": {"$lte": now}}


async def _expire(tx: Tx, rows: list[Row], now: datetime) -> None:
    for row in rows:
        await end(WaitlistEntry.read(row), Status.LAPSED, reason="window_over", now=now)
        await emit(tx, WaitUnserved(entry_id=row["_id"], member_id=row["member_id"], occurred_at=now))


# sweep: whatever nobody told the line of, such as new hours, a rack that is back, or a debt that was paid


def _unseen(now: datetime) -> Row:
    since = now - timedelta(seconds=SWEEP_SECONDS)
    return {"status": Status.WAITING.value, "looked_at": {"$lte": since}}


async def _sweep(tx: Tx, rows: list[Row], now: datetime) -> None:
    collection = WaitlistEntry.get_pymongo_collection()
    of_batch: Row = {"_id": {"$in": [row["_id"] for row in rows]}}
    await collection.update_many(of_batch, {"$set": RELEASED})
    in_vain: set[tuple[str, str]] = set()
    looked_days = 0
    scan = Scan()
    for row in rows:
        if looked_days > SWEEP_DAYS_MAX or not scan.left:  # the others stay due
            break
        await collection.update_one({"_id": row["_id"]}, {"$set": {"looked_at": now}})
        entry = await queries.stored(row["_id"])  # an earlier one of the batch may have brought this one something
        wish = (entry.target, repr(ask_of(entry)))
        if entry.status is not Status.WAITING or entry.last_start_at <= now or wish in in_vain:
            continue
        places = await queries.places_for(
            resource_id=entry.resource_id, kind=entry.kind, aci_version=entry.aci_version, venue_id=entry.venue_id
        )
        looked_days += len(places) * (1 + (entry.window_ends_at - entry.window_starts_at).days)
        if not places or not await _look_for(tx, entry, places, scan, now=now):
            in_vain.add(wish)


async def _look_for(tx: Tx, entry: WaitlistEntry, places: list[Place], scan: Scan, *, now: datetime) -> bool:
    """Offer what suits this entry, and say whether anything did: in order, so perhaps to somebody before them."""
    until_at = max(policy.reach_after(place, entry.window_ends_at) for place in places)
    times = await bookings.taken(
        resource_ids=[place.resource.id for place in places], from_at=entry.window_starts_at, until_at=until_at, now=now
    )
    given = 0
    for place in places:
        given += await _offer_there(tx, entry, place, times[place.resource.id], scan, now=now)
        if given and (await queries.stored(entry.id)).status is not Status.WAITING:
            break
    return given > 0


async def _offer_there(
    tx: Tx, entry: WaitlistEntry, place: Place, busy: list[bookings.Busy], scan: Scan, *, now: datetime
) -> int:
    openings = Openings(place=place, from_at=entry.window_starts_at, until_at=entry.window_ends_at, busy=busy, now=now)
    fit, near = openings.first(ask_of(entry), notice=timedelta(minutes=policy.ANSWER_MINUTES_MIN))
    suits = fit or near
    if suits is None:
        return 0
    return await offer_freed(
        tx, resource_id=place.resource.id, from_at=suits.starts_at, until_at=suits.ends_at, now=now, scan=scan
    )


STEPS: dict[str, Step] = {
    "lapse_offers": Step(due=_lapsing, order="offer_expires_at", take=_lapse_offers),
    "expire": Step(due=_expiring, order="last_start_at", take=_expire),
    "sweep": Step(due=_unseen, order="looked_at", take=_sweep, lead=-timedelta(seconds=SWEEP_SECONDS)),
}
"""In the order in which they are best asked."""
