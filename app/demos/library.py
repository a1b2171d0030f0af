"""A study library with twelve seats; whoever has booked one shows a code at the desk."""

from app.demos.demo import Demo, Fields, Visit

LONG_DAY = [{"opens": "07:00", "closes": "23:00"}]
LUNCH_BREAK = [{"opens": "09:00", "closes": "13:00"}, {"opens": "14:00", "closes": "19:00"}]
EXAM_EVENINGS = {"weekdays": [0, 1, 2, 3, 4], "from_time": "18:00", "until_time": "22:00", "percent": 200}


def _seat(number: int, zone: str, floor: str, *amenities: str) -> Fields:
    return {
        "code": f"SEAT-{number:02}", "kind": "seat", "name": f"{zone} seat {number}", "slot_minutes": 60,
        "max_slots": 8, "price_tokens_per_slot": 1, "price_rules": [EXAM_EVENINGS], "check_in": "required",
        "advance_days_max": 14, "terms": {"full_refund_hours": 1, "late_percent": 50},
        "seat": {"floor": floor, "zone": zone, "amenities": list(amenities)},
    }  # fmt: skip


SEATS = (
    *(_seat(number, "Silent", "1st floor", "Lamp", "Socket") for number in range(1, 7)),
    *(_seat(number, "Reading", "Ground floor", "Socket") for number in range(7, 11)),
    *(_seat(number, "Group", "Ground floor", "Whiteboard", "Screen") for number in range(11, 13)),
)

DEMO = Demo(
    name="library",
    says="Planted a study library with twelve seats.",
    venue={
        "code": "PARK-STREET", "name": "Park Street Library", "address": "17 Park Street", "city": "Kolkata",
        "timezone": "Asia/Kolkata", "opening_hours": [*[LONG_DAY] * 5, LONG_DAY, LUNCH_BREAK],
        "amenities": ["Wi-Fi", "Water", "Lockers"], "currency": "INR",
    },
    resources=SEATS,
    visits=(
        Visit(guest="leela", days_ahead=0, code="SEAT-02", from_hour=10, hours=3),
        Visit(guest="leela", days_ahead=1, code="SEAT-01", from_hour=9, hours=4),
        Visit(guest="nikhil", days_ahead=1, code="SEAT-03", from_hour=14, hours=3),
        Visit(guest="nikhil", days_ahead=1, code="SEAT-11", from_hour=10, hours=2),
        Visit(guest="leela", days_ahead=2, code="SEAT-12", from_hour=15, hours=2),
        Visit(guest="nikhil", days_ahead=3, code="SEAT-01", from_hour=8, hours=8),
    ),
)  # fmt: skip
