"""Rooms are entered by their front doors, and the domain keeps to itself."""

import ast
import re
from pathlib import Path

from tests.shape.tree import MODULES, ROOT, imports, parsed

ROOMS = {path.name for path in (ROOT / "domain").iterdir() if (path / "__init__.py").exists()}
INSIDE = {
    f"domain.{room}.{part.stem if part.is_file() else part.name}"
    for room in ROOMS
    for part in (ROOT / "domain" / room).iterdir()
    if (part.suffix == ".py" and part.stem != "__init__") or (part / "__init__.py").exists()
}
NOT_FOR_THE_DOMAIN = {
    "aiogram", "aiohttp", "apscheduler", "fastapi", "http", "httpx", "razorpay", "requests", "socket", "starlette",
    "telegram", "urllib", "uvicorn",
}  # fmt: skip
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}


def room_of(path: Path) -> str | None:
    """The room a module is in, or whose tests it holds."""
    if path.parts[0] == "domain" and len(path.parts) > 2:
        return path.parts[1]
    if path.parts[:2] == ("tests", "domain"):
        named = "/".join(path.parts[2:]).removeprefix("test_")
        return next((room for room in ROOMS if re.match(rf"{room}[_/.]", named)), None)
    return None


def test_a_room_is_entered_by_its_front_door() -> None:
    trespassers = [
        f"{path}:{line} {module}"
        for path in MODULES
        for module, line in imports(path)
        if any(module == inside or module.startswith(f"{inside}.") for inside in INSIDE)
        and module.split(".")[1] != room_of(path)
        and not is_front_door(module)
    ]

    assert trespassers == []


def is_front_door(module: str) -> bool:
    """Whether the name is one that the room's `__init__` gives out: a function may be named like its module."""
    _, room, name, *deeper = module.split(".")
    return not deeper and name in exported(room)


def exported(room: str) -> set[str]:
    """The names in the room's `__all__`."""
    for node in parsed(Path("domain") / room / "__init__.py").body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def test_every_room_has_a_manual_and_a_door() -> None:
    rooms = {room: Path("domain") / room / "__init__.py" for room in ROOMS}

    assert {room for room, door in rooms.items() if len(ast.get_docstring(parsed(door)) or "") < 80} == set()
    assert {room for room in rooms if not exported(room)} == set()


def test_the_domain_calls_nobody() -> None:
    strangers = [
        f"{path}:{line} {module}"
        for path in MODULES
        if path.parts[0] == "domain"
        for module, line in imports(path)
        if module.partition(".")[0] in NOT_FOR_THE_DOMAIN and not module.startswith("http.HTTPStatus")
    ]

    assert strangers == []


def test_the_domain_has_no_clock() -> None:
    looks = [
        f"{path}:{node.lineno}"
        for path in MODULES
        if path.parts[0] == "domain"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (getattr(node.value, "attr", getattr(node.value, "id", "")), node.attr) in CLOCKS
    ]

    assert looks == []


def test_transactions_are_made_in_one_place() -> None:
    makers = {
        str(path)
        for path in MODULES
        if path.parts[0] not in ("bench", "tests")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in ("with_transaction", "start_transaction")
    }

    assert makers == {"domain/kernel/transactions.py"}
