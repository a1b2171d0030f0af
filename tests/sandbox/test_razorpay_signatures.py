"""The documented signatures, worked out elsewhere."""

import pytest

from sandbox.razorpay import signatures


def test_a_webhook_is_signed_over_its_raw_body():
    body = b'{"entity":"event","event":"payment_link.paid"}'

    signature = signatures.of_webhook(body, webhook_secret="whsec_test")

    assert signature == "f441c6c1503c12768583fc3e7ffbb1a98c069ddd08b3375cacc27286984f64b6"


@pytest.mark.parametrize(
    ("order_id", "payment_id", "signature"),
    [
        ("order_A", "pay_B", "2b51be2e6502069008ac015d1fe4623e9153ceccac9fd38d20ac84aec201d706"),
        ("fake_order_id", "fake_payment_id", "b2335e3b0801106b84a7faff035df56ecffde06918c9ddd1f0fafbb37a51cc89"),
    ],
)
def test_a_checkout_is_signed_with_the_key_secret(order_id: str, payment_id: str, signature: str):
    assert signatures.of_checkout(order_id=order_id, payment_id=payment_id, key_secret="key_secret") == signature


@pytest.mark.parametrize(
    ("link_id", "reference_id", "payment_id", "key_secret", "signature"),
    [
        (
            "plink_L",
            "ref-1",
            "pay_B",
            "key_secret",
            "66f11f6cd1fe763f49b14c3ee4d698f3b0e3e0a4d51f458e97909ea6d529b1b4",
        ),
        (
            "plink_IH3cNucfVEgV68",
            "TSsd1989",
            "pay_IH3d0ara9bSsjQ",
            "EnLs21M47BllR3X8PSFtjtbd",
            "07ae18789e35093e51d0a491eb9922646f3f82773547e5b0f67ee3f2d3bf7d5b",
        ),
    ],
)
def test_a_return_from_a_link_is_signed_with_the_key_secret(
    link_id: str, reference_id: str, payment_id: str, key_secret: str, signature: str
):
    made = signatures.of_callback(
        link_id=link_id, reference_id=reference_id, status="paid", payment_id=payment_id, key_secret=key_secret
    )

    assert made == signature
