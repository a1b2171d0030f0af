"""One message that is edited in place, and notices as people wish them: muted, or after their quiet hours."""

from datetime import datetime, timedelta
from typing import Any

from domain import notifications, people
from domain.kernel import claim
from domain.notifications import Kind, Notice
from domain.people import Actor
from jobs import Services
from tests.building import a_member
from tests.jobs.conftest import MovableClock, jobs_running
from tests.jobs.letters import all_are, asha, has, notices, texts, told
from tests.jobs.waiting import until
from tests.sandbox.telegram_stage import ASHA, TelegramStage

# in place of an earlier message


async def tell(services: Services, member: Actor, kind: Kind, key: str, **more: Any) -> None:
    assert member.member_id is not None
    facts = {"tokens": 1, "reason": key, "balance_tokens": 0, "role": "member"}
    await services.transact(
        notifications.tell, member_id=member.member_id, kind=kind, now=services.clock(), facts=facts, dedupe_key=key,
        **more,
    )  # fmt: skip


async def test_a_notice_that_replaces_another_edits_its_message(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)

    async with jobs_running(services):
        await told(services, member, "preparing")
        await until(lambda: all_are("sent"))
        await tell(services, member, Kind.TOKENS_ADJUSTED, "ready", replaces="preparing")
        await until(lambda: all_are("sent"))

    (text,) = await texts(sandbox)
    assert "ready" in text
    first, second = await notices()
    assert first["message_id"] == second["message_id"]


async def test_it_is_sent_anew_where_the_person_has_deleted_the_message(
    services: Services, sandbox: TelegramStage
) -> None:
    member = await asha(services, sandbox)

    async with jobs_running(services):
        await told(services, member, "preparing")
        await until(lambda: all_are("sent"))
        (first,) = await notices()
        await sandbox.call("deleteMessage", chat_id=ASHA, message_id=first["message_id"])
        await tell(services, member, Kind.TOKENS_ADJUSTED, "ready", replaces="preparing")
        await until(lambda: all_are("sent"))

    (text,) = await texts(sandbox)
    assert "ready" in text
    assert (await notices())[1]["message_id"] != first["message_id"]


async def test_it_is_sent_anew_where_the_earlier_one_was_never_sent(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)
    await tell(services, member, Kind.ACCOUNT_DISABLED, "overtaken")

    async with jobs_running(services):
        await tell(services, member, Kind.TOKENS_ADJUSTED, "ready", replaces="overtaken")
        await tell(services, member, Kind.TOKENS_ADJUSTED, "steady", replaces="nothing of that name")
        await until(lambda: has(status="skipped"))
        await until(lambda: has(dedupe_key=f"steady:{member.member_id}", status="sent"))
        await until(lambda: has(dedupe_key=f"ready:{member.member_id}", status="sent"))

    assert len(await texts(sandbox)) == 2


async def test_a_message_that_says_it_already_counts_as_edited(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)
    answer = await sandbox.sim(
        "POST", "faults", {"service": "telegram", "route": "editMessageText", "times": 1, "fault": "drop_response"}
    )
    assert answer.is_success, answer.text

    async with jobs_running(services):
        await told(services, member, "preparing")
        await until(lambda: all_are("sent"))
        await tell(services, member, Kind.TOKENS_ADJUSTED, "ready", replaces="preparing")
        await until(lambda: all_are("sent"))

    assert len(await texts(sandbox)) == 1
    edits = (await sandbox.sim("GET", "calls?method=editMessageText")).json()
    assert len(edits) == 2  # the answer to the first was lost, the second changed nothing


async def test_it_waits_while_the_earlier_one_is_on_its_way(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)
    await told(services, member, "preparing")
    (earlier,) = await claim(Notice, now=services.clock(), limit=1, lease_seconds=30)
    await notifications.sending(earlier, now=services.clock())

    async with jobs_running(services):
        await tell(services, member, Kind.TOKENS_ADJUSTED, "ready", replaces="preparing")
        await until(lambda: has(failure="the message that it replaces is being sent"))
        sent = await sandbox.call("sendMessage", chat_id=ASHA, text="preparing")
        await notifications.sent(earlier, message_id=sent["message_id"], now=services.clock())
        await until(lambda: all_are("sent"))

    (text,) = await texts(sandbox)
    assert "ready" in text


