"""People: who they are, what they may do, and the tokens by which programs act for them.

Nouns: `Member` (a person who books), `Role` (a set of permissions), `Actor` (a member acting now, from somewhere).
Staff with a `venue_id` work at that venue only; which venues there are, the callers know.
Invariants: one member per Telegram id; the last super administrator cannot be demoted or disabled; an API token is
stored only as its SHA-256 digest and there is one per member.
Errors: MemberNotFound, NotPermitted, MemberDisabled, UnknownLanguage, UnknownTimezone, LastSuperAdministrator.
"""

from domain.people.actors import PERMISSIONS, SYSTEM, Actor, Origin, Role, actor_of, visitor
from domain.people.errors import (
    LastSuperAdministrator,
    MemberDisabled,
    MemberNotFound,
    NotPermitted,
    UnknownLanguage,
    UnknownTimezone,
)
from domain.people.events import MemberDisabledByOffice, MemberEnabled, MemberJoined, RoleChanged, StaffVenueChanged
from domain.people.models import LANGUAGES, RECORDS, Member
from domain.people.queries import administrators, by_api_token, by_telegram_id, find, get, several
from domain.people.service import (
    disable,
    enable,
    issue_api_token,
    mark_blocked,
    meet,
    needs_meeting,
    promote,
    set_language,
    set_staff_venue,
    set_timezone,
)

__all__ = [
    "LANGUAGES", "PERMISSIONS", "RECORDS", "SYSTEM", "Actor", "LastSuperAdministrator", "Member", "MemberDisabled",
    "MemberDisabledByOffice", "MemberEnabled", "MemberJoined", "MemberNotFound", "NotPermitted", "Origin", "Role",
    "RoleChanged", "StaffVenueChanged", "UnknownLanguage", "UnknownTimezone", "actor_of", "administrators",
    "by_api_token", "by_telegram_id", "disable", "enable", "find", "get", "issue_api_token", "mark_blocked", "meet",
    "needs_meeting", "promote", "set_language", "set_staff_venue", "set_timezone", "several", "visitor",
]  # fmt: skip
