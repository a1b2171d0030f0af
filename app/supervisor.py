"""The processes of `berth up`: forked or started here, watched until the first ends, stopped in order."""

import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from app.mongod import CannotStart, end_with_parent

logger = logging.getLogger(__name__)

STOP_SECONDS_MAX = 8.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A person, or the system, asked us to stop. Not an error: it passes every `except Exception`."""


@contextmanager
def stop_signals_raise() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP raise Stopped in the main thread."""

    def stop(number: int, frame: FrameType | None) -> None:
        ignore_stop_signals()  # the second Ctrl-C of an impatient person must not break the clean-up
        raise Stopped

    before = {name: signal.signal(name, stop) for name in STOP_SIGNALS}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@contextmanager
def stop_signals_wait() -> Iterator[None]:
    """Let no stop signal come between a fork and its entry in our books: it is delivered when the block ends."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore_stop_signals() -> None:
    """Be undisturbed from here on."""
    for name in STOP_SIGNALS:
        signal.signal(name, signal.SIG_IGN)


@dataclass
class Child:
    """One process of ours. `exit_code` is None while it runs; negative: ended by that signal."""

    name: str
    pid: int
    pidfd: int
    log: Path
    exit_code: int | None = None

    @property
    def ending(self) -> str:
        """How it ended, in a sentence."""
        assert self.exit_code is not None
        how = f"exit code {self.exit_code}" if self.exit_code >= 0 else signal.Signals(-self.exit_code).name
        return f"{self.name} stopped unexpectedly ({how}): the end of {self.log} says why."

    def poll(self) -> int | None:
        """The exit code once it ended."""
        if self.exit_code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit_code = os.waitstatus_to_exitcode(status)
        return self.exit_code

    def wait(self, *, seconds: float | None = None) -> int | None:
        """Wait until it ends, at most `seconds`; the exit code, or None if it still runs."""
        if self.exit_code is None:
            select.select([self.pidfd], [], [], seconds)
        return self.poll()

    def signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


class Supervisor:
    """The children of this process; while they are watched, none may end by itself."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def fork(self, name: str, run: Callable[[], None], *, log: Path) -> Child:
        """Run `run` in a forked child: everything imported here is there, shared, at once.

        The child leads a session of its own: Ctrl-C in the terminal reaches the supervisor alone.
        """
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        with stop_signals_wait():
            pid = os.fork()
            if pid == 0:
                _be_child(name, run, parent=parent)
            return self._added(name, pid, log)

    def start(self, name: str, command: list[str], *, environment: dict[str, str], log: Path) -> Child:
        """Start another program, its output in the file `log`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output, stop_signals_wait():
            process = subprocess.Popen(  # noqa: S603 - our own command
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, preexec_fn=_be_program,
            )  # fmt: skip
            process.returncode = 0  # we wait for it ourselves, Popen must not
            return self._added(name, process.pid, log)

    def _added(self, name: str, pid: int, log: Path) -> Child:
        child = Child(name, pid, os.pidfd_open(pid), log)
        self.children.append(child)
        return child

    def first_to_end(self, *, seconds: float | None = None) -> Child | None:
        """Wait until any child ends, at most `seconds`."""
        running = {child.pidfd: child for child in self.children if child.exit_code is None}
        ended, _, _ = select.select(list(running), [], [], seconds)
        for pidfd in ended:
            running[pidfd].poll()
            return running[pidfd]
        return None

    def finish(self, child: Child) -> None:
        """Wait for a child that does one thing and ends. Raises CannotStart when it, or another, failed."""
        while child.exit_code is None:
            ended = self.first_to_end()
            if ended is not None and ended is not child:
                raise CannotStart(ended.ending)
        self._forget(child)
        if child.exit_code:
            raise CannotStart(child.ending)

    def watch(self, name: str, pid: int, *, log: Path) -> Child:
        """Count a child that somebody else started and will stop among those that must not end."""
        return self._added(name, pid, log)

    def stop(self, *names: str) -> None:
        """Ask the children of these names to end, all at once; kill who does not go in time."""
        deadline = time.monotonic() + STOP_SECONDS_MAX
        leaving = [child for child in self.children if child.name in names]
        for child in leaving:
            child.signal(signal.SIGTERM)
        for child in leaving:
            if child.wait(seconds=max(0.0, deadline - time.monotonic())) is None:
                logger.warning("%s did not stop in time and was killed", child.name)
                child.signal(signal.SIGKILL)
                child.wait()
            self._forget(child)

    def _forget(self, child: Child) -> None:
        self.children.remove(child)
        os.close(child.pidfd)


def _be_program() -> None:
    end_with_parent()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def _be_child(name: str, run: Callable[[], None], *, parent: int) -> None:
    code = 1
    try:
        os.setsid()
        end_with_parent()
        if os.getppid() != parent:  # it died before we asked to be told
            os._exit(1)
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        run()
        code = 0
    except CannotStart as error:
        logging.getLogger(name).error("%s", error)  # noqa: TRY400 - a sentence for a person, not a traceback
    except BaseException:  # the last line of a process: nothing may reach the parent's code above us
        logging.getLogger(name).exception("ended by an error")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
