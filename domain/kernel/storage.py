"""Records and where they live: one MongoDB database per tenant, chosen by the context, never by an argument."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, ClassVar, Self

from beanie import Document, PydanticObjectId, init_beanie
from pydantic import Field, PrivateAttr
from pymongo import IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import CollectionInvalid

Row = dict[str, Any]
Database = AsyncDatabase[Row]

_database: ContextVar[Database] = ContextVar("tenant_database")


COLLECTIONS_KNOWN_MAX = 10_000
_collections: dict[tuple[type["Record"], str, int], AsyncCollection[Row]] = {}
"""Made once: PyMongo builds codec options and concerns anew for every handle."""


@contextmanager
def tenant(database: Database) -> Iterator[None]:
    """Work inside this tenant's database until the block ends. Threads do not inherit it: enter it there again."""
    token = _database.set(database)
    try:
        yield
    finally:
        _database.reset(token)


def enter_tenant(database: Database) -> None:
    """Work inside this tenant's database for the rest of the current context: for a process that serves one tenant."""
    _database.set(database)


def database() -> Database:
    """The current tenant's database; LookupError outside a tenant, on purpose."""
    return _database.get()


class Record(Document):
    """A stored thing. Its database is the current tenant's; its id is made here, so a retried insert is the same row.

    Change records with conditional updates, not by mutating and saving: a transaction's callback may run twice, and
    `save_changes()` silently writes nothing the second time.
    """

    id: PydanticObjectId = Field(default_factory=PydanticObjectId)
    created_at: datetime
    updated_at: datetime

    # Nothing is parsed lazily here, so attributes need no detour; and a factory would be inspected at every read.
    __getattribute__ = object.__getattribute__
    _store: dict[str, Any] = PrivateAttr(default={})

    json_schema_validator: ClassVar[Row | None] = None
    """A MongoDB `validator` for the collection: the second lock behind the service's own checks."""

    @classmethod
    def get_pymongo_collection(cls) -> AsyncCollection[Row]:
        """The collection in the current tenant's database."""
        of = _database.get()
        # By the client's identity: two clients of one address are equal, but only one of them may be open.
        key = (cls, of.name, id(of.client))
        found = _collections.get(key)
        if found is None:
            if len(_collections) >= COLLECTIONS_KNOWN_MAX:
                _collections.clear()
            found = _collections[key] = of[cls.get_collection_name()]
        return found

    @classmethod
    def read(cls, row: Row) -> Self:
        """The record for a stored row, without Beanie's query machinery (hot paths)."""
        record: Self = cls.model_validate(row)
        return record

    def row(self) -> Row:
        """The row as stored, `_id` included."""
        stored: Row = self.model_dump(by_alias=True)
        return stored


async def insert_rows(model: type[Record], rows: Sequence[Row]) -> None:
    """Insert rows in one command; a single one without the bulk machinery, which costs as much again.

    Raises DuplicateKeyError for one row, BulkWriteError for several.
    """
    if len(rows) == 1:
        await model.get_pymongo_collection().insert_one(rows[0])
    else:
        await model.get_pymongo_collection().insert_many(rows)


async def prepare(database: Database, models: Sequence[type[Record]]) -> None:
    """Make collections, validators and indexes of one tenant; at start-up or deployment, never in a request.

    Collections are made first because a transaction must not create one implicitly while another does the same.
    """
    with tenant(database):
        await init_beanie(database=database, document_models=list(models), skip_indexes=True)
        existing = set(await database.list_collection_names())
        for model in models:
            await _prepare_collection(database, model, existing)


async def _prepare_collection(database: Database, model: type[Record], existing: set[str]) -> None:
    name = model.get_collection_name()
    validator = model.json_schema_validator or {}
    if name not in existing:
        try:
            await database.create_collection(name, validator=validator)
        except CollectionInvalid:  # another process made it a moment ago
            await database.command("collMod", name, validator=validator)
    elif model.json_schema_validator is not None:
        await database.command("collMod", name, validator=validator)
    indexes: list[IndexModel] = getattr(model.Settings, "indexes", [])
    if indexes:
        await _prepare_indexes(database, name, {str(index.document["name"]): index for index in indexes})


async def _prepare_indexes(database: Database, name: str, declared: dict[str, IndexModel]) -> None:
    """Make the indexes declared, and drop what an earlier version declared otherwise: it would still guard."""
    found = {row["name"]: _spec(row) async for row in await database[name].list_indexes() if row["name"] != "_id_"}
    wanted = {index: _spec(model.document) for index, model in declared.items()}
    for index in [index for index, spec in found.items() if wanted.get(index) != spec]:
        await database[name].drop_index(index)
    if found != wanted:
        await database[name].create_indexes(list(declared.values()))


def _spec(index: Mapping[str, Any]) -> tuple[Any, ...]:
    key = list(dict(index.get("key", {})).items())
    return key, bool(index.get("unique")), index.get("partialFilterExpression"), index.get("expireAfterSeconds")
