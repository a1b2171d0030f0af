"""What narrows a list of what can be booked, and the buttons that ask for it."""

from typing import Any, Literal, TypeAlias

from bot.views.grown import Grown
from bot.views.ids import Day, Id

ANY: Literal[""] = ""
"""No filter."""
AnyKind: TypeAlias = Literal["", "rack", "seat", "parking_slot"]


class ChooseTag(Grown, prefix="rv"):
    """Choose the ACI version, the area or the vehicle to filter by."""

    tag: str = ANY
    when: str = ANY
    kind: AnyKind = ANY
    venue: Id | None = None


class ChooseWhen(Grown, prefix="rw"):
    """Choose the free time to filter by."""

    tag: str = ANY
    when: str = ANY
    kind: AnyKind = ANY
    venue: Id | None = None


class ChooseFilterDay(Grown, prefix="rd"):
    """Choose a day to filter by."""

    tag: str = ANY
    kind: AnyKind = ANY
    venue: Id | None = None


class ChooseVenue(Grown, prefix="ru"):
    """Choose the venue to filter by."""

    tag: str = ANY
    when: str = ANY
    kind: AnyKind = ANY


class PictureOfDay(Grown, prefix="rp"):
    """The picture of all of a kind at one venue on one day."""

    on: Day
    tag: str = ANY
    page: int = 1
    kind: AnyKind = ANY
    venue: Id | None = None


def narrowing(asked: Any, **changes: Any) -> dict[str, Any]:
    """What an action narrows the list by, but its page and what is changed: for another action of this family."""
    kept = {name: getattr(asked, name) for name in ("tag", "when", "kind", "venue") if name in type(asked).model_fields}
    return kept | changes
