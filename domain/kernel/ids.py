"""Short codes for people to read and say."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0/O, 1/I/L and U: nobody should have to ask which one it was."""


def short_code(prefix: str, *, length: int = 6) -> str:
    """A random code such as `B-7F3K9T`; unique only together with a unique index."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(length))}"
