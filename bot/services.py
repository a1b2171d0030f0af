"""What the bot needs from the outside: built once by the composition root."""

from dataclasses import dataclass

from domain.kernel import Clock, Database, Transact, Vault
from domain.payments import Gateway


@dataclass(frozen=True, kw_only=True)
class Services:
    """The bot's only way to the world beside Telegram itself."""

    transact: Transact
    clock: Clock
    gateway: Gateway
    database: Database
    vault: Vault
    admin_telegram_ids: frozenset[int]
    return_url: str
    """Where the payer's page sends people back to."""
