"""Checks of what a caller sent, each refused in Razorpay's words."""

from collections.abc import Collection
from typing import Any

from sandbox.razorpay.errors import Refused

AMOUNT_MIN_MINOR = 100
AMOUNT_MAX_MINOR = 50_000_000_00
NOTES_MAX = 15
CURRENCIES = frozenset(("INR", "USD", "EUR", "GBP", "AED", "AUD", "CAD", "SGD", "JPY", "BDT"))


def only(body: dict[str, Any], known: Collection[str]) -> None:
    """Refuse fields that the call does not have."""
    unknown = [name for name in body if name not in known]
    if unknown:
        raise Refused(f"{', '.join(unknown)} is/are not required and should not be sent", field=unknown[0])


def amount(body: dict[str, Any], name: str = "amount") -> int:
    """Take a required amount in minor units."""
    value = body.get(name)
    if value is None:
        raise Refused(f"The {name} field is required.", field=name, reason="input_validation_failed")
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(f"The {name} must be an integer.", field=name, reason="input_validation_failed")
    if value < AMOUNT_MIN_MINOR:
        raise Refused("The amount must be at least INR 1.00", field=name, reason="amount_less_than_minimum_amount")
    if value > AMOUNT_MAX_MINOR:
        raise Refused("Amount exceeds maximum amount allowed.", field=name, reason="amount_exceeds_maximum_amount")
    return value


def currency(body: dict[str, Any], *, default: str | None = None) -> str:
    """Take a currency code; `default` None makes it mandatory."""
    value = body.get("currency", default)
    if value is None:
        raise Refused("The currency field is required.", field="currency", reason="input_validation_failed")
    if value not in CURRENCIES:
        raise Refused("Currency is not supported", field="currency", reason="currency_not_supported")
    return str(value)


def text(body: dict[str, Any], name: str, *, length_max: int) -> str:
    """Take an optional text; absent and null are "" ."""
    value = body.get(name)
    if value is None:
        return ""
    words = name.replace("_", " ")
    if not isinstance(value, str):
        raise Refused(f"The {words} must be a string.", field=name, reason="input_validation_failed")
    if len(value) > length_max:
        raise Refused(
            f"The {words} may not be greater than {length_max} characters.",
            field=name,
            reason="input_validation_failed",
        )
    return value


def flag(body: dict[str, Any], name: str, *, default: bool) -> bool:
    """Take an optional yes or no; 0 and 1 count."""
    value = body.get(name, default)
    if value not in (True, False):
        raise Refused(f"The {name} field must be true or false.", field=name, reason="input_validation_failed")
    return bool(value)


def notes(body: dict[str, Any], *, length_max: int) -> dict[str, str]:
    """Take optional notes: at most 15 pairs of short texts."""
    value = body.get("notes") or {}
    if not isinstance(value, dict):
        raise Refused("The notes must be an array.", field="notes", reason="input_validation_failed")
    if len(value) > NOTES_MAX:
        raise Refused("Number of fields in notes should be less than or equal to 15.", field="notes")
    taken = {str(key): str(one) for key, one in value.items()}
    if any(len(one) > length_max for one in taken.values()):
        raise Refused(f"the length must not be greater than {length_max}", field="notes")
    return taken


def group(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Take an optional nested object; absent and null are {}."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(f"The {name} must be an array.", field=name, reason="input_validation_failed")
    return dict(value)


def moment(body: dict[str, Any], name: str) -> int:
    """Take an optional moment in Unix seconds; absent, null and 0 are 0."""
    value = body.get(name) or 0
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(f"{name} must be a valid timestamp", field=name, reason="input_validation_failed")
    return value
