"""Who acts: a member with a role's permissions, coming from chat, the API or a job."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from beanie import PydanticObjectId

from domain.people.errors import MemberDisabled, NotPermitted

if TYPE_CHECKING:
    from domain.people.models import Member

Origin = Literal["chat", "api", "jobs"]


class Role(StrEnum):
    """From the least to the most: each is a set of permissions in `PERMISSIONS`."""

    MEMBER = "member"
    POWER_USER = "power_user"
    STAFF = "staff"
    ADMIN = "admin"
    SUPER_ADMIN = "super_admin"


_MEMBER = frozenset({"bookings:write", "packs:buy"})
_STAFF = _MEMBER | {"bookings:check_in", "bookings:read", "people:read"}
_ADMIN = _STAFF | {
    "bookings:cancel_any", "packs:write", "payments:read", "people:promote", "people:write", "racks:write",
    "wallets:adjust",
}  # fmt: skip

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.MEMBER: _MEMBER,
    Role.POWER_USER: _MEMBER,
    Role.STAFF: _STAFF,
    Role.ADMIN: _ADMIN,
    Role.SUPER_ADMIN: _ADMIN | {"people:promote_admins"},
}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One person (or the system itself) doing something now."""

    member_id: PydanticObjectId | None
    telegram_id: int | None
    name: str
    role: Role
    language: str | None
    timezone: str | None
    is_active: bool
    origin: Origin
    venue_id: PydanticObjectId | None = None
    """Where staff work; None is everywhere."""

    def may(self, permission: str) -> bool:
        """Whether the role includes the permission and the person is not disabled."""
        return self.is_active and permission in PERMISSIONS[self.role]

    def require(self, permission: str) -> None:
        """Raise MemberDisabled or NotPermitted unless `may(permission)`."""
        if not self.is_active:
            raise MemberDisabled
        if permission not in PERMISSIONS[self.role]:
            raise NotPermitted(permission=permission)


SYSTEM = Actor(
    member_id=None, telegram_id=None, name="Berth", role=Role.SUPER_ADMIN, language=None, timezone=None,
    is_active=True, origin="jobs",
)  # fmt: skip
"""Acts when time passes; never for a member's own sake."""


def actor_of(member: "Member", origin: Origin) -> Actor:
    """The member, acting from `origin`."""
    return Actor(
        member_id=member.id, telegram_id=member.telegram_id, name=member.name, role=member.role,
        language=member.language, timezone=member.timezone, is_active=member.is_active, origin=origin,
        venue_id=member.venue_id,
    )  # fmt: skip


def visitor(origin: Origin) -> Actor:
    """Somebody we do not know, who may look at what is public."""
    return Actor(
        member_id=None, telegram_id=None, name="", role=Role.MEMBER, language=None, timezone=None, is_active=False,
        origin=origin,
    )  # fmt: skip
