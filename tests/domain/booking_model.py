"""What bookings of one rack should do, in memory: no indexes, no transactions, one list."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain import bookings, resources, wallets

SLOT, TURNAROUND, HOLD = timedelta(minutes=30), timedelta(minutes=30), timedelta(minutes=10)
FULL_REFUND = timedelta(hours=4)
OPEN = ("held", "confirmed", "active")


@dataclass
class Entry:
    """One booking."""

    member: int
    starts_at: datetime
    ends_at: datetime
    status: str
    hold_expires_at: datetime | None = None
    has_cells: bool = True
    refund: int = 0

    @property
    def cost(self) -> int:
        return (self.ends_at - self.starts_at) // SLOT

    def touches(self, starts_at: datetime, ends_at: datetime) -> bool:
        return self.starts_at < ends_at + TURNAROUND and starts_at < self.ends_at + TURNAROUND

    def end(self, status: str) -> None:
        self.status, self.has_cells = status, False


@dataclass
class Model:
    """Each verb returns the refusal it expects, or None and changes what should change."""

    now: datetime
    balances: list[int]
    entries: list[Entry] = field(default_factory=list)

    def is_dead(self, entry: Entry) -> bool:
        return entry.status == "held" and entry.hold_expires_at is not None and entry.hold_expires_at <= self.now

    def take(self, member: int, starts_at: datetime, ends_at: datetime, *, is_hold: bool) -> type[Exception] | None:
        if starts_at <= self.now:
            return resources.TooSoon
        mine = [one for one in self.entries if one.member == member and one.status in OPEN]
        near = [one for one in self.entries if one.has_cells and one.touches(starts_at, ends_at)]
        dead = [one for one in [*mine, *near] if self.is_dead(one)]
        leaving = [one for one in mine if one.status == "held" and one not in dead and (is_hold or one in near)]
        if len([one for one in mine if one not in dead and one not in leaving]) == bookings.CONCURRENT_MAX:
            return bookings.TooManyBookings
        if any(one not in dead and one not in leaving for one in near):
            return bookings.SlotTaken
        cost = (ends_at - starts_at) // SLOT
        if not is_hold and self.balances[member] < cost:
            return wallets.InsufficientBalance
        for one in dead:
            one.end("expired")
        for one in leaving:
            one.end("cancelled")
        expiry = min(self.now + HOLD, starts_at) if is_hold else None
        self.entries.append(Entry(member, starts_at, ends_at, "held" if is_hold else "confirmed", expiry))
        self.balances[member] -= 0 if is_hold else cost
        return None

    def confirm(self, entry: Entry) -> type[Exception] | None:
        if entry.status in ("confirmed", "active", "completed"):
            return None
        if entry.status != "held" or self.is_dead(entry):
            return bookings.HoldLapsed
        if self.balances[entry.member] < entry.cost:
            return wallets.InsufficientBalance
        entry.status = "confirmed"
        self.balances[entry.member] -= entry.cost
        return None

    def paid(self, member: int) -> None:
        for entry in self.entries:
            if entry.member == member and entry.status == "held":
                if self.is_dead(entry):
                    entry.end("expired")
                elif self.balances[member] >= entry.cost:
                    self.confirm(entry)

    def release(self, entry: Entry) -> type[Exception] | None:
        if entry.status in ("cancelled", "expired"):
            return None
        if entry.status != "held":
            return bookings.NotCancellable
        entry.end("expired" if self.is_dead(entry) else "cancelled")
        return None

    def cancel(self, entry: Entry, *, by_operator: bool) -> type[Exception] | None:
        if entry.status == "cancelled":
            return None
        if entry.status not in OPEN or entry.ends_at <= self.now:
            return bookings.NotCancellable
        if entry.status == "held":
            entry.end("cancelled")
            return None
        if not by_operator and entry.starts_at <= self.now:
            return bookings.BookingAlreadyStarted
        is_late = entry.starts_at - self.now < FULL_REFUND
        entry.refund = entry.cost // 2 if is_late and not by_operator else entry.cost
        entry.end("cancelled")
        self.balances[entry.member] += entry.refund
        return None

    def lapse(self) -> int:
        dead = [one for one in self.entries if self.is_dead(one)]
        for one in dead:
            one.end("expired")
        return len(dead)

    def start(self) -> int:
        due = [one for one in self.entries if one.status == "confirmed" and one.starts_at <= self.now]
        for one in due:
            one.status = "active"
        return len(due)

    def complete(self) -> int:
        due = [one for one in self.entries if one.status == "active" and one.ends_at <= self.now]
        for one in due:
            one.status = "completed"
        for one in self.entries:
            if one.status == "completed" and one.ends_at + TURNAROUND <= self.now:
                one.has_cells = False
        return len(due)
