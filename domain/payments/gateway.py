"""The port to a payment gateway, and the words both sides use. Adapters live in `app/gateways/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class FactKind(StrEnum):
    """What a gateway may say happened to money. Only `captured` means that we have it."""

    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class GatewayFact:
    """One thing a gateway said, by webhook, redirect or when asked. Amounts are minor units.

    `reference` is ours; where the gateway did not repeat it, `session_id` (its id of the link) has to do.
    """

    gateway: str
    kind: FactKind
    event: str
    """The gateway's own name for it."""
    reference: str | None
    session_id: str | None
    gateway_payment_id: str | None
    amount_minor: int | None
    currency: str | None
    fee_minor: int | None = None
    account_id: str | None = None
    failure_reason: str | None = None
    response: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LinkOrder:
    """A payment page to be made. `reference` has at most 40 characters and is used once."""

    reference: str
    amount_minor: int
    currency: str
    description: str
    expires_at: datetime
    return_url: str | None
    customer_name: str | None


@dataclass(frozen=True, kw_only=True)
class LinkPayment:
    """Money captured through a link."""

    gateway_payment_id: str
    amount_minor: int
    currency: str
    """What was paid in, which need not be what the page asked for."""


@dataclass(frozen=True, kw_only=True)
class GatewayLink:
    """A payment page as the gateway knows it now."""

    session_id: str
    reference: str
    url: str
    status: str
    amount_minor: int
    currency: str
    expires_at: datetime | None
    captured: tuple[LinkPayment, ...]


class Gateway(Protocol):
    """What we need of a payment gateway. Every call raises PaymentGatewayError when there is no usable answer.

    None of its calls may happen inside a transaction.
    """

    @property
    def name(self) -> str:
        """The payment method's name, lower case, as stored with payments."""
        ...

    @property
    def account_id(self) -> str | None:
        """The merchant account whose facts are ours, when it is known."""
        ...

    async def create_link(self, order: LinkOrder) -> GatewayLink:
        """Make a payment page; after a failure the outcome is unknown: ask `find_link` before trying again."""
        ...

    async def find_link(self, reference: str) -> GatewayLink | None:
        """The payment page made under our reference, with what was paid on it."""
        ...

    async def find_reference(self, gateway_payment_id: str) -> str | None:
        """Our reference of a payment that came without one; None when it is not ours."""
        ...

    def verify_webhook(self, body: bytes, signature: str | None) -> bool:
        """Whether the gateway signed exactly these bytes."""
        ...

    def facts_of_webhook(self, body: bytes) -> list[GatewayFact]:
        """What a verified webhook says; nothing for events that do not concern us."""
        ...

    def verify_return(self, params: Mapping[str, str]) -> bool:
        """Whether a payer's return to us was signed by the gateway. It is a hint to ask, never a credit."""
        ...

    def facts_of_link(self, link: GatewayLink) -> list[GatewayFact]:
        """What a payment page says about money."""
        ...
