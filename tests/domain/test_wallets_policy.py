from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from beanie import PydanticObjectId
from hypothesis import given
from hypothesis import strategies as st

from domain.wallets import InvalidAmount, LotChange, Source, TokenLot, policy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_lot(
    *, remaining: int = 10, source: str = "payment", expires_in_days: int | None = None, age_days: int = 0
) -> TokenLot:
    expires_at = None if expires_in_days is None else NOW + timedelta(days=expires_in_days)
    return TokenLot(
        id=PydanticObjectId(), source=Source(source), amount=remaining, remaining=remaining,
        created_at=NOW - timedelta(days=age_days), expires_at=expires_at,
    )  # fmt: skip


lots_of_any_kind = st.lists(
    st.builds(
        a_lot,
        remaining=st.integers(1, 50),
        source=st.sampled_from(list(Source)),
        expires_in_days=st.one_of(st.none(), st.integers(-3, 30)),
        age_days=st.integers(0, 5),
    ),
    max_size=12,
)


def tokens_in(lots: list[TokenLot]) -> int:
    return sum(lot.remaining for lot in lots)


def tokens_moved(changes: list[LotChange]) -> int:
    return sum(change.tokens for change in changes)


def test_what_lapses_first_is_spent_first_then_bonus_then_the_oldest() -> None:
    soon = a_lot(expires_in_days=1)
    bonus = a_lot(expires_in_days=9, source="bonus")
    older = a_lot(expires_in_days=9, age_days=3)
    newer = a_lot(expires_in_days=9)
    endless = a_lot(age_days=9)

    ordered = policy.in_spending_order([endless, newer, older, bonus, soon])

    assert ordered == [soon, bonus, older, newer, endless]


@given(lots_of_any_kind, st.integers(1, 400))
def test_taking_moves_exactly_what_is_there_and_leaves_no_empty_lot(lots: list[TokenLot], tokens: int) -> None:
    remaining, changes = policy.take(lots, tokens)

    assert tokens_moved(changes) == min(tokens, tokens_in(lots))
    assert tokens_in(remaining) + tokens_moved(changes) == tokens_in(lots)
    assert all(lot.remaining > 0 for lot in remaining)
    assert all(change.tokens > 0 for change in changes)


@given(lots_of_any_kind, st.integers(1, 400))
def test_no_lot_is_touched_before_one_that_comes_earlier_is_empty(lots: list[TokenLot], tokens: int) -> None:
    remaining, changes = policy.take(lots, tokens)

    order = [lot.id for lot in policy.in_spending_order(lots)]
    assert [change.id for change in changes] == order[: len(changes)]
    untouched = {lot.id for lot in remaining} - {change.id for change in changes}
    assert untouched <= set(order[len(changes) :])


@given(lots_of_any_kind)
def test_a_lot_lapses_at_its_very_moment(lots: list[TokenLot]) -> None:
    live, lapsed = policy.lapse(lots, now=NOW)

    assert all(lot.expires_at is None or lot.expires_at > NOW for lot in live)
    assert all(change.expires_at is not None and change.expires_at <= NOW for change in lapsed)
    assert tokens_in(live) + tokens_moved(lapsed) == tokens_in(lots)


@given(lots_of_any_kind, st.integers(1, 400), st.lists(st.integers(1, 60), max_size=5), st.integers(0, 40))
def test_a_spending_returned_in_parts_comes_back_exactly_once(
    lots: list[TokenLot], tokens: int, parts: list[int], days_later: int
) -> None:
    lots, _ = policy.lapse(lots, now=NOW)
    after, spent = policy.take(lots, tokens)
    later = NOW + timedelta(days=days_later)

    returned: list[LotChange] = []
    for part in parts:
        left = policy.returnable(spent, returned)
        part = min(part, tokens_moved(left))
        after, changes = policy.give_back(after, left, part, new_lot_id=PydanticObjectId(), now=later)
        assert tokens_moved(changes) == part
        returned += changes

    assert tokens_moved(policy.returnable(spent, returned)) == tokens_moved(spent) - tokens_moved(returned)
    assert tokens_in(after) == tokens_in(lots) - tokens_moved(spent) + tokens_moved(returned)


@given(lots_of_any_kind, st.integers(1, 400))
def test_all_that_was_taken_goes_back_to_the_lots_it_came_from(lots: list[TokenLot], tokens: int) -> None:
    lots, _ = policy.lapse(lots, now=NOW)
    remaining, spent = policy.take(lots, tokens)

    after, _ = policy.give_back(remaining, spent, tokens_moved(spent), new_lot_id=PydanticObjectId(), now=NOW)

    assert {lot.id: lot for lot in after} == {lot.id: lot for lot in lots}


def test_what_came_from_a_lapsed_lot_opens_one_of_thirty_days() -> None:
    lots = [a_lot(remaining=5, expires_in_days=1), a_lot(remaining=5, expires_in_days=2)]
    _, spent = policy.take(lots, 10)
    later = NOW + timedelta(days=3)

    after, changes = policy.give_back([], spent, 10, new_lot_id=PydanticObjectId(), now=later)

    (lot,) = after
    assert (lot.source, lot.remaining, lot.expires_at) == ("refund", 10, later + timedelta(days=30))
    assert tokens_moved(changes) == 10


lots_with_expiry = st.builds(
    a_lot, remaining=st.integers(1, 9), source=st.sampled_from(list(Source)), expires_in_days=st.integers(1, 400)
)


@given(st.lists(lots_with_expiry, max_size=90))
def test_a_wallet_of_many_lots_is_joined_without_losing_a_token_or_a_day(lots: list[TokenLot]) -> None:
    kept = policy.bounded(lots)

    assert len(kept) <= policy.LOTS_MAX
    assert tokens_in(kept) == tokens_in(lots)
    by_source = Counter({source: sum(o.remaining for o in lots if o.source == source) for source in Source})
    assert by_source == Counter({source: sum(o.remaining for o in kept if o.source == source) for source in Source})
    for day in range(0, 400, 40):
        live_before = tokens_in(policy.lapse(lots, now=NOW + timedelta(days=day))[0])
        assert tokens_in(policy.lapse(kept, now=NOW + timedelta(days=day))[0]) >= live_before


@pytest.mark.parametrize("tokens", [0, -1, policy.TOKENS_MAX + 1])
def test_an_entry_moves_a_sensible_number_of_tokens(tokens: int) -> None:
    with pytest.raises(InvalidAmount):
        policy.check_amount(tokens)

    policy.check_amount(policy.TOKENS_MAX)
