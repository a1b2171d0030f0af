"""Racks that prepare themselves, with real scripts: ready in time, failing, too late, and put away afterwards."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain import resources
from domain.kernel import Database, Transactor
from domain.resources import Hooks, RackSpec
from tests.building import a_rack, a_venue
from tests.journeys.acting import HOUR, MINUTE, Program, at, comes, dawn, guest, guests, told
from tests.journeys.conftest import balance_of
from tests.people import Person, text_of
from tests.shape.tree import ROOT
from tests.stage import ADMIN, Stage, staged

SAMPLES = Hooks(provision="access.py", power_on="power.sh", power_off="power.sh", deprovision="wipe.sh")
HANGING = "until [ -e {go} ]; do sleep 0.05; done\n"
FAILING = "echo 'BMC <10.0.0.7>: no answer' >&2\nexit 3\n"


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """The samples, and their chassis beside them; `access.py` waits for the file `go`, `hanging.sh` for `never`."""
    folder = tmp_path / "scripts"
    shutil.copytree(ROOT / "scripts", folder)
    power = (folder / "power.sh").read_text()
    assert "/tmp/berth-power-" in power
    (folder / "power.sh").write_text(power.replace("/tmp/berth-power-$(id -u)", str(tmp_path / "chassis")))
    access = (folder / "access.py").read_text()
    waiting = (
        f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists():\n    time.sleep(0.02)\n"
    )
    (folder / "access.py").write_text(access.replace("\nimport ipaddress", f"\n{waiting}import ipaddress"))
    (folder / "hanging.sh").write_text(HANGING.format(go=tmp_path / "never"))
    (folder / "failing.sh").write_text(FAILING)
    return folder


@pytest.fixture
async def stage(database: Database, transact: Transactor, scripts: Path) -> AsyncIterator[Stage]:
    """Everything runs, the jobs with the scripts in the test's own directory."""
    given = {"chat_messages_per_second": 1000, "chat_messages_burst": 1000}
    async with staged(database, transact, scripts=scripts, **given) as running:
        yield running


@pytest.fixture
async def venue(stage: Stage, transact: Transactor) -> resources.Venue:
    return await a_venue(transact, code="SECTOR-V")


async def a_preparing_rack(transact: Transactor, venue: resources.Venue, code: str, hooks: Hooks) -> resources.Resource:
    spec = RackSpec(aci_versions=["6.0(5h)"], hooks=hooks).model_dump()
    return await a_rack(transact, venue=venue, code=code, rack=spec)


async def runs_of(stage: Stage) -> list[dict[str, Any]]:
    """Every run, in order."""
    return [row async for row in stage.database["provisioning_runs"].find({}).sort("_id")]


async def steps_of(stage: Stage) -> list[tuple[str, str]]:
    return [(row["step"], row["status"]) for row in await runs_of(stage)]


async def open_run(meera: Person, label: str) -> None:
    await meera.says("/admin")
    await meera.taps("Preparations")
    await meera.taps(label)


async def test_a_rack_is_prepared_in_one_message_opened_to_its_member_alone_and_put_away(
    stage: Stage, transact: Transactor, venue: resources.Venue, tmp_path: Path
) -> None:
    rack = await a_preparing_rack(transact, venue, "RACK-01", SAMPLES)
    await dawn(stage)
    asha, ravi = await guests(stage, "Asha", "Ravi")
    program, other = await Program.of_each(stage, asha, ravi)
    ten = at(stage, 10)
    booking = await program.books(rack.id, ten, aci_version="6.0(5h)")
    way_in = f"/bookings/{booking['id']}/access"

    await stage.advance_to(ten - 10 * MINUTE)
    preparing = await asha.sees("Your rack is being prepared: RACK-01", "This message changes when it is ready.")
    assert (await program.asks(way_in))["access"] is None
    (tmp_path / "go").touch()
    ready = await asha.sees("Your rack is ready: RACK-01", "[Access details]")
    assert ready["message_id"] == preparing["message_id"]
    assert (tmp_path / "chassis" / "RACK-01").read_text() == "on\n"

    await asha.taps("Access details")
    shown = await asha.sees("Access details of RACK-01", "They work until 11:00")
    access = (await program.asks(way_in))["access"]
    assert set(access) == {"address", "user", "password"}
    spoilers = [each for each in shown["entities"] if each["type"] == "spoiler"]
    hidden = {text_of(shown)[each["offset"] : each["offset"] + each["length"]] for each in spoilers}
    assert hidden == set(access.values())
    assert (await other.tries("GET", way_in)).status_code == 404

    await stage.advance_to(ten)
    await asha.sees("Your time has begun: RACK-01")
    await stage.advance_to(ten + HOUR)

    async def is_cleared() -> bool:
        return await steps_of(stage) == [
            (step, "succeeded") for step in ("provision", "power_on", "power_off", "deprovision")
        ]

    await stage.until(is_cleared)
    assert (tmp_path / "chassis" / "RACK-01").read_text() == "off\n"
    assert [row["access"] for row in await runs_of(stage)] == [None] * 4
    assert not any(access["password"] in str(row) for row in await runs_of(stage))
    assert (await program.asks(way_in))["access"] is None
    taken_back = await asha.sees("These access details are no longer valid.")
    assert taken_back["message_id"] == shown["message_id"]
    assert access["password"] not in str(await asha.screens())
    await asha.taps("Access details", on=ready["message_id"])
    await asha.sees("The access details are no longer available.")


