"""What a pack can be."""

from datetime import datetime, timedelta

from domain.packs.errors import CurrencyNotOffered, InvalidPack
from domain.packs.models import PackFacts

CURRENCIES = ("INR", "USD", "BDT")
NAME_MAX = 60
DESCRIPTION_MAX = 500
CONTENT_MAX = 2000
TOKENS_MAX = 1_000_000
AMOUNT_MINOR_MIN = 100
AMOUNT_MINOR_MAX = 100_000_000
DURATION_DAYS_MAX = 3650


def check(pack: PackFacts) -> None:
    """Raise InvalidPack for the first field that cannot be so."""
    fits = {
        "name": 0 < len(pack.name.strip()) <= NAME_MAX,
        "description": len(pack.description or "") <= DESCRIPTION_MAX,
        "content": len(pack.content or "") <= CONTENT_MAX,
        "token": 0 < pack.token <= TOKENS_MAX,
        "duration": pack.duration is None or 0 < pack.duration <= DURATION_DAYS_MAX,
        "price": bool(pack.price) and all(_is_price(currency, minor) for currency, minor in pack.price.items()),
    }
    for field, is_right in fits.items():
        if not is_right:
            raise InvalidPack(field=field)


def _is_price(currency: str, amount_minor: int) -> bool:
    return currency in CURRENCIES and AMOUNT_MINOR_MIN <= amount_minor <= AMOUNT_MINOR_MAX


def price_minor(pack: PackFacts, currency: str) -> int:
    """The pack's price in a currency, in minor units. Raises CurrencyNotOffered."""
    if currency not in pack.price:
        raise CurrencyNotOffered(currency=currency, currencies=sorted(pack.price))
    return pack.price[currency]


def lapses_at(paid_at: datetime, *, duration_days: int | None) -> datetime | None:
    """When tokens paid for at `paid_at` lapse: after that many times 24 hours, or never."""
    return None if duration_days is None else paid_at + timedelta(days=duration_days)
