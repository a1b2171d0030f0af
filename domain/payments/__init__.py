"""Payments: money asked for through a gateway, and what the gateway says became of it.

Nouns: `PaymentTransaction` (one purchase), `GatewayFact` (one thing a gateway said), `Gateway` (the port to one),
`QuarantinedMoney` (a captured payment that fits nothing we asked for).
Rules: a payment is stored with our reference before the gateway hears of it (`begin`), and its page is kept afterwards
(`attach`). Webhook, poll and redirect all end in `apply`, one state machine that only goes forward. Only captured money
counts; `failed`, expired and cancelled are not final for it. Gateway, account, reference, currency and amount must be
what was asked for, and one payment is paid by one payment of the gateway: anything else is quarantined and announced.
Money in quarantine stays there until a person decides; right money for the same purchase still pays it.
Invariants: one payment per reference and per command key; one quarantine entry per payment of the gateway.
Errors: PaymentGatewayError (and Misconfigured, Refused), PaymentNotFound, KeyReused.
"""

from domain.payments.errors import (
    PaymentGatewayError,
    PaymentGatewayMisconfigured,
    PaymentGatewayRefused,
    PaymentNotFound,
)
from domain.payments.events import PaymentFailed, PaymentQuarantined
from domain.payments.gateway import FactKind, Gateway, GatewayFact, GatewayLink, LinkOrder, LinkPayment
from domain.payments.models import RECORDS, PaymentStatus, PaymentTransaction, QuarantinedMoney
from domain.payments.queries import (
    by_key,
    by_reference,
    concerned,
    get,
    of_member,
    open_payments,
    quarantine,
    quarantined,
)
from domain.payments.service import Applied, Outcome, Purchase, apply, attach, begin, postpone_check

__all__ = [
    "RECORDS", "Applied", "FactKind", "Gateway", "GatewayFact", "GatewayLink", "LinkOrder", "LinkPayment", "Outcome",
    "PaymentFailed", "PaymentGatewayError", "PaymentGatewayMisconfigured", "PaymentGatewayRefused", "PaymentNotFound",
    "PaymentQuarantined", "PaymentStatus", "PaymentTransaction", "Purchase", "QuarantinedMoney", "apply", "attach",
    "begin", "by_key", "by_reference", "concerned", "get", "of_member", "open_payments", "postpone_check",
    "quarantine", "quarantined",
]  # fmt: skip
