"""What a demo is: one venue with what can be booked there, packs, and two people who have booked already."""

from dataclasses import dataclass
from typing import Any

Fields = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One booking of a guest: so many days ahead (0 is today), from which hour on the venue's clock, for how long."""

    guest: str
    days_ahead: int
    code: str
    from_hour: int
    hours: int


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What `berth seed --demo` plants; `venue` and `resources` are fields of the rooms' own verbs."""

    name: str
    says: str
    """The line that the command prints."""
    venue: Fields
    resources: tuple[Fields, ...]
    packs: tuple[Fields, ...] = ()
    visits: tuple[Visit, ...] = ()
