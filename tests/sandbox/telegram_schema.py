"""Two independent readings of the Bot API: aiogram checks types, python-telegram-bot finds missing fields.

Both find unknown ones.
"""

from collections.abc import Iterator
from typing import Any

import aiogram.types
import telegram
from pydantic import BaseModel

NEWER_THAN_PTB = {"disabled"}  # Bot API 10.3; python-telegram-bot 22.8 speaks 10.0


def check_strictly(kind: str, answer: Any, *, family: str | None = None) -> None:
    """Assert that `answer` is a Bot API object of this kind, without unknown fields.

    `family` is the class by which python-telegram-bot reads one of several kinds.
    """
    unknown = {*_unknown_to_aiogram(getattr(aiogram.types, kind).model_validate(answer))}
    parsed = getattr(telegram, family or kind).de_json(answer, None)
    unknown |= {name for name in _unknown_to_ptb(parsed) if name not in NEWER_THAN_PTB}
    assert not unknown, f"{kind} has unknown fields {unknown}: {answer}"


def _unknown_to_aiogram(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (value.model_extra or {}).keys()
        for name in type(value).model_fields:
            yield from _unknown_to_aiogram(getattr(value, name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _unknown_to_aiogram(item)


def _unknown_to_ptb(value: Any) -> Iterator[str]:
    if isinstance(value, telegram.TelegramObject):
        yield from value.api_kwargs
        for name in value._get_attrs_names(include_private=False):
            yield from _unknown_to_ptb(getattr(value, name, None))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _unknown_to_ptb(item)
