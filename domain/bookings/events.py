"""What happened to bookings."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from beanie import PydanticObjectId

from domain.kernel import AdministrativeEvent, Event
from domain.people import Origin
from domain.resources import UNKNOWN_SECONDS


class BookingEvent(Event):
    """A fact about one booking; `origin` is where it came from: chat, api or jobs."""

    booking_id: PydanticObjectId
    member_id: PydanticObjectId
    resource_id: PydanticObjectId
    origin: str
    code: str
    starts_at: datetime
    ends_at: datetime


class BookingHeld(BookingEvent):
    """Cells are kept for a member who is short of tokens, until `hold_expires_at`."""

    name: ClassVar[str] = "booking.held"
    hold_expires_at: datetime
    cost_tokens: int


class BookingConfirmed(BookingEvent):
    """The tokens are spent and the booking stands; `because` is how: asked for, or a payment landed during the hold."""

    name: ClassVar[str] = "booking.confirmed"
    cost_tokens: int
    because: Literal["booked", "hold_confirmed", "payment_landed", "series", "auto_booked"]


class HoldStillShort(BookingEvent):
    """A payment landed, but the wallet does not suffice yet; the hold goes on until `hold_expires_at`."""

    name: ClassVar[str] = "booking.hold_still_short"
    hold_expires_at: datetime
    needed_tokens: int
    missing_tokens: int


class PaidTooLate(BookingEvent):
    """A payment landed after the member's hold had lapsed; its tokens stay in the wallet."""

    name: ClassVar[str] = "booking.paid_too_late"
    hold_expires_at: datetime


class HoldReleased(BookingEvent):
    """The member gave a hold up, or took another time instead; its cells are free."""

    name: ClassVar[str] = "booking.hold_released"


class HoldHasLapsed(BookingEvent):
    """A hold ran out unpaid; its cells are free."""

    name: ClassVar[str] = "booking.hold_lapsed"
    hold_expires_at: datetime


class BookingCancelled(BookingEvent):
    """The booking will not take place; `by_operator` bookings return everything."""

    name: ClassVar[str] = "booking.cancelled"
    cancelled_by: PydanticObjectId | None
    by_operator: bool
    reason: str | None
    because: Literal["asked", "maintenance", "not_ready"] = "asked"
    cost_tokens: int
    refund_tokens: int


class OfferMade(BookingEvent):
    """Cells are kept for the next in line; told of by `waitlists`."""

    name: ClassVar[str] = "booking.offer_made"
    entry_id: PydanticObjectId
    hold_expires_at: datetime
    cost_tokens: int


class BookingRescheduled(BookingEvent):
    """It takes place at another time or on another resource; the cells of the previous ones are free.

    `paid_tokens` were spent for the new times, `returned_tokens` came back of the old ones.
    """

    name: ClassVar[str] = "booking.rescheduled"
    because: Literal["asked", "not_ready"]
    """`not_ready`: the member took another rack because theirs did not prepare itself in time."""
    previous_resource_id: PydanticObjectId
    previous_starts_at: datetime
    previous_ends_at: datetime
    paid_tokens: int
    returned_tokens: int
    by_operator: bool = False


class BookingExtended(BookingEvent):
    """It lasts longer than booked."""

    name: ClassVar[str] = "booking.extended"
    previous_ends_at: datetime
    paid_tokens: int


class BookingPreparing(BookingEvent):
    """Its rack begins to prepare itself."""

    name: ClassVar[str] = "booking.preparing"


class BookingReady(BookingEvent):
    """Its rack is prepared; `by_hand` when an operator said so."""

    name: ClassVar[str] = "booking.ready"
    by_hand: bool = False


class BookingLate(BookingEvent):
    """Its time has come and its rack is not ready."""

    name: ClassVar[str] = "booking.late"


class ReminderDue(BookingEvent):
    """It begins in `minutes_before` minutes or less."""

    name: ClassVar[str] = "booking.reminder_due"
    minutes_before: int


class BookingEndsSoon(BookingEvent):
    """It ends in ten minutes or less."""

    name: ClassVar[str] = "booking.ends_soon"


class BookingOverstayed(BookingEvent):
    """Its time is over and nobody has checked out: from now on every minute costs."""

    name: ClassVar[str] = "booking.overstayed"


class BookingCheckedIn(BookingEvent):
    """The member is there."""

    name: ClassVar[str] = "booking.checked_in"
    checked_in_by: PydanticObjectId | None


class BookingCheckedOut(BookingEvent):
    """The member has left: early (the rest is free for others), in time, or late (and paid for it).

    `paid_tokens` of the overtime and penalty were taken from the wallet, `owed_tokens` became a receivable.
    """

    name: ClassVar[str] = "booking.checked_out"
    checked_out_by: PydanticObjectId | None = None
    """The member or staff; None where it was by time."""
    checked_out_at: datetime
    original_ends_at: datetime
    overtime_minutes: int
    overtime_tokens: int
    penalty_tokens: int
    paid_tokens: int
    owed_tokens: int


class BookingNoShow(BookingEvent):
    """Nobody came in time: its cells are free, by the terms nothing comes back."""

    name: ClassVar[str] = "booking.no_show"
    cost_tokens: int


class BookingStarted(BookingEvent):
    """Its time has come."""

    name: ClassVar[str] = "booking.started"


class BookingCompleted(BookingEvent):
    """Its time is over."""

    name: ClassVar[str] = "booking.completed"


class BookingCancelledByOffice(AdministrativeEvent):
    """An operator cancelled somebody's booking; the subject is the booking, `after` carries `reason` and the refund."""

    name: ClassVar[str] = "booking.cancelled_by_office"


class BookingRescheduledByOffice(AdministrativeEvent):
    """An operator moved somebody's booking; the subject is the booking, `before` and `after` carry resource and times.

    Times are as text (ISO 8601, UTC).
    """

    name: ClassVar[str] = "booking.rescheduled_by_office"


class MaintenanceReserved(AdministrativeEvent):
    """A time was taken for maintenance; `after` has `code`, `resource`, the times, `reason` and who was cancelled."""

    name: ClassVar[str] = "maintenance.reserved"


class MaintenanceEnded(AdministrativeEvent):
    """A maintenance was ended or called off before its time; its cells are free."""

    name: ClassVar[str] = "maintenance.ended"
    resource_id: PydanticObjectId
    starts_at: datetime
    ends_at: datetime


class BookingsCalledOff(Event):
    """An operator took a resource out of service, or changed the hours of a venue, and called off what lay there.

    Whoever was booking just then may not have known of it yet: they are looked for when nobody can be at it any more.
    """

    name: ClassVar[str] = "bookings.called_off"
    rests: ClassVar[timedelta] = timedelta(seconds=UNKNOWN_SECONDS)
    actor_id: PydanticObjectId | None
    origin: Origin
    closed_at: datetime
    reason: str
    resource_id: PydanticObjectId | None = None
    venue_id: PydanticObjectId | None = None
    hours_before: dict[str, Any] = {}
    """Of the venue: `opening_hours` and `closed_on`."""
    hours: dict[str, Any] = {}


class PreparationOverridden(AdministrativeEvent):
    """An operator declared a rack ready by hand; the subject is the booking."""

    name: ClassVar[str] = "booking.declared_ready"
