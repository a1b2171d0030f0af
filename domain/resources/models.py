"""What is stored of venues and of what can be booked there."""

from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from beanie import PydanticObjectId
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator, model_validator
from pymongo import ASCENDING, IndexModel

from domain.kernel import Record

HOURS_STEP_MINUTES = 15
"""Opening hours lie on quarters of an hour, as the offsets of all time zones in use do; a quantum divides it."""
LENGTH_MINUTES_MAX = 7 * 24 * 60
TURNAROUND_MINUTES_MAX = 24 * 60
MINUTES_PER_DAY = 24 * 60

Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Z0-9][A-Z0-9-]{0,23}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
WallTime = Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


def minutes_of(wall_time: str) -> int:
    """Minutes since midnight of `HH:MM`; `24:00` is the end of the day."""
    hours, minutes = wall_time.split(":")
    return int(hours) * 60 + int(minutes)


class Part(BaseModel):
    """A value inside a record: compared by its fields, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CancellationTerms(Part):
    """What comes back: all of it at least `full_refund_hours` before the start, `late_percent` later, then nothing."""

    full_refund_hours: int = Field(default=4, ge=0, le=24 * 30)
    late_percent: int = Field(default=50, ge=0, le=100)


class OpeningInterval(Part):
    """Open from `opens` until `closes` on the venue's clock; `24:00` is midnight at the end of the day."""

    opens: WallTime
    closes: WallTime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if minutes_of(self.opens) >= minutes_of(self.closes):
            raise ValueError("opens must come before closes")
        if minutes_of(self.opens) % HOURS_STEP_MINUTES or minutes_of(self.closes) % HOURS_STEP_MINUTES:
            raise ValueError(f"hours are multiples of {HOURS_STEP_MINUTES} minutes")
        return self


class VenueStatus(StrEnum):
    """Whether the venue takes bookings."""

    OPEN = "open"
    CLOSED = "closed"


class Venue(Record):
    """Where resources stand. `opening_hours` has seven lists from Monday; an empty list of lists is round the clock."""

    code: Code
    name: Name
    address: Text = ""
    city: Text = ""
    timezone: str
    opening_hours: list[list[OpeningInterval]] = []
    closed_on: list[str] = []
    """Local days as `YYYY-MM-DD`."""
    amenities: list[Name] = []
    status: VenueStatus = VenueStatus.OPEN
    terms: CancellationTerms = CancellationTerms()
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "INR"

    class Settings:
        name = "venues"
        indexes = [IndexModel([("code", ASCENDING)], unique=True, name="one_per_code")]

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _timezones():
            raise ValueError("not a name of the IANA time zone database")
        return value

    @field_validator("closed_on")
    @classmethod
    def _days(cls, value: list[str]) -> list[str]:
        return sorted({date.fromisoformat(day).isoformat() for day in value})

    @field_validator("opening_hours")
    @classmethod
    def _week(cls, value: list[list[OpeningInterval]]) -> list[list[OpeningInterval]]:
        if len(value) not in (0, 7):
            raise ValueError("seven days, or none for round the clock")
        for day in value:
            for earlier, later in pairwise(day):
                if minutes_of(earlier.closes) > minutes_of(later.opens):
                    raise ValueError("intervals of a day are in order and do not overlap")
        return value


_known_timezones: frozenset[str] = frozenset()


def _timezones() -> frozenset[str]:
    global _known_timezones
    _known_timezones = _known_timezones or frozenset(available_timezones())
    return _known_timezones


class ResourceStatus(StrEnum):
    """`available` ⇄ `maintenance`; `retired` takes no bookings and leaves the catalogue."""

    AVAILABLE = "available"
    MAINTENANCE = "maintenance"
    RETIRED = "retired"


class PriceRule(Part):
    """Slots that begin in this window on these weekdays (0 is Monday) cost `percent` of the price (150: half more)."""

    weekdays: list[Annotated[int, Field(ge=0, le=6)]] = Field(min_length=1)
    from_time: WallTime
    until_time: WallTime
    percent: int = Field(ge=0, le=1000)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if minutes_of(self.from_time) >= minutes_of(self.until_time):
            raise ValueError("from_time must come before until_time")
        return self


