from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

from domain import people, wallets
from domain.kernel import KeyReused, OutboxEvent, Row, Transactor
from domain.people import Actor, Role
from tests.twice import TwiceTransactor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
def transact(request: pytest.FixtureRequest, client: AsyncMongoClient[Row]) -> Transactor:
    transactor: Transactor = request.param(client)
    return transactor


@pytest.fixture
def member_id() -> PydanticObjectId:
    return PydanticObjectId()


def an_administrator(role: Role = Role.ADMIN) -> Actor:
    return Actor(
        member_id=PydanticObjectId(), telegram_id=1, name="Asha", role=role, language=None, timezone=None,
        is_active=True, origin="chat",
    )  # fmt: skip


async def credited(
    transact: Transactor, member_id: PydanticObjectId, tokens: int, **how: Any
) -> wallets.TokenTransaction:
    how = {"source": "adjustment", "key": f"credit:{PydanticObjectId()}", "now": NOW, **how}
    return await transact(wallets.credit, member_id=member_id, tokens=tokens, **how)


async def spent(
    transact: Transactor, member_id: PydanticObjectId, tokens: int, *, key: str, now: datetime = NOW
) -> wallets.TokenTransaction:
    return await transact(wallets.spend, member_id=member_id, tokens=tokens, purpose="booking", key=key, now=now)


async def is_sound(member_id: PydanticObjectId) -> bool:
    return await wallets.broken_chain(member_id) is None and await wallets.unbalanced(limit=1) == []


async def test_the_first_credit_opens_the_wallet(transact: Transactor, member_id: PydanticObjectId) -> None:
    package_id = PydanticObjectId()

    entry = await credited(transact, member_id, 100, expires_at=NOW + 30 * DAY, package_id=package_id)

    wallet = await wallets.of(member_id)
    assert (wallet.token, wallet.package, wallet.expires_at) == (100, package_id, NOW + 30 * DAY)
    assert (entry.type, entry.amount, entry.balance_after, entry.sequence) == ("increase", 100, 100, 1)
    assert await is_sound(member_id)


async def test_who_never_had_a_token_has_an_empty_wallet(member_id: PydanticObjectId) -> None:
    wallet = await wallets.of(member_id)

    assert (wallet.token, wallet.spendable_tokens(NOW), wallet.lots) == (0, 0, [])
    assert await wallets.broken_chain(member_id) is None


async def test_spending_says_from_which_lots(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 10, expires_at=NOW + 9 * DAY)
    await credited(transact, member_id, 10, source="bonus", expires_at=NOW + 2 * DAY)

    entry = await spent(transact, member_id, 15, key="s")

    assert [(change.source, change.tokens) for change in entry.lots] == [("bonus", 10), ("adjustment", 5)]
    wallet = await wallets.of(member_id)
    assert [(lot.source, lot.remaining) for lot in wallet.lots] == [("adjustment", 5)]
    assert wallet.expires_at == NOW + 9 * DAY
    assert await is_sound(member_id)


