"""What this machine must allow before anything is started; what it does not raises one clear sentence."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.mongod import CannotStart


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for this process alone until the block ends, however it ends."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(f"The data directory {data_dir} cannot be used: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise CannotStart(
            f"Berth is already running on {data_dir}: stop it, or set BERTH_DATA_DIR to another directory."
        ) from None
    try:
        yield
    finally:
        os.close(lock)


def is_locked(data_dir: Path) -> bool:
    """Whether a process holds the data directory now; it is not made for the question."""
    try:
        lock = os.open(data_dir / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CannotStart(f"The data directory {data_dir} cannot be used: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def listener(host: str, port: int, *, variable: str) -> socket.socket:
    """A socket that listens there; whoever gets it serves. Raises CannotStart when the port is taken."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # The protocol is named so that asyncio sets TCP_NODELAY: without it every answer waits 40 ms for an ACK.
        server = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((host, port))
        server.listen(1024)
        return server
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise CannotStart(f"{host} is not an address of this machine: set BERTH_API_HOST to one.") from error
        raise CannotStart(
            f"Port {port} on {host} cannot be used ({os.strerror(error.errno or 0)}): set {variable} to another port."
        ) from error


def port_is_free(host: str, port: int) -> bool:
    """Whether somebody could listen there now."""
    try:
        socket.create_server((host, port)).close()
    except OSError:
        return False
    return True
