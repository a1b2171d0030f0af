"""Signatures against vectors made with the real rules, and webhooks that are not as expected."""

import json
from typing import Any

import pytest

from app.gateways import RazorpayGateway

WEBHOOK_SECRET = "whsec_test"
GOLDEN_BODY = b'{"entity":"event","event":"payment_link.paid"}'
GOLDEN_SIGNATURE = "f441c6c1503c12768583fc3e7ffbb1a98c069ddd08b3375cacc27286984f64b6"


def a_gateway(**fields: Any) -> RazorpayGateway:
    given = {"key_id": "rzp_test_key", "key_secret": "key_secret", "webhook_secret": WEBHOOK_SECRET, **fields}
    return RazorpayGateway(**given)


def test_the_golden_webhook_signature_is_accepted() -> None:
    assert a_gateway().verify_webhook(GOLDEN_BODY, GOLDEN_SIGNATURE)


@pytest.mark.parametrize("signature", [None, "", "é", "0" * 64, GOLDEN_SIGNATURE.upper(), GOLDEN_SIGNATURE + " "])
def test_other_signatures_are_not(signature: str | None) -> None:
    assert not a_gateway().verify_webhook(GOLDEN_BODY, signature)
    assert not a_gateway().verify_webhook(GOLDEN_BODY + b" ", GOLDEN_SIGNATURE)


def test_while_the_webhook_secret_changes_both_count() -> None:
    for secrets in (f"new,{WEBHOOK_SECRET}", f"{WEBHOOK_SECRET}, new"):
        assert a_gateway(webhook_secret=secrets).verify_webhook(GOLDEN_BODY, GOLDEN_SIGNATURE)
    assert not a_gateway(webhook_secret=f"newer,new,{WEBHOOK_SECRET}").verify_webhook(GOLDEN_BODY, GOLDEN_SIGNATURE)


def test_without_a_secret_no_webhook_is_believed() -> None:
    unsigned = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"

    assert not a_gateway(webhook_secret="").verify_webhook(b"", unsigned)


@pytest.mark.parametrize(
    ("secret", "link", "reference", "payment", "signature"),
    [
        ("key_secret", "plink_L", "ref-1", "pay_B", "66f11f6cd1fe763f49b14c3ee4d698f3b0e3e0a4d51f458e97909ea6d529b1b4"),
        (
            "EnLs21M47BllR3X8PSFtjtbd", "plink_IH3cNucfVEgV68", "TSsd1989", "pay_IH3d0ara9bSsjQ",
            "07ae18789e35093e51d0a491eb9922646f3f82773547e5b0f67ee3f2d3bf7d5b",
        ),
    ],
)  # fmt: skip
def test_the_golden_returns_are_accepted_and_forged_ones_not(
    secret: str, link: str, reference: str, payment: str, signature: str
) -> None:
    gateway = a_gateway(key_secret=secret)
    params = {
        "razorpay_payment_link_id": link, "razorpay_payment_link_reference_id": reference,
        "razorpay_payment_link_status": "paid", "razorpay_payment_id": payment, "razorpay_signature": signature,
    }  # fmt: skip

    assert gateway.verify_return(params)
    assert not gateway.verify_return({**params, "razorpay_payment_id": "pay_other"})
    assert not gateway.verify_return({**params, "razorpay_signature": "ü\ud800"})
    assert not gateway.verify_return({})


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff", b"[]", b"null", b'{"event": 1}', b'{"event": "settlement.processed", "payload": {}}',
        b'{"event": "payment.captured"}', b'{"event": "payment.captured", "payload": []}',
        b'{"event": "payment.captured", "payload": {"payment": {"entity": {"id": 7}}}}',
    ],
)  # fmt: skip
def test_what_says_nothing_about_money_is_no_fact(body: bytes) -> None:
    assert a_gateway().facts_of_webhook(body) == []


def test_a_bare_payment_is_known_by_its_links_id() -> None:
    entity = {"id": "pay_1", "amount": True, "currency": None, "notes": [], "description": "#ABCDEFGHIJKLMN"}
    body = json.dumps({"event": "payment.captured", "payload": {"payment": {"entity": entity}}}).encode()

    (fact,) = a_gateway().facts_of_webhook(body)

    assert (fact.reference, fact.session_id) == (None, "plink_ABCDEFGHIJKLMN")
    assert (fact.amount_minor, fact.currency) == (None, None)
