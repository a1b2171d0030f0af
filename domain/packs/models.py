"""The stored packs and what they were before."""

from beanie import PydanticObjectId
from pydantic import BaseModel
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.kernel import Record


class PackFacts(BaseModel):
    """What a pack says. `price` maps currency codes to minor units; `duration` is days of validity, None for ever."""

    name: str
    description: str | None = None
    content: str | None = None
    """The long description, plain text."""
    token: int
    features: list[str] = []
    duration: int | None = None
    price: dict[str, int]


class Package(Record, PackFacts):
    """A pack of tokens on sale."""

    price_previous: dict[str, int] | None = None
    is_active: bool = True
    is_deleted: bool = False

    class Settings:
        name = "packages"
        indexes = [IndexModel([("is_active", ASCENDING), ("token", ASCENDING)], name="by_size")]


class PackageHistory(Record, PackFacts):
    """A pack as it was before a change."""

    package: PydanticObjectId
    previous_price: dict[str, int] | None = None
    is_active: bool
    is_deleted: bool

    class Settings:
        name = "package_histories"
        indexes = [IndexModel([("package", ASCENDING), ("_id", DESCENDING)], name="by_package")]


RECORDS: list[type[Record]] = [Package, PackageHistory]
