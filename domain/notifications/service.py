"""Telling people, and what becomes of a notice. Only `jobs/delivery` sends."""

from collections.abc import Collection
from datetime import datetime

from beanie import PydanticObjectId

from domain import people
from domain.kernel import Row, Tx, WorkStatus, complete, mark, put_back
from domain.notifications.models import Kind, Notice, NoticeStatus

ADMINISTRATORS_TOLD_MAX = 50
SHOWN_MAX = 50
"""Messages with access data of one booking that are taken back."""


async def tell(
    tx: Tx,
    *,
    member_id: PydanticObjectId,
    kind: Kind,
    facts: Row,
    dedupe_key: str,
    now: datetime,
    not_before: datetime | None = None,
    replaces: str | None = None,
) -> None:
    """Have one person told, once per `dedupe_key` and person; the message goes out after this transaction.

    `replaces` is the dedupe key of an earlier notice to the same person, whose message this one takes the place of.
    """
    notice = Notice(
        member_id=member_id, kind=kind, facts=facts, dedupe_key=f"{dedupe_key}:{member_id}", not_before=not_before,
        replaces=f"{replaces}:{member_id}" if replaces else None, created_at=now, updated_at=now,
    )  # fmt: skip
    # An upsert and not an insert: a duplicate key would abort the transaction that wanted to tell.
    await Notice.get_pymongo_collection().update_one(
        {"dedupe_key": notice.dedupe_key}, {"$setOnInsert": notice.row()}, upsert=True
    )


async def noted(
    tx: Tx, *, member_id: PydanticObjectId, kind: Kind, facts: Row, dedupe_key: str, message_id: int, now: datetime
) -> None:
    """Note a message that the bot has sent by itself, so that a later notice can take its place."""
    done = {
        "work_status": WorkStatus.DONE.value, "status": NoticeStatus.SENT.value, "message_id": message_id,
        "sent_at": now, "done_at": now,
    }  # fmt: skip
    notice = Notice(
        member_id=member_id, kind=kind, facts=facts, dedupe_key=f"{dedupe_key}:{member_id}", created_at=now,
        updated_at=now,
    )  # fmt: skip
    await Notice.get_pymongo_collection().update_one(
        {"dedupe_key": notice.dedupe_key}, {"$setOnInsert": {**notice.row(), **done}}, upsert=True
    )


async def withdraw_access(tx: Tx, *, member_id: PydanticObjectId, booking: Row, now: datetime) -> None:
    """Have the messages with the access data of this booking say that it is over; `booking` as `booking_facts`."""
    shown = {"member_id": member_id, "kind": Kind.ACCESS_SHOWN.value, "facts.booking.id": booking["id"]}
    rows = Notice.get_pymongo_collection().find(shown, {"dedupe_key": 1}).limit(SHOWN_MAX)
    async for row in rows:
        key = row["dedupe_key"].removesuffix(f":{member_id}")
        await tell(
            tx, member_id=member_id, kind=Kind.ACCESS_WITHDRAWN, facts={"booking": booking}, now=now,
            dedupe_key=f"withdrawn:{key}", replaces=key,
        )  # fmt: skip


async def tell_administrators(
    tx: Tx,
    *,
    kind: Kind,
    facts: Row,
    dedupe_key: str,
    now: datetime,
    besides: Collection[PydanticObjectId | None] = (),
) -> None:
    """Have every administrator told, besides those who know already."""
    for member in await people.administrators(limit=ADMINISTRATORS_TOLD_MAX):
        if member.id in besides:
            continue
        await tell(tx, member_id=member.id, kind=kind, facts=facts, dedupe_key=dedupe_key, now=now)


async def sending(notice: Notice, *, now: datetime) -> None:
    """Note that the message is about to be sent. Raises LeaseLost: then it must not be."""
    await mark(notice, now=now, status=NoticeStatus.SENDING.value)


async def sent(notice: Notice, *, message_id: int, now: datetime) -> None:
    """Note that the message was sent. Raises LeaseLost."""
    await complete(notice, now=now, status=NoticeStatus.SENT.value, message_id=message_id, sent_at=now)


async def skip(notice: Notice, *, reason: str, now: datetime) -> None:
    """Leave the person alone: what the notice says is not true any more, or cannot reach them. Raises LeaseLost."""
    await complete(notice, now=now, status=NoticeStatus.SKIPPED.value, skip_reason=reason)


async def skip_blocked(tx: Tx, *, notice: Notice, reason: str, now: datetime) -> None:
    """Leave a person alone who blocked the bot, now and until they write again. Raises LeaseLost."""
    await skip(notice, reason=reason, now=now)
    await people.mark_blocked(tx, member_id=notice.member_id, is_blocked=True, now=now)


async def postpone(notice: Notice, *, failure: str, now: datetime, retry_in_seconds: float | None = None) -> WorkStatus:
    """Try again later, or give the notice up as `failed` (see `kernel.put_back`). Raises LeaseLost."""
    also: dict[WorkStatus, Row] = {
        WorkStatus.PENDING: {"status": NoticeStatus.PENDING.value},
        WorkStatus.DEAD: {"status": NoticeStatus.FAILED.value},
    }
    return await put_back(notice, failure=failure, now=now, retry_in_seconds=retry_in_seconds, also=also)


async def wait(notice: Notice, *, until: datetime, reason: str, now: datetime) -> None:
    """Put the notice back until then; this is no failure of anything. Raises LeaseLost."""
    await postpone(notice, failure=reason, now=now, retry_in_seconds=(until - now).total_seconds())
