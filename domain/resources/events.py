"""What happened to venues and racks; `subject_id` is the venue or rack, `before` and `after` carry what changed."""

from typing import ClassVar

from domain.kernel import AdministrativeEvent


class VenueAdded(AdministrativeEvent):
    """A venue was opened."""

    name: ClassVar[str] = "venue.added"


class VenueChanged(AdministrativeEvent):
    """A venue's description, hours or terms changed."""

    name: ClassVar[str] = "venue.changed"


class RackAdded(AdministrativeEvent):
    """A rack can be booked."""

    name: ClassVar[str] = "rack.added"


class RackChanged(AdministrativeEvent):
    """A rack's description, limits, price or status changed."""

    name: ClassVar[str] = "rack.changed"


class RackRetired(AdministrativeEvent):
    """A rack takes no more bookings; those made before stay."""

    name: ClassVar[str] = "rack.retired"


class RackRestored(AdministrativeEvent):
    """A retired rack takes bookings again."""

    name: ClassVar[str] = "rack.restored"
