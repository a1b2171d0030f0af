"""What happened to venues and racks; `subject_id` is the venue or rack, `before` and `after` carry what changed."""

from typing import ClassVar

from domain.kernel import AdministrativeEvent


class VenueAdded(AdministrativeEvent):
    """A venue was opened."""

    name: ClassVar[str] = "venue.added"


class VenueChanged(AdministrativeEvent):
    """A venue's description, hours or terms changed."""

    name: ClassVar[str] = "venue.changed"


class ResourceAdded(AdministrativeEvent):
    """A rack can be booked."""

    name: ClassVar[str] = "resource.added"


class ResourceChanged(AdministrativeEvent):
    """A rack's description, limits, price or status changed."""

    name: ClassVar[str] = "resource.changed"


class ResourceRetired(AdministrativeEvent):
    """A rack takes no more bookings; those made before stay."""

    name: ClassVar[str] = "resource.retired"


class ResourceRestored(AdministrativeEvent):
    """A retired rack takes bookings again."""

    name: ClassVar[str] = "resource.restored"
