"""What the payer reads as our reference."""

import re
import secrets
from itertools import chain, repeat

import pytest

from domain.kernel import Transactor
from tests.domain.test_payments import a_payment

pytestmark = pytest.mark.usefixtures("database")


async def test_a_reference_is_short_enough_to_be_read_out(transact: Transactor) -> None:
    payment = await a_payment(transact)

    assert re.fullmatch(r"PAY-[2-9A-HJKMNP-TV-Z]{10}", payment.reference)


async def test_a_reference_that_is_taken_is_drawn_again(transact: Transactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "choice", lambda _: "2")
    first = await a_payment(transact)
    drawn = chain(repeat("2", 10), repeat("3"))
    monkeypatch.setattr(secrets, "choice", lambda _: next(drawn))

    second = await a_payment(transact)

    assert (first.reference, second.reference) == ("PAY-2222222222", "PAY-3333333333")
