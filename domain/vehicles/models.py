"""The stored vehicle, and the indexes that keep plates and places apart."""

from typing import Annotated
from unicodedata import normalize

from beanie import PydanticObjectId
from pydantic import BeforeValidator, StringConstraints
from pymongo import ASCENDING, IndexModel

from domain.kernel import Record
from domain.resources import VehicleType

ONE_PER_PLATE = "one_per_plate"
ONE_PER_PLACE = "one_per_place"
VEHICLES_MAX = 10
"""Vehicles one member may have at once."""


def normal_plate(written: str) -> str:
    """The plate as it is kept: its letters, in capitals, and digits; all else that people write is left out."""
    return "".join(sign for sign in normalize("NFKC", written).upper() if sign.isalnum())


Plate = Annotated[
    str,
    BeforeValidator(lambda value: normal_plate(value) if isinstance(value, str) else value),
    StringConstraints(min_length=2, max_length=15),
]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)]


class Vehicle(Record):
    """What a member brings to a parking slot."""

    member_id: PydanticObjectId
    plate: Plate
    make: Word = ""
    model: Word = ""
    colour: Word = ""
    type: VehicleType
    place: int | None = None
    """Which of the member's `VEHICLES_MAX` places it fills; None once it was removed."""
    is_deleted: bool = False

    class Settings:
        name = "vehicles"
        indexes = [
            IndexModel(
                [("plate", ASCENDING)], unique=True, name=ONE_PER_PLATE, partialFilterExpression={"is_deleted": False}
            ),
            IndexModel(
                [("member_id", ASCENDING), ("place", ASCENDING)], unique=True, name=ONE_PER_PLACE,
                partialFilterExpression={"place": {"$gte": 0}},
            ),
        ]  # fmt: skip


RECORDS: list[type[Record]] = [Vehicle]
