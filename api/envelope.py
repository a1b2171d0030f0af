"""The shape of every answer."""

from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from domain.kernel import Page

T = TypeVar("T")


def _timestamp() -> datetime:
    return datetime.now(UTC)


class Answer(BaseModel, Generic[T]):
    """What was asked for."""

    success: bool = True
    data: T
    message: str = "OK"
    timestamp: datetime = Field(default_factory=_timestamp)


class Pagination(BaseModel):
    """Where this page stands in its list; pages count from 1."""

    model_config = ConfigDict(populate_by_name=True)

    page: int
    limit: int
    total: int
    total_pages: int = Field(serialization_alias="totalPages")
    has_next: bool = Field(serialization_alias="hasNext")
    has_prev: bool = Field(serialization_alias="hasPrev")

    @classmethod
    def of(cls, page: Page[Any]) -> "Pagination":
        """The position of a page of the domain."""
        return cls(
            page=page.number, limit=page.limit, total=page.total, total_pages=page.pages,
            has_next=page.has_next, has_prev=page.has_previous,
        )  # fmt: skip


class Listing(BaseModel, Generic[T]):
    """One page of a list."""

    success: bool = True
    data: list[T]
    pagination: Pagination
    message: str = "OK"
    timestamp: datetime = Field(default_factory=_timestamp)


class ErrorFacts(BaseModel):
    """A permanent code and number for programs, a sentence for people, facts in `details`."""

    code: str
    number: int
    message: str
    details: dict[str, Any] = {}


class Refusal(BaseModel):
    """What a refused request is answered."""

    success: bool = False
    error: ErrorFacts
    timestamp: datetime = Field(default_factory=_timestamp)
