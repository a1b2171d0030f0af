"""The heart: whoever is first in line and whom a freed time suits gets it offered, nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from beanie import PydanticObjectId

from domain import bookings, people, resources, vehicles, wallets
from domain.kernel import Row, Tx, emit
from domain.people import Member
from domain.resources import Place
from domain.waitlists import policy
from domain.waitlists.events import QueueContinues
from domain.waitlists.models import SKIPS_KEPT, SkipReason, Status, WaitlistEntry
from domain.waitlists.policy import Fit, Openings
from domain.waitlists.queries import IN_ORDER, matching
from domain.waitlists.service.joining import ask_of
from domain.wallets import Wallet

SCAN_MAX = 500
"""Entries that one transaction looks at, for however many freed times: far less than its time allows."""
_CHUNK = 50
_FRONT: tuple[int, PydanticObjectId] = (0, bookings.NOBODY)
"""Before everybody."""


@dataclass(kw_only=True)
class Scan:
    """How many entries this transaction may still look at."""

    left: int = field(default_factory=lambda: SCAN_MAX)


@dataclass(kw_only=True)
class _Asked:
    """Some of those in line as they are now, read together, and what went past whom, to be noted together."""

    members: dict[PydanticObjectId, Member] = field(default_factory=dict)
    wallets: dict[PydanticObjectId, Wallet] = field(default_factory=dict)
    skips: dict[tuple[datetime, SkipReason], list[PydanticObjectId]] = field(default_factory=dict)

    async def read(self, entries: Sequence[WaitlistEntry]) -> None:
        ids = {entry.member_id for entry in entries}
        self.members = await people.several(ids)
        self.wallets = await wallets.of_several(ids)

    def skip(self, entry: WaitlistEntry, place: Place, fit: Fit, reason: SkipReason) -> None:
        """Something went past the member, for this reason: noted once for each time and reason."""
        said = (place.resource.code, fit.starts_at, reason)
        if said not in {(one.resource_code, one.starts_at, one.reason) for one in entry.skips}:
            self.skips.setdefault((fit.starts_at, reason), []).append(entry.id)

    async def note_skips(self, place: Place, *, now: datetime) -> None:
        for (starts_at, reason), ids in self.skips.items():
            skip: Row = {"at": now, "resource_code": place.resource.code, "starts_at": starts_at, "reason": reason}
            pushed = {"skips": {"$each": [skip], "$slice": -SKIPS_KEPT}}
            result = await WaitlistEntry.get_pymongo_collection().update_many(
                {"_id": {"$in": ids}, "status": Status.WAITING.value},
                {"$push": pushed, "$set": {"updated_at": now}},
            )
            assert result.matched_count == len(ids), "read in this snapshot: a rival change is a write conflict"


async def offer_freed(
    tx: Tx,
    *,
    resource_id: PydanticObjectId,
    from_at: datetime,
    until_at: datetime,
    now: datetime,
    after: tuple[int, PydanticObjectId] | None = None,
    scan: Scan | None = None,
) -> int:
    """Offer what is free between the two moments to those who wait for it, in order, and say how many got something.

    What is free is looked at here and now, so it does no harm to ask twice, or when nothing was freed. `after` is where
    (priority and id) an earlier transaction stopped looking; `scan` is shared by all that one transaction asks.
    """
    scan = scan or Scan()
    place = await resources.place(resource_id)
    turnaround = timedelta(minutes=place.resource.turnaround_minutes)
    if until_at + turnaround <= now or not resources.takes_bookings(place.resource, place.venue):
        return 0
    given = 0
    asked = _Asked()
    openings: Openings | None = None
    wanted = _waiting(place, from_at - turnaround, until_at + turnaround, after)
    collection = WaitlistEntry.get_pymongo_collection()
    async with collection.find(wanted).sort(IN_ORDER).limit(scan.left + 1).batch_size(_CHUNK) as rows:
        while chunk := [WaitlistEntry.read(row) for row in await rows.to_list(_CHUNK)]:
            openings = openings or await _openings(place, from_at, until_at, now=now)
            seen = chunk[: scan.left]
            await asked.read(seen)
            for entry in seen:
                if not openings.has_room():
                    break
                scan.left -= 1
                after = (entry.priority, entry.id)
                given += await _offer_if_it_suits(tx, entry, openings, asked, now=now)
            if not openings.has_room():
                break
            if len(seen) < len(chunk):
                await _go_on_later(tx, place, from_at, until_at, after or _FRONT, now=now)
                break
    await asked.note_skips(place, now=now)
    return given


def _waiting(place: Place, from_at: datetime, until_at: datetime, after: tuple[int, PydanticObjectId] | None) -> Row:
    wanted: Row = {"place": {"$gte": 0}, "status": Status.WAITING.value}
    times: Row = {"window_starts_at": {"$lt": until_at}, "window_ends_at": {"$gt": from_at}}
    # Into each branch, so that each is answered in order by the index and the two are merged.
    suits: list[Row] = [{**branch, **wanted, **times} for branch in matching(place.resource)["$or"]]
    if after is None:
        return {"$or": suits}
    behind: list[Row] = [{"priority": {"$gt": after[0]}}, {"priority": after[0], "_id": {"$gt": after[1]}}]
    return {"$and": [{"$or": suits}, {"$or": behind}]}


async def _openings(place: Place, from_at: datetime, until_at: datetime, *, now: datetime) -> Openings:
    times = await bookings.taken(
        resource_ids=[place.resource.id], from_at=policy.reach_before(place, from_at),
        until_at=policy.reach_after(place, until_at), now=now,
    )  # fmt: skip
    return Openings(place=place, from_at=from_at, until_at=until_at, busy=times[place.resource.id], now=now)


async def _go_on_later(
    tx: Tx, place: Place, from_at: datetime, until_at: datetime, after: tuple[int, PydanticObjectId], *, now: datetime
) -> None:
    more = QueueContinues(
        resource_id=place.resource.id, from_at=from_at, until_at=until_at, after_priority=after[0], after_id=after[1],
        occurred_at=now,
    )  # fmt: skip
    await emit(tx, more)


async def _offer_if_it_suits(tx: Tx, entry: WaitlistEntry, openings: Openings, asked: _Asked, *, now: datetime) -> bool:
    notice = timedelta(minutes=policy.ANSWER_MINUTES_MIN)
    fit, near = openings.first(ask_of(entry), notice=notice)
    if fit is None:
        if near is not None:
            asked.skip(entry, openings.place, near, "too_soon")
        return False
    wallet = asked.wallets[entry.member_id]
    because = _passed_over(asked.members[entry.member_id], wallet)
    if because is None:
        try:
            await _give(tx, entry, openings.place, fit, wallet=wallet, now=now)
        except bookings.TooManyBookings:  # refused before anything is written, as what follows
            because = "too_many_bookings"
        except bookings.VehicleRequired:
            if await _is_for_another_vehicle(entry):
                return False
            because = "vehicle"
    if because is not None:
        asked.skip(entry, openings.place, fit, because)
        return False
    openings.take(fit, entry.member_id)
    asked.wallets[entry.member_id] = await wallets.of(entry.member_id)  # they may wait for something else here too
    return True


def _passed_over(member: Member, wallet: Wallet) -> SkipReason | None:
    if not member.is_active:
        return "disabled"
    if member.is_blocked:
        return "blocked"
    return "debt" if wallet.owed_tokens else None


async def _is_for_another_vehicle(entry: WaitlistEntry) -> bool:
    """Whether the slot was not theirs at all: they wait for any that fits the vehicle, which they still have."""
    if entry.resource_id is not None or entry.options.vehicle_id is None:
        return False
    return await vehicles.owns(member_id=entry.member_id, vehicle_id=entry.options.vehicle_id)


async def _give(tx: Tx, entry: WaitlistEntry, place: Place, fit: Fit, *, wallet: Wallet, now: datetime) -> None:
    """Book it if the member asked for that, it costs no more than they were shown and they can pay; else offer it."""
    price = resources.price(place.resource, place.venue, fit.starts_at, fit.ends_at, entry.options)
    affordable = price.total_tokens <= min(entry.cost_tokens_max, wallet.spendable_tokens(now))
    verb = bookings.book_for if entry.auto_book and affordable else bookings.offer
    booking = await verb(
        tx, entry_id=entry.id, member_id=entry.member_id, resource_id=place.resource.id, starts_at=fit.starts_at,
        ends_at=fit.ends_at, options=entry.options, key=f"waitlist:{entry.id}:{entry.offers}", now=now,
    )  # fmt: skip
    fields: Row = {"status": Status.OFFERED.value, "offer_expires_at": booking.hold_expires_at}
    if booking.status is not bookings.Status.HELD:
        fields = {"status": Status.ACCEPTED.value, "place": None, "ended_at": now}
    await _change(entry, {"$set": {**fields, "booking_id": booking.id, "updated_at": now}, "$inc": {"offers": 1}})


async def _change(entry: WaitlistEntry, change: Row) -> None:
    result = await WaitlistEntry.get_pymongo_collection().update_one(
        {"_id": entry.id, "status": Status.WAITING.value}, change
    )
    assert result.matched_count == 1, "read in this snapshot: a rival change is a write conflict"
