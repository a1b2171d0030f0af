"""The one who reads: language, time zone and the moment of reading. Words go through gettext, figures through Babel.

Catalogues are compiled in memory at first use from `locales/<language>/LC_MESSAGES/*.po`; the source strings are the
English ones. `tests/bot/test_locales.py` holds that every string is in them and translated completely.
"""

import gettext
import html
import io
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent.parent / "locales"
LANGUAGES = {"en": "English", "hi": "हिन्दी"}
DEFAULT_LANGUAGE = "en"
BABEL_LOCALES = {"en": "en_IN", "hi": "hi_IN"}
"""English as read where the venues are: day before month, lakhs and crores."""


class Html(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The compiled catalogue of a language."""
    merged = Catalog(locale=language)
    for path in sorted((LOCALES / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def babel_locale(language: str) -> Locale:
    """How a language writes dates, numbers and money."""
    return Locale.parse(BABEL_LOCALES[language])


def language_for(language: str | None, client_language: str | None = None) -> str:
    """The language to speak: the chosen one, else what the person's client says, else English."""
    for wish in (language, (client_language or "")[:2]):
        if wish in LANGUAGES:
            return str(wish)
    return DEFAULT_LANGUAGE


def escape(value: Any) -> str:
    """The value as it may stand in Telegram's HTML."""
    return value if isinstance(value, Html) else html.escape(str(value), quote=False)


class _Person(Protocol):
    @property
    def language(self) -> str | None: ...
    @property
    def timezone(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whom a screen is for, and when it is read. `timezone` is None until they told us."""

    language: str
    timezone: str | None
    now: datetime

    @classmethod
    def of(cls, person: _Person, *, now: datetime, client_language: str | None = None) -> "Reader":
        """The reader that a member (or actor) is."""
        language = language_for(person.language, client_language)
        return cls(language=language, timezone=person.timezone, now=now)

    @property
    def locale(self) -> Locale:
        """The Babel locale."""
        return babel_locale(self.language)

    def say(self, message: str, **facts: Any) -> Html:
        """The message in the reader's language; facts are escaped, markup in the message is meant."""
        text = translations(self.language).gettext(message)
        return Html(text.format(**{name: escape(value) for name, value in facts.items()}))

    def say_count(self, singular: str, plural: str, number: int, **facts: Any) -> Html:
        """The same, by number; `{number}` is filled in."""
        text = translations(self.language).ngettext(singular, plural, number)
        return Html(text.format(number=number, **{name: escape(value) for name, value in facts.items()}))

    def label(self, message: str, **facts: Any) -> str:
        """The message for a place without markup: a button, an answer to a tap, a file."""
        return translations(self.language).gettext(message).format(**facts)

    def label_count(self, singular: str, plural: str, number: int, **facts: Any) -> str:
        """The same, by number."""
        return translations(self.language).ngettext(singular, plural, number).format(number=number, **facts)
