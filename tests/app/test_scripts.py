"""Real scripts on their leash: whatever they do, they end, and nothing of them stays."""

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from pathlib import Path

import psutil
import pytest

from app.scripts import ScriptDirectory
from domain.provisioning import Outcome
from tests.app.script_folder import FACTS, Folder, alive
from tests.shape.tree import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


async def test_a_script_gets_its_facts_and_next_to_nothing_else(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BERTH_SECRET_KEYS", "do-not-tell")
    folder.write("look.py", LOOK)

    outcome = await folder.run("look.py")

    facts, environment, cwd, inside = json.loads(outcome.output)
    assert (outcome.status, outcome.exit_code) == ("succeeded", 0)
    assert facts == FACTS
    assert set(environment) == {"PATH", "LANG", "HOME", "TMPDIR"}
    assert environment["HOME"] == cwd
    assert inside == []
    assert not os.path.exists(cwd)  # noqa: ASYNC240, PTH110


LOOK = """
import json, os, sys
print(json.dumps([json.load(sys.stdin), dict(os.environ), os.getcwd(), os.listdir('.')]))
"""


async def test_a_shell_script_and_an_executable_run_as_well(folder: Folder) -> None:
    folder.write("plain.sh", "echo from the shell; echo and aside >&2")
    folder.write("binary", "#!/bin/sh\necho executed").chmod(0o700)

    assert set((await folder.run("plain.sh")).output.splitlines()) == {"from the shell", "and aside"}
    assert (await folder.run("binary")).output == "executed"


async def test_only_files_of_the_directory_itself_are_run(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "outside.sh").write_text("echo outside")
    (folder.scripts / "link.sh").symlink_to(tmp_path / "outside.sh")
    (folder.scripts / "deep").mkdir()
    (folder.scripts / "deep" / "one.sh").write_text("echo deep")
    (folder.scripts / "folder.sh").mkdir()
    folder.write("not-executable", "#!/bin/sh\necho no").chmod(0o600)
    folder.write("real.sh", "echo real")
    (folder.scripts / "alias.sh").symlink_to("real.sh")

    refused = (
        "link.sh", "deep/one.sh", "../outside.sh", "folder.sh", "not-executable", "absent.sh", ".", "", "/bin/sh",
        "real.sh\n", "real.sh; id", "real.sh\x00",
    )  # fmt: skip
    for name in refused:
        outcome = await folder.run(name)
        assert (outcome.status, outcome.exit_code) == ("failed", None), name
        assert "there is no script" in outcome.output
    assert (await folder.run("real.sh")).output == "real"
    assert (await folder.run("alias.sh")).output == "real"


async def test_a_failing_script_leaves_its_code_and_its_words(folder: Folder) -> None:
    folder.write("fail.sh", "echo trying; echo 'no route to host' >&2; exit 7")

    outcome = await folder.run("fail.sh")

    assert (outcome.status, outcome.exit_code) == ("failed", 7)
    assert "no route to host" in outcome.output


async def test_a_script_that_a_signal_ends_has_failed(folder: Folder) -> None:
    folder.write("die.sh", "kill -9 $$")

    assert (await folder.run("die.sh")).exit_code == 128 + 9


async def test_a_hanging_script_is_asked_to_end_when_its_time_is_over(folder: Folder) -> None:
    folder.write("hang.sh", "trap 'echo cleaning up; exit 3' TERM\necho $$ > LEFT/pid\nwhile :; do sleep 0.05; done")

    outcome = await folder.run("hang.sh", seconds=0.5)

    assert (outcome.status, outcome.exit_code) == ("timed_out", None)
    assert outcome.output.splitlines()[-1] == "cleaning up"
    assert alive(await folder.pids(1)) == []


async def test_a_script_that_will_not_end_is_killed_with_all_that_it_started(folder: Folder) -> None:
    folder.write("stubborn.py", STUBBORN)
    began = time.monotonic()

    outcome = await folder.run("stubborn.py", seconds=1.0)

    assert outcome.status == "timed_out"
    assert alive(await folder.pids(4)) == []
    assert time.monotonic() - began < 8


STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def note(name):
    with open(f"LEFT/{name}.new", "w") as file:
        file.write(str(os.getpid()))
    os.rename(f"LEFT/{name}.new", f"LEFT/{name}")
def child(name, *, leaves):
    if os.fork() == 0:
        if leaves:
            os.setsid()
            if os.fork():
                os._exit(0)
        note(name)
        time.sleep(600)
child("in the group", leaves=False)
child("a session of its own", leaves=True)
child("another one", leaves=True)
note("itself")
time.sleep(600)
"""


LEAVES = "setsid sh -c 'echo $$ > LEFT/pid; exec sleep 45' &\n"


@pytest.mark.parametrize("then", ["kill -STOP $PPID; sleep 45", "while :; do kill -STOP $PPID; done"])
async def test_a_script_that_stops_its_warden_is_ended_with_all_that_it_started(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    monkeypatch.setattr("app.scripts.WARDEN_SECONDS_MAX", 3.0)
    folder.write("stops.sh", LEAVES + then)
    began = time.monotonic()

    outcome = await folder.run("stops.sh", seconds=1.0)

    assert outcome.status == "timed_out"
    assert alive(await folder.pids(1)) == []
    assert time.monotonic() - began < 8


async def test_a_script_that_kills_its_warden_has_failed_and_nobody_waits_for_what_it_leaves(folder: Folder) -> None:
    folder.write("kills.sh", LEAVES + "sleep 0.2; kill -KILL $PPID; sleep 45")
    began = time.monotonic()

    outcome = await folder.run("kills.sh")

    assert (outcome.status, outcome.exit_code) == ("failed", -signal.SIGKILL)
    assert time.monotonic() - began < 8
    (left,) = await folder.pids(1)
    os.kill(left, signal.SIGKILL)  # as the manual says: it has left its group, and nobody knows it any more


DAEMON = f"""{STUBBORN.rpartition("time.sleep")[0]}
while len(os.listdir('LEFT')) < 4 or any('.new' in name for name in os.listdir('LEFT')):
    time.sleep(0.01)
print('done')
"""


async def test_a_daemon_left_behind_by_a_script_that_ends_well_is_killed(folder: Folder) -> None:
    folder.write("daemon.py", DAEMON)
    began = time.monotonic()

    outcome = await folder.run("daemon.py")

    # They hold the pipes open, and yet nobody waits for them.
    assert (outcome.status, outcome.output) == ("succeeded", "done")
    assert alive(await folder.pids(4)) == []
    assert time.monotonic() - began < 5


async def test_without_its_warden_such_a_script_would_leave_them_behind(folder: Folder) -> None:
    script = folder.write("daemon.py", DAEMON)
    started = await asyncio.create_subprocess_exec(sys.executable, str(script), stdout=DEVNULL, start_new_session=True)
    assert await started.wait() == 0

    left = alive(await folder.pids(4))

    assert len(left) == 3
    for pid in left:
        os.kill(pid, signal.SIGKILL)


async def test_a_family_that_forks_all_the_time_is_killed(folder: Folder) -> None:
    folder.write("forks.py", FORKS)

    outcome = await folder.run("forks.py", seconds=1.0)

    assert outcome.status == "timed_out"
    await asyncio.sleep(0.3)
    assert [each for each in psutil.process_iter(["cmdline"]) if str(folder.scripts) in str(each.info["cmdline"])] == []


FORKS = """
import os, time
until = time.monotonic() + 10  # whoever should slip away does not stay for ever
for _ in range(8):  # eight that are never where they were a moment ago
    if os.fork() == 0:
        os.setsid()
        while time.monotonic() < until:
            if os.fork():
                os._exit(0)
            time.sleep(0.002)
        os._exit(0)
time.sleep(600)
"""


async def test_who_is_cancelled_takes_the_script_along(folder: Folder) -> None:
    folder.write("stubborn.py", STUBBORN)
    running = asyncio.create_task(folder.run("stubborn.py"))
    pids = await folder.pids(4)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert alive(pids) == []


async def test_a_script_writes_no_core_and_no_endless_file(folder: Folder) -> None:
    limits = "r.RLIMIT_CORE, r.RLIMIT_CPU, r.RLIMIT_FSIZE"
    folder.write("limits.py", f"import resource as r; print(*(r.getrlimit(kind)[0] for kind in ({limits})))")

    core, cpu_seconds, file_bytes = map(int, (await folder.run("limits.py", seconds=20)).output.split())

    assert core == 0
    assert cpu_seconds == 21
    assert 0 < file_bytes <= 256 * 1024 * 1024


async def test_the_samples_do_what_they_say() -> None:
    samples = ScriptDirectory(ROOT / "scripts")
    rack = {**FACTS, "resource": f"RACK-{os.getpid()}"}

    async def run(name: str, step: str) -> Outcome:
        outcome = await samples.run(name, {**rack, "step": step}, timeout_seconds=20)
        assert outcome.status == "succeeded", outcome.output
        return outcome

    on, again, off = [await run("power.sh", step) for step in ("power_on", "power_on", "power_off")]
    access, wiped = await run("access.py", "provision"), await run("wipe.sh", "deprovision")

    assert on.output.splitlines()[-1].endswith("Chassis Power is on")
    assert again.output.splitlines()[0].endswith("Chassis Power is on")
    assert off.output.splitlines()[-1].endswith("Chassis Power is off")
    assert access.access is not None
    assert set(access.access) == {"address", "user", "password"}
    assert access.access["password"] not in access.output
    assert "clean" in wiped.output
    (Path(tempfile.gettempdir()) / f"berth-power-{os.getuid()}" / rack["resource"]).unlink()
    refused = await samples.run("power.sh", {**rack, "step": "provision"}, timeout_seconds=20)
    assert (refused.status, refused.exit_code) == ("failed", 2)