async def test_a_refusal_leaves_no_trace_and_may_be_tried_again(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await credited(transact, member_id, 10)

    with pytest.raises(wallets.InsufficientBalance) as refused:
        await spent(transact, member_id, 11, key="s")

    assert refused.value.facts == {"needed_tokens": 11, "balance_tokens": 10, "missing_tokens": 1}
    assert (await wallets.history(member_id=member_id, page=1, limit=10)).total == 1
    await credited(transact, member_id, 1)
    assert (await spent(transact, member_id, 11, key="s")).balance_after == 0


async def test_replaying_a_key_returns_the_first_entry(transact: Transactor, member_id: PydanticObjectId) -> None:
    first = await credited(transact, member_id, 10, key="c")
    spending = await spent(transact, member_id, 4, key="s")
    back = await transact(wallets.refund, member_id=member_id, spent_key="s", tokens=2, key="r", now=NOW)

    assert (await credited(transact, member_id, 10, key="c", now=NOW + DAY)).id == first.id
    assert (await spent(transact, member_id, 4, key="s", now=NOW + DAY)).id == spending.id
    again = await transact(wallets.refund, member_id=member_id, spent_key="s", tokens=2, key="r", now=NOW + DAY)
    assert again.id == back.id
    assert (await wallets.of(member_id)).token == 8


async def test_a_key_with_other_facts_is_an_error(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 10, key="c")
    await spent(transact, member_id, 4, key="s")

    with pytest.raises(KeyReused):
        await credited(transact, member_id, 11, key="c")
    with pytest.raises(KeyReused):
        await credited(transact, PydanticObjectId(), 10, key="c")
    with pytest.raises(KeyReused):
        await spent(transact, member_id, 5, key="s")
    with pytest.raises(KeyReused):
        await spent(transact, member_id, 10, key="c")


async def test_a_refund_in_parts_never_exceeds_the_spending(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 10)
    await spent(transact, member_id, 8, key="s")

    await transact(wallets.refund, member_id=member_id, spent_key="s", tokens=5, key="r1", now=NOW)
    with pytest.raises(wallets.RefundExceedsSpending) as refused:
        await transact(wallets.refund, member_id=member_id, spent_key="s", tokens=4, key="r2", now=NOW)

    assert refused.value.facts["refundable_tokens"] == 3
    await transact(wallets.refund, member_id=member_id, spent_key="s", tokens=3, key="r2", now=NOW)
    assert (await wallets.of(member_id)).token == 10
    assert await is_sound(member_id)


async def test_only_a_spending_of_the_same_member_is_refunded(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await credited(transact, member_id, 10, key="c")
    await spent(transact, member_id, 8, key="s")

    for somebody, key in ((PydanticObjectId(), "s"), (member_id, "c"), (member_id, "never")):
        with pytest.raises(wallets.SpendingNotFound):
            await transact(wallets.refund, member_id=somebody, spent_key=key, tokens=1, key="r", now=NOW)


async def test_lapsed_tokens_cannot_be_spent_and_leave_by_an_entry(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await credited(transact, member_id, 10, expires_at=NOW + DAY)
    await credited(transact, member_id, 5)
    wallet = await wallets.of(member_id)
    assert (wallet.spendable_tokens(NOW), wallet.spendable_tokens(NOW + DAY)) == (15, 5)

    with pytest.raises(wallets.InsufficientBalance):
        await spent(transact, member_id, 6, key="s", now=NOW + DAY)
    await spent(transact, member_id, 5, key="s", now=NOW + DAY)

    entries = (await wallets.history(member_id=member_id, page=1, limit=2)).items
    assert [(entry.decrease_source, entry.amount) for entry in entries] == [("booking", 5), ("expiry", 10)]
    assert await is_sound(member_id)


async def test_expiry_writes_off_once(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 10, expires_at=NOW + DAY)
    await credited(transact, member_id, 5, expires_at=NOW + 2 * DAY)
    assert await wallets.with_expired_lots(now=NOW, limit=10) == []
    assert await transact(wallets.expire, member_id=member_id, now=NOW) is None
    assert await wallets.with_expired_lots(now=NOW + 2 * DAY, limit=10) == [member_id]

    entry = await transact(wallets.expire, member_id=member_id, now=NOW + 2 * DAY)

    assert entry is not None
    assert (entry.decrease_source, entry.amount, len(entry.lots)) == ("expiry", 15, 2)
    assert await transact(wallets.expire, member_id=member_id, now=NOW + 2 * DAY) is None
    assert await wallets.with_expired_lots(now=NOW + 2 * DAY, limit=10) == []
    assert await is_sound(member_id)


async def test_a_refund_to_a_lapsed_lot_opens_one_of_thirty_days(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await credited(transact, member_id, 10, expires_at=NOW + DAY)
    await spent(transact, member_id, 4, key="s")

    later = NOW + 2 * DAY
    entry = await transact(wallets.refund, member_id=member_id, spent_key="s", tokens=4, key="r", now=later)

    wallet = await wallets.of(member_id)
    assert [(lot.source, lot.remaining, lot.expires_at) for lot in wallet.lots] == [("refund", 4, later + 30 * DAY)]
    assert (entry.refund_of, entry.balance_after) == ("s", 4)
    assert await is_sound(member_id)


async def test_an_administrator_grants_and_takes_with_a_reason(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    actor = an_administrator()

    async def adjust(tokens: int, *, key: str, reason: str = "goodwill") -> wallets.TokenTransaction:
        return await transact(
            wallets.adjust, member_id=member_id, tokens=tokens, reason=reason, key=key, actor=actor, now=NOW
        )

    await adjust(30, key="a1")
    await adjust(30, key="a1")
    taken = await adjust(-10, key="a2")

    assert (taken.decrease_source, taken.note, taken.balance_after) == ("adjustment", "goodwill", 20)
    events = [row async for row in OutboxEvent.get_pymongo_collection().find({"name": "wallet.adjusted"})]
    assert [event["facts"]["after"]["tokens"] for event in events] == [30, -10]
    assert events[1]["facts"]["before"] == {"token": 30}
    with pytest.raises(wallets.InsufficientBalance):
        await adjust(-21, key="a3")
    with pytest.raises(wallets.ReasonMissing):
        await adjust(1, key="a4", reason="  ")
    with pytest.raises(wallets.InvalidAmount):
        await adjust(0, key="a5")
    assert await is_sound(member_id)


async def test_only_administrators_adjust(transact: Transactor, member_id: PydanticObjectId) -> None:
    actor = an_administrator(Role.STAFF)

    with pytest.raises(people.NotPermitted):
        await transact(wallets.adjust, member_id=member_id, tokens=1, reason="x", key="a", actor=actor, now=NOW)


async def test_history_is_paged_newest_first(transact: Transactor, member_id: PydanticObjectId) -> None:
    for number in range(5):
        await credited(transact, member_id, number + 1)

    page = await wallets.history(member_id=member_id, page=2, limit=2)

    assert [entry.amount for entry in page.items] == [3, 2]
    assert (page.total, page.pages, page.has_next) == (5, 3, True)


async def test_a_wallet_of_many_grants_stays_small(transact: Transactor, member_id: PydanticObjectId) -> None:
    for number in range(70):
        await credited(transact, member_id, 1, expires_at=NOW + (number + 1) * DAY)

    wallet = await wallets.of(member_id)
    assert (len(wallet.lots), wallet.token) == (64, 70)
    await spent(transact, member_id, 70, key="s")
    await transact(wallets.refund, member_id=member_id, spent_key="s", tokens=70, key="r", now=NOW)
    assert (await wallets.of(member_id)).token == 70
    assert await is_sound(member_id)