async def test_what_fails_alerts_administrators_with_the_log_and_is_tried_again_by_hand(
    stage: Stage, transact: Transactor, venue: resources.Venue, scripts: Path
) -> None:
    await dawn(stage)
    meera = await comes(stage, id=ADMIN, first_name="Meera")
    rack = await a_preparing_rack(transact, venue, "RACK-01", Hooks(power_on="failing.sh"))
    asha = await guest(stage, tokens=10)
    ten = at(stage, 10)
    await (await Program.of(stage, asha)).books(rack.id, ten)

    await stage.advance_to(ten - 10 * MINUTE)
    for failures in range(1, 6):

        async def has_failed(so_often: int = failures) -> bool:
            return any(row["failures"] == so_often for row in await runs_of(stage))

        await stage.until(has_failed)
        if failures < 5:
            await stage.advance(seconds=5 * 2 ** (failures - 1) + 1)
    await meera.sees(
        "RACK-01 could not be prepared: power on failed.", "Script failing.sh, exit code 3", "Tried 5 times.",
        "BMC <10.0.0.7>: no answer", "[Open the booking]",
    )  # fmt: skip
    assert await told(asha, "Your rack is ready") == await told(asha, "no answer") == []

    (scripts / "failing.sh").write_text("echo mended\n")
    await open_run(meera, "RACK-01 switch on · failed")
    await meera.sees("RACK-01: switch on failed", "BMC <10.0.0.7>: no answer")
    await meera.taps("Try again")

    await meera.sees("It is tried again.")
    await asha.sees("Your rack is ready: RACK-01")


async def test_who_stands_before_a_rack_that_is_not_ready_takes_another_one_has_everything_back_or_waits(
    stage: Stage, transact: Transactor, venue: resources.Venue
) -> None:
    await dawn(stage)
    meera = await comes(stage, id=ADMIN, first_name="Meera")
    hanging = Hooks(power_on="hanging.sh")
    racks = [await a_preparing_rack(transact, venue, f"RACK-0{number}", hanging) for number in (1, 2, 3)]
    spare = await a_rack(transact, venue=venue, code="RACK-09")
    asha, ravi, omar = await guests(stage, "Asha", "Ravi", "Omar")
    ten = at(stage, 10)
    for program, rack in zip(await Program.of_each(stage, asha, ravi, omar), racks, strict=True):
        await program.books(rack.id, ten)
    await stage.advance_to(ten - 10 * MINUTE)
    await asha.sees("Your rack is being prepared: RACK-01")
    await stage.advance_to(ten)

    await meera.sees("RACK-01 is not ready, and Asha is waiting.")
    await asha.sees("RACK-01 is not ready yet.", "have everything back: 2 tokens", "[Another rack]", "[Full refund]")
    await asha.taps("Another rack")
    await asha.taps("RACK-09")
    await asha.sees("RACK-09 is yours instead, for the same time.")
    await asha.sees("Your time has begun: RACK-09")
    assert await balance_of(asha) == 8

    await ravi.taps("Full refund")
    await ravi.taps("Full refund, 2 tokens")
    await ravi.sees("Cancelled. 2 tokens are back in your wallet (balance 10).")

    await open_run(meera, "RACK-03 switch on · ")
    await meera.taps("Mark ready by hand")
    await meera.taps("It is ready")
    await meera.sees("is ready; the member is told.")
    await omar.sees("Your rack is ready: RACK-03")
    await omar.sees("Your time has begun: RACK-03")
    rows = stage.database["bookings"].find({}).sort("_id")
    assert [row["status"] async for row in rows] == ["active", "cancelled", "active"]
    assert await stage.database["bookings"].count_documents({"resource_id": spare.id}) == 1
