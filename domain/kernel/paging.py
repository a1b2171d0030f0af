"""Bounded lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

LIMIT_MAX = 100

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list; `number` counts from 1."""

    items: Sequence[T]
    number: int
    limit: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.limit))

    @property
    def has_next(self) -> bool:
        """Whether a later page has items."""
        return self.number < self.pages

    @property
    def has_previous(self) -> bool:
        """Whether an earlier page has items."""
        return self.number > 1
