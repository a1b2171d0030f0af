"""What routes ask for by parameter: the services, the moment, the caller, their allowance and their command's key."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from weakref import WeakValueDictionary

from fastapi import Depends, Header, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.errors import IdempotencyKeyRequired, TooManyRequests
from api.services import Services
from domain import people
from domain.kernel import LIMIT_MAX, Unauthorized

KEY_LENGTH_MAX = 200


def services(request: Request) -> Services:
    """What the composition root handed over."""
    found: Services = request.app.state.services
    return found


ServicesDep = Annotated[Services, Depends(services)]


def moment(given: ServicesDep) -> datetime:
    """The moment at which this request is decided."""
    return given.clock()


Now = Annotated[datetime, Depends(moment)]


class Allowance:
    """Counts requests per caller in this process, over a moving window."""

    def __init__(self, given: Services) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._anonymous = parse(given.rate_limits.anonymous)
        self._member = parse(given.rate_limits.member)

    async def take_anonymous(self, address: str, response: Response) -> None:
        """Count one request of somebody unknown. Raises TooManyRequests."""
        await self._take(self._anonymous, f"address:{address}", response)

    async def take_member(self, member_id: str, response: Response) -> None:
        """Count one request of a member. Raises TooManyRequests."""
        await self._take(self._member, f"member:{member_id}", response)

    async def take_guess(self, address: str, response: Response) -> None:
        """Count one request with a token that is nobody's. Raises TooManyRequests."""
        await self._take(self._anonymous, f"guesses:{address}", response)

    async def check_guesses(self, address: str, response: Response) -> None:
        """Refuse an address that has used up its guesses, without counting. Raises TooManyRequests."""
        if not await self._window.test(self._anonymous, f"guesses:{address}"):
            await self.take_guess(address, response)

    async def _take(self, item: RateLimitItem, caller: str, response: Response) -> None:
        allowed = await self._window.hit(item, caller)
        window = await self._window.get_window_stats(item, caller)
        wait_seconds = max(1, math.ceil(window.reset_time - time.time()))
        response.headers["X-RateLimit-Limit"] = str(item.amount)
        response.headers["X-RateLimit-Remaining"] = str(max(0, window.remaining))
        if not allowed:
            raise TooManyRequests(retry_after_seconds=min(wait_seconds, item.get_expiry()), limit=str(item))


bearer = HTTPBearer(auto_error=False, description="The token that `/token` shows in chat.")


async def visitor(request: Request, response: Response) -> None:
    """Anyone, within the allowance of their address."""
    await request.app.state.allowance.take_anonymous(_address_of(request), response)


def _address_of(request: Request) -> str:
    return request.client.host if request.client else "unknown"


async def caller(
    request: Request,
    response: Response,
    given: ServicesDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> people.Actor:
    """The member whose token came with the request. Raises Unauthorized."""
    if credentials is None:
        await visitor(request, response)
        raise Unauthorized
    allowance: Allowance = request.app.state.allowance
    # Guesses have an allowance of their own, looked at first: who has used it up costs the database nothing more, and
    # who only looked around anonymously is not kept from showing a token.
    await allowance.check_guesses(_address_of(request), response)
    member = await people.by_api_token(credentials.credentials)
    if member is None:
        await allowance.take_guess(_address_of(request), response)
        raise Unauthorized
    await allowance.take_member(str(member.id), response)
    return people.actor_of(member, "api")


Caller = Annotated[people.Actor, Depends(caller)]

_queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


async def one_at_a_time(actor: Caller) -> AsyncIterator[people.Actor]:
    """The caller, whose changes run one after the other in this process: bursts on one wallet would only collide."""
    queue = _queues.setdefault(str(actor.member_id), asyncio.Lock())
    async with queue:
        yield actor


Changer = Annotated[people.Actor, Depends(one_at_a_time)]


def command_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Made by you, unique per command; sending it again returns the first outcome.",
            examples=["order-42"],
        ),
    ] = None,
) -> str:
    """The caller's key for this command. Raises IdempotencyKeyRequired."""
    key = (idempotency_key or "").strip()
    if not key or len(key) > KEY_LENGTH_MAX or not key.isascii() or not key.isprintable():
        raise IdempotencyKeyRequired(length_max=KEY_LENGTH_MAX)
    return key


CommandKey = Annotated[str, Depends(command_key)]
PageNumber = Annotated[int, Query(ge=1, le=10_000, description="Pages count from 1.")]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
