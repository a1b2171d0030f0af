"""`berth` as a person starts it: a process of its own, in an empty directory, with nothing in its environment."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from app.checks import port_is_free
from tests.conftest import free_port
from tests.shape.tree import ROOT

WAIT_SECONDS = 60.0


class Running:
    """One `berth up` and what it printed."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.api_port, self.sandbox_port = free_port(), free_port()
        ports = {"BERTH_API_PORT": str(self.api_port), "BERTH_SANDBOX_PORT": str(self.sandbox_port)}
        self.environment = clean_environment(**{"BERTH_DATA_DIR": str(data_dir), **ports, **environment})
        self.printed = data_dir.parent / f"{self.api_port}.printed"
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "up"],
                cwd=data_dir.parent, env=self.environment, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        self._family: list[psutil.Process] = []

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    def said(self) -> str:
        return self.printed.read_text()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while "ready" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.02)
        self._family = psutil.Process(self.process.pid).children(recursive=True)

    def family(self) -> dict[str, psutil.Process]:
        """The processes of this run, by what they are."""
        assert self._family, "wait_until_ready first"
        return {_kind(member): member for member in self._family}

    def survivors(self) -> list[psutil.Process]:
        return [member for member in self._family if member.is_running() and member.status() != psutil.STATUS_ZOMBIE]

    def signal(self, number: signal.Signals, *, whole_group: bool = False) -> int:
        """Send the signal as `kill` or, to the whole group, as a terminal does; the exit code."""
        if whole_group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        return self.process.wait(WAIT_SECONDS)


def _kind(process: psutil.Process) -> str:
    command = process.cmdline()
    if "mongod" in Path(command[0]).name:
        return "mongod"
    return "sandbox" if "sandbox" in command else f"role {process.pid}"


def clean_environment(**extra: str) -> dict[str, str]:
    """What a fresh shell has, and `extra`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


@contextlib.contextmanager
def running(data_dir: Path, **environment: str) -> Iterator[Running]:
    """A started `berth up`, gone when the block ends."""
    berth = Running(data_dir, **environment)
    try:
        berth.wait_until_ready()
        yield berth
    finally:
        if berth.process.poll() is None:
            berth.process.terminate()
            berth.process.wait(WAIT_SECONDS)


@contextlib.contextmanager
def telegram_elsewhere(token: str) -> Iterator[str]:
    """The address of a Telegram that knows this token and is none of Berth's own processes."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", str(port)], env=clean_environment(SANDBOX_BOT_TOKEN=token)
    )
    deadline = time.monotonic() + WAIT_SECONDS
    try:
        while port_is_free("127.0.0.1", port):
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(WAIT_SECONDS)


def berth(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `berth` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=cwd, env=clean_environment(**environment), capture_output=True, text=True, check=False,
        timeout=WAIT_SECONDS,
    )  # fmt: skip
