"""What the roles of one installation run against: complete settings, and in the demo the sandbox's clock."""

import base64
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from app.checks import is_locked
from app.mongod import CannotStart, EmbeddedMongo
from app.settings import Settings

DEMO_ADMINISTRATOR_ID = 1009
"""Dev, one of the people the sandbox makes at its first start (docs/sandbox.md)."""


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Complete settings, whoever gave them. With `clock_url` the sandbox says what time it is."""

    settings: Settings
    clock_url: str | None = None

    @property
    def is_demo(self) -> bool:
        """Whether people talk to the bot on the sandbox's chat page."""
        return self.clock_url is not None

    def secrets(self) -> Iterator[str]:
        """Every secret value, for the log to leave out."""
        for name in type(self.settings).model_fields:
            value = getattr(self.settings, name)
            if isinstance(value, SecretStr) and value.get_secret_value():
                secret = value.get_secret_value()
                yield from (secret, *(part.strip() for part in secret.split(",") if part.strip()))


def with_sandbox(settings: Settings, demo: "DemoSecrets") -> Installation:
    """Fill in what is not configured with the sandbox's address and this data directory's own secrets."""
    url = f"http://127.0.0.1:{settings.berth_sandbox_port}"
    instead: dict[str, Any] = {}
    if not settings.has_telegram:
        instead |= {"telegram_bot_token": SecretStr(demo.bot_token), "telegram_api_url": url}
        instead["admin_telegram_ids"] = settings.admin_telegram_ids or frozenset({DEMO_ADMINISTRATOR_ID})
    if not settings.has_razorpay:
        instead |= {
            "razorpay_api_url": f"{url}/razorpay",
            "razorpay_key_id": demo.razorpay_key_id,
            "razorpay_key_secret": SecretStr(demo.razorpay_key_secret),
            "razorpay_webhook_secret": SecretStr(demo.razorpay_webhook_secret),
            "razorpay_account_id": "",
        }
    if not settings.has_secret_keys:
        instead["berth_secret_keys"] = SecretStr(demo.secret_key)
    return Installation(
        settings=settings.model_copy(update=instead),
        clock_url=None if settings.has_telegram else url,
    )


def running(settings: Settings) -> Installation:
    """The installation whose database runs now: MONGODB_URI's, else that of `berth up`. Raises CannotStart."""
    if settings.has_mongodb:
        return Installation(settings=settings)
    data_dir = settings.berth_data_dir
    remembered = data_dir / "mongodb.port"
    if not (is_locked(data_dir) and remembered.exists()):
        raise CannotStart(f"No database runs: start `berth up` on {data_dir}, or set MONGODB_URI.")
    database = EmbeddedMongo(data_dir / "mongodb", port=int(remembered.read_text()))
    return with_sandbox(settings.model_copy(update={"mongodb_uri": SecretStr(database.uri)}), demo_secrets(data_dir))


@dataclass(frozen=True, kw_only=True)
class DemoSecrets:
    """What the sandbox and the roles agree on; random, made once per data directory.

    The key of the vault is among them also when Telegram is the real one and BERTH_SECRET_KEYS is not set.
    """

    bot_token: str
    razorpay_key_id: str
    razorpay_key_secret: str
    razorpay_webhook_secret: str
    secret_key: str


def demo_secrets(data_dir: Path) -> DemoSecrets:
    """The demo's secrets from `demo.json`, made at the first start and readable by its owner alone.

    A file of an earlier version is completed by what it does not have.
    """
    file = data_dir / "demo.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    made = DemoSecrets(**{**_random_secrets(), **kept})
    if vars(made) != kept:
        draft = file.with_suffix(".tmp")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(vars(made)))
        draft.replace(file)
    return made


def _random_secrets() -> dict[str, str]:
    return {
        "bot_token": f"{secrets.randbelow(9 * 10**9) + 10**9}:{secrets.token_urlsafe(27)[:35]}",
        "razorpay_key_id": f"rzp_test_{secrets.token_hex(7)}",
        "razorpay_key_secret": secrets.token_hex(12),
        "razorpay_webhook_secret": secrets.token_hex(12),
        "secret_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
