"""What happened to those who wait; that an offer was made is told by `bookings.OfferMade`."""

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from domain.kernel import Event


class OfferLapsed(Event):
    """The member did not answer in time; the next in line has been asked."""

    name: ClassVar[str] = "waitlist.offer_lapsed"
    entry_id: PydanticObjectId
    booking_id: PydanticObjectId
    member_id: PydanticObjectId
    resource_id: PydanticObjectId
    starts_at: datetime
    ends_at: datetime


class WaitUnserved(Event):
    """The window is over: nothing that the member waited for has become free."""

    name: ClassVar[str] = "waitlist.unserved"
    entry_id: PydanticObjectId
    member_id: PydanticObjectId


class QueueContinues(Event):
    """So many wait that one transaction does not see them all: look on behind `after_priority` and `after_id`."""

    name: ClassVar[str] = "waitlist.queue_continues"
    resource_id: PydanticObjectId
    from_at: datetime
    until_at: datetime
    after_priority: int
    after_id: PydanticObjectId
