"""What people may be told no for about notices."""

from domain.kernel import Invalid


class UnknownTopic(Invalid):
    """Nothing that can be chosen, or something that is always told; facts: topic."""

    code = "UNKNOWN_TOPIC"
    number = 3701


class InvalidQuietHours(Invalid):
    """Not two different times of day as HH:MM, nor none at all; facts: quiet_from, quiet_until."""

    code = "INVALID_QUIET_HOURS"
    number = 3702
