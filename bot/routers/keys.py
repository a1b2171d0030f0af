"""Keys of commands that are given by button."""

import hashlib

from aiogram.types import CallbackQuery


def of_tap(query: CallbackQuery) -> str:
    """The same button of the same message is the same command, however often it is tapped."""
    place = query.message.message_id if query.message else query.id
    meant = f"{query.from_user.id}:{place}:{query.data}"
    return f"chat:{hashlib.sha256(meant.encode()).hexdigest()[:32]}"
