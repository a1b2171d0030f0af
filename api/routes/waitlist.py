"""Waiting for a time that others have."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from beanie import PydanticObjectId
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, model_validator

from api.commands import CommandDep
from api.dependencies import Caller, Limit, Now, PageNumber
from api.envelope import Answer, Listing, Pagination
from api.forms import REFUSALS, Chosen, Moment, Tokens, body, shown
from api.routes.booking_views import BookingView
from api.routes.booking_views import view as booking_view
from domain import resources, waitlists
from domain.kernel import Tx
from domain.resources import Kind

router = APIRouter(prefix="/api/v1/waitlist", tags=["waitlist"], responses=REFUSALS)

EXAMPLE: dict[str, Any] = {
    "id": "665f1c2ab7e1a2c3d4e5f605", "resource_id": "665f1c2ab7e1a2c3d4e5f602", "kind": "rack", "venue_id": None,
    "window_starts_at": "2026-11-24T04:30:00Z", "window_ends_at": "2026-11-24T10:30:00Z", "length_minutes": 120,
    "aci_version": "6.0(5h)", "options": [], "vehicle_id": None, "auto_book": False, "cost_tokens_max": 0,
    "status": "waiting", "position": 2, "reason": "taken", "booking_id": None, "offer_expires_at": None, "skips": [],
}  # fmt: skip


class ToWait(Chosen):
    """For a resource, or for any of a kind (at a venue), within a window: for `length_minutes`, or all of it.

    With `auto_book` what becomes free is booked at once, for `cost_tokens_max` at the most; else it is offered.
    """

    model_config = body(
        resource_id="665f1c2ab7e1a2c3d4e5f602", window_starts_at="2026-11-24T10:00:00+05:30",
        window_ends_at="2026-11-24T16:00:00+05:30", length_minutes=120, auto_book=True, cost_tokens_max=4,
    )  # fmt: skip

    resource_id: PydanticObjectId | None = None
    kind: Kind = "rack"
    venue_id: PydanticObjectId | None = None
    window_starts_at: Moment
    window_ends_at: Moment
    length_minutes: int | None = Field(default=None, ge=1, le=resources.LENGTH_MINUTES_MAX)
    auto_book: bool = False
    cost_tokens_max: Tokens = 0

    @model_validator(mode="after")
    def _says_what_it_may_cost(self) -> Self:
        if self.auto_book and "cost_tokens_max" not in self.model_fields_set:
            raise ValueError("auto_book needs cost_tokens_max: more is never paid without asking")
        return self


class SkipView(BaseModel):
    """A time that was free for the member and went past them, and why."""

    model_config = shown(
        at="2026-11-23T09:00:00Z", resource_code="RACK-01", starts_at="2026-11-24T04:30:00Z", reason="debt"
    )

    at: datetime
    resource_code: str
    starts_at: datetime
    reason: str


class EntryView(BaseModel):
    """A place in line. `position` 1 is next; null when it is over. `reason` is how it stands, or why there is nothing.

    While `status` is `offered`, `booking_id` is kept until `offer_expires_at`: accept or decline.
    """

    model_config = shown(**EXAMPLE)

    id: PydanticObjectId
    resource_id: PydanticObjectId | None
    kind: str
    venue_id: PydanticObjectId | None
    window_starts_at: datetime
    window_ends_at: datetime
    length_minutes: int | None
    aci_version: str | None
    options: list[str]
    vehicle_id: PydanticObjectId | None
    auto_book: bool
    cost_tokens_max: int
    status: str
    position: int | None
    reason: str
    booking_id: PydanticObjectId | None
    offer_expires_at: datetime | None
    skips: list[SkipView]


async def view(entry: waitlists.WaitlistEntry, now: datetime) -> EntryView:
    """The entry as its member sees it."""
    return await placed(entry, await waitlists.position(entry), now)


async def placed(entry: waitlists.WaitlistEntry, position: int | None, now: datetime) -> EntryView:
    """The entry, at this place in line."""
    return EntryView(
        id=entry.id, resource_id=entry.resource_id, kind=entry.kind, venue_id=entry.venue_id,
        window_starts_at=entry.window_starts_at, window_ends_at=entry.window_ends_at,
        length_minutes=entry.length_minutes, aci_version=entry.aci_version or entry.options.aci_version,
        options=list(entry.options.preconfig), vehicle_id=entry.options.vehicle_id, auto_book=entry.auto_book,
        cost_tokens_max=entry.cost_tokens_max, status=entry.status, position=position,
        reason=await waitlists.reason(entry, now), booking_id=entry.booking_id, offer_expires_at=entry.offer_expires_at,
        skips=[SkipView.model_validate(skip) for skip in entry.skips],
    )  # fmt: skip


@router.post("", status_code=201, summary="Wait for a time")
async def join(wanted: ToWait, command: CommandDep) -> Answer[EntryView]:
    """Take a place in line; what is free right now is refused, because it can be booked."""

    async def verb(tx: Tx) -> EntryView:
        entry = await waitlists.join(
            tx, resource_id=wanted.resource_id, kind=wanted.kind, aci_version=wanted.aci_version,
            venue_id=wanted.venue_id, window_starts_at=wanted.window_starts_at, window_ends_at=wanted.window_ends_at,
            length_minutes=wanted.length_minutes, options=wanted.chosen(), auto_book=wanted.auto_book,
            cost_tokens_max=wanted.cost_tokens_max, key=command.key, actor=command.actor, now=command.now,
        )  # fmt: skip
        return await view(entry, command.now)

    outcome = await command.carry_out("wait", EntryView, verb, **wanted.model_dump())
    return Answer(data=outcome, message="You are in line.")


@router.get("", summary="List what you wait for")
async def list_entries(
    actor: Caller,
    now: Now,
    when: Annotated[Literal["open", "past"], Query()] = "open",
    page: PageNumber = 1,
    limit: Limit = 20,
) -> Listing[EntryView]:
    """The caller's places in line: open ones by their window, past ones latest first."""
    assert actor.member_id is not None
    query = waitlists.mine if when == "open" else waitlists.past
    found = await query(member_id=actor.member_id, page=page, limit=limit)
    return Listing(data=[await view(entry, now) for entry in found.items], pagination=Pagination.of(found))


