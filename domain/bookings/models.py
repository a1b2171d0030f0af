"""The stored booking, its states, and the indexes by which no two overlap."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.kernel import Record, Row
from domain.resources import CancellationTerms, Options, PriceLine

ONE_PER_CELL = "one_per_cell"
ONE_PER_KEY = "one_per_key"
ONE_HOLD = "one_hold_per_member"
ONE_PER_SEAT = "one_per_seat"
ONE_PER_CODE = "one_per_code"
BUSY = "busy_times"


class Purpose(StrEnum):
    """What the cells are taken for."""

    SESSION = "session"


class Status(StrEnum):
    """`held → confirmed → active → completed`, with `cancelled` and `expired` (a hold that lapsed) as other ends."""

    HELD = "held"
    CONFIRMED = "confirmed"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN = (Status.HELD, Status.CONFIRMED, Status.ACTIVE)
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}),
    Status.CONFIRMED: frozenset({Status.ACTIVE, Status.CANCELLED}),
    Status.ACTIVE: frozenset({Status.COMPLETED, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.EXPIRED: frozenset({Status.CONFIRMED}),  # by money that had landed in time
}


class Booking(Record):
    """Cells of one resource, taken for one member."""

    code: str
    purpose: Purpose = Purpose.SESSION
    member_id: PydanticObjectId
    resource_id: PydanticObjectId
    venue_id: PydanticObjectId
    starts_at: datetime
    ends_at: datetime
    occupied_until: datetime
    """The end with its turnaround: until then nobody else can have the resource."""
    cells: list[str]
    held: bool
    """Whether the cells are taken; a completed booking keeps them until `occupied_until`."""
    seat: int | None = None
    """Which of the member's `CONCURRENT_MAX` places for open bookings this one fills; None once it has ended."""
    status: Status
    hold_expires_at: datetime | None = None
    """Set for what began as a hold, and kept."""
    options: Options
    cost_tokens: int
    price_lines: list[PriceLine]
    terms: CancellationTerms
    """As sold."""
    refund_tokens: int = 0
    key: str
    """The command's key, unique per member."""
    origin: str
    confirmed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: PydanticObjectId | None = None
    cancelled_reason: str | None = None

    json_schema_validator: ClassVar[Row | None] = {
        "$jsonSchema": {
            "required": ["held", "status", "resource_id", "starts_at", "ends_at", "occupied_until"],
            "anyOf": [
                {"properties": {"held": {"enum": [False]}}},
                {
                    "required": ["cells"],
                    "properties": {
                        "held": {"enum": [True]},
                        "cells": {"bsonType": "array", "minItems": 1, "uniqueItems": True,
                                  "items": {"bsonType": "string"}},
                    },
                },
            ],
        }
    }  # fmt: skip

    class Settings:
        name = "bookings"
        indexes = [
            IndexModel([("cells", ASCENDING)], unique=True, name=ONE_PER_CELL, partialFilterExpression={"held": True}),
            IndexModel([("member_id", ASCENDING), ("key", ASCENDING)], unique=True, name=ONE_PER_KEY),
            IndexModel([("code", ASCENDING)], unique=True, name=ONE_PER_CODE),
            IndexModel(
                [("member_id", ASCENDING)], unique=True, name=ONE_HOLD,
                partialFilterExpression={"status": Status.HELD.value},
            ),
            IndexModel(
                [("member_id", ASCENDING), ("seat", ASCENDING)], unique=True, name=ONE_PER_SEAT,
                partialFilterExpression={"seat": {"$gte": 0}},
            ),
            IndexModel(
                [
                    ("resource_id", ASCENDING), ("starts_at", ASCENDING), ("occupied_until", ASCENDING),
                    ("ends_at", ASCENDING), ("member_id", ASCENDING), ("status", ASCENDING),
                    ("hold_expires_at", ASCENDING), ("held", ASCENDING),  # a filter's field must be in the key to cover
                ],
                name=BUSY, partialFilterExpression={"held": True},
            ),
            IndexModel(
                [("hold_expires_at", ASCENDING), ("resource_id", ASCENDING)], name="lapsing_holds",
                partialFilterExpression={"status": Status.HELD.value},
            ),
            IndexModel(
                [("starts_at", ASCENDING)], name="starting",
                partialFilterExpression={"status": Status.CONFIRMED.value},
            ),
            IndexModel(
                [("ends_at", ASCENDING)], name="ending", partialFilterExpression={"status": Status.ACTIVE.value}
            ),
            IndexModel(
                [("occupied_until", ASCENDING)], name="turning_around",
                partialFilterExpression={"status": Status.COMPLETED.value, "held": True},
            ),
            IndexModel([("member_id", ASCENDING), ("starts_at", DESCENDING)], name="by_member"),
            IndexModel([("starts_at", ASCENDING), ("venue_id", ASCENDING)], name="by_day"),
        ]  # fmt: skip


RECORDS: list[type[Record]] = [Booking]
