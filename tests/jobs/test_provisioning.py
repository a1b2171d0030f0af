"""Scripts in the hands of workers: through crashes, revocations and stops, one at a time."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from app.mongod import EmbeddedMongo
from app.scripts import ScriptDirectory
from domain import bookings, provisioning
from domain.kernel import Database, Row, Transactor, Vault
from domain.provisioning import ProvisioningRun
from domain.resources import Hooks
from jobs.provisioning import ProvisioningWorker, worker
from tests.domain.booking_stage import HOUR, START, told
from tests.domain.consequences import consequences
from tests.domain.preparing import HOOKS, LEAD, Preparing, a_preparing_rack
from tests.jobs.waiting import until
from tests.shape.tree import ROOT
from tests.vault import VAULT

BEGIN = START - LEAD
LEASE_SECONDS = 2.0


class Folder:
    """Scripts of the test, and what they leave to be looked at."""

    def __init__(self, path: Path) -> None:
        self.scripts, self.left = path / "scripts", path / "left"
        self.scripts.mkdir()
        self.left.mkdir()

    def write(self, name: str, text: str) -> None:
        (self.scripts / name).write_text(text.replace("LEFT", str(self.left)))

    def home_of(self, attempt: int) -> Path:
        """Where an attempt had its directory."""
        return Path((self.left / f"home.{attempt}").read_text())

    async def pid(self, name: str) -> int:
        """The process of a step's attempt, once it runs."""

        async def is_there() -> bool:
            return (self.left / name).exists() and (self.left / name).read_text().endswith("\n")

        await until(is_there)
        return int((self.left / name).read_text())


