"""What a check finds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Violation:
    """Something that can never be, and is. `name` is the check's, `subject` what it is about."""

    name: str
    subject: str
    detail: str


Check = Callable[[int], Awaitable[list[Violation]]]
