"""Readers and stored things for the views, without a database."""

from datetime import UTC, datetime
from typing import Any

from beanie import PydanticObjectId

from bot.views.reader import Reader
from domain.bookings import Booking, Status
from domain.resources import (
    CancellationTerms,
    Options,
    Place,
    PreconfigOption,
    PriceLine,
    RackSpec,
    Resource,
    ResourceStatus,
    Venue,
    VenueStatus,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STORED = {"created_at": NOW, "updated_at": NOW}


def a_reader(**fields: Any) -> Reader:
    """Somebody in Kolkata who reads English."""
    return Reader(**{"language": "en", "timezone": "Asia/Kolkata", "now": NOW, **fields})


def a_place(**fields: Any) -> Place:
    """A rack in a venue in Kolkata."""
    venue = Venue.model_construct(
        id=PydanticObjectId(), code="SV", name="Sector V Lab", address="Street 1", city="Kolkata",
        timezone=fields.pop("timezone", "Asia/Kolkata"), opening_hours=[], closed_on=[], terms=CancellationTerms(),
        status=VenueStatus.OPEN, currency="INR", **STORED,
    )  # fmt: skip
    spec = RackSpec(
        aci_versions=["6.0(5h)", "5.2(8e)"],
        preconfig_options=[PreconfigOption(key="multi", label="Multi-site", extra_tokens=2)],
    )
    given = {"id": PydanticObjectId(), "code": "RACK-01", "name": "Two spines", "venue_id": venue.id, "rack": spec}
    plain = {
        "description": "", "slot_minutes": 30, "min_slots": 1, "max_slots": 16, "price_tokens_per_slot": 1,
        "status": ResourceStatus.AVAILABLE, "quantum_minutes": 15, "turnaround_minutes": 0, "price_rules": [],
        "kind": "rack", "check_in": "none", "advance_days_max": 60, "lead_minutes_min": 0, "terms": None,
    }  # fmt: skip
    rack = Resource.model_construct(**{**plain, **given, **STORED, **fields})
    return Place(resource=rack, venue=venue)


def a_booking(place: Place, **fields: Any) -> Booking:
    """Two hours on a rack, four days ahead."""
    plain = {
        "id": PydanticObjectId(), "code": "B-7F3K9T", "member_id": PydanticObjectId(),
        "resource_id": place.resource.id, "venue_id": place.venue.id,
        "starts_at": datetime(2026, 11, 24, 4, 30, tzinfo=UTC), "ends_at": datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
        "options": Options(aci_version="6.0(5h)"), "cost_tokens": 4, "refund_tokens": 0, "held": True,
        "price_lines": [PriceLine(kind="base", label="", quantity=4, tokens=4)], "terms": CancellationTerms(),
        "status": Status.CONFIRMED, "hold_expires_at": None,
    }  # fmt: skip
    return Booking.model_construct(**{**plain, **STORED, **fields})
