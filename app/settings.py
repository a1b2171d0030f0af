"""What a person sets by environment: the one place where variables are read, and where `.env.example` comes from."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.mongod import CannotStart

ROOT = Path(__file__).resolve().parent.parent
RAZORPAY = ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET")


class Misconfigured(CannotStart):
    """The configuration cannot be right; the text is one sentence for the person who wrote it."""

    exit_code = 2


def _bot_token(token: SecretStr) -> SecretStr:
    number, _, secret = token.get_secret_value().partition(":")
    if token.get_secret_value() and not (number.isdigit() and len(secret) >= 20):
        raise ValueError("is not a bot token: @BotFather gives it as digits, a colon and 35 characters")
    return token


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret.get_secret_value()):
        raise ValueError("must be 1 to 256 of A-Z a-z 0-9 _ -, or Telegram refuses it")
    return secret


def _mongodb_uri(uri: SecretStr) -> SecretStr:
    if uri.get_secret_value() and not uri.get_secret_value().startswith(("mongodb://", "mongodb+srv://")):
        raise ValueError("must begin with mongodb:// or mongodb+srv://")
    return uri


def _addresses(listed: str) -> str:
    addresses = [address.strip() for address in listed.split(",") if address.strip()]
    try:
        for address in addresses:
            ipaddress.ip_network(address)
    except ValueError:
        raise ValueError("must be IP addresses or networks, comma separated") from None
    return ",".join(addresses)


def _secret_keys(secret: SecretStr) -> SecretStr:
    if keys := _listed(secret):
        from domain.kernel import Vault  # heavy, and most refusals need not wait for it

        Vault(keys)
    return secret


Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Everything Berth reads from its environment. Empty means not set."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    telegram_bot_token: Annotated[SecretStr, AfterValidator(_bot_token)] = Field(
        SecretStr(""), description="The bot's token from @BotFather. Empty: `berth up` starts a sandbox Telegram."
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        pattern=r"^https?://\S+$",
        description="The Bot API server; another one only if you run your own.",
    )
    telegram_webhook_url: str = Field(
        "",
        pattern=r"^(https://\S+)?$",
        description="The public https address of this API, if Telegram shall push updates. Empty: the bot polls.",
    )
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = Field(
        SecretStr(""),
        description="Telegram sends it back with every pushed update: 1 to 256 of A-Z a-z 0-9 _ -.",
    )
    razorpay_key_id: str = Field("", description="Razorpay: all three or none. Empty: a sandbox Razorpay.")
    razorpay_key_secret: SecretStr = Field(SecretStr(""), description="The secret that belongs to the key id.")
    razorpay_webhook_secret: SecretStr = Field(
        SecretStr(""), description="The secret of the webhook; while rotating it, the new and the old, comma separated."
    )
    razorpay_account_id: str = Field(
        "",
        pattern=r"^(acc_[A-Za-z0-9]+)?$",
        description="The merchant account (acc_…) whose payments are ours. Empty: the account is not checked.",
    )
    razorpay_api_url: str = Field(
        "", pattern=r"^(https?://\S+)?$", description="A stand-in for Razorpay's API, in drills. Empty: Razorpay's own."
    )
    mongodb_uri: Annotated[SecretStr, AfterValidator(_mongodb_uri)] = Field(
        SecretStr(""), description="A MongoDB replica set. Empty: `berth up` starts an embedded one."
    )
    mongodb_database: str = Field("berth", pattern=r"^[A-Za-z0-9_-]{1,38}$", description="The database's name.")
    admin_telegram_ids: Annotated[frozenset[int], NoDecode] = Field(
        frozenset(), description="Telegram ids of the administrators, comma separated."
    )
    berth_api_host: str = Field("127.0.0.1", description="The address on which the API listens.")
    berth_api_port: Port = Field(8080, description="The API's port.")
    berth_sandbox_port: Port = Field(8081, description="The port of the sandbox with its chat page.")
    berth_data_dir: Path = Field(Path(".berth"), description="Where `berth up` keeps the database, logs and sandbox.")
    berth_secret_keys: Annotated[SecretStr, AfterValidator(_secret_keys)] = Field(
        SecretStr(""),
        description="Encrypts access data, signs check-in codes: a key as `openssl rand -base64 32` prints; while "
        "rotating it, the new and the old, comma separated. Empty: `berth up` makes one.",
    )
    berth_scripts_dir: str = Field(
        "", description="The one directory whose scripts prepare racks and clear them. Empty: the samples in `scripts`."
    )
    berth_public_url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="How the outside reaches the API, for the payer's way back. Empty: its own host and port.",
    )
    berth_trusted_proxies: Annotated[str, AfterValidator(_addresses)] = Field(
        "",
        description="Addresses of the proxies that say in X-Forwarded-For who asks, comma separated. Empty: nobody's.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least that is logged.")
    log_format: Literal["text", "json"] = Field("text", description="`text` for people, `json` for collectors.")

    @model_validator(mode="before")
    @classmethod
    def _split_ids(cls, values: dict[str, object]) -> dict[str, object]:
        ids = values.get("admin_telegram_ids")
        if isinstance(ids, str):
            parts = [part.strip() for part in ids.split(",") if part.strip()]
            if not all(part.isdigit() for part in parts):
                raise ValueError("ADMIN_TELEGRAM_IDS: must be numbers, comma separated.")
            return {**values, "admin_telegram_ids": parts}
        return values

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = (self.razorpay_key_id, *map(_revealed, (self.razorpay_key_secret, self.razorpay_webhook_secret)))
        missing = [name for name, value in zip(RAZORPAY, given, strict=True) if not value]
        if missing and len(missing) < len(RAZORPAY):
            raise ValueError(f"Razorpay is half configured: also set {' and '.join(missing)}, or none of the three.")
        if self.telegram_webhook_url and not _revealed(self.telegram_webhook_secret):
            raise ValueError("TELEGRAM_WEBHOOK_URL needs TELEGRAM_WEBHOOK_SECRET beside it.")
        if self.telegram_webhook_url and not self.has_telegram:
            raise ValueError("TELEGRAM_WEBHOOK_URL needs TELEGRAM_BOT_TOKEN beside it.")
        return self

    @property
    def has_telegram(self) -> bool:
        """Whether the real Telegram is configured."""
        return bool(_revealed(self.telegram_bot_token))

    @property
    def has_razorpay(self) -> bool:
        """Whether the real Razorpay is configured."""
        return bool(self.razorpay_key_id)

    @property
    def has_mongodb(self) -> bool:
        """Whether a MongoDB of the person's own is configured."""
        return bool(_revealed(self.mongodb_uri))

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The keys of the vault, the first of which encrypts and signs."""
        return _listed(self.berth_secret_keys)

    @property
    def has_secret_keys(self) -> bool:
        """Whether the vault has a key."""
        return bool(self.secret_keys)

    @property
    def scripts_dir(self) -> Path:
        """Where the scripts are that may be run."""
        return Path(self.berth_scripts_dir) if self.berth_scripts_dir else ROOT / "scripts"

    @property
    def public_url(self) -> str:
        """The API's address as payers and gateways see it, without a trailing slash."""
        return (self.berth_public_url or f"http://{self.local_api_host}:{self.berth_api_port}").rstrip("/")

    @property
    def local_api_host(self) -> str:
        """The API's host as somebody on this machine reaches it."""
        return "127.0.0.1" if self.berth_api_host in ("0.0.0.0", "::") else self.berth_api_host  # noqa: S104


def _revealed(secret: SecretStr) -> str:
    return secret.get_secret_value().strip()


def _listed(secret: SecretStr) -> tuple[str, ...]:
    return tuple(key.strip() for key in secret.get_secret_value().split(",") if key.strip())


def load() -> Settings:
    """Read the environment and `.env`. Raises Misconfigured with one clear sentence."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        said = first["msg"].removeprefix("Value error, ")
        name = ".".join(str(part) for part in first["loc"][:1]).upper()
        raise Misconfigured(f"{name}: {said[0].lower()}{said[1:]}." if name else said) from None


def example() -> str:
    """The text of `.env.example`: every variable with what it means and its default, nothing set."""
    lines = ["# Copy to .env and set what you need; `berth settings-example` writes this file.", ""]
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = "" if isinstance(default, SecretStr | frozenset) else str(default)
        lines += [f"# {field.description}", f"#{name.upper()}={shown}", ""]
    return "\n".join(lines).rstrip() + "\n"
