"""The API on a free port, a rack, packs and members with tokens."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

import api
from app.gateways.razorpay import RazorpayGateway
from domain import people, wallets
from domain.kernel import Database, Transactor
from tests.serving import serving
from tests.vault import VAULT

WEBHOOK_SECRET = "whsec_test"
TELEGRAM_SECRET = "telegram-secret"
BOT_ID = 4242


@pytest.fixture
async def http(database: Database, transact: Transactor) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running API."""
    services = api.Services(
        transact=transact,
        clock=lambda: datetime.now(UTC),
        gateway=RazorpayGateway(
            key_id="rzp_test_key",
            key_secret="key_secret",
            webhook_secret=WEBHOOK_SECRET,
            base_url="http://127.0.0.1:9",
        ),
        database=database,
        vault=VAULT,
        telegram_bot_id=BOT_ID,
        telegram_secret=TELEGRAM_SECRET,
        rate_limits=api.RateLimits(anonymous="30/minute", member="40/minute"),
    )
    async with serving(api.create(services)) as address, httpx.AsyncClient(base_url=address) as client:
        yield client


class ApiMember:
    """A member with an API token and some tokens to spend."""

    def __init__(self, actor: people.Actor, token: str) -> None:
        self.actor = actor
        self.headers = {"Authorization": f"Bearer {token}"}

    def with_key(self, key: str) -> dict[str, str]:
        return {**self.headers, "Idempotency-Key": key}


async def a_member(
    transact: Transactor, *, telegram_id: int, tokens: int, role: people.Role = people.Role.MEMBER
) -> ApiMember:
    now = datetime.now(UTC)
    member = await transact(
        people.meet, telegram_id=telegram_id, name=f"Person {telegram_id}", username=None,
        first_role=role, now=now,
    )  # fmt: skip
    actor = people.actor_of(member, "api")
    if tokens:
        await transact(
            wallets.credit, member_id=member.id, tokens=tokens, source="bonus", key=f"gift:{telegram_id}", now=now
        )
    return ApiMember(actor, await transact(people.issue_api_token, actor=actor, now=now))


@pytest.fixture
async def asha(database: Database, transact: Transactor) -> ApiMember:
    return await a_member(transact, telegram_id=1001, tokens=20)


@pytest.fixture
async def ravi(database: Database, transact: Transactor) -> ApiMember:
    return await a_member(transact, telegram_id=1002, tokens=1)


@pytest.fixture
async def meera(database: Database, transact: Transactor) -> ApiMember:
    """Somebody of the staff."""
    return await a_member(transact, telegram_id=1003, tokens=0, role=people.Role.STAFF)


@pytest.fixture
async def dev(database: Database, transact: Transactor) -> ApiMember:
    """An administrator."""
    return await a_member(transact, telegram_id=1004, tokens=0, role=people.Role.ADMIN)


def next_hour(hours: int = 24) -> datetime:
    """A moment on every grid, some hours ahead."""
    return (datetime.now(UTC) + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
