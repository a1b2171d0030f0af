"""Bookings that fall due by the hundred, stored as they are, since making each by its verb would take too long."""

from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId

from domain import resources
from domain.bookings import Booking, Status
from domain.kernel import Database, Row, Transactor, cells
from tests.building import a_member, a_rack

STARTED_AT = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
"""When they begin: within the last hour."""


async def bookings_to_start(database: Database, transact: Transactor, count: int) -> list[PydanticObjectId]:
    """So many free bookings, each on a rack of its own, whose start has come one after the other; in this order."""
    member, rack = await a_member(transact), await a_rack(transact)
    assert member.member_id is not None
    model = _model(member.member_id, rack)
    racks = [{**rack.row(), "_id": PydanticObjectId(), "code": f"DUE-{number:04}"} for number in range(count)]
    rows = [_on(each["_id"], number, model, rack.quantum_minutes) for number, each in enumerate(racks)]
    await database["resources"].insert_many(racks)
    await database["bookings"].insert_many(rows)
    await database["outbox"].delete_many({})
    return [row["_id"] for row in rows]


def _model(member_id: PydanticObjectId, rack: resources.Resource) -> Row:
    ends_at = STARTED_AT + timedelta(hours=3)
    return Booking(
        code="MODEL", member_id=member_id, resource_id=rack.id, venue_id=rack.venue_id, starts_at=STARTED_AT,
        ends_at=ends_at, occupied_until=ends_at, cells=[], held=True, status=Status.CONFIRMED,
        options=resources.Options(), cost_tokens=0, price_lines=[], terms=resources.CancellationTerms(), key="model",
        origin="chat", confirmed_at=STARTED_AT, reminders_left=[], created_at=STARTED_AT, updated_at=STARTED_AT,
    ).row()  # fmt: skip


def _on(rack_id: PydanticObjectId, number: int, model: Row, quantum_minutes: int) -> Row:
    taken = cells(rack_id, model["starts_at"], model["occupied_until"], quantum_minutes=quantum_minutes)
    mine = {"_id": PydanticObjectId(), "resource_id": rack_id, "cells": taken}
    return {**model, **mine, "code": f"B-{number:06}", "key": f"due:{number}"}
