"""What has begun, whether or not somebody has noted it yet."""

from datetime import datetime

from domain.bookings.models import AWAITED, Status
from domain.kernel import Row

PREPARED: list[Row] = [{"status": Status.READY.value}, {"status": Status.CONFIRMED.value, "prepare_at": None}]
"""Nothing needs to be done before a session, or it was."""
PRESENT: list[Row] = [{"check_in": "none"}, {"checked_in_at": {"$ne": None}}]


def begun(now: datetime) -> Row:
    """What is to become active (step `start`): `policy.has_begun` as a condition, for what is not active yet.

    What needs no preparation or has it, and no check-in or has it.
    """
    awaited = {"$in": [status.value for status in AWAITED]}
    return {"status": awaited, "held": True, "starts_at": {"$lte": now}, "$and": [{"$or": PREPARED}, {"$or": PRESENT}]}
