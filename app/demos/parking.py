"""A car park that never closes: slots for cars, motorcycles and vans; staying too long costs."""

from app.demos.demo import Demo, Fields, Visit

OFFICE_HOURS = {"weekdays": [0, 1, 2, 3, 4], "from_time": "08:00", "until_time": "20:00", "percent": 150}


def _slot(code: str, level: str, zone: str, vehicle_type: str, *, price: int, penalty: int) -> Fields:
    return {
        "code": code, "kind": "parking_slot", "name": f"{level}, {zone}", "slot_minutes": 60, "max_slots": 24,
        "price_tokens_per_slot": price, "price_rules": [OFFICE_HOURS], "check_in": "required", "advance_days_max": 30,
        "terms": {"full_refund_hours": 1, "late_percent": 0},
        "parking_slot": {
            "level": level, "zone": zone, "vehicle_type": vehicle_type, "overtime_multiplier_percent": 150,
            "penalty_tokens_per_hour": penalty,
        },
    }  # fmt: skip


SLOTS = (
    *(_slot(f"P1-{number:02}", "Level 1", "Zone A", "car", price=2, penalty=2) for number in range(1, 9)),
    *(_slot(f"P1-M{number}", "Level 1", "Zone M", "motorcycle", price=1, penalty=1) for number in range(1, 5)),
    _slot("P0-V1", "Ground", "Loading bay", "van", price=4, penalty=4),
)

DEMO = Demo(
    name="parking",
    says="Planted a car park with thirteen slots.",
    venue={
        "code": "LAKE-MALL", "name": "Lake Mall Parking", "address": "104 Rash Behari Avenue", "city": "Kolkata",
        "timezone": "Asia/Kolkata", "amenities": ["Guard", "Charging on level 1"], "currency": "INR",
    },
    resources=SLOTS,
    visits=(
        Visit(guest="farah", days_ahead=0, code="P1-01", from_hour=12, hours=6),
        Visit(guest="farah", days_ahead=1, code="P1-02", from_hour=9, hours=9),
        Visit(guest="dev", days_ahead=0, code="P1-M1", from_hour=9, hours=9),
        Visit(guest="dev", days_ahead=1, code="P1-M1", from_hour=9, hours=9),
        Visit(guest="farah", days_ahead=2, code="P1-01", from_hour=18, hours=5),
    ),
)  # fmt: skip