class PreconfigOption(Part):
    """Something the operator sets up before the session, for extra tokens once per booking."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
    label: Name
    extra_tokens: int = Field(default=0, ge=0)


ScriptName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\.(sh|py))?$")]
"""A file in the one directory of scripts; never a path."""
Kind = Literal["rack", "seat", "parking_slot"]
VehicleType = Literal["car", "motorcycle", "van", "truck", "bicycle"]
PREPARE_MINUTES_MAX = 240


class Hooks(Part):
    """The scripts that prepare a rack and put it away, by name; None is a step that the rack does not need.

    `provision`, then `power_on` begin `lead_minutes` before the start (not before the one before it has left);
    `power_off`, then `deprovision` (wiping) run after the end.
    """

    provision: ScriptName | None = None
    power_on: ScriptName | None = None
    power_off: ScriptName | None = None
    deprovision: ScriptName | None = None
    lead_minutes: int = Field(default=10, ge=0, le=PREPARE_MINUTES_MAX)

    @property
    def prepares(self) -> bool:
        """Whether anything must happen before a session."""
        return self.provision is not None or self.power_on is not None


class RackSpec(Part):
    """What a lab rack offers, and how it prepares itself."""

    aci_versions: list[Name] = []
    preconfig_options: list[PreconfigOption] = []
    hooks: Hooks = Hooks()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        keys = [option.key for option in self.preconfig_options]
        if len(set(keys)) != len(keys) or len(set(self.aci_versions)) != len(self.aci_versions):
            raise ValueError("each version and each option is named once")
        return self


class SeatSpec(Part):
    """Where a study seat is and what it has."""

    floor: Text = ""
    zone: Text = ""
    amenities: list[Name] = []


class ParkingSpec(Part):
    """A parking slot: for which vehicles, and what staying too long costs."""

    level: Text = ""
    zone: Text = ""
    vehicle_type: VehicleType = "car"
    overtime_multiplier_percent: int = Field(default=150, ge=0, le=1000)
    penalty_tokens_per_hour: int = Field(default=0, ge=0, le=1_000_000)


class OvertimeTerms(Part):
    """What minutes beyond the end cost, as sold (`policy.overtime_for`).

    Each minute costs the slot's price by the minute × `multiplier_percent` / 100 (the sum rounded down); each started
    hour `penalty_tokens_per_hour` besides.
    """

    price_tokens_per_slot: int
    slot_minutes: int
    multiplier_percent: int
    penalty_tokens_per_hour: int


class Options(Part):
    """What a person chose: of a rack's offer (None is whatever version is installed), or the vehicle they bring."""

    aci_version: str | None = None
    preconfig: list[str] = []
    vehicle_id: PydanticObjectId | None = None


class Resource(Record):
    """What can be booked. Minutes of slots and turnaround are multiples of the quantum, which never changes."""

    code: Code
    kind: Kind = "rack"
    name: Name
    description: Text = ""
    venue_id: PydanticObjectId
    status: ResourceStatus = ResourceStatus.AVAILABLE
    quantum_minutes: Literal[5, 15] = 15
    slot_minutes: int = Field(default=30, gt=0, le=MINUTES_PER_DAY)
    min_slots: int = Field(default=1, ge=1)
    max_slots: int = Field(default=16, ge=1)
    turnaround_minutes: int = Field(default=0, ge=0, le=TURNAROUND_MINUTES_MAX)
    price_tokens_per_slot: int = Field(default=1, ge=0, le=1_000_000)
    price_rules: list[PriceRule] = []
    advance_days_max: int = Field(default=60, ge=0, le=366)
    lead_minutes_min: int = Field(default=0, ge=0, le=MINUTES_PER_DAY * 30)
    check_in: Literal["none", "required"] = Field(
        default_factory=lambda known: "required" if known.get("kind") == "parking_slot" else "none"
    )
    """Required of parking slots: who never came must not pay for having stayed."""
    terms: CancellationTerms | None = None
    """The venue's, where None."""
    rack: RackSpec | None = None
    seat: SeatSpec | None = None
    parking_slot: ParkingSpec | None = None
    """Only the spec of its own kind is set."""
    revision: PydanticObjectId = Field(default_factory=PydanticObjectId)
    """Another with every change of the resource or of its venue, so that what was read before can be known again."""

    class Settings:
        name = "resources"
        indexes = [
            IndexModel([("code", ASCENDING)], unique=True, name="one_per_code"),
            IndexModel([("kind", ASCENDING), ("code", ASCENDING)], name="by_kind"),
            IndexModel([("venue_id", ASCENDING), ("code", ASCENDING)], name="by_venue"),
        ]

    @property
    def is_available(self) -> bool:
        """Whether it takes bookings, as far as it is up to itself."""
        return self.status is ResourceStatus.AVAILABLE

    @field_validator("check_in")
    @classmethod
    def _known_to_have_come(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("kind") == "parking_slot" and value != "required":
            raise ValueError("a parking slot charges overtime, and who has it is checked in")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.slot_minutes % self.quantum_minutes or self.turnaround_minutes % self.quantum_minutes:
            raise ValueError(f"slots and turnaround are multiples of {self.quantum_minutes} minutes")
        if self.min_slots > self.max_slots:
            raise ValueError("min_slots is at most max_slots")
        if self.max_slots * self.slot_minutes > LENGTH_MINUTES_MAX:
            raise ValueError("a booking lasts a week at most")
        for kind in ("rack", "seat", "parking_slot"):
            if kind != self.kind and getattr(self, kind) is not None:
                raise ValueError(f"{kind} describes another kind than {self.kind}")
        return self


RECORDS: list[type[Record]] = [Venue, Resource]
