"""Runs the scripts that prepare racks: by name from one directory, without a shell, each on a short leash.

A script gets its facts as JSON on standard input, an environment of PATH, LANG, HOME and TMPDIR, and an empty directory
of its own, which is removed afterwards. `script_warden.py` stands between us and it and ends whatever it started, also
what has left its process group, and also when this process is killed.

Not covered: a script runs as the user that we run as and may read what that user may read (put the jobs into a
container of their own); one that kills its warden on purpose can leave processes behind that have left its group; the
limits of memory and processor time hold for each of its processes, not for all together; elsewhere than on Linux only
the process group is ended.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import stat
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from app.script_warden import below
from app.transcript import Transcript
from domain.kernel import Row
from domain.provisioning import OUTPUT_BYTES_MAX, Outcome

WARDEN = Path(__file__).with_name("script_warden.py")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\.(sh|py))?")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SAID_BYTES_MAX = 10 * 1024 * 1024
"""Who says more is ended."""
WARDEN_SECONDS_MAX = 8.0
"""Longer than the warden's own grace and sweep together."""
KILLED_SECONDS_MAX = 2.0
SWEEPS = 3
"""How often we look for what is below a warden that does not do it: who was forked meanwhile is seen the next time."""
LOOK_SECONDS = 0.1
LAST_WORDS_SECONDS = 1.0


class ScriptDirectory:
    """The `ScriptRunner` of one directory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def command(self, name: str) -> list[str] | None:
        """How to run the script of this name; None when there is no such file directly in the directory.

        `.py` is run with our Python, `.sh` with sh, anything else must be executable. A link must stay within.
        """
        if not NAME.fullmatch(name):
            return None
        try:
            found = (self._folder / name).resolve(strict=True)
            is_inside = found.parent == self._folder.resolve()
            mode = found.stat().st_mode
        except OSError:
            return None
        if not (is_inside and stat.S_ISREG(mode)):
            return None
        if name.endswith(".py"):
            return [sys.executable, "-I", str(found)]
        if name.endswith(".sh"):
            return ["/bin/sh", str(found)]
        return [str(found)] if os.access(found, os.X_OK) else None

    async def run(self, name: str, facts: Row, *, timeout_seconds: float) -> Outcome:
        """Run it to its end, or to the end of its time. A caller who is cancelled takes the script along."""
        command = self.command(name)
        if command is None:
            return Outcome(status="failed", exit_code=None, output=f"there is no script {name!r} to run")
        with tempfile.TemporaryDirectory(prefix="berth-script-", ignore_cleanup_errors=True) as folder:
            return await _run(command, facts, folder, timeout_seconds=timeout_seconds)


async def _run(command: list[str], facts: Row, folder: str, *, timeout_seconds: float) -> Outcome:
    environment = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder}
    limits = [str(os.getpid()), str(int(timeout_seconds) + 1)]
    warden = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", str(WARDEN), *limits, *command, stdin=PIPE, stdout=PIPE, stderr=PIPE,
        cwd=folder, env=environment, start_new_session=True,
    )  # fmt: skip
    said = Transcript(tail_bytes_max=OUTPUT_BYTES_MAX, said_bytes_max=SAID_BYTES_MAX)
    listening = asyncio.gather(_tell(warden, facts), said.listen(warden.stdout), said.listen(warden.stderr))
    try:
        has_timed_out = not await _ends(warden, said, seconds=timeout_seconds)
        if has_timed_out or said.is_too_long:
            await _stop(warden, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(listening, LAST_WORDS_SECONDS)
    finally:
        # However we leave, also when we are cancelled here: nothing of it stays.
        await asyncio.shield(_stop(warden, signal.SIGINT))
        listening.cancel()
        warden._transport.close()  # type: ignore[attr-defined] # its pipes may be held open by somebody who got away
    return _outcome(warden, said, has_timed_out=has_timed_out)


async def _tell(warden: Process, facts: Row) -> None:
    assert warden.stdin is not None
    warden.stdin.write(json.dumps(facts, separators=(",", ":")).encode() + b"\n")
    with contextlib.suppress(ConnectionError):  # it need not listen
        await warden.stdin.drain()
        warden.stdin.close()
        await warden.stdin.wait_closed()


async def _ends(warden: Process, said: Transcript, *, seconds: float) -> bool:
    """Wait until it has ended or says too much; False when its time was over before."""
    waiting = {asyncio.ensure_future(_is_gone(warden, seconds=seconds)), asyncio.ensure_future(said.too_long.wait())}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        return warden.returncode is not None or said.is_too_long
    finally:
        for each in waiting:
            each.cancel()


async def _stop(warden: Process, number: signal.Signals) -> None:
    """Have the warden end the script and itself; should it not, end both ourselves. Never waits for ever."""
    if warden.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        warden.send_signal(number)
        warden.send_signal(signal.SIGCONT)  # a script can stop its warden
    if await _is_gone(warden, seconds=WARDEN_SECONDS_MAX):
        return
    for pid in (pid for _ in range(SWEEPS) for pid in below(warden.pid)):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        warden.kill()
    await _is_gone(warden, seconds=KILLED_SECONDS_MAX)


async def _is_gone(warden: Process, *, seconds: float) -> bool:
    """Wait until it is dead. Not by `wait` alone: that waits for its pipes too, which somebody else may hold open."""
    deadline = time.monotonic() + seconds
    waiting = asyncio.ensure_future(warden.wait())
    try:
        while warden.returncode is None and time.monotonic() < deadline:
            await asyncio.wait({waiting}, timeout=LOOK_SECONDS)
    finally:
        waiting.cancel()
    return warden.returncode is not None


def _outcome(warden: Process, said: Transcript, *, has_timed_out: bool) -> Outcome:
    output, access = said.text(), said.access
    if has_timed_out:
        return Outcome(status="timed_out", exit_code=None, output=output)
    code = warden.returncode
    if said.is_too_long:
        return Outcome(status="failed", exit_code=code, output=f"{output}\n[ended: it said more than 10 MiB]")
    if code != 0:
        return Outcome(status="failed", exit_code=code, output=output)
    return Outcome(status="succeeded", exit_code=0, output=output, access=access)
