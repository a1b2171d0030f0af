"""How Razorpay signs: hex HMAC-SHA256 over a webhook's raw body, or over joined ids in what a browser carries."""

import hashlib
import hmac


def _hex_hmac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def of_webhook(body: bytes, *, webhook_secret: str) -> str:
    """Sign the exact bytes of a webhook; the secret is the webhook's own, not the API key's."""
    return _hex_hmac(webhook_secret, body)


def of_checkout(*, order_id: str, payment_id: str, key_secret: str) -> str:
    """Sign what the checkout hands back to the merchant's page."""
    return _hex_hmac(key_secret, f"{order_id}|{payment_id}".encode())


def of_callback(*, link_id: str, reference_id: str, status: str, payment_id: str, key_secret: str) -> str:
    """Sign the query with which a payer returns from a payment link."""
    return _hex_hmac(key_secret, f"{link_id}|{reference_id}|{status}|{payment_id}".encode())
