"""What a member must pay and cannot: charged, owed, in the way of bookings, or forgiven."""

import pytest
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

from domain import people, wallets
from domain.invariants import violations
from domain.kernel import KeyReused, Row, Transactor, Tx
from domain.people import SYSTEM, Actor, Role
from domain.wallets import Receivable, Wallet
from tests.building import a_member
from tests.domain.debts import DAY, NOW, charged, credited, is_sound, owed, spent, standing, told
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
def transact(request: pytest.FixtureRequest, client: AsyncMongoClient[Row]) -> Transactor:
    transactor: Transactor = request.param(client)
    return transactor


@pytest.fixture
def member_id() -> PydanticObjectId:
    return PydanticObjectId()


# charging


async def test_a_charge_takes_what_there_is_and_the_rest_is_owed(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await credited(transact, member_id, 4, expires_at=NOW + 9 * DAY)
    await credited(transact, member_id, 3, expires_at=NOW + 2 * DAY)

    charge = await charged(transact, member_id, 10)

    assert (charge.paid_tokens, charge.owed_tokens) == (7, 3)
    assert charge.entry is not None
    assert [change.tokens for change in charge.entry.lots] == [3, 4]
    assert charge.entry.decrease_source == "fine"
    assert await standing(member_id) == (0, 3)
    assert await owed(member_id) == [(3, 3, "open")]
    assert await is_sound(member_id)


async def test_a_charge_that_the_tokens_cover_leaves_no_debt(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 10)

    charge = await charged(transact, member_id, 10)

    assert (charge.paid_tokens, charge.owed_tokens) == (10, 0)
    assert await standing(member_id) == (0, 0)
    assert await owed(member_id) == []


async def test_who_never_had_a_token_owes_all_of_it(transact: Transactor, member_id: PydanticObjectId) -> None:
    charge = await charged(transact, member_id, 10)

    assert (charge.paid_tokens, charge.owed_tokens, charge.entry) == (0, 10, None)
    assert await standing(member_id) == (0, 10)
    assert (await wallets.history(member_id=member_id, page=1, limit=5)).total == 0
    assert await is_sound(member_id)


async def test_lapsed_tokens_pay_nothing(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 10, expires_at=NOW + DAY)

    charge = await charged(transact, member_id, 4, now=NOW + DAY)

    assert (charge.paid_tokens, charge.owed_tokens) == (0, 4)
    assert await is_sound(member_id)


async def test_charging_again_with_the_key_is_charging_once(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 7)
    first = await charged(transact, member_id, 10)
    await credited(transact, member_id, 50)

    again = await charged(transact, member_id, 10, now=NOW + DAY)

    assert (again.paid_tokens, again.owed_tokens) == (first.paid_tokens, first.owed_tokens) == (7, 3)
    assert await standing(member_id) == (47, 0)
    with pytest.raises(KeyReused):
        await charged(transact, member_id, 11)


async def test_the_key_of_a_charge_that_is_all_owed_is_known_again(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await charged(transact, member_id, 10)

    again = await charged(transact, member_id, 10)

    assert (again.owed_tokens, await standing(member_id)) == (10, (0, 10))
    for other in ({"tokens": 9}, {"member_id": PydanticObjectId()}):
        with pytest.raises(KeyReused):
            await charged(transact, **{"member_id": member_id, "tokens": 10, **other})


async def test_nothing_is_no_charge(transact: Transactor, member_id: PydanticObjectId) -> None:
    with pytest.raises(wallets.InvalidAmount):
        await charged(transact, member_id, 0)


# in the way of bookings


async def test_who_owes_books_nothing_until_it_is_settled(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 5)
    await charged(transact, member_id, 8)

    with pytest.raises(wallets.DebtOutstanding) as refused:
        await spent(transact, member_id, 1)
    with pytest.raises(wallets.DebtOutstanding):
        await wallets.require_no_debt(member_id)

    assert refused.value.facts == {"owed_tokens": 3, "balance_tokens": 0}
    await credited(transact, member_id, 5)
    await wallets.require_no_debt(member_id)
    await spent(transact, member_id, 2)
    assert await standing(member_id) == (0, 0)


async def test_other_purposes_are_refused_for_lack_of_tokens_only(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await charged(transact, member_id, 8)

    with pytest.raises(wallets.InsufficientBalance):
        await spent(transact, member_id, 1, purpose="endpoint")


async def test_a_debt_that_another_process_made_is_not_missed(
    client: AsyncMongoClient[Row], member_id: PydanticObjectId
) -> None:
    transact = Transactor(client)
    await credited(transact, member_id, 10)
    await spent(transact, member_id, 1, "first")  # this process remembers the wallet from now on
    other = Receivable(
        user=member_id, user_wallet=(await wallets.of(member_id)).id, purpose="fine", amount=3, remaining=3, key="o",
        input_hash="", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    await Receivable.get_pymongo_collection().insert_one(other.row())
    change = {"$set": {"owed_tokens": 3}, "$inc": {"version": 1}}
    await Wallet.get_pymongo_collection().update_one({"user": member_id}, change)

    with pytest.raises(wallets.DebtOutstanding) as refused:
        await spent(transact, member_id, 1, "second")

    assert refused.value.facts == {"owed_tokens": 3, "balance_tokens": 9}
    assert await transact(wallets.settle_owed, member_id=member_id, now=NOW) == 3
    assert await standing(member_id) == (6, 0)


async def test_a_charge_that_was_rolled_back_leaves_no_debt(
    client: AsyncMongoClient[Row], member_id: PydanticObjectId
) -> None:
    transact = Transactor(client)
    await credited(transact, member_id, 2)
    await spent(transact, member_id, 2)

    async def charge_and_fail(tx: Tx) -> None:
        await wallets.charge(
            tx, member_id=member_id, tokens=5, purpose="fine", key="c", booking_id=None, now=NOW
        )  # fmt: skip
        raise wallets.ReasonMissing

    with pytest.raises(wallets.ReasonMissing):
        await transact(charge_and_fail)

    await credited(transact, member_id, 5)
    await spent(transact, member_id, 5, "after")
    assert await owed(member_id) == []


# forgiving


async def test_an_administrator_forgives_what_remains(transact: Transactor, member_id: PydanticObjectId) -> None:
    await charged(transact, member_id, 10)
    await credited(transact, member_id, 4)
    (receivable,) = (await wallets.open_receivables(page=1, limit=5)).items
    admin = await a_member(transact, role=Role.ADMIN)

    for _ in range(2):
        forgiven = await transact(
            wallets.forgive, receivable_id=receivable.id, actor=admin, reason=" first time ", now=NOW
        )

    assert (forgiven.status, forgiven.remaining, forgiven.forgiven_by) == ("forgiven", 6, admin.member_id)
    assert forgiven.forgiven_reason == "first time"
    assert await standing(member_id) == (0, 0)
    assert (await wallets.open_receivables(page=1, limit=5)).total == 0
    (audited,) = await told("wallet.receivable_forgiven")
    assert (audited["subject_id"], audited["before"]["owed_tokens"], audited["after"]["tokens"]) == (member_id, 6, 6)
    assert await is_sound(member_id)


async def test_forgiving_needs_the_office_a_reason_and_a_debt(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await charged(transact, member_id, 10)
    (receivable,) = (await wallets.open_receivables(page=1, limit=5)).items

    async def forgive(actor: Actor = SYSTEM, reason: str = "x", which: PydanticObjectId = receivable.id) -> None:
        await transact(wallets.forgive, receivable_id=which, actor=actor, reason=reason, now=NOW)

    with pytest.raises(people.NotPermitted):
        await forgive(await a_member(transact, role=Role.STAFF))
    with pytest.raises(wallets.ReasonMissing):
        await forgive(reason=" ")
    with pytest.raises(wallets.ReceivableNotFound):
        await forgive(which=PydanticObjectId())
    await credited(transact, member_id, 10)
    with pytest.raises(wallets.ReceivableSettled):
        await forgive()


# the invariant sees what it is there to see


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    ("collection", "change"),
    [
        (Wallet, {"owed_tokens": 2}),
        (Receivable, {"remaining": 2}),
        (Receivable, {"status": "forgiven"}),
        (Receivable, {"remaining": -1}),
    ],
)
async def test_books_of_debt_that_disagree_are_found(
    client: AsyncMongoClient[Row], member_id: PydanticObjectId, collection: type[Wallet] | type[Receivable], change: Row
) -> None:
    await charged(Transactor(client), member_id, 3)
    assert await violations(limit=5) == []

    await collection.get_pymongo_collection().update_one({}, {"$set": change})

    assert [one.name for one in await violations(limit=5)] == ["debts_agree"]
