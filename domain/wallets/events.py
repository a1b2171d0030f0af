"""What happened to wallets."""

from typing import ClassVar

from domain.kernel import AdministrativeEvent


class TokensAdjusted(AdministrativeEvent):
    """An administrator granted or took tokens; `before` and `after` carry `token`, `after` also `tokens`, `reason`."""

    name: ClassVar[str] = "wallet.adjusted"
