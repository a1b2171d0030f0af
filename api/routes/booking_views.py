"""A booking as programs see it."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import BaseModel

from api.forms import shown
from domain import bookings

EXAMPLE = {
    "id": "665f1c2ab7e1a2c3d4e5f603", "code": "B-7F3K9T", "resource_id": "665f1c2ab7e1a2c3d4e5f602",
    "starts_at": "2026-11-24T04:30:00Z", "ends_at": "2026-11-24T08:30:00Z", "status": "confirmed",
    "aci_version": "6.0(5h)", "options": ["multi-site"], "vehicle_id": None, "cost_tokens": 12, "refund_tokens": 0,
    "hold_expires_at": None, "series_id": None,
    "check_in": {"opens_at": "2026-11-24T04:00:00Z", "closes_at": "2026-11-24T04:45:00Z", "checked_in_at": None},
    "checked_out_at": None, "overtime": None,
}  # fmt: skip
OF_PARKING = {
    "multiplier_percent": 150, "penalty_tokens_per_hour": 2, "minutes": 20, "tokens": 1, "penalty_tokens": 2
}  # fmt: skip


class CheckInView(BaseModel):
    """When the member can be checked in, and when they were."""

    opens_at: datetime
    closes_at: datetime
    checked_in_at: datetime | None


class OvertimeView(BaseModel):
    """What staying beyond the end costs, as sold, and what it did cost once they had left.

    A minute costs the slot's price by the minute times `multiplier_percent`, each started hour the penalty besides.
    """

    model_config = shown(**OF_PARKING)

    multiplier_percent: int
    penalty_tokens_per_hour: int
    minutes: int
    tokens: int
    penalty_tokens: int


class BookingView(BaseModel):
    """A booking. `refund_tokens` is what came back when it was cancelled.

    `status`: `held` until `hold_expires_at`, `confirmed`, `preparing`, `ready`, `active`, `completed`, or at an end
    otherwise `cancelled`, `no_show`, `expired`. `check_in` is set where staff check members in, `overtime` where a
    booking goes on until somebody checks out; the weeks of a series share `series_id`.
    """

    model_config = shown(**EXAMPLE)

    id: PydanticObjectId
    code: str
    resource_id: PydanticObjectId
    starts_at: datetime
    ends_at: datetime
    status: str
    aci_version: str | None
    options: list[str]
    vehicle_id: PydanticObjectId | None = None
    cost_tokens: int
    refund_tokens: int
    hold_expires_at: datetime | None = None
    series_id: PydanticObjectId | None = None
    check_in: CheckInView | None = None
    checked_out_at: datetime | None = None
    overtime: OvertimeView | None = None


def view(booking: bookings.Booking) -> BookingView:
    """The booking as programs see it."""
    is_held = booking.status is bookings.Status.HELD
    return BookingView(
        id=booking.id, code=booking.code, resource_id=booking.resource_id, starts_at=booking.starts_at,
        ends_at=booking.ends_at, status=booking.status, aci_version=booking.options.aci_version,
        options=list(booking.options.preconfig), vehicle_id=booking.options.vehicle_id,
        cost_tokens=booking.cost_tokens, refund_tokens=booking.refund_tokens,
        hold_expires_at=booking.hold_expires_at if is_held else None, series_id=booking.series_id,
        check_in=_check_in(booking), checked_out_at=booking.checked_out_at, overtime=_overtime(booking),
    )  # fmt: skip


def _check_in(booking: bookings.Booking) -> CheckInView | None:
    if booking.check_in == "none":
        return None
    opens_at, closes_at = bookings.check_in_window(booking)
    return CheckInView(opens_at=opens_at, closes_at=closes_at, checked_in_at=booking.checked_in_at)


def _overtime(booking: bookings.Booking) -> OvertimeView | None:
    if booking.overtime is None:
        return None
    return OvertimeView(
        multiplier_percent=booking.overtime.multiplier_percent,
        penalty_tokens_per_hour=booking.overtime.penalty_tokens_per_hour, minutes=booking.overtime_minutes,
        tokens=booking.overtime_tokens, penalty_tokens=booking.penalty_tokens,
    )  # fmt: skip
