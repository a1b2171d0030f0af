"""What happened to packs."""

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from domain.kernel import AdministrativeEvent, Event


class PackBought(Event):
    """A payment landed and its tokens are in the wallet. `amount` is in minor units."""

    name: ClassVar[str] = "pack.bought"
    payment_id: PydanticObjectId
    member_id: PydanticObjectId
    package_id: PydanticObjectId
    description: str
    tokens: int
    amount: int
    currency: str
    balance_tokens: int
    booking_id: PydanticObjectId | None
    """The held booking that the pack was bought for."""
    landed_at: datetime
    """When we were told of the money, which may be before we came to credit it."""


class PackAdded(AdministrativeEvent):
    """An administrator put a pack on sale."""

    name: ClassVar[str] = "pack.added"


class PackChanged(AdministrativeEvent):
    """An administrator changed a pack; `before` and `after` carry the changed fields."""

    name: ClassVar[str] = "pack.changed"


class PackRetired(AdministrativeEvent):
    """An administrator took a pack off sale for good."""

    name: ClassVar[str] = "pack.retired"
