"""Razorpay by its official SDK, which blocks: every call runs in a thread, with time limits, and is sent once.

Only questions are asked again after trouble; making a link is not, because trouble leaves open whether it was made.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import razorpay
import stamina

from app.gateways import razorpay_facts, razorpay_transport
from app.gateways.razorpay_facts import GATEWAY, REFERENCE_NOTE, Entity
from domain.payments import GatewayFact, GatewayLink, LinkOrder, PaymentGatewayError, PaymentGatewayRefused

LIVE_URL = "https://api.razorpay.com"
SECRETS_MAX = 2
"""While a webhook secret is being changed, the old one still counts."""
CALL_SECONDS_MAX = 15.0
ASK_ATTEMPTS_MAX = 3
ASK_SECONDS_MAX = 15.0
DESCRIPTION_MAX = 2048
NAME_MAX = 50


class RazorpayGateway:
    """The adapter to `domain.payments.Gateway`. `webhook_secret` may be two secrets with a comma between them."""

    name = GATEWAY

    def __init__(
        self, *, key_id: str, key_secret: str, webhook_secret: str, base_url: str | None = None,
        account_id: str | None = None,
    ) -> None:  # fmt: skip
        self.account_id = account_id
        self._key_secret = key_secret.encode()
        secrets = [secret.strip().encode() for secret in webhook_secret.split(",")]
        self._webhook_secrets = [secret for secret in secrets if secret][:SECRETS_MAX]
        # A stand-in on this machine is not reached through the environment's proxies.
        self._session = razorpay_transport.session(uses_environment=base_url is None)
        self._client = razorpay.Client(
            session=self._session, auth=(key_id, key_secret), base_url=(base_url or LIVE_URL).rstrip("/")
        )

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._session.close)

    async def check_credentials(self) -> None:
        """Ask something small; raises PaymentGatewayMisconfigured when the key is not accepted."""
        await self._ask(lambda: self._client.payment_link.all({"count": 1}))

    async def create_link(self, order: LinkOrder) -> GatewayLink:
        """Make a payment link, or find the one that was made under this reference before."""
        wanted: Entity = {
            "amount": order.amount_minor,
            "currency": order.currency,
            "accept_partial": False,
            "description": order.description[:DESCRIPTION_MAX],
            "reference_id": order.reference,
            "expire_by": int(order.expires_at.timestamp()),
            "notify": {"sms": False, "email": False},
            "reminder_enable": False,
            "notes": {REFERENCE_NOTE: order.reference},
        }
        if order.customer_name:
            wanted["customer"] = {"name": order.customer_name[:NAME_MAX]}
        if order.return_url:
            wanted |= {"callback_url": order.return_url, "callback_method": "get"}
        try:
            entity = await _in_thread(lambda: self._client.payment_link.create(wanted))
        except PaymentGatewayRefused as refused:
            link = await self.find_link(order.reference) if refused.facts["field"] == "reference_id" else None
            if link is None:
                raise
            return link
        return razorpay_facts.link_of(entity)

    async def find_link(self, reference: str) -> GatewayLink | None:
        """The link made under our reference, with what was paid on it."""
        found = await self._ask(lambda: self._client.payment_link.all({"reference_id": reference}))
        entities = [one for one in found.get("payment_links") or [] if one.get("reference_id") == reference]
        if not entities:
            return None
        entity = next((one for one in entities if one.get("status") == "paid"), entities[0])
        if entity.get("status") in ("paid", "partially_paid") and not entity.get("payments"):
            entity = await self._ask(lambda: self._client.payment_link.fetch(entity["id"]))
        link = razorpay_facts.link_of(entity)
        # A link names the amounts of its payments, but not their currencies.
        fetched = [
            await self._ask(partial(self._client.payment.fetch, paid.gateway_payment_id)) for paid in link.captured
        ]
        return replace(link, captured=tuple(razorpay_facts.payment_of(one) for one in fetched))

    async def find_reference(self, gateway_payment_id: str) -> str | None:
        """Our reference of a payment: from its notes, else from its order."""
        try:
            payment = await self._ask(lambda: self._client.payment.fetch(gateway_payment_id))
            reference = razorpay_facts.reference_of(payment, {})
            if reference is not None or not payment.get("order_id"):
                return reference
            return razorpay_facts.reference_of(
                {}, await self._ask(lambda: self._client.order.fetch(payment["order_id"]))
            )
        except PaymentGatewayRefused:  # it does not know the id
            return None

    async def _ask(self, question: Callable[[], Any]) -> Entity:
        async for attempt in stamina.retry_context(
            on=_may_pass, attempts=ASK_ATTEMPTS_MAX, timeout=ASK_SECONDS_MAX, wait_initial=0.2, wait_max=2.0
        ):
            with attempt:
                answer: Entity = await _in_thread(question)
        return answer

    def verify_webhook(self, body: bytes, signature: str | None) -> bool:
        """Whether one of the webhook secrets signed exactly these bytes."""
        given = (signature or "").encode("utf-8", "replace")
        matches = [hmac.compare_digest(_sign(secret, body), given) for secret in self._webhook_secrets]
        return any(matches)

    def facts_of_webhook(self, body: bytes) -> list[GatewayFact]:
        """What a verified webhook says; nothing for events that do not concern us."""
        return razorpay_facts.facts_of_webhook(body)

    def verify_return(self, params: Mapping[str, str]) -> bool:
        """Whether Razorpay signed the query with which a payer came back from a link."""
        names = ("payment_link_id", "payment_link_reference_id", "payment_link_status", "payment_id")
        message = "|".join(params.get(f"razorpay_{name}", "") for name in names)
        given = params.get("razorpay_signature", "").encode("utf-8", "replace")
        return hmac.compare_digest(_sign(self._key_secret, message.encode("utf-8", "replace")), given)

    def facts_of_link(self, link: GatewayLink) -> list[GatewayFact]:
        """What a link says about money."""
        return razorpay_facts.facts_of_link(link)


async def _in_thread(call: Callable[[], Any]) -> Any:
    """Call with an end: the transport's limits hold between two pieces of an answer, and there may be many pieces."""
    try:
        async with asyncio.timeout(CALL_SECONDS_MAX):
            return await asyncio.to_thread(call)
    except TimeoutError as error:  # the thread stays until the transport gives up; nobody waits for it
        raise PaymentGatewayError(gateway=GATEWAY, status=None, reason="took too long") from error


def _sign(secret: bytes, message: bytes) -> bytes:
    return hmac.new(secret, message, hashlib.sha256).hexdigest().encode()


def _may_pass(error: Exception) -> bool:
    return isinstance(error, PaymentGatewayError) and error.may_pass
