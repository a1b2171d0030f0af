"""One merchant's account: everything made in it, kept across restarts."""

from collections.abc import Iterable
from typing import Any

from sandbox.razorpay.entities import Entity, new_id, new_order, random_letters
from sandbox.razorpay.errors import unknown_id
from sandbox.razorpay.events import Event, Subject, envelope
from sandbox.razorpay.webhooks import Webhooks
from sandbox.world import World

LIFETIME_SECONDS = 180 * 24 * 3600
OPEN = ("created", "partially_paid")
CLOCK_WAIT_SECONDS = 30.0
KEPT = (
    "account_id", "links", "orders", "payments", "refunds", "refund_keys", "event_ids", "link_of_order",
    "captured_by_hand",
)  # fmt: skip


class Account:
    """The entities by id, and the webhook that tells about them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.account_id = new_id("acc")
        self.links: dict[str, Entity] = {}
        self.orders: dict[str, Entity] = {}
        self.payments: dict[str, Entity] = {}
        self.refunds: dict[str, Entity] = {}
        self.refund_keys: dict[str, dict[str, str]] = {}
        self.event_ids: dict[str, str] = {}
        self.link_of_order: dict[str, str] = {}
        self.captured_by_hand: list[str] = []
        self._store = world.store("razorpay", self._dump)
        config = world.config
        self.webhooks = Webhooks(
            clock=world.clock,
            url=config.razorpay_webhook_url,
            secret=config.razorpay_webhook_secret,
            changed=self._store.changed,
        )
        stored = self._store.load()
        if stored is not None:
            for name in KEPT:
                setattr(self, name, stored[name])
            self.webhooks.restore(stored["webhooks"])
        world.starting.append(self._start)
        world.closing.append(self.webhooks.close)

    def _dump(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in KEPT} | {"webhooks": self.webhooks.dump()}

    @property
    def now(self) -> int:
        """The simulated moment in whole Unix seconds."""
        return int(self.world.clock.now())

    async def _start(self) -> None:
        self.webhooks.resume()
        self.webhooks.spawn(self._follow_the_clock())

    async def _follow_the_clock(self) -> None:
        while True:
            version = self.world.clock.version
            self.expire_due()
            await self.world.clock.follow("razorpay", after_version=version, wait_seconds=CLOCK_WAIT_SECONDS)

    def changed(self) -> None:
        """Say that there is something new to store."""
        self._store.changed()

    def expire_due(self) -> None:
        """Close the links whose time is over and tell the webhook."""
        for link in self.links.values():
            expire_at = link["expire_by"] or link["created_at"] + LIFETIME_SECONDS
            if link["status"] in OPEN and expire_at <= self.now:
                link.update(status="expired", expired_at=expire_at, updated_at=self.now)
                self.emit([("payment_link.expired", Subject(link=link))])

    def link(self, link_id: str) -> Entity:
        """Find a payment link, expired if its time is over; raises Refused."""
        self.expire_due()
        return _found(self.links, link_id)

    def order(self, order_id: str) -> Entity:
        """Find an order; raises Refused."""
        return _found(self.orders, order_id)

    def payment(self, payment_id: str) -> Entity:
        """Find a payment; raises Refused."""
        return _found(self.payments, payment_id)

    def refund(self, refund_id: str) -> Entity:
        """Find a refund; raises Refused."""
        return _found(self.refunds, refund_id)

    def order_of(self, link: Entity) -> Entity:
        """Open a link as a payer does: the first time that makes its order."""
        if "order_id" not in link:
            notes = link["notes"] or {}
            order = new_order(
                now=self.now,
                amount_minor=link["amount"],
                currency=link["currency"],
                receipt=link["reference_id"] or None,
                notes=notes,
            )
            self.orders[order["id"]] = order
            self.link_of_order[order["id"]] = link["id"]
            link["order_id"] = order["id"]
            self.changed()
        return self.orders[link["order_id"]]

    def payments_of(self, order_id: str) -> list[Entity]:
        """The payments tried on an order, oldest first."""
        return [payment for payment in self.payments.values() if payment["order_id"] == order_id]

    def refunds_of(self, payment_id: str) -> list[Entity]:
        """The refunds of a payment, oldest first."""
        return [refund for refund in self.refunds.values() if refund["payment_id"] == payment_id]

    def subject_of(self, payment: Entity, *, refund: Entity | None = None) -> Subject:
        """A payment with its order, its link if it has one, and a refund of it."""
        order = self.orders[payment["order_id"]]
        link = self.links.get(self.link_of_order.get(order["id"], ""))
        return Subject(payment=payment, order=order, link=link, refund=refund)

    def event(self, name: str, subject: Subject, *, signature: str = "right", account_id: str | None = None) -> Event:
        """Write an event; the same event of the same subject has the same event id each time.

        `account_id` names another account than this one, as a misdirected webhook does.
        """
        event_id = self.event_ids.setdefault(f"{name}:{subject.key}", random_letters())
        body = envelope(name, subject, account_id=account_id or self.account_id, now=self.now)
        return Event(id=event_id, name=name, body=body, emitted_at=self.world.clock.now(), signature=signature)

    def emit(self, happened: Iterable[tuple[str, Subject]], *, webhooks: str = "normal") -> list[Event]:
        """Tell the webhook what happened, in the way that `webhooks` names, and answer the events it is sent.

        normal: each once, at the same time; none: nothing; duplicate: each twice with the same id; reversed: last
        first; in_order: one after the other; wrong_signature: signed with another secret.
        """
        self.changed()
        signature = "wrong" if webhooks == "wrong_signature" else "right"
        events = [self.event(name, subject, signature=signature) for name, subject in happened]
        match webhooks:
            case "none":
                return []
            case "duplicate":
                events = [self.event_again(event) for event in events for _ in range(2)]
            case "reversed":
                events.reverse()
        self.webhooks.send(events, in_order=webhooks in ("reversed", "in_order"))
        return events

    @staticmethod
    def event_again(event: Event) -> Event:
        """Copy an event with its id and its bytes, as a redelivery has them."""
        return Event(
            id=event.id, name=event.name, body=event.body, emitted_at=event.emitted_at, signature=event.signature
        )


def _found(entities: dict[str, Entity], entity_id: str) -> Entity:
    try:
        return entities[entity_id]
    except KeyError:
        raise unknown_id() from None