HANGS_FIRST = """
import json, os, sys, time
facts = json.load(sys.stdin)
name = f"LEFT/{facts['step']}.{facts['attempt']}"
with open(name + ".new", "w") as file:
    print(os.getpid(), file=file)
with open(f"LEFT/home.{facts['attempt']}", "w") as file:
    file.write(os.getcwd())
os.rename(name + ".new", name)
if facts["attempt"] == 1:
    time.sleep(600)
"""
SIDE_BY_SIDE = """
import json, os, sys, time
facts = json.load(sys.stdin)
name = f"LEFT/{facts['step']}.{facts['attempt']}"
with open(name, "w") as file:
    print(os.getpid(), file=file)
os.mkdir("LEFT/running")
time.sleep(SECONDS)
os.rmdir("LEFT/running")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


async def a_rack_with(transact: Transactor, **hooks: str) -> Preparing:
    return await a_preparing_rack(transact, hooks=Hooks(**hooks))


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def run_row(**wanted: str) -> Row:
    row = await ProvisioningRun.get_pymongo_collection().find_one(wanted)
    assert row is not None
    return row


def becomes(rack: Preparing, booking: bookings.Booking, status: str) -> Callable[[], Awaitable[bool]]:
    async def has_become() -> bool:
        await consequences(rack.transact, now=BEGIN)
        return await rack.status(booking.id) == status

    return has_become


@asynccontextmanager
async def working(
    transact: Transactor, scripts: Path, *, lease_seconds: float = LEASE_SECONDS
) -> AsyncIterator[ProvisioningWorker]:
    made = worker(transact, lambda: BEGIN, VAULT, ScriptDirectory(scripts), lease_seconds=lease_seconds)
    running = asyncio.create_task(made.run())

    async def ring() -> None:
        while True:  # as the timetable does
            made.bell.ring()
            await asyncio.sleep(0.05)

    ringing = asyncio.create_task(ring())
    try:
        yield made
    finally:
        made.stop()
        await running
        ringing.cancel()


def a_process(*where: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.jobs.provisioning_process", *where]
    return subprocess.Popen([*command, Vault.generate_key(), BEGIN.isoformat(), str(LEASE_SECONDS)], cwd=ROOT)


async def test_the_samples_prepare_a_rack_and_the_member_gets_in(database: Database, transact: Transactor) -> None:
    rack = await a_preparing_rack(transact, hooks=HOOKS)
    member, booking = await rack.preparing()

    async with working(transact, ROOT / "scripts"):
        await until(becomes(rack, booking, "ready"))

    access = await provisioning.access(booking_id=booking.id, actor=member, vault=VAULT, now=BEGIN)
    assert access is not None
    assert set(access) == {"address", "user", "password"}
    outputs = [row["output"] async for row in ProvisioningRun.get_pymongo_collection().find({})]
    assert "Chassis Power is on" in outputs[1]
    assert access["password"] not in "".join(outputs)


async def test_a_worker_that_is_killed_takes_its_script_along_and_another_one_begins_again(
    mongo: EmbeddedMongo, database: Database, transact: Transactor, folder: Folder
) -> None:
    folder.write("prepare.py", HANGS_FIRST)
    rack = await a_rack_with(transact, provision="prepare.py")
    _, booking = await rack.preparing()
    process = a_process(mongo.uri, database.name, str(folder.scripts))
    script = await folder.pid("provision.1")

    process.send_signal(signal.SIGKILL)
    process.wait()
    killed_at = time.monotonic()
    async with working(transact, folder.scripts):
        await until(becomes(rack, booking, "ready"))

    assert not is_alive(script)
    assert not folder.home_of(1).exists()
    assert time.monotonic() - killed_at > LEASE_SECONDS / 4
    row = await run_row(step="provision")
    assert (row["status"], row["attempts"], row["failures"]) == ("succeeded", 2, 0)


async def test_a_worker_that_stood_still_beyond_its_lease_ends_its_script_and_changes_nothing(
    mongo: EmbeddedMongo, database: Database, transact: Transactor, folder: Folder
) -> None:
    folder.write("prepare.py", HANGS_FIRST)
    rack = await a_rack_with(transact, provision="prepare.py")
    _, booking = await rack.preparing()
    process = a_process(mongo.uri, database.name, str(folder.scripts))
    script = await folder.pid("provision.1")

    process.send_signal(signal.SIGSTOP)
    async with working(transact, folder.scripts):
        await until(becomes(rack, booking, "ready"))
        process.send_signal(signal.SIGCONT)

        async def is_over() -> bool:
            return not is_alive(script)

        await until(is_over)
    process.kill()
    process.wait()

    assert (await run_row(step="provision"))["attempts"] == 2
    assert len(await told("booking.ready")) == 1


async def test_a_script_may_take_longer_than_its_lease(
    database: Database, transact: Transactor, folder: Folder
) -> None:
    folder.write("slow.py", SIDE_BY_SIDE.replace("SECONDS", "2"))
    rack = await a_rack_with(transact, provision="slow.py")
    _, booking = await rack.preparing()

    async with working(transact, folder.scripts, lease_seconds=0.8), working(transact, folder.scripts):
        await until(becomes(rack, booking, "ready"))

    assert (await run_row(step="provision"))["attempts"] == 1


async def test_a_cancelled_booking_ends_its_script_before_the_rack_is_cleared(
    database: Database, transact: Transactor, folder: Folder
) -> None:
    folder.write("hang.py", SIDE_BY_SIDE.replace("SECONDS", "600"))
    folder.write("off.py", HANGS_FIRST.replace("time.sleep(600)", "os.kill(int(open('LEFT/provision.1').read()), 0)"))
    rack = await a_rack_with(transact, provision="hang.py", power_off="off.py")
    member, booking = await rack.preparing()

    async with working(transact, folder.scripts):
        script = await folder.pid("provision.1")
        await transact(bookings.cancel, booking_id=booking.id, actor=member, now=BEGIN)
        await consequences(transact, now=BEGIN)
        await folder.pid("power_off.1")

        # It looked whether the script before it still lives: that fails, and it is done again.
        assert not is_alive(script)
        assert (await run_row(step="provision"))["status"] == "cancelled"

        async def is_over() -> bool:
            return (await run_row(step="power_off"))["exit_code"] is not None

        await until(is_over)
    assert "ProcessLookupError" in (await run_row(step="power_off"))["output"]


async def test_a_worker_that_is_stopped_gives_its_script_back(
    database: Database, transact: Transactor, folder: Folder
) -> None:
    folder.write("prepare.py", HANGS_FIRST)
    rack = await a_rack_with(transact, provision="prepare.py")
    _, booking = await rack.preparing()

    async with working(transact, folder.scripts, lease_seconds=30):
        script = await folder.pid("provision.1")
    given_back = await run_row(step="provision")
    async with working(transact, folder.scripts, lease_seconds=30):
        await until(becomes(rack, booking, "ready"), seconds=10)

    assert not is_alive(script)
    assert (given_back["status"], given_back["lease_until"], given_back["failures"]) == ("pending", None, 0)


async def test_a_script_that_does_not_exist_is_a_failure_that_a_person_can_read(
    database: Database, transact: Transactor, folder: Folder
) -> None:
    rack = await a_rack_with(transact, provision="absent.sh")
    await rack.preparing()

    async def has_failed() -> bool:
        return (await run_row(step="provision"))["failures"] == 1

    async with working(transact, folder.scripts):
        await until(has_failed)

    assert "there is no script 'absent.sh'" in (await run_row(step="provision"))["output"]


async def test_no_two_scripts_run_on_one_rack_whoever_works(
    database: Database, transact: Transactor, folder: Folder
) -> None:
    folder.write("each.py", SIDE_BY_SIDE.replace("SECONDS", "0.2"))
    rack = await a_rack_with(transact, provision="each.py", power_off="each.py", deprovision="each.py")
    member, booking = await rack.preparing()
    for hours in (1, 2):  # each begun, and called off
        await transact(bookings.cancel, booking_id=booking.id, actor=member, now=BEGIN)
        booking = await rack.stage.book(member, starts_at=START + hours * HOUR, now=BEGIN)
        await rack.pass_time(START + hours * HOUR - LEAD)

    async def all_done() -> bool:
        return await ProvisioningRun.get_pymongo_collection().find_one({"work_status": "pending"}) is None

    async with working(transact, folder.scripts), working(transact, folder.scripts), working(transact, folder.scripts):
        await until(all_done, seconds=30)

    # One that found another one running would have failed at making its directory.
    statuses = {status for _, status in await rack.runs()}
    assert statuses <= {"succeeded", "cancelled"}
    assert len(await rack.runs()) >= 5
