"""What staff and administrators look at and mend: scripts of racks, the line, and what is owed."""

from beanie import PydanticObjectId
from fastapi import APIRouter
from pydantic import BaseModel

from api.commands import CommandDep
from api.dependencies import Caller, Limit, Now, PageNumber
from api.envelope import Answer, Listing, Pagination
from api.forms import REFUSALS, Reason, body, holding, shown
from api.routes.booking_views import BookingView, view
from api.routes.bookings import StepView
from api.routes.waitlist import EXAMPLE as ENTRY_EXAMPLE
from api.routes.waitlist import EntryView, placed
from api.routes.wallet import ReceivableView, receivable_view
from domain import people, provisioning, waitlists, wallets
from domain.kernel import Tx
from domain.provisioning import RunStatus

router = APIRouter(prefix="/api/v1", tags=["office"], responses=REFUSALS)
KEEPS_RACKS = [holding("racks:write")]
SEES_BOOKINGS = [holding("bookings:read")]
KEEPS_WALLETS = [holding("wallets:adjust")]


class RunFacts(StepView):
    """One script of a rack for one booking, and the end of what it said."""

    model_config = shown(
        id="665f1c2ab7e1a2c3d4e5f609", booking_id="665f1c2ab7e1a2c3d4e5f603", resource_id="665f1c2ab7e1a2c3d4e5f602",
        step="provision", status="failed", attempts=5, failures=5, next_try_at=None,
        started_at="2026-11-24T04:15:00Z", finished_at="2026-11-24T04:15:02Z", script="access.py", exit_code=3,
        output="no route to host",
    )  # fmt: skip

    id: PydanticObjectId
    booking_id: PydanticObjectId
    resource_id: PydanticObjectId
    script: str | None
    exit_code: int | None
    output: str | None


class WaitingView(EntryView):
    """A place in line, and whose; its place in the list is its place in line, so `position` is null."""

    model_config = shown(**{**ENTRY_EXAMPLE, "position": None}, member="Asha Roy")

    member: str


class OwedView(ReceivableView):
    """What somebody owes."""

    model_config = shown(
        id="665f1c2ab7e1a2c3d4e5f607", booking_id="665f1c2ab7e1a2c3d4e5f603", purpose="penalty", tokens=5,
        remaining_tokens=3, status="open", since="2026-11-24T09:10:00Z", member_id="665f1c2ab7e1a2c3d4e5f610",
        member="Asha Roy",
    )  # fmt: skip

    member_id: PydanticObjectId
    member: str


class ToForgive(BaseModel):
    """Why."""

    model_config = body(reason="The gate was stuck")

    reason: Reason


@router.get("/provisioning/runs", summary="List scripts of racks", dependencies=KEEPS_RACKS)
async def runs(
    actor: Caller, status: RunStatus | None = None, page: PageNumber = 1, limit: Limit = 20
) -> Listing[RunFacts]:
    """Runs, the newest first, of one status or all."""
    found = await provisioning.recent(status=status, actor=actor, page=page, limit=limit)
    return Listing(data=[RunFacts.model_validate(run) for run in found.items], pagination=Pagination.of(found))


@router.post("/provisioning/runs/{run_id}/retry", summary="Have a script tried again", dependencies=KEEPS_RACKS)
async def retry(run_id: PydanticObjectId, command: CommandDep) -> Answer[RunFacts]:
    """Try a script again that was given up, as if it had never failed."""

    async def verb(tx: Tx) -> RunFacts:
        run = await provisioning.retry(tx, run_id=run_id, actor=command.actor, now=command.now)
        return RunFacts.model_validate(run)

    return Answer(data=await command.carry_out("retry", RunFacts, verb, run_id=str(run_id)), message="Tried again.")


@router.post("/bookings/{booking_id}/declare-ready", summary="Say that a rack is ready", dependencies=KEEPS_RACKS)
async def declare_ready(booking_id: PydanticObjectId, command: CommandDep) -> Answer[BookingView]:
    """End the preparation of a booking by hand, whatever its scripts say."""

    async def verb(tx: Tx) -> BookingView:
        return view(
            await provisioning.declare_ready(tx, booking_id=booking_id, actor=command.actor, now=command.now)
        )  # fmt: skip

    outcome = await command.carry_out("declare-ready", BookingView, verb, booking_id=str(booking_id))
    return Answer(data=outcome, message="Ready.")


@router.get("/waitlist/queue", summary="See who waits", dependencies=SEES_BOOKINGS)
async def queue(
    actor: Caller, now: Now, resource_id: PydanticObjectId | None = None, page: PageNumber = 1, limit: Limit = 20
) -> Listing[WaitingView]:
    """Everybody who waits, or who waits for what this resource could be, in order."""
    found = await waitlists.queue(resource_id=resource_id, actor=actor, page=page, limit=limit)
    views = [
        WaitingView(
            **(await placed(entry, None, now)).model_dump(), member=(await people.get(entry.member_id)).name,
        )
        for entry in found.items
    ]  # fmt: skip
    return Listing(data=views, pagination=Pagination.of(found))


@router.get("/receivables", summary="See what is owed", dependencies=KEEPS_WALLETS)
async def receivables(page: PageNumber = 1, limit: Limit = 20) -> Listing[OwedView]:
    """What everybody owes, the oldest first."""
    found = await wallets.open_receivables(page=page, limit=limit)
    return Listing(data=[await _owed(each) for each in found.items], pagination=Pagination.of(found))


async def _owed(receivable: wallets.Receivable) -> OwedView:
    member = await people.get(receivable.user)
    return OwedView(**receivable_view(receivable).model_dump(), member_id=member.id, member=member.name)


@router.post("/receivables/{receivable_id}/forgive", summary="Let a debt go", dependencies=KEEPS_WALLETS)
async def forgive(receivable_id: PydanticObjectId, wanted: ToForgive, command: CommandDep) -> Answer[OwedView]:
    """Let what remains go, for a reason; audited."""

    async def verb(tx: Tx) -> OwedView:
        forgiven = await wallets.forgive(
            tx, receivable_id=receivable_id, actor=command.actor, reason=wanted.reason, now=command.now
        )
        return await _owed(forgiven)

    asked = {"receivable_id": str(receivable_id), **wanted.model_dump()}
    return Answer(data=await command.carry_out("forgive", OwedView, verb, **asked), message="Forgiven.")
