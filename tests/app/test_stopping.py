"""Being asked to stop at an awkward moment."""

import asyncio
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from app.roles import run_until_stopped
from app.supervisor import Stopped, Supervisor, stop_signals_raise


def test_a_role_whose_first_cancellation_was_swallowed_is_asked_again(tmp_path: Path) -> None:
    begun = tmp_path / "begun"

    async def swallow_once() -> None:
        try:
            begun.touch()
            await asyncio.sleep(60)
        except asyncio.CancelledError:  # as `asyncio.wait_for` does in Python 3.11 when both come at once
            await asyncio.sleep(60)

    supervisor = Supervisor()
    child = supervisor.fork("role", lambda: run_until_stopped("role", swallow_once()), log=tmp_path / "log")
    while not begun.exists():
        time.sleep(0.01)

    supervisor.stop("role")

    assert child.exit_code == 0


def test_a_stop_signal_in_the_middle_of_a_fork_finds_every_child_in_the_books(tmp_path: Path) -> None:
    supervisor = Supervisor()
    asked = []

    def ask_in_the_middle() -> None:
        if not asked:
            asked.append(os.getpid())
            os.kill(os.getpid(), signal.SIGTERM)

    os.register_at_fork(after_in_parent=ask_in_the_middle)

    with pytest.raises(Stopped), stop_signals_raise():
        supervisor.fork("child", lambda: time.sleep(60), log=tmp_path / "log")

    (child,) = supervisor.children
    supervisor.stop("child")
    assert not psutil.pid_exists(child.pid)
