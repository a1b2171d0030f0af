"""What happened to people."""

from typing import ClassVar

from beanie import PydanticObjectId

from domain.kernel import AdministrativeEvent, Event


class MemberJoined(Event):
    """Somebody wrote to us for the first time."""

    name: ClassVar[str] = "member.joined"
    member_id: PydanticObjectId


class RoleChanged(AdministrativeEvent):
    """An administrator gave somebody another role; `before` and `after` carry `role`."""

    name: ClassVar[str] = "member.role_changed"


class MemberDisabledByOffice(AdministrativeEvent):
    """Somebody may only read from now on; `after` carries `reason`."""

    name: ClassVar[str] = "member.disabled"


class MemberEnabled(AdministrativeEvent):
    """Somebody may buy and book again."""

    name: ClassVar[str] = "member.enabled"


class StaffVenueChanged(AdministrativeEvent):
    """Somebody works at another venue from now on; `before` and `after` carry `venue_id`, None for everywhere."""

    name: ClassVar[str] = "member.venue_changed"
