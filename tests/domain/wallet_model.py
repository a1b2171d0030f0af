"""A tiny wallet to compare the real one with: plain lists, no database, written from the rules alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

FOR_EVER = 10**9


@dataclass(eq=False)
class Lot:
    source: str
    tokens: int
    opened_on: int
    lapses_on: int = FOR_EVER


@dataclass
class Model:
    """Time is whole days. `spent` keeps, per key, what was taken from which lot and has not come back; `debts` what is
    owed of each charge, the oldest first."""

    lots: list[Lot] = field(default_factory=list)
    spent: dict[str, list[tuple[Lot, int]]] = field(default_factory=dict)
    debts: list[int] = field(default_factory=list)
    day: int = 0

    def live(self) -> list[Lot]:
        mine = [lot for lot in self.lots if lot.lapses_on > self.day and lot.tokens]
        return sorted(mine, key=lambda lot: (lot.lapses_on, lot.source != "bonus", lot.opened_on, self.lots.index(lot)))

    @property
    def tokens(self) -> int:
        return sum(lot.tokens for lot in self.live())

    def credit(self, tokens: int, source: str, lapses_on: int) -> None:
        self.lots.append(Lot(source, tokens, self.day, lapses_on))
        self.settle()

    def spend(self, key: str, tokens: int) -> bool:
        if self.debts or tokens > self.tokens:
            return False
        self.spent[key] = self.take(tokens)
        return True

    def take(self, tokens: int) -> list[tuple[Lot, int]]:
        taken = []
        for lot in self.live():
            part = min(tokens, lot.tokens)
            if part:
                lot.tokens -= part
                tokens -= part
                taken.append((lot, part))
        return taken

    def charge(self, tokens: int) -> tuple[int, int]:
        """What was paid, and what is owed."""
        paid = min(tokens, self.tokens)
        self.take(paid)
        if tokens > paid:
            self.debts.append(tokens - paid)
        return paid, tokens - paid

    def settle(self) -> None:
        while self.debts and self.tokens:
            part = min(self.debts[0], self.tokens)
            self.take(part)
            self.debts[0] -= part
            if not self.debts[0]:
                self.debts.pop(0)

    def refundable(self, key: str) -> int:
        return sum(part for _, part in self.spent[key])

    def refund(self, key: str, tokens: int) -> None:
        homeless = 0
        left = []
        for lot, part in reversed(self.spent[key]):
            back = min(part, tokens)
            tokens -= back
            if lot.lapses_on <= self.day:
                homeless += back
            else:
                lot.tokens += back
            if part > back:
                left.append((lot, part - back))
        self.spent[key] = left[::-1]
        if homeless:
            self.lots.append(Lot("refund", homeless, self.day, self.day + 30))
        self.settle()

    def profile(self) -> list[tuple[str, int, int]]:
        """What a member can tell about the live lots: source, tokens, day of lapse."""
        return sorted((lot.source, lot.tokens, lot.lapses_on) for lot in self.live())


def moment(day: int, *, start: datetime) -> datetime | None:
    return None if day == FOR_EVER else start + timedelta(days=day)
