"""The Bot API methods, one module per subject. Importing this package fills the table."""

from sandbox.telegram.methods import account, editing, media, messages, payments, profile, queries, receiving
from sandbox.telegram.methods.registry import METHODS, NAMES

__all__ = [
    "METHODS",
    "NAMES",
    "account",
    "editing",
    "media",
    "messages",
    "payments",
    "profile",
    "queries",
    "receiving",
]
