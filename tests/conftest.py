"""One real MongoDB per test process, an empty database for each test."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina
from pymongo import AsyncMongoClient

from app.mongod import EmbeddedMongo
from domain.invariants import violations
from domain.kernel import Database, Row, Transactor, enter_tenant, prepare
from domain.records import RECORDS
from tests.twice import TwiceTransactor

ATTEMPTS_MAX = 10


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedMongo]:
    """The real `mongod` of this test process."""
    folder: Path = tmp_path_factory.mktemp("mongo")
    server = EmbeddedMongo(folder / "db", port=free_port(), test_commands=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
async def client(mongo: EmbeddedMongo) -> AsyncIterator[AsyncMongoClient[Row]]:
    """A client of it."""
    async with AsyncMongoClient[Row](mongo.uri, tz_aware=True) as connected:
        yield connected


@pytest.fixture(scope="session", autouse=True)
def impatient() -> Iterator[None]:
    """As many attempts as ever, but none of them waited for."""
    stamina.set_testing(True, attempts=ATTEMPTS_MAX, cap=True)
    yield
    stamina.set_testing(False)


_prepared: set[int] = set()


@pytest.fixture
async def database(client: AsyncMongoClient[Row], request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """An empty, prepared database of one tenant, entered for the test; the invariants must hold at its end.

    A test that breaks them on purpose is marked `breaks_invariants`. The database is emptied after each test instead
    of made anew: collections and indexes cost a second, documents a few milliseconds. Only where a test took an index
    away (marked `drops_an_index`) it is prepared again.
    """
    tenants = client["test"]
    if id(client) not in _prepared:
        await prepare(tenants, RECORDS)
        _prepared.add(id(client))
    enter_tenant(tenants)
    yield tenants
    broken = [] if request.node.get_closest_marker("breaks_invariants") else await violations(limit=20)
    for name in await tenants.list_collection_names(filter={"type": "collection"}):
        await tenants[name].delete_many({})
    if request.node.get_closest_marker("drops_an_index"):
        await prepare(tenants, RECORDS)
    assert broken == []


@pytest.fixture
def transact(client: AsyncMongoClient[Row], request: pytest.FixtureRequest) -> Transactor:
    """How tests change things, as the edges do; marked `twice`, every transaction's callback runs twice."""
    return TwiceTransactor(client) if request.node.get_closest_marker("twice") else Transactor(client)
