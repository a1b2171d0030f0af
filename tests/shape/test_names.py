"""What is permanent is unique: codes and numbers of errors, names of events and collections."""

import ast
import importlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from domain.kernel import DomainError, Event
from domain.records import RECORDS
from tests.shape.tree import MODULES, parsed


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    """Every class below `kind` in the packages of ours, imported first."""
    for path in MODULES:
        if path.parts[0] in ("api", "bot", "domain", "jobs") and path.name != "__main__.py":
            importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    below = [kind]
    while below:
        for child in below.pop().__subclasses__():
            below.append(child)
            if child.__module__.partition(".")[0] in ("api", "bot", "domain", "jobs"):
                yield child


def repeated(values: list[Any]) -> dict[Any, int]:
    """Values that occur more than once."""
    return {value: count for value, count in Counter(values).items() if count > 1}


def test_error_codes_and_numbers_are_unique() -> None:
    errors = {error for error in subclasses(DomainError) if "code" in vars(error) or "number" in vars(error)}

    own_half = {error.__qualname__ for error in errors if not ("code" in vars(error) and "number" in vars(error))}
    assert own_half == set()
    own = [error for error in errors if not says_what_its_family_says(error)]
    assert repeated([error.code for error in own]) == {}
    assert repeated([error.number for error in own]) == {}


def says_what_its_family_says(error: type[DomainError]) -> bool:
    """Whether code and number together are those of a base: a room's only refusal of that family."""
    above = [base for base in error.__mro__[1:] if issubclass(base, DomainError) and base is not DomainError]
    return any((base.code, base.number) == (error.code, error.number) for base in above)


def test_every_refusal_has_a_code_of_its_own() -> None:
    assert {error.__qualname__ for error in subclasses(DomainError) if "code" not in vars(error)} == set()


def test_event_names_are_unique_and_dotted() -> None:
    names = [event.name for event in subclasses(Event) if "name" in vars(event)]

    assert repeated(names) == {}
    assert [name for name in names if name.count(".") != 1 or name != name.lower()] == []


def test_collections_are_unique() -> None:
    assert repeated([record.Settings.name for record in RECORDS]) == {}  # type: ignore[attr-defined]


def test_no_name_says_nothing() -> None:
    empty = ("Manager", "Helper", "Util", "Utils")

    said = [
        f"{path}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith(empty)
    ]

    assert said == []
