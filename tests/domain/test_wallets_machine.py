"""Random histories of one wallet in the real MongoDB, beside a model that fits on a page."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from beanie import PydanticObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import AsyncMongoClient

from domain import wallets
from domain.kernel import Row
from domain.people import SYSTEM
from tests.domain.wallet_model import FOR_EVER, Model, moment
from tests.twice import TwiceTransactor

START = datetime(2026, 3, 1, tzinfo=UTC)

steps = st.one_of(
    st.tuples(st.just("credit"), st.integers(1, 20), st.sampled_from(["adjustment", "bonus"]), st.integers(1, 8)),
    st.tuples(st.just("grant"), st.integers(1, 20)),
    st.tuples(st.just("spend"), st.integers(1, 30)),
    st.tuples(st.just("charge"), st.integers(1, 30)),
    st.tuples(st.just("charge_again")),
    st.tuples(st.just("settle")),
    st.tuples(st.just("forgive"), st.integers(0, 9)),
    st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 30)),
    st.tuples(st.just("replay"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(1, 12)),
    st.tuples(st.just("expire")),
)


class Player:
    """Plays each step on both sides."""

    def __init__(self, transact: TwiceTransactor) -> None:
        self.transact = transact
        self.member_id = PydanticObjectId()
        self.model = Model()
        self.keys: Iterator[str] = (f"{self.member_id}:{number}" for number in range(10_000))
        self.spendings: list[tuple[str, int]] = []
        self.charges: list[tuple[str, int, tuple[int, int]]] = []

    @property
    def now(self) -> datetime:
        return START + timedelta(days=self.model.day)

    async def credit(self, tokens: int, source: str, days: int) -> None:
        lapses_on = self.model.day + days
        self.model.credit(tokens, source, lapses_on)
        await self.transact(
            wallets.credit, member_id=self.member_id, tokens=tokens, source=source, key=next(self.keys), now=self.now,
            expires_at=moment(lapses_on, start=START),
        )  # fmt: skip

    async def grant(self, tokens: int) -> None:
        self.model.credit(tokens, "bonus", FOR_EVER)
        await self.transact(
            wallets.credit, member_id=self.member_id, tokens=tokens, source="bonus", key=next(self.keys), now=self.now
        )

    async def spend(self, tokens: int) -> None:
        key = next(self.keys)
        if self.model.spend(key, tokens):
            await self._spend(key, tokens)
            self.spendings.append((key, tokens))
            return
        refusal = wallets.DebtOutstanding if self.model.debts else wallets.InsufficientBalance
        with pytest.raises(refusal) as refused:
            await self._spend(key, tokens)
        assert refused.value.facts["balance_tokens"] == self.model.tokens
        assert refused.value.facts.get("owed_tokens", 0) == sum(self.model.debts)

    async def _spend(self, key: str, tokens: int) -> None:
        await self.transact(
            wallets.spend, member_id=self.member_id, tokens=tokens, purpose="booking", key=key, now=self.now
        )

    async def charge(self, tokens: int) -> None:
        key, outcome = next(self.keys), self.model.charge(tokens)
        self.charges.append((key, tokens, outcome))
        await self.charge_again()

    async def charge_again(self) -> None:
        if not self.charges:
            return
        key, tokens, outcome = self.charges[-1]
        charge = await self.transact(
            wallets.charge, member_id=self.member_id, tokens=tokens, purpose="fine", key=key, booking_id=None,
            now=self.now,
        )  # fmt: skip
        assert (charge.paid_tokens, charge.owed_tokens) == outcome

    async def settle(self) -> None:
        """Whatever came in has paid already what it could."""
        assert await self.transact(wallets.settle_owed, member_id=self.member_id, now=self.now) == 0

    async def forgive(self, which: int) -> None:
        if not self.model.debts:
            return
        which %= len(self.model.debts)
        remaining = self.model.debts.pop(which)
        receivable = (await self._open())[which]
        assert receivable.remaining == remaining
        await self.transact(wallets.forgive, receivable_id=receivable.id, actor=SYSTEM, reason="x", now=self.now)

    async def _open(self) -> list[wallets.Receivable]:
        """The member's open receivables, the oldest first."""
        page = await wallets.receivables(member_id=self.member_id, page=1, limit=50)
        return [one for one in reversed(page.items) if one.status is wallets.ReceivableStatus.OPEN]

    async def replay(self, which: int) -> None:
        if self.spendings:
            await self._spend(*self.spendings[which % len(self.spendings)])

    async def refund(self, which: int, tokens: int) -> None:
        if not self.spendings:
            return
        spent_key, _ = self.spendings[which % len(self.spendings)]
        refundable = self.model.refundable(spent_key)
        if tokens <= refundable:
            self.model.refund(spent_key, tokens)
            await self._refund(spent_key, tokens)
            return
        with pytest.raises(wallets.RefundExceedsSpending) as refused:
            await self._refund(spent_key, tokens)
        assert refused.value.facts["refundable_tokens"] == refundable

    async def _refund(self, spent_key: str, tokens: int) -> None:
        await self.transact(
            wallets.refund, member_id=self.member_id, spent_key=spent_key, tokens=tokens, key=next(self.keys),
            now=self.now,
        )  # fmt: skip

    async def wait(self, days: int) -> None:
        self.model.day += days

    async def expire(self) -> None:
        await self.transact(wallets.expire, member_id=self.member_id, now=self.now)
        assert self.member_id not in await wallets.with_expired_lots(now=self.now, limit=10_000)

    async def compare(self) -> None:
        wallet = await wallets.of(self.member_id)
        assert wallet.spendable_tokens(self.now) == self.model.tokens
        live = [lot for lot in wallet.lots if lot.expires_at is None or lot.expires_at > self.now]
        assert sorted((lot.source.value, lot.remaining, self._day_of(lot.expires_at)) for lot in live) == (
            self.model.profile()
        )
        assert wallet.owed_tokens == sum(self.model.debts)
        assert [one.remaining for one in await self._open()] == self.model.debts
        assert not (self.model.debts and self.model.tokens), "who owes has nothing left to pay with"
        assert await wallets.broken_chain(self.member_id) is None
        assert await wallets.unbalanced(limit=1) == []

    @staticmethod
    def _day_of(expires_at: datetime | None) -> int:
        return FOR_EVER if expires_at is None else (expires_at - START).days


@pytest.mark.usefixtures("database")
async def test_any_history_agrees_with_the_model(client: AsyncMongoClient[Row]) -> None:
    loop = asyncio.get_running_loop()
    transact = TwiceTransactor(client)

    async def play(history: list[tuple[object, ...]]) -> None:
        player = Player(transact)
        for name, *arguments in history:
            await getattr(player, str(name))(*arguments)
            await player.compare()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(steps, max_size=15))
    def histories(history: list[tuple[object, ...]]) -> None:
        asyncio.run_coroutine_threadsafe(play(history), loop).result()

    await asyncio.to_thread(histories)
