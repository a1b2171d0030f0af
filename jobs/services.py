"""What the clock edge needs from the composition root."""

from dataclasses import dataclass

from aiogram import Bot

from domain.kernel import Clock, Database, Transact
from domain.payments import Gateway


@dataclass(frozen=True, kw_only=True)
class Services:
    """Handed to `jobs.run`."""

    transact: Transact
    clock: Clock
    gateway: Gateway
    database: Database
    bot: Bot
    admin_telegram_ids: frozenset[int] = frozenset()
