from datetime import UTC, datetime, timedelta

import pytest
from beanie import PydanticObjectId
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel import Database
from domain.payments import FactKind, GatewayFact, PaymentStatus, PaymentTransaction, policy
from domain.payments.models import NEXT

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


def a_payment(status: PaymentStatus = PaymentStatus.PENDING, **fields: object) -> PaymentTransaction:
    given_fields = {
        "user": PydanticObjectId(), "payment_method": "razorpay", "package": PydanticObjectId(), "token": 100,
        "description": "Starter", "amount": 49900, "currency": "INR", "reference": "berth-1", "key": "k",
        "input_hash": "", "created_at": NOW, "updated_at": NOW, "status": status, **fields,
    }  # fmt: skip
    return PaymentTransaction.model_validate(given_fields)


def a_fact(**fields: object) -> GatewayFact:
    given_fields: dict[str, object] = {
        "gateway": "razorpay", "kind": FactKind.CAPTURED, "event": "payment.captured", "reference": "berth-1",
        "session_id": None, "gateway_payment_id": "pay_1", "amount_minor": 49900, "currency": "INR", **fields,
    }  # fmt: skip
    return GatewayFact(**given_fields)  # type: ignore[arg-type]


def test_money_that_is_what_was_asked_for_fits() -> None:
    assert policy.misfit(a_payment(), a_fact()) is None
    assert policy.misfit(a_payment(), a_fact(reference=None)) is None
    assert policy.misfit(a_payment(gateway_account="acc_1"), a_fact(account_id="acc_1")) is None
    assert policy.misfit(a_payment(gateway_account="acc_1"), a_fact(account_id=None)) is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"amount_minor": 49899}, "amount_mismatch"),
        ({"amount_minor": None}, "amount_mismatch"),
        ({"currency": "USD"}, "currency_mismatch"),
        ({"reference": "berth-2"}, "reference_mismatch"),
        ({"account_id": "acc_2"}, "account_mismatch"),
        ({"gateway": "other"}, "gateway_mismatch"),
    ],
)
def test_other_money_does_not_fit(fields: dict[str, object], reason: str) -> None:
    assert policy.misfit(a_payment(gateway_account="acc_1"), a_fact(**fields)) == reason


def test_a_second_payment_of_the_gateway_does_not_fit_a_paid_one() -> None:
    paid = a_payment(PaymentStatus.SUCCESS, gateway_transaction_id="pay_1")

    assert policy.misfit(paid, a_fact()) is None
    assert policy.misfit(paid, a_fact(gateway_payment_id="pay_2")) == "paid_twice"


@given(st.lists(st.sampled_from(list(PaymentStatus)), max_size=8))
def test_no_path_leads_from_paid_to_unpaid(path: list[PaymentStatus]) -> None:
    status = PaymentStatus.PENDING
    was_paid = False
    for after in path:
        if policy.may_become(status, after):
            status = after
        was_paid = was_paid or status is PaymentStatus.SUCCESS
        assert not was_paid or status in (
            PaymentStatus.SUCCESS, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED,
        )  # fmt: skip


def test_every_status_has_its_place_in_the_state_machine() -> None:
    assert set(NEXT) == set(PaymentStatus)


@given(st.integers(0, 6 * 24 * 60))
def test_the_gateway_is_asked_ever_later_and_at_last_no_more(age_minutes: int) -> None:
    now = NOW + timedelta(minutes=age_minutes)

    check_at = policy.next_check_at(a_payment(), now=now)

    if age_minutes >= 4 * 24 * 60:
        assert check_at is None
    else:
        assert check_at is not None
        assert timedelta(seconds=20) <= check_at - now <= timedelta(days=2)


def test_a_paid_payment_is_not_asked_about(database: Database) -> None:
    assert policy.next_check_at(a_payment(PaymentStatus.SUCCESS), now=NOW) is None
