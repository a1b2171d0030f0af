"""What people may be told no for."""

from domain.kernel import Conflict, Forbidden, Invalid, NotFound


class MemberNotFound(NotFound):
    """No such member."""

    code = "MEMBER_NOT_FOUND"
    number = 1101


class NotPermitted(Forbidden):
    """The permission is missing; facts: permission."""

    code = "NOT_PERMITTED"
    number = 1102


class MemberDisabled(Forbidden):
    """A disabled member can read, but buys and books nothing."""

    code = "MEMBER_DISABLED"
    number = 1103


class UnknownLanguage(Invalid):
    """We do not speak it; facts: language."""

    code = "UNKNOWN_LANGUAGE"
    number = 1104


class UnknownTimezone(Invalid):
    """Not a name of the IANA time zone database; facts: timezone."""

    code = "UNKNOWN_TIMEZONE"
    number = 1105


class LastSuperAdministrator(Conflict):
    """Somebody must remain who can promote others."""

    code = "LAST_SUPER_ADMINISTRATOR"
    number = 1106
