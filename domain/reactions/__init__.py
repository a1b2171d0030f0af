"""When X happened, then Y: the table of contents of all consequences.

`jobs/outbox.py` hands every stored event to `react` exactly once, in one transaction with whatever follows from it.
A reaction may emit further events; those have their turn later. Order within a row is the order of execution.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from domain import audit
from domain.bookings import BookingCancelled, BookingConfirmed, HoldHasLapsed
from domain.kernel import AdministrativeEvent, Event, Tx
from domain.packs import PackBought
from domain.payments import PaymentFailed, PaymentQuarantined
from domain.people import MemberDisabledByOffice, MemberEnabled, RoleChanged
from domain.reactions import office, receipts, telling
from domain.wallets import TokensAdjusted

__all__ = ["REACTIONS", "keep_in_audit", "react"]

Reaction = Callable[[Tx, Any, datetime], Awaitable[None]]


async def react(tx: Tx, event: Event, now: datetime) -> None:
    """Do everything that follows from the event: what its own row says, then what the rows of its bases say."""
    for kind in type(event).__mro__:
        for reaction in REACTIONS.get(kind, ()):
            await reaction(tx, event, now)


async def keep_in_audit(tx: Tx, event: AdministrativeEvent, now: datetime) -> None:
    """Who changed what, from where, with the values before and after."""
    await audit.record(tx, event=event)


REACTIONS: dict[type, tuple[Reaction, ...]] = {
    AdministrativeEvent: (keep_in_audit,),
    # payments and packs
    PackBought: (receipts.confirm_hold_and_tell_receipt,),
    PaymentFailed: (receipts.tell_payment_failed,),
    PaymentQuarantined: (receipts.tell_administrators_of_quarantine,),
    # bookings; HoldStillShort and PaidTooLate are told by the receipt above
    BookingConfirmed: (telling.tell_booking_confirmed,),
    BookingCancelled: (telling.tell_booking_cancelled,),
    HoldHasLapsed: (telling.tell_hold_lapsed,),
    # wallets and people; each is an AdministrativeEvent too
    TokensAdjusted: (office.tell_tokens_adjusted,),
    RoleChanged: (office.tell_role_changed,),
    MemberDisabledByOffice: (office.tell_disabled,),
    MemberEnabled: (office.tell_enabled,),
}
