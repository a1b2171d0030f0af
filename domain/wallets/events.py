"""What happened to wallets."""

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from domain.kernel import AdministrativeEvent, Event


class TokensAdjusted(AdministrativeEvent):
    """An administrator granted or took tokens; `before` and `after` carry `token`, `after` also `tokens`, `reason`."""

    name: ClassVar[str] = "wallet.adjusted"


class ReceivableForgiven(AdministrativeEvent):
    """An administrator let a debt go: `before` and `after` carry `owed_tokens`, `after` also what and why."""

    name: ClassVar[str] = "wallet.receivable_forgiven"


class DebtSettled(Event):
    """Tokens came in and paid (a part of) what was owed; `owed_tokens` are left to pay."""

    name: ClassVar[str] = "wallet.debt_settled"
    member_id: PydanticObjectId
    paid_tokens: int
    owed_tokens: int


class BalanceLow(Event):
    """By a spending the balance fell below `policy.LOW_TOKENS`."""

    name: ClassVar[str] = "wallet.low"
    member_id: PydanticObjectId
    balance_tokens: int


class LotsExpiring(Event):
    """`tokens` in lots of the member lapse soon and were not yet told of, the first of them at `expires_at`."""

    name: ClassVar[str] = "wallet.lots_expiring"
    member_id: PydanticObjectId
    tokens: int
    expires_at: datetime
