"""What the tests of provisioning share: a rack with scripts, and a worker that needs no scripts to know their end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from beanie import PydanticObjectId

from domain import bookings, provisioning
from domain.kernel import Transactor
from domain.provisioning import Outcome, ProvisioningRun
from domain.resources import Hooks, RackSpec
from tests.domain.booking_stage import START, BookingStage, a_stage
from tests.domain.consequences import consequences
from tests.vault import VAULT

HOOKS = Hooks(provision="access.py", power_on="power.sh", power_off="power.sh", deprovision="wipe.sh")
LEAD = timedelta(minutes=HOOKS.lead_minutes)
ACCESS = {"address": "10.0.0.2", "user": "b-7f3k", "password": "s3cret-word"}
WELL = Outcome(status="succeeded", exit_code=0, output="done")
WITH_ACCESS = Outcome(status="succeeded", exit_code=0, output="done", access=ACCESS)
BADLY = Outcome(status="failed", exit_code=3, output="no route to host")


@dataclass(frozen=True, kw_only=True)
class Preparing:
    """A rack that prepares itself."""

    stage: BookingStage

    @property
    def transact(self) -> Transactor:
        return self.stage.transact

    async def pass_time(self, now: datetime) -> None:
        """Let time act on bookings, and everything follow from it."""
        await consequences(self.transact, now=now)
        for step in ("start", "complete", "free", "prepare"):
            await self.transact(bookings.take_due, step=step, now=now, limit=50)
            await consequences(self.transact, now=now)

    async def booked(self, **fields: Any) -> tuple[Any, bookings.Booking]:
        """A member and their booking."""
        member = await self.stage.member()
        return member, await self.stage.book(member, **fields)

    async def preparing(self, *, at: datetime = START - LEAD, **fields: Any) -> tuple[Any, bookings.Booking]:
        """A member and their booking, whose rack has begun to prepare itself."""
        member, booking = await self.booked(**fields)
        await self.pass_time(at)
        return member, booking

    async def claim(self, now: datetime, *, lease_seconds: float = 30) -> list[ProvisioningRun]:
        return await provisioning.claim(now=now, limit=10, lease_seconds=lease_seconds)

    async def finish(self, run: ProvisioningRun, outcome: Outcome, now: datetime) -> None:
        await self.transact(provisioning.finish, run=run, outcome=outcome, vault=VAULT, now=now)

    async def run_next(self, outcome: Outcome, now: datetime) -> ProvisioningRun:
        """Claim the one run whose turn it is and end it so."""
        (run,) = await self.claim(now)
        await self.finish(run, outcome, now)
        await consequences(self.transact, now=now)
        return run

    async def run_all(self, now: datetime) -> list[str]:
        """Let everything succeed whose turn comes, and say in which order."""
        done: list[str] = []
        while runs := await self.claim(now):
            for run in runs:
                await self.finish(run, WITH_ACCESS if run.step == "provision" else WELL, now)
                await consequences(self.transact, now=now)
                done.append(run.step.value)
        return done

    async def status(self, booking_id: PydanticObjectId) -> str:
        row = await bookings.Booking.get_pymongo_collection().find_one({"_id": booking_id})
        assert row is not None
        return str(row["status"])

    async def runs(self) -> list[tuple[str, str]]:
        """Every run of the rack in its order: the step and how it stands."""
        rows = ProvisioningRun.get_pymongo_collection().find({"resource_id": self.stage.rack.id}).sort("number")
        return [(row["step"], row["status"]) async for row in rows]


async def a_preparing_rack(transact: Transactor, *, hooks: Hooks = HOOKS, **rack: Any) -> Preparing:
    """A rack with these scripts."""
    spec = RackSpec(aci_versions=["6.0(5h)"], hooks=hooks).model_dump()
    return Preparing(stage=await a_stage(transact, rack=spec, **rack))
