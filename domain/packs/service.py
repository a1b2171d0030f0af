"""What changes packs, and what a payment for one leads to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from pydantic import ValidationError
from pymongo import ReturnDocument

from domain import payments, wallets
from domain.kernel import Tx, emit
from domain.packs import policy, queries
from domain.packs.errors import InvalidPack, PackNotFound, PackNotOnSale
from domain.packs.events import PackAdded, PackBought, PackChanged, PackRetired
from domain.packs.models import Package, PackageHistory, PackFacts
from domain.payments import GatewayFact, Outcome, PaymentTransaction
from domain.people import Actor
from domain.wallets import TokenTransaction

EDITABLE = frozenset({*PackFacts.model_fields, "is_active"})


async def add(
    tx: Tx, *, name: str, token: int, price: dict[str, int], actor: Actor, now: datetime,
    description: str | None = None, content: str | None = None, duration: int | None = None,
) -> Package:  # fmt: skip
    """Put a pack on sale. `price` maps currency codes to minor units. Raises InvalidPack."""
    actor.require("packs:write")
    pack = Package(
        name=name.strip(), description=description, content=content, token=token, price=price, duration=duration,
        created_at=now, updated_at=now,
    )  # fmt: skip
    policy.check(pack)
    await Package.get_pymongo_collection().insert_one(pack.row())
    await emit(
        tx,
        PackAdded(
            actor_id=actor.member_id, origin=actor.origin, subject_id=pack.id, occurred_at=now,
            after={"name": pack.name, "token": token, "price": price, "duration": duration},
        ),
    )  # fmt: skip
    return pack


async def edit(
    tx: Tx, *, package_id: PydanticObjectId, changes: Mapping[str, Any], actor: Actor, now: datetime
) -> Package:
    """Change fields of a pack and keep what it was; purchases under way are at the old terms.

    Raises InvalidPack, also for a field that cannot be changed, and PackNotFound.
    """
    actor.require("packs:write")
    pack = await queries.get(package_id)
    if pack.is_deleted:
        raise PackNotFound
    for field in changes:
        if field not in EDITABLE:
            raise InvalidPack(field=field)
    try:
        after = Package.model_validate({**pack.model_dump(), **changes})
    except ValidationError as error:
        raise InvalidPack(field=str(error.errors()[0]["loc"][0])) from error
    policy.check(after)
    fields = {name: value for name, value in after.model_dump().items() if name in changes}
    if after.price != pack.price:
        fields["price_previous"] = pack.price
    changed = await _replace(pack, fields, now=now)
    await emit(
        tx,
        PackChanged(
            actor_id=actor.member_id, origin=actor.origin, subject_id=package_id, occurred_at=now,
            before={name: getattr(pack, name) for name in fields}, after=fields,
        ),
    )  # fmt: skip
    return changed


async def retire(tx: Tx, *, package_id: PydanticObjectId, actor: Actor, now: datetime) -> Package:
    """Take a pack off sale for good; what was bought stays, and a purchase under way still lands."""
    actor.require("packs:write")
    pack = await queries.get(package_id)
    if pack.is_deleted:
        return pack
    retired = await _replace(pack, {"is_active": False, "is_deleted": True}, now=now)
    await emit(
        tx,
        PackRetired(
            actor_id=actor.member_id, origin=actor.origin, subject_id=package_id, occurred_at=now,
            before={"is_active": pack.is_active}, after={"is_active": False, "is_deleted": True},
        ),
    )  # fmt: skip
    return retired


async def _replace(pack: Package, fields: dict[str, Any], *, now: datetime) -> Package:
    facts = pack.model_dump(include={*PackFacts.model_fields, "is_active", "is_deleted"})
    before = PackageHistory(
        package=pack.id, previous_price=pack.price_previous, created_at=now, updated_at=now, **facts
    )
    row = await Package.get_pymongo_collection().find_one_and_update(
        {"_id": pack.id}, {"$set": {**fields, "updated_at": now}}, return_document=ReturnDocument.AFTER
    )
    assert row is not None, "it was read in the same transaction"
    await PackageHistory.get_pymongo_collection().insert_one(before.row())
    return Package.read(row)


async def begin_purchase(
    tx: Tx, *, package_id: PydanticObjectId, currency: str, gateway: str, account_id: str | None, actor: Actor,
    key: str, now: datetime, hold_booking_id: PydanticObjectId | None,
) -> PaymentTransaction:  # fmt: skip
    """Store a purchase at today's terms, before the gateway hears of it; replaying `key` returns the first.

    Raises PackNotOnSale, CurrencyNotOffered, KeyReused.
    """
    actor.require("packs:buy")
    assert actor.member_id is not None, "the system buys nothing"
    pack = await queries.get(package_id)
    earlier = await payments.by_key(key)
    if earlier is None and (pack.is_deleted or not pack.is_active):
        raise PackNotOnSale(package_id=package_id)
    purchase = payments.Purchase(
        package_id=pack.id, description=pack.name, tokens=pack.token, duration_days=pack.duration,
        amount_minor=policy.price_minor(pack, currency), currency=currency, booking_id=hold_booking_id,
    )  # fmt: skip
    return await payments.begin(
        tx, member_id=actor.member_id, customer_name=actor.name, gateway=gateway, account_id=account_id,
        purchase=purchase, key=key, now=now,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What one fact of a gateway led to; `entry` is the credit, when this very fact was the one that paid."""

    payment: PaymentTransaction | None
    outcome: Outcome
    entry: TokenTransaction | None

    @property
    def newly_paid(self) -> bool:
        """Whether tokens were credited by this very fact."""
        return self.entry is not None


async def settle(tx: Tx, *, fact: GatewayFact, now: datetime, landed_at: datetime | None = None) -> Settlement:
    """Take in what a gateway said and, when it paid a purchase, credit its tokens as sold: in one transaction.

    The credit's key is the gateway's own payment id, so it happens once whatever arrives, how often, in what order.
    `landed_at` is when the fact reached us, if that was before `now`: a hold is kept by money that came in time.
    """
    applied = await payments.apply(tx, fact=fact, now=now)
    payment = applied.payment
    if payment is None or not applied.newly_paid:
        return Settlement(payment=payment, outcome=applied.outcome, entry=None)
    entry = await wallets.credit(
        tx, member_id=payment.user, tokens=payment.token, source="payment",
        key=f"payment:{fact.gateway}:{fact.gateway_payment_id}",
        expires_at=policy.lapses_at(now, duration_days=payment.duration),
        package_id=payment.package, payment_id=payment.id, now=now,
    )  # fmt: skip
    wallet = await wallets.of(payment.user)  # what is owed was paid at once, so it may be less than the entry says
    await emit(
        tx,
        PackBought(
            payment_id=payment.id, member_id=payment.user, package_id=payment.package, description=payment.description,
            tokens=payment.token, amount=payment.amount, currency=payment.currency, balance_tokens=wallet.token,
            booking_id=payment.booking, landed_at=landed_at or now, occurred_at=now,
        ),
    )  # fmt: skip
    return Settlement(payment=payment, outcome=applied.outcome, entry=entry)
