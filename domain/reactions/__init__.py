"""When X happened, then Y: the table of contents of all consequences.

`jobs/outbox.py` hands every stored event to `react` exactly once, in one transaction with whatever follows from it.
A reaction may emit further events; those have their turn later. Order within a row is the order of execution.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from domain import audit
from domain.bookings import (
    BookingCancelled,
    BookingCheckedOut,
    BookingCompleted,
    BookingConfirmed,
    BookingEndsSoon,
    BookingExtended,
    BookingLate,
    BookingNoShow,
    BookingOverstayed,
    BookingPreparing,
    BookingReady,
    BookingRescheduled,
    BookingsCalledOff,
    BookingStarted,
    HoldHasLapsed,
    HoldReleased,
    MaintenanceEnded,
    OfferMade,
    ReminderDue,
)
from domain.kernel import AdministrativeEvent, Event, Tx
from domain.packs import PackBought
from domain.payments import PaymentFailed, PaymentQuarantined
from domain.people import MemberDisabledByOffice, MemberEnabled, RoleChanged
from domain.provisioning import PreparationFailed
from domain.reactions import (
    alerts,
    closing,
    failures,
    offers,
    office,
    preparing,
    receipts,
    sessions,
    telling,
    tokens,
    waiting,
)
from domain.resources import ResourceChanged, ResourceRetired, VenueChanged
from domain.waitlists import OfferLapsed, QueueContinues, WaitUnserved
from domain.wallets import BalanceLow, DebtSettled, LotsExpiring, ReceivableForgiven, TokensAdjusted

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
    BookingConfirmed: (telling.tell_booking_confirmed, waiting.settle_entry),
    BookingCancelled: (
        sessions.withdraw_access,
        preparing.stand_down,
        telling.tell_booking_cancelled,
        waiting.put_first_in_line,
        waiting.offer_freed,
    ),
    BookingRescheduled: (
        sessions.withdraw_access,
        preparing.stand_down_moved,
        telling.tell_booking_rescheduled,
        waiting.offer_previous,
    ),
    BookingExtended: (telling.tell_booking_extended,),
    HoldHasLapsed: (telling.tell_hold_lapsed, waiting.offer_freed),
    HoldReleased: (telling.tell_hold_taken, waiting.offer_freed),
    MaintenanceEnded: (waiting.offer_after_maintenance,),
    QueueContinues: (waiting.look_on,),
    OfferMade: (offers.tell_offer,),
    OfferLapsed: (offers.tell_offer_lapsed,),
    WaitUnserved: (offers.tell_unserved,),
    PreparationFailed: (failures.tell_preparation_failed,),
    # sessions
    ReminderDue: (sessions.tell_reminder,),
    BookingPreparing: (preparing.begin_to_prepare, sessions.tell_preparing),
    BookingReady: (sessions.tell_ready,),
    BookingLate: (sessions.tell_late, alerts.tell_booking_unready),
    BookingStarted: (sessions.tell_started,),
    BookingEndsSoon: (sessions.tell_ends_soon,),
    BookingOverstayed: (sessions.tell_overstayed,),
    BookingCheckedOut: (preparing.clear_after_session, sessions.tell_checked_out, waiting.offer_rest),
    BookingCompleted: (preparing.clear_after_session, sessions.withdraw_access, sessions.tell_completed),
    BookingNoShow: (preparing.stand_down, sessions.tell_missed, waiting.offer_freed),
    # resources; each is an AdministrativeEvent too
    ResourceChanged: (alerts.tell_resource_off,),
    ResourceRetired: (alerts.tell_resource_off,),
    VenueChanged: (alerts.tell_venue_off,),
    BookingsCalledOff: (closing.call_off_late,),
    # wallets and people; each is an AdministrativeEvent too
    BalanceLow: (tokens.tell_balance_low,),
    LotsExpiring: (tokens.tell_lots_expiring,),
    DebtSettled: (tokens.tell_debt_settled,),
    ReceivableForgiven: (tokens.tell_debt_forgiven,),
    TokensAdjusted: (office.tell_tokens_adjusted,),
    RoleChanged: (office.tell_role_changed,),
    MemberDisabledByOffice: (office.tell_disabled,),
    MemberEnabled: (office.tell_enabled,),
}