@router.get("/{entry_id}", summary="See one of your places in line")
async def get_entry(entry_id: PydanticObjectId, actor: Caller, now: Now) -> Answer[EntryView]:
    """One entry of the caller; somebody else's looks like none at all."""
    return Answer(data=await view(await waitlists.get(entry_id=entry_id, actor=actor), now))


@router.post("/{entry_id}/accept", summary="Take what is offered")
async def accept(entry_id: PydanticObjectId, command: CommandDep) -> Answer[BookingView]:
    """Book the offer. Short of tokens it is answered `held`, until `hold_expires_at`: buy, and it is confirmed."""

    async def verb(tx: Tx) -> BookingView:
        return booking_view(await waitlists.accept(tx, entry_id=entry_id, actor=command.actor, now=command.now))

    outcome = await command.carry_out("accept", BookingView, verb, entry_id=str(entry_id))
    return Answer(data=outcome, message="Kept for you: buy tokens." if outcome.status == "held" else "Booked.")


@router.post("/{entry_id}/decline", summary="Pass on what is offered")
async def decline(entry_id: PydanticObjectId, command: CommandDep) -> Answer[EntryView]:
    """The next in line is offered the time, and this entry is over."""

    async def verb(tx: Tx) -> EntryView:
        entry = await waitlists.decline(tx, entry_id=entry_id, actor=command.actor, now=command.now)
        return await view(entry, command.now)

    outcome = await command.carry_out("decline", EntryView, verb, entry_id=str(entry_id))
    return Answer(data=outcome, message="Passed on.")


@router.post("/{entry_id}/leave", summary="Wait no longer")
async def leave(entry_id: PydanticObjectId, command: CommandDep) -> Answer[EntryView]:
    """Give the place in line up; an offer is passed on."""

    async def verb(tx: Tx) -> EntryView:
        entry = await waitlists.leave(tx, entry_id=entry_id, actor=command.actor, now=command.now)
        return await view(entry, command.now)

    outcome = await command.carry_out("leave", EntryView, verb, entry_id=str(entry_id))
    return Answer(data=outcome, message="You are out of line.")
