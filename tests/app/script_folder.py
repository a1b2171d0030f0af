"""A directory of real scripts for the tests."""

import asyncio
import time
from pathlib import Path
from typing import Any

import psutil

from app.scripts import ScriptDirectory
from domain.provisioning import Outcome

FACTS = {
    "run": "1", "step": "power_on", "attempt": 1, "booking": "B-7F3K", "starts_at": "2026-11-24T04:30:00+00:00",
    "ends_at": "2026-11-24T05:30:00+00:00", "resource": "RACK-02",
    "options": {"aci_version": "6.0(5h)", "preconfig": ["multi-site"]},
}  # fmt: skip


class Folder:
    """A directory of scripts, and where they leave what the test looks at."""

    def __init__(self, path: Path) -> None:
        self.scripts, self.left = path / "scripts", path / "left"
        self.scripts.mkdir()
        self.left.mkdir()

    def write(self, name: str, text: str) -> Path:
        file = self.scripts / name
        file.write_text(text.replace("LEFT", str(self.left)))
        return file

    async def run(self, name: str, *, seconds: float = 20.0, **facts: Any) -> Outcome:
        return await ScriptDirectory(self.scripts).run(name, {**FACTS, **facts}, timeout_seconds=seconds)

    async def pids(self, count: int) -> list[int]:
        """The processes that wrote their number down, once they are so many."""
        deadline = time.monotonic() + 15
        while len(found := [int(file.read_text() or 0) for file in self.left.iterdir()]) < count or 0 in found:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
        return found


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]
