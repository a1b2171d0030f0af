"""What the clock edge needs from the composition root."""

from dataclasses import dataclass

from aiogram import Bot

from domain.kernel import Clock, Database, Transact, Vault
from domain.payments import Gateway
from domain.provisioning import ScriptRunner


@dataclass(frozen=True, kw_only=True)
class Services:
    """Handed to `jobs.run`."""

    transact: Transact
    clock: Clock
    gateway: Gateway
    database: Database
    vault: Vault
    bot: Bot
    scripts: ScriptRunner
    admin_telegram_ids: frozenset[int] = frozenset()
