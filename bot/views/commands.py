"""The commands, as the client lists them."""

from datetime import UTC, datetime

from bot.views.reader import Reader


def _reader(language: str) -> Reader:
    return Reader(language=language, timezone=None, now=datetime(2000, 1, 1, tzinfo=UTC))


def commands(language: str) -> list[tuple[str, str]]:
    """Names and descriptions in a language, the most used first."""
    label = _reader(language).label
    return [
        ("menu", label("Menu")),
        ("book", label("Book")),
        ("bookings", label("My bookings")),
        ("waitlist", label("My waitlist")),
        ("now", label("What is free now")),
        ("balance", label("Your tokens and when they expire")),
        ("packs", label("Buy tokens")),
        ("settings", label("Language, time zone, pictures")),
        ("help", label("What can be done here")),
        ("token", label("A token for programs that book for you")),
    ]


def office_commands(language: str) -> list[tuple[str, str]]:
    """What the client lists for those who may enter the office."""
    label = _reader(language).label
    return [
        *commands(language),
        ("desk", label("Who comes, who is there")),
        ("queue", label("Who waits")),
        ("admin", label("Administration")),
    ]


def description(language: str) -> str:
    """Who we are, in the empty chat and on the profile."""
    return _reader(language).label("Book for the hours you need, pay with tokens.")
