"""What needs the gateway: short transactions strung around calls, each step of which can be repeated."""

from dataclasses import replace
from datetime import datetime, timedelta

import stamina
from beanie import PydanticObjectId

from domain import payments
from domain.kernel import Clock, LimitReached, Transact
from domain.packs import service
from domain.packs.service import Settlement
from domain.payments import (
    FactKind,
    Gateway,
    GatewayFact,
    LinkOrder,
    PaymentGatewayError,
    PaymentStatus,
    PaymentTransaction,
)
from domain.people import Actor

LINK_LIFETIME = timedelta(minutes=20)
"""How long a payment page is open; gateways want at least 15 minutes, a held slot waits 10."""
ATTEMPTS_MAX = 3
PURCHASES_PER_KEY_MAX = 20
"""A button may be pressed again after its page has closed: each time it is another purchase."""
SECONDS_MAX = 20.0


async def buy(
    transact: Transact, gateway: Gateway, *, package_id: PydanticObjectId, currency: str, actor: Actor, key: str,
    clock: Clock, return_url: str | None, hold_booking_id: PydanticObjectId | None = None,
) -> PaymentTransaction:  # fmt: skip
    """Begin a purchase and answer it with its payment page (`pay_url`); the same `key` gives the same page while it is
    open and unpaid, and a new purchase afterwards.

    Raises PackNotOnSale, CurrencyNotOffered, KeyReused, and PaymentGatewayError when the page could not be made: the
    purchase is stored then, and asking again with the key goes on where it stopped.
    """
    now = clock()
    for number in range(1, PURCHASES_PER_KEY_MAX + 1):
        payment = await transact(
            service.begin_purchase, package_id=package_id, currency=currency, gateway=gateway.name,
            account_id=gateway.account_id, actor=actor, key=key if number == 1 else f"{key}:{number}", now=now,
            hold_booking_id=hold_booking_id,
        )  # fmt: skip
        if payment.pay_url is None:
            break
        if payment.status is not PaymentStatus.SUCCESS and (payment.expires_at is None or payment.expires_at > now):
            return payment
    else:
        raise LimitReached(purchases_max=PURCHASES_PER_KEY_MAX)
    is_fresh = payment.created_at == now
    async for attempt in stamina.retry_context(
        on=_may_pass, attempts=ATTEMPTS_MAX, timeout=SECONDS_MAX, wait_initial=0.2, wait_max=1.0
    ):
        with attempt:
            # Unless nobody can have asked yet, whether a page exists is unknown: ask before making another.
            link = None if is_fresh and attempt.num == 1 else await gateway.find_link(payment.reference)
            if link is None:
                link = await gateway.create_link(_order_of(payment, now=clock(), return_url=return_url))
    assert link is not None
    return await transact(payments.attach, payment_id=payment.id, link=link, now=clock())


def _may_pass(error: Exception) -> bool:
    return isinstance(error, PaymentGatewayError) and error.may_pass


def _order_of(payment: PaymentTransaction, *, now: datetime, return_url: str | None) -> LinkOrder:
    tokens = "1 token" if payment.token == 1 else f"{payment.token} tokens"
    return LinkOrder(
        reference=payment.reference, amount_minor=payment.amount, currency=payment.currency,
        description=f"{payment.description}: {tokens}", expires_at=now + LINK_LIFETIME, return_url=return_url,
        customer_name=payment.customer_name,
    )  # fmt: skip


async def reconcile(
    transact: Transact, gateway: Gateway, *, payment_id: PydanticObjectId, clock: Clock
) -> Settlement | None:
    """Ask the gateway by our reference what became of a purchase, and take it in; None when it knows nothing new.

    Mends a crash between the steps of `buy` and a webhook that never came. Raises PaymentGatewayError.
    """
    payment = await payments.get(payment_id)
    link = await gateway.find_link(payment.reference)
    settlement: Settlement | None = None
    if link is None:
        facts = _of_no_link(payment, clock=clock)
    else:
        await transact(payments.attach, payment_id=payment_id, link=link, now=clock())
        facts = gateway.facts_of_link(link)
    for fact in facts:
        settled = await transact(service.settle, fact=fact, now=clock())
        settlement = settled if settlement is None or settled.newly_paid else settlement
    await transact(payments.postpone_check, payment_id=payment_id, now=clock())
    return settlement


def _of_no_link(payment: PaymentTransaction, *, clock: Clock) -> list[GatewayFact]:
    if clock() - payment.created_at < LINK_LIFETIME:
        return []
    never_made = GatewayFact(
        gateway=payment.payment_method, kind=FactKind.EXPIRED, event="never_made", reference=payment.reference,
        session_id=None, gateway_payment_id=None, amount_minor=None, currency=None,
    )  # fmt: skip
    return [never_made]


async def resolve(gateway: Gateway, *, fact: GatewayFact) -> GatewayFact:
    """Complete a fact that came without our reference, asking the gateway only if we cannot tell ourselves.

    To be called before the transaction that settles the fact. Raises PaymentGatewayError.
    """
    if fact.reference is not None or fact.gateway_payment_id is None or await payments.concerned(fact) is not None:
        return fact
    return replace(fact, reference=await gateway.find_reference(fact.gateway_payment_id))
