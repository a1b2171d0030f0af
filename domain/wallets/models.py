"""The stored wallet with its lots, and the ledger."""

from datetime import datetime
from enum import StrEnum

from beanie import PydanticObjectId
from pydantic import BaseModel
from pymongo import ASCENDING, IndexModel

from domain.kernel import Record

GENESIS_HASH = "0" * 64
"""What the first entry of every chain names as its previous hash."""


class Source(StrEnum):
    """Where tokens came from."""

    PAYMENT = "payment"
    BONUS = "bonus"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"


class EntryType(StrEnum):
    """The direction of an entry."""

    INCREASE = "increase"
    DECREASE = "decrease"


class LotFacts(BaseModel):
    """What stays the same about a lot from its opening to its end."""

    id: PydanticObjectId
    source: Source
    package: PydanticObjectId | None = None
    payment_transaction: PydanticObjectId | None = None
    amount: int
    created_at: datetime
    expires_at: datetime | None = None


class TokenLot(LotFacts):
    """Tokens of one purchase or grant, with an expiry of their own. A lot with nothing remaining leaves the wallet."""

    remaining: int
    is_warned: bool = False
    """Whether its member was told that it lapses soon."""


class LotChange(LotFacts):
    """How one entry moved one lot: `tokens` went in or out. Enough to open the lot again."""

    tokens: int


class Wallet(Record):
    """A member's tokens. `token` is the sum of the lots and of the ledger, lots that lapsed unnoticed included."""

    user: PydanticObjectId
    token: int = 0
    owed_tokens: int = 0
    """The sum of what remains of the member's open receivables."""
    lots: list[TokenLot] = []
    package: PydanticObjectId | None = None
    """The package bought last."""
    expires_at: datetime | None = None
    """When the next lot lapses."""
    warn_at: datetime | None = None
    """When the member is to be told of the next lot that lapses soon."""
    version: int = 0
    """Another with every change: what was remembered under an earlier one is no longer so."""
    entries: int = 0
    chain_hash: str = GENESIS_HASH
    lease_until: datetime | None = None
    lease_token: str | None = None
    """Of whoever is doing what is due about it (`kernel.claim_due`)."""

    class Settings:
        name = "wallets"
        indexes = [
            IndexModel([("user", ASCENDING)], unique=True, name="one_per_member"),
            IndexModel(
                [("expires_at", ASCENDING)], name="by_expiry", partialFilterExpression={"expires_at": {"$type": "date"}}
            ),
            IndexModel(
                [("warn_at", ASCENDING)], name="by_warning", partialFilterExpression={"warn_at": {"$type": "date"}}
            ),
        ]

    def spendable_tokens(self, now: datetime) -> int:
        """The tokens of the lots that have not lapsed at `now`."""
        return sum(lot.remaining for lot in self.lots if lot.expires_at is None or lot.expires_at > now)


class TokenTransaction(Record):
    """One line of the ledger: never changed, never deleted, chained to the one before it in the same wallet."""

    user: PydanticObjectId
    user_wallet: PydanticObjectId
    sequence: int
    type: EntryType
    amount: int
    balance_after: int
    increase_source: Source | None = None
    decrease_source: str | None = None
    """What the tokens went to: a purpose such as `booking`, or `expiry`, or `adjustment`."""
    booking: PydanticObjectId | None = None
    package: PydanticObjectId | None = None
    payment_transaction: PydanticObjectId | None = None
    refund_of: str | None = None
    """The key of the spending whose tokens came back."""
    lots: list[LotChange]
    note: str | None = None
    key: str
    input_hash: str
    previous_hash: str
    hash: str
    is_deleted: bool = False

    class Settings:
        name = "token_transactions"
        indexes = [
            IndexModel([("key", ASCENDING)], unique=True, name="one_per_key"),
            IndexModel([("user", ASCENDING), ("sequence", ASCENDING)], unique=True, name="one_per_place_in_chain"),
            IndexModel(
                [("refund_of", ASCENDING)], name="by_refunded_spending",
                partialFilterExpression={"refund_of": {"$gt": ""}},
            ),
        ]  # fmt: skip


class ReceivableStatus(StrEnum):
    """`open → settled` as tokens come in, or `open → forgiven` by an administrator."""

    OPEN = "open"
    SETTLED = "settled"
    FORGIVEN = "forgiven"


class Receivable(Record):
    """What a member owes of one charge that their tokens did not cover. A forgiven one keeps what then remained."""

    user: PydanticObjectId
    user_wallet: PydanticObjectId
    booking: PydanticObjectId | None = None
    purpose: str
    """What it is for, as the ledger's `decrease_source` says it when it is paid."""
    amount: int
    remaining: int
    parts: int = 0
    """In how many entries it was paid so far: the number in the key of the next."""
    status: ReceivableStatus = ReceivableStatus.OPEN
    key: str
    input_hash: str
    settled_at: datetime | None = None
    forgiven_at: datetime | None = None
    forgiven_by: PydanticObjectId | None = None
    forgiven_reason: str | None = None

    class Settings:
        name = "receivables"
        indexes = [
            IndexModel([("key", ASCENDING)], unique=True, name="one_per_key"),
            IndexModel([("user", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="by_member"),
            IndexModel(
                [("status", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="open_by_age",
                partialFilterExpression={"status": ReceivableStatus.OPEN.value},
            ),
        ]  # fmt: skip


RECORDS: list[type[Record]] = [Wallet, TokenTransaction, Receivable]
