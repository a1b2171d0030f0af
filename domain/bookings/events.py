"""What happened to bookings."""

from datetime import datetime
from typing import ClassVar, Literal

from beanie import PydanticObjectId

from domain.kernel import AdministrativeEvent, Event


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
    because: Literal["booked", "hold_confirmed", "payment_landed"]


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
    cost_tokens: int
    refund_tokens: int


class BookingStarted(BookingEvent):
    """Its time has come."""

    name: ClassVar[str] = "booking.started"


class BookingCompleted(BookingEvent):
    """Its time is over."""

    name: ClassVar[str] = "booking.completed"


class BookingCancelledByOffice(AdministrativeEvent):
    """An operator cancelled somebody's booking; the subject is the booking, `after` carries `reason` and the refund."""

    name: ClassVar[str] = "booking.cancelled_by_office"
