"""The verbs of waiting; the only writers."""

from domain.waitlists.service.answering import accept, decline, leave
from domain.waitlists.service.joining import join, join_first
from domain.waitlists.service.line import offer_freed
from domain.waitlists.service.passing import STEPS, claim_due, pass_time, take_due
from domain.waitlists.service.settling import settle

__all__ = [
    "STEPS", "accept", "claim_due", "decline", "join", "join_first", "leave", "offer_freed", "pass_time", "settle",
    "take_due",
]  # fmt: skip
