"""A stand-in for Razorpay over real HTTP: its API, the payer's page, its webhooks, and controls for tests.

`/razorpay/v1/…` answers as the API does (give the official SDK `base_url=".../razorpay"`), `/razorpay/l/{short}` is
the page behind a link's `short_url`, `/sim/v1/razorpay/…` makes payers and banks act. What it imitates is described in
docs/sandbox-razorpay.md.

An `Account` holds every entity in the shape in which it is answered. A verb (payment_links, orders, payments) is a
plain function of the account and the call; `endpoint` frames it with faults, authentication and errors. `purchases` is
what payers and banks do, `events` writes what is told about it, `webhooks` delivers that.
"""

from starlette.routing import BaseRoute

from sandbox.razorpay import control, orders, payer_page, payment_links, payments
from sandbox.razorpay.account import Account
from sandbox.razorpay.endpoint import endpoint, not_found
from sandbox.world import World

__all__ = ["routes"]

VERBS = (
    ("POST", "payment_links", payment_links.create),
    ("GET", "payment_links", payment_links.browse),
    ("GET", "payment_links/{id}", payment_links.fetch),
    ("PATCH", "payment_links/{id}", payment_links.edit),
    ("POST", "payment_links/{id}/cancel", payment_links.cancel),
    ("POST", "payment_links/{id}/notify_by/{medium}", payment_links.notify),
    ("POST", "orders", orders.create),
    ("GET", "orders", orders.browse),
    ("GET", "orders/{id}", orders.fetch),
    ("PATCH", "orders/{id}", orders.edit),
    ("GET", "orders/{id}/payments", orders.payments),
    ("GET", "payments", payments.browse),
    ("GET", "payments/{id}", payments.fetch),
    ("POST", "payments/{id}/capture", payments.capture),
    ("POST", "payments/{id}/refund", payments.refund),
    ("GET", "payments/{id}/refunds", payments.refunds_of_payment),
    ("GET", "payments/{id}/refunds/{refund_id}", payments.refund_of_payment),
    ("POST", "refunds", payments.refund),
    ("GET", "refunds", payments.browse_refunds),
    ("GET", "refunds/{id}", payments.fetch_refund),
    ("GET", "settlements/recon/combined", payments.settlement_recon),
)
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


def routes(world: World) -> list[BaseRoute]:
    """Serve one account; its background work starts and ends with the world."""
    account = Account(world)
    api: list[BaseRoute] = [endpoint(account, method, path, verb) for method, path, verb in VERBS]
    api += [endpoint(account, method, "{rest:path}", not_found) for method in METHODS]
    return [*api, *payer_page.routes(account), *control.routes(account)]
