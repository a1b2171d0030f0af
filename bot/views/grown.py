"""Buttons that have got fields since the first of them were sent."""

from typing import Self

from aiogram.filters.callback_data import CallbackData


class Grown(CallbackData, prefix="-"):
    """A button whose last fields may be missing in old messages: they mean their defaults there."""

    @classmethod
    def unpack(cls, value: str) -> Self:
        """Read it, with the defaults for what is missing."""
        missing = list(cls.model_fields.values())[value.count(cls.__separator__) :]
        defaults = ["" if field.default is None else str(field.default) for field in missing]
        return super().unpack(cls.__separator__.join([value, *defaults]))
