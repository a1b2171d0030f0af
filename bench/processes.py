"""Starting the processes of a measurement, and what the kernel says of them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from app.mongod import end_with_parent

READY_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 15.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Fleet:
    """Child processes by name, with their logs in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str, environment: Mapping[str, str]) -> None:
        """Start `python <arguments>` as a process of its own."""
        with (self._folder / f"{name}.log").open("wb") as log:
            self._children[name] = subprocess.Popen(
                [sys.executable, *arguments], env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=end_with_parent,
            )  # fmt: skip

    def wait_for(self, name: str, url: str) -> None:
        """Wait until `url` answers with 200; says what the log says if the process ends or is too late."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not _answers(url):
            if self._children[name].poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} does not answer at {url}: {self.log(name)[-2000:]}")
            time.sleep(0.05)

    def log(self, name: str) -> str:
        """What the process has written so far."""
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def pids(self) -> dict[str, int]:
        """The process ids by name."""
        return {name: child.pid for name, child in self._children.items()}

    def stop(self) -> None:
        """End them all at once; kill what does not go."""
        for child in self._children.values():
            child.send_signal(signal.SIGTERM)
        for child in self._children.values():
            try:
                child.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def memory_mib(pid: int) -> tuple[float, float]:
    """Resident memory in MiB: RSS, and PSS, in which a page shared by n processes counts 1/n."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        found[name] = int(rest.split()[0]) / 1024
    return found["Rss"], found["Pss"]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
