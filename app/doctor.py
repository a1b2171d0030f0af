"""`berth doctor`: is everything configured, and does everything we are configured for take us."""

import shutil
import sys
from collections.abc import Callable, Iterator

from app import checks, connections, mongod
from app.mongod import CannotStart
from app.settings import Settings

FREE_GIGABYTES_MIN = 1


def examine(settings: Settings, *, say: Callable[[str], None]) -> int:
    """Say one line per check: `ok`, or what to do. The exit code is 0 when all are ok."""
    failures = 0
    for name, check in _checks(settings):
        try:
            say(f"ok    {name}: {check()}")
        except CannotStart as problem:
            failures += 1
            say(f"FAIL  {name}: {problem}")
    return min(failures, 1)


def _checks(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "Python", lambda: sys.version.split()[0]
    yield "Telegram", lambda: _telegram(settings)
    yield "Razorpay", lambda: _razorpay(settings)
    yield "MongoDB", lambda: _mongodb(settings)
    yield "Administrators", lambda: _administrators(settings)
    yield "Scripts", lambda: _scripts(settings)
    yield "Ports", lambda: _ports(settings)
    yield "Data directory", lambda: _data_directory(settings)


def _telegram(settings: Settings) -> str:
    if not settings.has_telegram:
        return "not configured; `berth up` starts a sandbox"
    return f"the token belongs to @{connections.telegram(settings)}"


def _razorpay(settings: Settings) -> str:
    if not settings.has_razorpay:
        return "not configured; `berth up` starts a sandbox"
    connections.razorpay(settings)
    return "takes the keys"


def _mongodb(settings: Settings) -> str:
    if settings.has_mongodb:
        return f"version {connections.mongodb(settings)}, a replica set"
    mongod.require_libraries(mongod.binary())
    return "not configured; `berth up` starts an embedded one"


def _administrators(settings: Settings) -> str:
    if settings.has_telegram and not settings.admin_telegram_ids:
        raise CannotStart("nobody can administer the bot: set ADMIN_TELEGRAM_IDS.")
    return f"{len(settings.admin_telegram_ids)} by ADMIN_TELEGRAM_IDS" if settings.has_telegram else "the demo's"


def _scripts(settings: Settings) -> str:
    folder = settings.scripts_dir
    if not folder.is_dir():
        raise CannotStart(f"{folder} is no directory: set BERTH_SCRIPTS_DIR to the one with the scripts.")
    return f"{sum(file.is_file() for file in folder.iterdir())} in {folder}"


def _ports(settings: Settings) -> str:
    ports = {"BERTH_API_PORT": settings.berth_api_port}
    if not (settings.has_telegram and settings.has_razorpay):
        ports["BERTH_SANDBOX_PORT"] = settings.berth_sandbox_port
    for variable, port in ports.items():
        host = settings.berth_api_host if variable == "BERTH_API_PORT" else "127.0.0.1"
        checks.listener(host, port, variable=variable).close()
    return f"{', '.join(map(str, ports.values()))} free"


def _data_directory(settings: Settings) -> str:
    with checks.locked(settings.berth_data_dir):
        free_gigabytes = shutil.disk_usage(settings.berth_data_dir).free / 1e9
    if free_gigabytes < FREE_GIGABYTES_MIN:
        raise CannotStart(f"{settings.berth_data_dir} has {free_gigabytes:.1f} GB free: make room.")
    return f"{settings.berth_data_dir}, {free_gigabytes:.0f} GB free"
