"""What the HTTP edge needs from the composition root."""

from dataclasses import dataclass, field

from domain.kernel import Clock, Database, Transact, Vault
from domain.payments import Gateway


@dataclass(frozen=True, kw_only=True)
class RateLimits:
    """How often one caller may ask, in the notation of the `limits` library."""

    anonymous: str = "60/minute"
    member: str = "120/minute"


@dataclass(frozen=True, kw_only=True)
class Services:
    """Handed to `api.create`. `telegram_secret` None: updates are polled, the Telegram webhook answers 404."""

    transact: Transact
    clock: Clock
    gateway: Gateway
    database: Database
    vault: Vault
    telegram_bot_id: int | None = None
    telegram_secret: str | None = None
    rate_limits: RateLimits = field(default_factory=RateLimits)
    public_url: str = ""
