"""The stored booking, its states, and the indexes by which no two overlap."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.kernel import Record, Row
from domain.resources import CancellationTerms, Options, OvertimeTerms, Part, PriceLine

ONE_PER_CELL = "one_per_cell"
ONE_PER_KEY = "one_per_key"
ONE_HOLD = "one_own_hold_per_member"
ONE_PER_SEAT = "one_per_seat"
ONE_PER_CODE = "one_per_code"
BUSY = "busy_times"
REMINDERS_MINUTES = (24 * 60, 30)
"""How long before the start a member is reminded, if they want to be."""


NOBODY = PydanticObjectId("0" * 24)
"""Whose a maintenance is."""


ASKED_MAX = 20


class Purpose(StrEnum):
    """What the cells are taken for: a member's session, or the operator's maintenance (which belongs to `NOBODY`)."""

    SESSION = "session"
    MAINTENANCE = "maintenance"


class Status(StrEnum):
    """`held → confirmed → preparing → ready → active → completed`; `cancelled`, `no_show` and `expired` end otherwise.

    `preparing` and `ready` are for racks that prepare themselves; all others go from `confirmed` to `active`. A
    maintenance goes `confirmed → active → completed`, or is cancelled.
    """

    HELD = "held"
    CONFIRMED = "confirmed"
    PREPARING = "preparing"
    READY = "ready"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    EXPIRED = "expired"


AWAITED = (Status.CONFIRMED, Status.PREPARING, Status.READY)
"""Paid for, and not begun."""
OPEN = (Status.HELD, *AWAITED, Status.ACTIVE)
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}),
    Status.CONFIRMED: frozenset({Status.PREPARING, Status.ACTIVE, Status.CANCELLED, Status.NO_SHOW}),
    Status.PREPARING: frozenset({Status.CONFIRMED, Status.READY, Status.CANCELLED}),  # back by another time or rack
    Status.READY: frozenset({Status.CONFIRMED, Status.ACTIVE, Status.CANCELLED, Status.NO_SHOW}),
    Status.ACTIVE: frozenset({Status.COMPLETED, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.NO_SHOW: frozenset(),
    Status.EXPIRED: frozenset({Status.CONFIRMED}),  # by money that had landed in time
}


class Spending(Part):
    """One ledger entry by which (a part of) the booking was paid."""

    key: str
    tokens: int


class Asked(Part):
    """What a command named that made or moved a booking, so that asking again with its key is known."""

    key: str
    resource_id: PydanticObjectId | None
    starts_at: datetime
    ends_at: datetime
    options: Options


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

    spendings: list[Spending] = []
    """What was spent for the present times and not yet returned by a move: the first, then one for each extension."""
    moves: int = 0
    """How often it was rescheduled or extended: the number in the keys of its ledger entries."""
    moved_cost_tokens: int = 0
    """What earlier times of a rescheduled booking cost, in all."""
    moved_refund_tokens: int = 0
    """What came back of them."""
    asked: list[Asked] = []
    """Once it was moved or extended: the command that made it, then the last `ASKED_MAX` - 1 that moved it.

    Of a maintenance: the command that made it, with its first part."""
    series_id: PydanticObjectId | None = None
    """The first booking of the weekly series (or the first part of a maintenance) it belongs to."""
    maintenance_reason: str | None = None
    """Why, of a maintenance."""

    entry_id: PydanticObjectId | None = None
    """The waitlist entry it was offered to."""
    is_offer: bool = False
    """A hold made for the next in line, until they take it up; it does not count as a hold of their own."""

    prepare_at: datetime | None = None
    """When the rack begins to prepare itself; None for one that does not."""
    late_told: bool = False
    reminders_left: list[int] = list(REMINDERS_MINUTES)
    """Minutes before the start at which the member is still to be reminded."""
    end_told: bool = False

    check_in: Literal["none", "required"] = "none"
    """As sold."""
    checked_in_at: datetime | None = None
    checked_in_by: PydanticObjectId | None = None
    checked_out_at: datetime | None = None
    original_ends_at: datetime | None = None
    """The end as booked, when it was left or ended earlier."""
    overtime: OvertimeTerms | None = None
    """As sold; with it a booking stays active beyond its end until somebody checks out.

    None as well for what became active only after its end, because nobody noted its start."""
    overtime_minutes: int = 0
    overtime_tokens: int = 0
    penalty_tokens: int = 0

    lease_until: datetime | None = None
    lease_token: str | None = None
    """Of whoever is doing what is due about it (`kernel.claim_due`)."""

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
                partialFilterExpression={"status": Status.HELD.value, "is_offer": False},
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
            # What time does to bookings is asked by these four (service/passing.py).
            IndexModel([("status", ASCENDING), ("starts_at", ASCENDING)], name="starting",
                       partialFilterExpression={"held": True}),
            IndexModel(
                [("prepare_at", ASCENDING)], name="preparing",
                partialFilterExpression={"status": Status.CONFIRMED.value, "prepare_at": {"$type": "date"}},
            ),
            IndexModel(
                [("reminders_left", ASCENDING), ("starts_at", ASCENDING)], name="reminding",
                partialFilterExpression={"held": True, "reminders_left": {"$gte": 0}},
            ),
            IndexModel(
                [("ends_at", ASCENDING)], name="ending", partialFilterExpression={"status": Status.ACTIVE.value}
            ),
            IndexModel(
                [("occupied_until", ASCENDING)], name="turning_around",
                partialFilterExpression={"status": Status.COMPLETED.value, "held": True},
            ),
            IndexModel(
                [("entry_id", ASCENDING)], name="by_entry",
                partialFilterExpression={"entry_id": {"$gt": NOBODY}},  # by `$type` equality would not use it
            ),
            IndexModel(
                [("series_id", ASCENDING)], name="by_series",
                partialFilterExpression={"series_id": {"$gt": NOBODY}},
            ),
            IndexModel([("member_id", ASCENDING), ("starts_at", DESCENDING)], name="by_member"),
            IndexModel([("starts_at", ASCENDING), ("venue_id", ASCENDING)], name="by_day"),
            IndexModel(
                [("venue_id", ASCENDING), ("starts_at", ASCENDING)], name="at_venue",
                partialFilterExpression={"held": True},
            ),
        ]  # fmt: skip


RECORDS: list[type[Record]] = [Booking]
