"""The verbs of bookings; the only writers."""

from domain.bookings.service.booking import book, hold
from domain.bookings.service.cancelling import cancel
from domain.bookings.service.holds import confirm, confirm_paid, release
from domain.bookings.service.passing import (
    STEPS,
    claim_due,
    complete_due,
    lapse_holds,
    pass_time,
    start_due,
    take_due,
)
from domain.bookings.service.paying import spending_key

__all__ = [
    "STEPS", "book", "cancel", "claim_due", "complete_due", "confirm", "confirm_paid", "hold", "lapse_holds",
    "pass_time", "release", "spending_key", "start_due", "take_due",
]  # fmt: skip
