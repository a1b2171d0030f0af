"""The table of Bot API methods."""

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.telegram.messenger import Messenger
from sandbox.telegram.parameters import Parameters

Method = Callable[[Messenger, Parameters], Awaitable[Any]]

METHODS: dict[str, Method] = {}
NAMES: dict[str, str] = {}  # lower case -> as documented


def method(name: str) -> Callable[[Method], Method]:
    """Register a function as the Bot API method `name`; it answers the result or raises `ApiError`."""

    def register(function: Method) -> Method:
        METHODS[name.lower()] = function
        NAMES[name.lower()] = name
        return function

    return register
