"""One real MongoDB per test process, one empty database per test."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient

from app.mongod import EmbeddedMongo
from domain.kernel import Database, Row, Transactor, enter_tenant, prepare


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


@pytest.fixture
async def database(client: AsyncMongoClient[Row]) -> AsyncIterator[Database]:
    """An empty, prepared database of one tenant, entered for the test."""
    from domain.records import RECORDS

    fresh = client[f"test_{uuid4().hex[:12]}"]
    await prepare(fresh, RECORDS)
    enter_tenant(fresh)
    yield fresh
    await client.drop_database(fresh.name)


@pytest.fixture
def transact(client: AsyncMongoClient[Row]) -> Transactor:
    """How tests change things, as the edges do."""
    return Transactor(client)
