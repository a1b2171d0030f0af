"""The verbs of bookings; the only writers."""

from domain.bookings.service.attending import check_in, check_out
from domain.bookings.service.booking import book, hold
from domain.bookings.service.cancelling import cancel
from domain.bookings.service.holds import confirm, confirm_paid, release
from domain.bookings.service.maintaining import end_maintenance, reserve_maintenance
from domain.bookings.service.moving import extend, reschedule
from domain.bookings.service.offering import book_for, offer, release_offer, take_up
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
from domain.bookings.service.readiness import mark_ready
from domain.bookings.service.series import book_series, cancel_series
from domain.bookings.service.unready import refund_unready, take_other
from domain.bookings.service.withdrawing import call_off_late, change_hours, withdraw

__all__ = [
    "STEPS", "book", "book_for", "book_series", "call_off_late", "cancel", "cancel_series", "change_hours", "check_in",
    "check_out", "claim_due", "complete_due", "confirm", "confirm_paid", "end_maintenance", "extend", "hold",
    "lapse_holds", "mark_ready", "offer", "pass_time", "refund_unready", "release", "release_offer", "reschedule",
    "reserve_maintenance", "spending_key", "start_due", "take_due", "take_other", "take_up", "withdraw",
]  # fmt: skip
