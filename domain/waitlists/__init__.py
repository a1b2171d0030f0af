"""Waitlists: who waits for a time that others have, and whom it is offered to when it becomes free.

Nouns: `WaitlistEntry` (one member's place in line: for a resource, or any of a kind, within a window), *offer* (a hold
made for the next in line: a `Booking` with `is_offer`), *skip* (a time that was free for them and went past them, with
the reason), *place* (one of the ten that a member has for open entries), *position* (1 is next; computed).
States: `waiting → offered → accepted | declined | lapsed`; `lapsed` also when the window is over, `cancelled` when the
member left. `auto_book` goes from waiting to accepted at once.
Order: whose booking the operator's maintenance took first, then as they came. Whenever a time becomes free, the first
whose whole length fits in it gets it, at the earliest start on the grid within the window that has not begun and is at
least a minute away; who is disabled, blocks the bot, owes tokens, has no place left for a booking or no vehicle for it
is passed over, can read why (`skips`, `reason`), and stays in line. A slot for another kind of vehicle was not theirs.
Rules: an offer is exclusive and lasts ten minutes, or until the start. Pass, leaving and lapse offer the time to the
next in the same transaction; who passed or did not answer is out of this line. Accepted without enough tokens it
becomes the member's own hold. `auto_book` pays at most the price that the member saw (`cost_limit`), never with a debt;
else it is an offer. Nobody waits for what is free right now, nor twice for the same, nor for what could never be
booked. Joining for a resource under maintenance is waiting for its end; the reason says `closed` until then.
Bounds: one transaction looks at 500 entries (`SCAN_MAX`), for however many freed times; behind them `QueueContinues`
goes on.
Safety net: what nobody tells the line of (hours, a rack that is back in service, a debt paid) is found within a minute
by the step `sweep`, which looks at every waiting entry, those unseen for longest first.
Invariants: an offered entry has one held booking that names it; an offer has its offered entry (`offers_agree`); one
open entry per member, target and window; one place per open entry.
Errors: EntryNotFound, InvalidWindow, TooManyEntries, AlreadyWaiting, NothingToWaitFor, OfferGone; KeyReused,
MemberDisabled, DebtOutstanding and VehicleRequired come from the rooms below.
"""

from domain.waitlists.errors import (
    AlreadyWaiting,
    EntryNotFound,
    InvalidWindow,
    NothingToWaitFor,
    OfferGone,
    TooManyEntries,
)
from domain.waitlists.events import OfferLapsed, QueueContinues, WaitUnserved
from domain.waitlists.models import ENTRIES_MAX, OPEN, RECORDS, Skip, Status, WaitlistEntry
from domain.waitlists.policy import WINDOW_DAYS_MAX
from domain.waitlists.queries import Offer, cost_limit, get, live_offer, mine, past, position, queue, reason
from domain.waitlists.service import (
    STEPS,
    accept,
    claim_due,
    decline,
    join,
    join_first,
    leave,
    offer_freed,
    pass_time,
    settle,
    take_due,
)

__all__ = [
    "ENTRIES_MAX", "OPEN", "RECORDS", "STEPS", "WINDOW_DAYS_MAX", "AlreadyWaiting", "EntryNotFound", "InvalidWindow",
    "NothingToWaitFor", "Offer", "OfferGone", "OfferLapsed", "QueueContinues", "Skip", "Status", "TooManyEntries",
    "WaitUnserved", "WaitlistEntry", "accept", "claim_due", "cost_limit", "decline", "get", "join", "join_first",
    "leave", "live_offer", "mine", "offer_freed", "pass_time", "past", "position", "queue", "reason", "settle",
    "take_due",
]  # fmt: skip
