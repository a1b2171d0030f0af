"""A shop over real HTTP: one pack, one buyer, the real adapter and the sandbox's Razorpay."""

from datetime import UTC, datetime
from typing import Any

from beanie import PydanticObjectId

from app.gateways import RazorpayGateway
from domain import packs, wallets
from domain.kernel import Transactor
from domain.payments import PaymentTransaction
from domain.people import Actor, Role
from sandbox.world import Fault
from tests.sandbox.razorpay_stage import Stage


class Shop:
    """One pack, one buyer, one gateway, and the stand-in's clock."""

    def __init__(self, stage: Stage, gateway: RazorpayGateway, transact: Transactor, pack: packs.Package) -> None:
        self.stage = stage
        self.gateway = gateway
        self.transact = transact
        self.pack = pack
        self.actor = an_actor()

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.stage.world.clock.now(), tz=UTC)

    async def buy(self, key: str = "k", **changes: Any) -> PaymentTransaction:
        given = {
            "package_id": self.pack.id, "currency": "INR", "actor": self.actor, "key": key, "clock": self.clock,
            "return_url": None, **changes,
        }  # fmt: skip
        return await packs.buy(self.transact, self.gateway, **given)

    async def reconcile(self, payment: PaymentTransaction) -> packs.Settlement | None:
        return await packs.reconcile(self.transact, self.gateway, payment_id=payment.id, clock=self.clock)

    async def pay(self, payment: PaymentTransaction, **how: Any) -> str:
        assert payment.gateway_session_id is not None
        return await self.stage.a_payment(payment.gateway_session_id, **{"webhooks": "none", **how})

    def breaks(self, fault: str, *, route: str = "POST payment_links", times: int = 1) -> None:
        self.stage.world.faults.scheduled.append(Fault(service="razorpay", route=route, fault=fault, times=times))

    async def links(self) -> list[Any]:
        return list((await self.stage.sim("GET", "payments")).json()["payments"])

    async def tokens(self) -> int:
        assert self.actor.member_id is not None
        return (await wallets.of(self.actor.member_id)).token


def an_actor(role: Role = Role.MEMBER, **fields: Any) -> Actor:
    given = {
        "member_id": PydanticObjectId(), "telegram_id": 1, "name": "Ravi", "role": role, "language": None,
        "timezone": None, "is_active": True, "origin": "chat", **fields,
    }  # fmt: skip
    return Actor(**given)
