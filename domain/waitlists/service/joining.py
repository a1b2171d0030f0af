"""Getting in line."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from beanie import PydanticObjectId
from pymongo.errors import DuplicateKeyError

from domain import bookings, people, resources
from domain.bookings import Booking
from domain.kernel import KeyReused, Row, Tx, run_again
from domain.people import Actor
from domain.resources import Kind, Options, Place
from domain.waitlists import policy, queries
from domain.waitlists.errors import AlreadyWaiting, InvalidWindow, NothingToWaitFor, TooManyEntries
from domain.waitlists.models import ENTRIES_MAX, WaitlistEntry
from domain.waitlists.policy import Ask, Openings

_ASKED = {
    "resource_id", "kind", "aci_version", "venue_id", "window_starts_at", "window_ends_at", "length_minutes", "options",
    "auto_book", "cost_tokens_max",
}  # fmt: skip


async def join(
    tx: Tx,
    *,
    resource_id: PydanticObjectId | None,
    kind: Kind,
    aci_version: str | None,
    venue_id: PydanticObjectId | None,
    window_starts_at: datetime,
    window_ends_at: datetime,
    length_minutes: int | None,
    options: Options,
    auto_book: bool,
    cost_tokens_max: int,
    key: str,
    actor: Actor,
    now: datetime,
) -> WaitlistEntry:
    """Wait for a resource, or for any of the kind (that offers the version, at the venue), within a window.

    Wanted are `length_minutes` somewhere in it, or the whole of it. `key` is the caller's: asking again returns the
    first entry. For a named resource its own kind counts, and neither version nor venue.
    Raises NothingToWaitFor when it is free at this moment, InvalidWindow, AlreadyWaiting, TooManyEntries, KeyReused,
    VehicleRequired, ResourceNotFound, MemberDisabled.
    """
    actor.require("bookings:write")
    assert actor.member_id is not None, "the system waits for nothing"
    if resource_id is not None:
        kind, aci_version, venue_id = (await resources.get(resource_id)).kind, None, None
    if aci_version is not None and options.aci_version is None:
        options = options.model_copy(update={"aci_version": aci_version})
    entry = _entry(
        member_id=actor.member_id, resource_id=resource_id, kind=kind, aci_version=aci_version, venue_id=venue_id,
        window_starts_at=window_starts_at.astimezone(UTC), window_ends_at=window_ends_at.astimezone(UTC),
        length_minutes=length_minutes, options=options, auto_book=auto_book, cost_tokens_max=cost_tokens_max, key=key,
        origin=actor.origin, priority=1, now=now,
    )  # fmt: skip
    replayed = await _replayed(entry)
    if replayed is not None:
        return replayed
    places = await queries.places_for(resource_id=resource_id, kind=kind, aci_version=aci_version, venue_id=venue_id)
    places = await _that_fit_the_vehicle(places, options, actor.member_id)
    ask = ask_of(entry)
    problem = policy.problem_with(ask, [policy.put_back(place) for place in places], now=now)
    if problem is not None:
        raise InvalidWindow(problem=problem)
    place = await _free_place(entry)
    await _refuse_what_is_free(ask, places, now=now)
    return await _insert(tx, entry, place)


async def join_first(tx: Tx, *, booking_id: PydanticObjectId, now: datetime) -> WaitlistEntry | None:
    """Give whose booking the operator's maintenance took first place in line for the same times on the same resource.

    None where that cannot be: it has begun, the member waits for ten others, or books nothing any more. Who waits for
    just this already comes first with that. Doing so twice is doing so once.
    """
    booking = await bookings.get(booking_id=booking_id, actor=people.SYSTEM)
    if booking.starts_at <= now or not (await people.get(booking.member_id)).is_active:
        return None
    entry = await _entry_after(booking, now=now)
    replayed = await _replayed(entry)
    if replayed is not None:
        return replayed
    try:
        place = await _free_place(entry)
    except TooManyEntries:
        return None
    except AlreadyWaiting as waiting:
        first = {"$set": {"priority": 0, "updated_at": now}}
        await WaitlistEntry.get_pymongo_collection().update_one({"_id": waiting.facts["entry_id"]}, first)
        return await queries.stored(waiting.facts["entry_id"])
    return await _insert(tx, entry, place)


async def _entry_after(booking: Booking, *, now: datetime) -> WaitlistEntry:
    kind = (await resources.get(booking.resource_id)).kind
    return _entry(
        member_id=booking.member_id, resource_id=booking.resource_id, kind=kind, aci_version=None, venue_id=None,
        window_starts_at=booking.starts_at, window_ends_at=booking.ends_at, length_minutes=None,
        options=booking.options, auto_book=False, cost_tokens_max=booking.cost_tokens, key=f"instead:{booking.id}",
        origin="jobs", priority=0, now=now,
    )  # fmt: skip


def ask_of(entry: WaitlistEntry) -> Ask:
    """What the entry waits for."""
    length = None if entry.length_minutes is None else timedelta(minutes=entry.length_minutes)
    return Ask(
        starts_at=entry.window_starts_at, ends_at=entry.window_ends_at, length=length, options=entry.options
    )  # fmt: skip


def _entry(*, priority: Literal[0, 1], now: datetime, **asked: Any) -> WaitlistEntry:
    any_of = f"{asked['kind']}:{asked['aci_version'] or '*'}:{asked['venue_id'] or '*'}"
    length = asked["length_minutes"]
    last_start_at = asked["window_starts_at"]
    if length is not None:
        last_start_at = asked["window_ends_at"] - timedelta(minutes=length)
    return WaitlistEntry(
        **asked, target=str(asked["resource_id"] or any_of), last_start_at=last_start_at, priority=priority,
        place=None, looked_at=now, created_at=now, updated_at=now,
    )  # fmt: skip


async def _replayed(entry: WaitlistEntry) -> WaitlistEntry | None:
    row = await WaitlistEntry.get_pymongo_collection().find_one({"member_id": entry.member_id, "key": entry.key})
    if row is None:
        return None
    earlier = WaitlistEntry.read(row)
    if earlier.model_dump(include=_ASKED) != entry.model_dump(include=_ASKED):
        raise KeyReused(key=entry.key)
    return earlier


async def _free_place(entry: WaitlistEntry) -> int:
    mine: Row = {"member_id": entry.member_id, "place": {"$gte": 0}}
    taken: set[int] = set()
    async for row in WaitlistEntry.get_pymongo_collection().find(mine):
        if (row["target"], row["window_starts_at"], row["window_ends_at"]) == (
            entry.target, entry.window_starts_at, entry.window_ends_at,
        ):  # fmt: skip
            raise AlreadyWaiting(entry_id=row["_id"])
        taken.add(row["place"])
    place = next((number for number in range(ENTRIES_MAX) if number not in taken), None)
    if place is None:
        raise TooManyEntries(open_max=ENTRIES_MAX)
    return place


async def _refuse_what_is_free(ask: Ask, places: list[Place], *, now: datetime) -> None:
    if not places:
        return
    times = await bookings.taken(
        resource_ids=[place.resource.id for place in places], from_at=ask.starts_at,
        until_at=max(policy.reach_after(place, ask.ends_at) for place in places), now=now,
    )  # fmt: skip
    for place in places:
        openings = Openings(
            place=place, from_at=ask.starts_at, until_at=ask.ends_at, busy=times[place.resource.id], now=now
        )
        fit, near = openings.first(ask, notice=timedelta(0))
        assert near is None
        if fit is not None:
            raise NothingToWaitFor(resource_id=place.resource.id, starts_at=fit.starts_at, ends_at=fit.ends_at)


async def _that_fit_the_vehicle(places: list[Place], options: Options, member_id: PydanticObjectId) -> list[Place]:
    fit: list[Place] = []
    refusal: bookings.VehicleRequired | None = None
    for place in places:
        try:
            await bookings.require_vehicle(place.resource, options, member_id)
            fit.append(place)
        except bookings.VehicleRequired as error:
            refusal = error
    if refusal is not None and not fit:
        raise refusal
    return fit


async def _insert(tx: Tx, entry: WaitlistEntry, place: int) -> WaitlistEntry:
    entry = entry.model_copy(update={"place": place})
    try:
        await WaitlistEntry.get_pymongo_collection().insert_one(entry.row())
    except DuplicateKeyError as error:
        run_again(tx, error)
    return entry
