"""What every POST under `/api/v1` has in common: one caller, one key, one outcome."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Response
from pydantic import BaseModel

from api.dependencies import Changer, CommandKey, Now, ServicesDep
from domain.kernel import Row, Tx, once

V = TypeVar("V", bound=BaseModel)


class Command:
    """A change that the caller asks for under their key; asked again, it has its first outcome.

    `key` is what verbs take that know a command again by themselves: made by the caller, of the caller.
    """

    def __init__(self, response: Response, given: ServicesDep, actor: Changer, key: CommandKey, now: Now) -> None:
        self.actor = actor
        self.now = now
        self.key = f"api:{actor.member_id}:{key}"
        self._given_key = f"{actor.member_id}:{key}"
        self._response = response
        self._transact = given.transact

    async def carry_out(self, name: str, shape: type[V], verb: Callable[[Tx], Awaitable[V]], **asked: Any) -> V:
        """Run the verb once and answer its outcome. Raises KeyReused when the key came before with another `asked`."""

        async def run(tx: Tx) -> Row:
            return (await verb(tx)).model_dump(mode="json")

        outcome, is_replay = await once(
            self._transact, run, key=self._given_key, asked={"verb": name, **asked}, now=self.now
        )
        if is_replay:
            self._response.headers["Idempotent-Replayed"] = "true"
        return shape.model_validate(outcome)


CommandDep = Annotated[Command, Depends()]
