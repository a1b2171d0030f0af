"""The words and shapes that requests of several rooms share."""

from datetime import UTC, datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from fastapi import Depends
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from api.dependencies import Caller
from api.envelope import Refusal
from domain.resources import Options

TOKENS_MAX = 1_000_000_000
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal} for status in (400, 401, 402, 403, 404, 409, 429, 503)
}

Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
    AfterValidator(lambda moment: moment.astimezone(UTC)),
]
"""Calendars end before the year 10,000 does: nearer its ends the arithmetic of time zones overflows."""


def _said(value: Any) -> Any:
    if value is None:  # of which bson would make a new id
        raise ValueError("an id is needed")
    return value


Id = Annotated[PydanticObjectId, BeforeValidator(_said)]
"""An id that must be named."""
Reason = Annotated[str, Field(max_length=200)]
Tokens = Annotated[int, Field(ge=0, le=TOKENS_MAX)]


def body(**example: Any) -> ConfigDict:
    """Of what is sent: nothing besides the fields, and an example."""
    return ConfigDict(extra="forbid", json_schema_extra={"example": example})


def shown(**example: Any) -> ConfigDict:
    """Of what is answered: an example; read from fields or from attributes."""
    return ConfigDict(from_attributes=True, json_schema_extra={"example": example})


def holding(permission: str) -> Any:
    """That the caller's role has the permission, before anything else is looked at. Raises NotPermitted."""

    async def require(actor: Caller) -> None:
        actor.require(permission)

    return Depends(require)


class Chosen(BaseModel):
    """What of a resource's offer is chosen, or the vehicle that is brought to a parking slot."""

    aci_version: str | None = Field(default=None, max_length=30)
    options: list[Annotated[str, Field(max_length=32)]] = Field(default=[], max_length=20)
    vehicle_id: PydanticObjectId | None = None

    def chosen(self) -> Options:
        """As the rooms take it."""
        return Options(aci_version=self.aci_version, preconfig=self.options, vehicle_id=self.vehicle_id)

    def chosen_over(self, before: Options) -> Options:
        """As the rooms take it; what was not said stays as it was."""
        names = {"aci_version": "aci_version", "options": "preconfig", "vehicle_id": "vehicle_id"}
        said = {names[name]: getattr(self, name) for name in names if name in self.model_fields_set}
        return before.model_copy(update=said)
