"""Notices reach people: once told, at Telegram's pace, and left alone who does not want to hear."""

import asyncio

from domain import notifications, people
from domain.kernel import claim
from domain.notifications import Kind, Notice
from jobs import Services
from tests.building import a_member
from tests.jobs.conftest import MovableClock, jobs_running
from tests.jobs.letters import all_are, asha, fault, has, notices, sends, texts, told
from tests.jobs.waiting import until
from tests.sandbox.telegram_stage import ASHA, RAVI, TelegramStage

NOBODY = 424242


async def test_a_notice_becomes_a_message_and_is_marked_sent(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)

    async with jobs_running(services):
        await told(services, member, "welcome")
        await until(lambda: all_are("sent"))

    (text,) = await texts(sandbox)
    assert "welcome" in text
    (notice,) = await notices()
    assert notice["work_status"] == "done"
    assert notice["message_id"] is not None


async def test_the_same_notice_told_twice_is_one_message(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)

    async with jobs_running(services, processes=2):
        await told(services, member, "first", key="same")
        await told(services, member, "second", key="same")
        await until(lambda: all_are("sent"))
        await asyncio.sleep(0.2)

    assert len(await texts(sandbox)) == 1


async def test_a_person_who_blocked_the_bot_is_marked_and_left_alone(
    services: Services, sandbox: TelegramStage
) -> None:
    member = await asha(services, sandbox)
    await sandbox.sim("POST", f"people/{ASHA}/block")

    async with jobs_running(services):
        await told(services, member, "one")
        await until(lambda: has(status="skipped"))
        calls = await sends(sandbox)
        await told(services, member, "two")
        await until(lambda: all_are("skipped"))

    assert member.member_id is not None
    assert (await people.get(member.member_id)).is_blocked
    assert await sends(sandbox) == calls


async def test_a_chat_that_does_not_exist_is_skipped(services: Services, sandbox: TelegramStage) -> None:
    member = await a_member(services.transact, telegram_id=NOBODY, now=services.clock())  # type: ignore[arg-type]

    async with jobs_running(services):
        await told(services, member, "hello")
        await until(lambda: all_are("skipped"))

    assert member.member_id is not None
    assert not (await people.get(member.member_id)).is_blocked


async def test_retry_after_is_obeyed_for_that_chat_and_others_go_on(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)
    await sandbox.write("/start", person=RAVI)
    ravi = await a_member(services.transact, telegram_id=RAVI, now=services.clock())  # type: ignore[arg-type]
    await fault(sandbox, fault="429", retry_after=2)

    async with jobs_running(services):
        await told(services, member, "one")
        await until(lambda: has(status="pending", failure={"$ne": None}))
        await told(services, member, "two")
        await told(services, ravi, "three")
        await until(lambda: has(status="sent"))
        assert await texts(sandbox) == []
        assert len(await texts(sandbox, RAVI)) == 1
        await until(lambda: all_are("sent"))

    assert len(await texts(sandbox)) == 2
    assert await sends(sandbox) == 4  # one refused, three sent: nobody knocked before the time


async def test_a_silent_or_broken_telegram_only_delays(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)
    for kind in ("500", "502_html", "drop_request"):
        await fault(sandbox, fault=kind)
    await Notice.get_pymongo_collection().update_many({}, {"$set": {"failures": 11}})

    async with jobs_running(services):
        await told(services, member, "patience")
        await until(lambda: all_are("sent"), seconds=30)

    assert len(await texts(sandbox)) == 1
    (notice,) = await notices()
    assert (notice["attempts"], notice["failures"]) == (4, 0)


async def test_when_the_answer_is_lost_the_message_is_sent_again(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)
    await fault(sandbox, fault="drop_response")

    async with jobs_running(services):
        await told(services, member, "at least once")
        await until(lambda: all_are("sent"))

    assert len(await texts(sandbox)) == 2


async def test_a_notice_found_half_sent_after_a_crash_is_sent_again(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)
    await told(services, member, "half")
    (half,) = await claim(Notice, now=services.clock(), limit=1, lease_seconds=0.05)
    await notifications.sending(half, now=services.clock())
    await asyncio.sleep(0.1)

    async with jobs_running(services):
        await until(lambda: all_are("sent"))

    assert len(await texts(sandbox)) == 1


async def test_what_was_overtaken_is_not_said(services: Services, sandbox: TelegramStage, clock: MovableClock) -> None:
    member = await asha(services, sandbox)
    assert member.member_id is not None
    await services.transact(
        notifications.tell, member_id=member.member_id, kind=Kind.ROLE_CHANGED, now=clock(), dedupe_key="role",
        facts={"role": "staff", "previous_role": "member"},
    )  # fmt: skip

    async with jobs_running(services):
        await until(lambda: all_are("skipped"))

    assert await texts(sandbox) == []
    assert await has(skip_reason="overtaken")


async def test_a_burst_to_one_person_arrives_whole_and_in_order(services: Services, sandbox: TelegramStage) -> None:
    member = await asha(services, sandbox)
    for number in range(5):
        await told(services, member, f"number {number}")

    async with jobs_running(services):
        await until(lambda: all_are("sent"), seconds=30)

    said = await texts(sandbox)
    assert [number for text in said for number in range(5) if f"number {number}" in text] == list(range(5))