# what people wish


async def wish(services: Services, member: Actor, **hours: str | None) -> None:
    await services.transact(notifications.set_quiet_hours, actor=member, now=services.clock(), **hours)


def hours_around(now: datetime) -> dict[str, str]:
    """Quiet hours, in UTC, that began an hour ago and end in one."""
    begins, ends = now - timedelta(hours=1), now + timedelta(hours=1)
    return {"quiet_from": f"{begins:%H:%M}", "quiet_until": f"{ends:%H:%M}"}


async def test_quiet_hours_put_a_notice_back_until_they_end_and_that_is_no_failure(
    services: Services, sandbox: TelegramStage, clock: MovableClock
) -> None:
    member = await asha(services, sandbox)
    await services.transact(people.set_timezone, actor=member, timezone="Etc/UTC", now=clock())
    await wish(services, member, **hours_around(clock()))

    async with jobs_running(services):
        await told(services, member, "later")
        await until(lambda: has(status="pending", failure="quiet hours"))
        assert await texts(sandbox) == []
        (waiting,) = await notices()
        clock.offset += timedelta(hours=1)
        await until(lambda: all_are("sent"))

    assert (waiting["failures"], waiting["lease_token"]) == (0, None)
    assert waiting["not_before"].strftime("%H:%M") == hours_around(clock() - timedelta(hours=1))["quiet_until"]
    assert len(await texts(sandbox)) == 1


async def test_what_is_urgent_comes_in_quiet_hours(
    services: Services, sandbox: TelegramStage, clock: MovableClock
) -> None:
    member = await asha(services, sandbox)
    await services.transact(people.set_timezone, actor=member, timezone="Etc/UTC", now=clock())
    await wish(services, member, **hours_around(clock()))
    facts = {"total": 1, "violations": [{"name": "balance", "detail": "one"}]}
    assert member.member_id is not None

    async with jobs_running(services):
        await told(services, member, "later")
        await services.transact(
            notifications.tell, member_id=member.member_id, kind=Kind.INVARIANT_VIOLATED, now=clock(), facts=facts,
            dedupe_key="alarm",
        )  # fmt: skip
        await until(lambda: has(status="sent"))
        await until(lambda: has(failure="quiet hours"))

    assert len(await texts(sandbox)) == 1


async def test_what_is_not_true_any_more_when_quiet_hours_end_is_not_said(
    services: Services, sandbox: TelegramStage, clock: MovableClock
) -> None:
    member = await asha(services, sandbox)
    await services.transact(people.set_timezone, actor=member, timezone="Etc/UTC", now=clock())
    await wish(services, member, **hours_around(clock()))
    office = await a_member(services.transact, role=people.Role.SUPER_ADMIN, now=clock())

    async with jobs_running(services):
        await tell(services, member, Kind.ROLE_CHANGED, "role")
        await until(lambda: has(failure="quiet hours"))
        await services.transact(
            people.promote, member_id=member.member_id, role=people.Role.STAFF, actor=office, now=clock()
        )
        clock.offset += timedelta(hours=1)
        await until(lambda: has(skip_reason="overtaken"))


async def test_what_is_muted_is_skipped_and_the_rest_is_not(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)
    await services.transact(notifications.set_topic, actor=member, topic="tokens", is_on=False, now=services.clock())
    assert member.member_id is not None

    async with jobs_running(services):
        await services.transact(
            notifications.tell, member_id=member.member_id, kind=Kind.TOKENS_LOW, now=services.clock(),
            facts={"balance_tokens": 1, "threshold_tokens": 5}, dedupe_key="low",
        )  # fmt: skip
        await until(lambda: has(skip_reason="muted"))
        await told(services, member, "money")
        await until(lambda: has(status="sent"))

    (text,) = await texts(sandbox)
    assert "money" in text
