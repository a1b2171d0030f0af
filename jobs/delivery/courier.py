"""From a waiting notice to a message in a chat.

At least once: the notice is marked `sending` just before the call. When we die between Telegram's answer and our note
of it, the notice is found `sending` when its lease ends, and is sent again, because the Bot API has no key by which to
ask whether it was. Everything that can end a notice otherwise is looked at before the call: whether the person wants
it, whether it is still true, and whether they want quiet now.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import datetime
from weakref import WeakValueDictionary

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramRetryAfter
from beanie import PydanticObjectId

from bot.views import notices
from bot.views.reader import Reader
from bot.views.screen import Screen
from domain import notifications, people
from domain.kernel import Clock, Row, Transact, WorkStatus, claim
from domain.notifications import Notice, NoticeStatus
from domain.people import Member
from jobs import metrics
from jobs.delivery.pace import Pace
from jobs.delivery.telegram import Refusal, edit, refusal, send
from jobs.outage import Outage
from jobs.worker import Worker

CONCURRENCY = 16
LEASE_SECONDS = 60.0
PATIENCE_SECONDS = 2.0
RETRY_SECONDS_MAX = 60.0
REPLACED_SECONDS = 1.0

log = logging.getLogger(__name__)


class Courier:
    """Sends one notice at a time to each person, in the order of claiming, and never faster than the pace."""

    def __init__(self, bot: Bot, transact: Transact, clock: Clock, *, pace: Pace) -> None:
        self._bot = bot
        self._transact = transact
        self._clock = clock
        self._pace = pace
        self._outage = Outage("delivery")
        self._turns: WeakValueDictionary[PydanticObjectId, asyncio.Lock] = WeakValueDictionary()

    async def deliver(self, notice: Notice) -> None:
        """Bring one claimed notice to its end, or put it back. Raises LeaseLost."""
        claimed_at = time.monotonic()
        # Before anything is awaited, so that places in the chat's queue are taken in the order of claiming.
        reserved, wait_seconds = self._pace.reserve(notice.member_id, patience_seconds=PATIENCE_SECONDS)
        turn = self._turns.setdefault(notice.member_id, asyncio.Lock())
        if not reserved:
            await self._postpone(notice, "the chat's pace", wait_seconds)
            return
        async with turn:
            await asyncio.sleep(claimed_at + wait_seconds - time.monotonic())
            held_seconds = self._pace.held_seconds(notice.member_id)
            if held_seconds:
                await self._postpone(notice, "Telegram's Retry-After for the chat", held_seconds)
                return
            member = await people.get(notice.member_id)
            await self._deliver_now(notice, member, leased_until=claimed_at + LEASE_SECONDS)

    async def _deliver_now(self, notice: Notice, member: Member, *, leased_until: float) -> None:
        now = self._clock()
        if member.is_blocked:
            await self._skip(notice, "the person blocked the bot")
            return
        facts = await self._facts_to_tell(notice, member, now=now)
        if facts is None:
            return
        earlier = await notifications.to_replace(notice)
        if earlier is not None and earlier.status is NoticeStatus.SENDING:
            await self._postpone(notice, "the message that it replaces is being sent", REPLACED_SECONDS)
            return
        screen = notices.render(notice.kind, facts, Reader.of(member, now=now))
        if notice.status is NoticeStatus.SENDING:
            log.warning("notice %s was perhaps sent before; sending it again", notice.id)
        await notifications.sending(notice, now=now)
        try:
            message_id = await self._say(notice, member, screen, earlier)
        except AiogramError as error:
            await self._refused(notice, member, error)
            return
        if message_id is None:
            await self._skip(notice, "the message is gone")
            return
        # It is out: note it for as long as the lease lasts, or it will be sent a second time.
        await self._outage.outlive(
            lambda: notifications.sent(notice, message_id=message_id, now=self._clock()), until=leased_until
        )
        metrics.SENT.labels(notice.kind, "sent").inc()

    async def _facts_to_tell(self, notice: Notice, member: Member, *, now: datetime) -> Row | None:
        """What is true and wanted now; None when the notice has been skipped or put back."""
        preference = await notifications.preference_of(member.id, now=now)
        if notifications.is_muted(notice.kind, preference):
            await self._skip(notice, "muted")
            return None
        facts = await notifications.current_facts(notice, now=now)
        if facts is None:
            await self._skip(notice, "overtaken")
            return None
        quiet_until = await notifications.quiet_until(notice, preference, timezone=member.timezone, now=now)
        if quiet_until is not None:
            await notifications.wait(notice, until=quiet_until, reason="quiet hours", now=now)
            return None
        return facts

    async def _say(self, notice: Notice, member: Member, screen: Screen, earlier: Notice | None) -> int | None:
        """Edit the earlier message; where there is none (any more) send a new one, or nothing if it is only edited."""
        message_id = earlier.message_id if earlier is not None else None
        if message_id is not None and await edit(
            self._bot, chat_id=member.telegram_id, message_id=message_id, screen=screen
        ):
            return message_id
        if notice.kind in notifications.ONLY_EDITED:
            return None
        return await send(self._bot, chat_id=member.telegram_id, screen=screen)

    async def _skip(self, notice: Notice, reason: str) -> None:
        await notifications.skip(notice, reason=reason, now=self._clock())
        metrics.SENT.labels(notice.kind, "skipped").inc()

    async def _refused(self, notice: Notice, member: Member, error: AiogramError) -> None:
        match refusal(error):
            case Refusal.WAIT:
                assert isinstance(error, TelegramRetryAfter)
                self._pace.hold(notice.member_id, seconds=error.retry_after)
                await self._postpone(notice, str(error), error.retry_after)
            case Refusal.BLOCKED:
                await self._transact(notifications.skip_blocked, notice=notice, reason=str(error), now=self._clock())
                metrics.SENT.labels(notice.kind, "skipped").inc()
            case Refusal.UNREACHABLE:
                await self._skip(notice, str(error))
            case Refusal.TRY_AGAIN:
                await self._postpone(notice, str(error), min(RETRY_SECONDS_MAX, 2.0 ** min(notice.attempts, 10)))
            case Refusal.BROKEN:
                raise error

    async def _postpone(self, notice: Notice, failure: str, retry_in_seconds: float) -> None:
        log.info("notice %s waits %.1f s: %s", notice.id, retry_in_seconds, failure)
        await notifications.postpone(notice, failure=failure, now=self._clock(), retry_in_seconds=retry_in_seconds)


def worker(bot: Bot, transact: Transact, clock: Clock) -> Worker[Notice]:
    """The worker of the notices."""
    courier = Courier(bot, transact, clock, pace=Pace())

    async def claim_notices(limit: int) -> Sequence[Notice]:
        return await claim(Notice, now=clock(), limit=limit, lease_seconds=LEASE_SECONDS)

    async def put_back(notice: Notice, reason: str, retry_in_seconds: float | None) -> WorkStatus:
        status = await notifications.postpone(notice, failure=reason, now=clock(), retry_in_seconds=retry_in_seconds)
        if status is WorkStatus.DEAD:
            metrics.SENT.labels(notice.kind, "failed").inc()
        return status

    return Worker(
        "delivery", claim=claim_notices, handle=courier.deliver, put_back=put_back, clock=clock,
        concurrency=CONCURRENCY, lease_seconds=LEASE_SECONDS,
    )  # fmt: skip
