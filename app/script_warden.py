"""Keeps one script, started by `app/scripts.py` as a process of its own: python -I script_warden.py PARENT CPU FILE … .

It is the parent of the script, and by PR_SET_CHILD_SUBREAPER of whatever the script leaves behind. When the script has
ended, or SIGTERM (ask first, then kill) or SIGINT (kill) says so, or whoever started it is gone, it ends everything
below it, and then itself with the script's exit code; 128 and the signal's number for a script that a signal ended.
It imports nothing but the standard library, and little of that: it is started for each script.
"""

import ctypes
import os
import resource
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 2.0
SWEEP_SECONDS_MAX = 5.0
FILE_BYTES_MAX = 256 * 1024 * 1024
OPEN_FILES_MAX = 256
MEMORY_BYTES_MAX = 1024 * 1024 * 1024
"""Of one process."""
PROCESSES_MAX = 4096
"""Of the user in all, not of the script alone (that is what RLIMIT_NPROC counts; it does not bind root)."""
CANNOT_START = 126
WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


def main(parent: int, cpu_seconds: int, command: list[str]) -> int:
    """Run the command to its end, and end all that it started."""
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    _prctl(PR_SET_PDEATHSIG, signal.SIGHUP)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    if os.getppid() != parent:  # it died before we could ask to be told
        return CANNOT_START
    script = os.fork()
    if script == 0:
        _become(command, cpu_seconds)
    is_orphan = _wait(script)
    code = _end(script)
    if is_orphan:  # who would have removed it is gone
        import shutil

        shutil.rmtree(os.getcwd(), ignore_errors=True)  # noqa: PTH109
    return code


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def _become(command: list[str], cpu_seconds: int) -> None:
    try:
        os.setsid()
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_CPU, cpu_seconds)
        _limit(resource.RLIMIT_FSIZE, FILE_BYTES_MAX)
        _limit(resource.RLIMIT_DATA, MEMORY_BYTES_MAX)
        _limit(resource.RLIMIT_NOFILE, OPEN_FILES_MAX)
        _limit(resource.RLIMIT_NPROC, PROCESSES_MAX)
        os.umask(0o077)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        os.execv(command[0], command)  # noqa: S606 - no shell is what we want
    except OSError as error:
        os.write(2, f"cannot be started: {error.strerror}\n".encode())
    finally:
        os._exit(CANNOT_START)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _wait(script: int) -> bool:
    """Return when the script has ended; told to end, it gets as long as it may take, and is killed.

    Whether we were left alone meanwhile. By `getppid` it could not be told: for a moment it names the dead one.
    """
    is_orphan = False
    deadline: float | None = None
    while True:
        left = 3600.0 if deadline is None else max(0.0, deadline - time.monotonic())
        told = signal.sigtimedwait(WATCHED, left)
        if told is not None and told.si_signo == signal.SIGTERM and deadline is None:
            deadline = time.monotonic() + GRACE_SECONDS
            _kill_group(script, signal.SIGTERM)
        elif told is not None and told.si_signo in (signal.SIGINT, signal.SIGHUP):
            is_orphan = told.si_signo == signal.SIGHUP
            _kill_group(script, signal.SIGKILL)
        elif told is None and deadline is not None:
            _kill_group(script, signal.SIGKILL)
            deadline = None
        if _has_ended(script):
            return is_orphan


def _has_ended(script: int) -> bool:
    """Whether the script is dead; it stays unburied, so that its number means its group. Its orphans are buried."""
    while True:
        dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if dead is None:
            return False
        if dead.si_pid == script:
            return True
        os.waitpid(dead.si_pid, 0)


def _end(script: int) -> int:
    """Kill the script's group at one blow, then whoever has left it, until nobody is below us; the exit code."""
    deadline = time.monotonic() + SWEEP_SECONDS_MAX
    _kill_group(script, signal.SIGKILL)
    _, status = os.waitpid(script, 0)
    while (left := below(os.getpid())) and time.monotonic() < deadline:
        for number in (signal.SIGSTOP, signal.SIGKILL):  # stopped first: who forks all the time must not outrun us
            for pid in left:
                _kill(pid, number)
        _bury()
        time.sleep(0.002)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _bury() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def below(pid: int) -> list[int]:
    """Everybody below a process, the nearest first."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - pathlib would be half of what is imported here
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                    after_name = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            children.setdefault(int(after_name[1]), []).append(int(name))
    found = list(children.get(pid, []))
    for each in found:
        found.extend(children.pop(each, []))  # the list grows while we walk it
    return found


def _kill_group(script: int, number: int) -> None:
    try:
        os.killpg(script, number)
    except OSError:
        _kill(script, number)  # it has not made its group yet, or is gone


def _kill(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        return


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
