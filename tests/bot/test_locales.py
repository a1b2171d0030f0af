"""Nobody is left without words: every string is in the catalogues, translated completely, with the same facts."""

import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.views.reader import LANGUAGES, LOCALES, translations

BOT = LOCALES.parent
SPOKEN = {"say": None, "label": None, "say_count": (1, 2), "label_count": (1, 2)}
OTHERS = sorted(set(LANGUAGES) - {"en"})

Forms = tuple[str, ...]


def forms(text: object) -> Forms:
    """A message's singular, and its plural where it has one."""
    return tuple(text) if isinstance(text, list | tuple) else (str(text),)


@cache
def spoken() -> frozenset[Forms]:
    """Every message in the source."""
    found = extract_from_dir(BOT, method_map=[("**.py", "python")], keywords=SPOKEN)
    return frozenset(forms(message) for _, _, message, _, _ in found)


@cache
def catalogues(language: str) -> dict[Forms, Message]:
    """Every entry of a language, from all its files; none twice."""
    entries: dict[Forms, Message] = {}
    for path in sorted(Path(LOCALES, language, "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            catalogue: Catalog = read_po(file, locale=language)
        for message in catalogue:
            if message.id:
                assert forms(message.id) not in entries, f"{message.id} is translated twice"
                entries[forms(message.id)] = message
    return entries


def facts(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_in_the_catalogue_and_no_other(language: str) -> None:
    assert spoken() - catalogues(language).keys() == set(), "spoken but not in the catalogue"
    assert catalogues(language).keys() - spoken() == set(), "in the catalogue but not spoken any more"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_translated_completely(language: str) -> None:
    for key, message in catalogues(language).items():
        translated = forms(message.string)
        assert len(translated) == len(key), key
        assert all(text.strip() for text in translated), key
        assert not message.fuzzy, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_use_the_same_facts(language: str) -> None:
    for key, message in catalogues(language).items():
        for text in forms(message.string):
            assert facts(text) == facts(key[0]), key


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_is_not_the_source(language: str) -> None:
    same = {key for key, message in catalogues(language).items() if forms(message.string) == key}

    wordy = {key for key in same if any(part.strip(" ·–():,") for part, *_ in string.Formatter().parse(key[0]) if part)}
    assert wordy <= {("ACI: {version}",)}


def test_catalogues_are_compiled_in_memory() -> None:
    assert translations("hi").gettext("Menu") == "मेनू"
    assert translations("hi").ngettext("{number} token", "{number} tokens", 2) == "{number} टोकन"
    assert list(LOCALES.rglob("*.mo")) == []
