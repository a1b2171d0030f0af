"""A transactor that makes every callback run twice, as MongoDB may ask at any time."""

from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from pymongo.errors import PyMongoError

from domain.kernel import Transactor, Tx

P = ParamSpec("P")
T = TypeVar("T")


class TwiceTransactor(Transactor):
    """Throws away the first run of each verb, after all that it did, by an error that asks for another."""

    async def __call__(
        self, verb: Callable[Concatenate[Tx, P], Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        runs = 0

        async def twice(tx: Tx) -> T:
            nonlocal runs
            runs += 1
            result = await verb(tx, *args, **kwargs)
            if runs == 1:
                raise PyMongoError("once more", error_labels=["TransientTransactionError"])
            return result

        return await super().__call__(twice)
