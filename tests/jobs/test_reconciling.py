"""Asking the gateway about payments that are still open."""

import logging
from datetime import timedelta

import pytest

from domain import payments
from domain.payments import GatewayLink
from jobs import Services
from jobs.timetable import Timetable
from tests.building import a_member
from tests.domain.consequences import a_payment
from tests.jobs.conftest import MovableClock


async def test_a_payment_that_cannot_be_reconciled_does_not_stand_before_the_others(
    services: Services, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = [
        await a_payment(services.transact, await a_member(services.transact), now=clock()) for _ in range(2)
    ]
    # As if the gateway gave the page of one purchase to another: what `reconcile` attaches is refused by an index.
    stolen = await _page_of(services, first)
    await services.database["payment_transactions"].insert_one(
        {
            **second.row(),
            "_id": type(second.id)(),
            "key": "x",
            "reference": "x",
            "gateway_session_id": stolen.session_id,
        }
        | {"check_at": None}
    )
    clock.offset = timedelta(hours=1)

    with caplog.at_level(logging.ERROR):
        await Timetable(services=services, bells=[]).reconcile_payments()

    assert first.reference in caplog.text
    assert await payments.open_payments(now=clock(), older_than_seconds=0, limit=10) == []


async def _page_of(services: Services, payment: payments.PaymentTransaction) -> GatewayLink:
    return await services.gateway.create_link(
        payments.LinkOrder(
            reference=payment.reference, amount_minor=payment.amount, currency=payment.currency, description="Starter",
            expires_at=services.clock() + timedelta(minutes=20), return_url=None, customer_name=None,
        )
    )  # fmt: skip
