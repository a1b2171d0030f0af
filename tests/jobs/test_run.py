"""The jobs as a process: webhooks become receipts, time passes, lost money is found, and outages are lived through."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.mongod import EmbeddedMongo
from domain import bookings, packs, people, wallets
from domain.bookings import Booking, Status
from domain.kernel import Row, Transactor, receive, signs_of_life, tenant
from domain.payments import PaymentTransaction
from domain.people import Actor
from domain.resources import Options
from jobs import Services
from jobs.timetable import Timetable
from tests.building import a_member, a_rack
from tests.invariants import assert_invariants
from tests.jobs.conftest import MovableClock, jobs_running
from tests.jobs.test_delivery import asha, has, texts, told
from tests.jobs.waiting import until
from tests.jobs.wire import wire_to
from tests.sandbox.telegram_stage import TelegramStage
from tests.serving import serving


@pytest.fixture
async def webhooks(services: Services, sandbox: TelegramStage) -> AsyncIterator[None]:
    """What the API does with Razorpay's webhooks, and no more: store them."""

    async def store(request: Request) -> Response:
        body = (await request.body()).decode()
        key = request.headers["x-razorpay-event-id"]
        now = services.clock()
        with tenant(services.database):
            await receive(
                source="razorpay", key=key, lane=key, sequence=int(now.timestamp() * 1e6), body=body, headers={},
                now=now,
            )  # fmt: skip
        return Response()

    app = Starlette(routes=[Route("/hook", store, methods=["POST"])])
    async with serving(app) as url:
        answer = await sandbox.sim("PUT", "razorpay/webhook", {"url": f"{url}/hook"})
        assert answer.is_success, answer.text
        yield


async def a_purchase(services: Services, member: Actor, *, hold: PydanticObjectId | None = None) -> PaymentTransaction:
    pack = await services.transact(
        packs.add, name="Starter", token=20, price={"INR": 49900}, actor=people.SYSTEM, now=services.clock()
    )
    return await packs.buy(
        services.transact, services.gateway, package_id=pack.id, currency="INR", actor=member, key="buy",
        clock=services.clock, return_url=None, hold_booking_id=hold,
    )  # fmt: skip


async def pay(sandbox: TelegramStage, payment: PaymentTransaction, **how: Any) -> None:
    body = {"outcome": "success", "webhooks": "normal", **how}
    answer = await sandbox.sim("POST", f"razorpay/payments/{payment.gateway_session_id}/pay", body)
    assert answer.is_success, answer.text


async def balance(member: Actor) -> int:
    assert member.member_id is not None
    return (await wallets.of(member.member_id)).token


async def a_hold(services: Services, member: Actor) -> Booking:
    rack = await a_rack(services.transact)
    today = services.clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    starts_at = today + timedelta(days=2, hours=6, minutes=30)
    return await services.transact(
        bookings.hold, resource_id=rack.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1),
        options=Options(), key="hold", actor=member, now=services.clock(),
    )  # fmt: skip


async def status_of(booking: Booking) -> Status:
    return (await bookings.get(booking_id=booking.id, actor=people.SYSTEM)).status


async def is_now(booking: Booking, status: Status) -> bool:
    return await status_of(booking) is status


@pytest.mark.parametrize("delivery", ["normal", "duplicate", "reversed"])
async def test_a_paid_pack_is_credited_once_confirms_the_hold_and_is_told_in_one_receipt(
    services: Services, sandbox: TelegramStage, webhooks: None, delivery: str
) -> None:
    member = await asha(services, sandbox)
    hold = await a_hold(services, member)
    payment = await a_purchase(services, member, hold=hold.id)

    async with jobs_running(services, processes=2):
        await pay(sandbox, payment, webhooks=delivery)
        await until(lambda: has(kind="payment_received", status="sent"))
        await until(lambda: _inbox_is_done(services, 8 if delivery == "duplicate" else 4))

    assert await balance(member) == 20 - hold.cost_tokens
    assert await status_of(hold) is Status.CONFIRMED
    (receipt,) = await texts(sandbox)
    assert hold.code in receipt
    await assert_invariants()


async def _inbox_is_done(services: Services, at_most: int) -> bool:
    inbox = services.database["inbox"]
    done = await inbox.count_documents({"work_status": "done"})
    return 4 <= done <= at_most and await inbox.count_documents({"work_status": "pending"}) == 0


async def test_money_whose_webhook_was_lost_is_found_by_asking(
    services: Services, sandbox: TelegramStage, clock: MovableClock
) -> None:
    member = await asha(services, sandbox)
    payment = await a_purchase(services, member)
    await pay(sandbox, payment, webhooks="none")
    clock.offset = timedelta(minutes=2)

    async with jobs_running(services):
        await until(lambda: has(kind="payment_received", status="sent"))

    assert await balance(member) == 20


async def test_a_gateway_that_does_not_answer_is_asked_again_later(
    services: Services, sandbox: TelegramStage, clock: MovableClock
) -> None:
    member = await asha(services, sandbox)
    payment = await a_purchase(services, member)
    await pay(sandbox, payment, webhooks="none")
    await sandbox.sim("POST", "faults", {"service": "razorpay", "route": "*", "fault": "500", "times": 3})
    before = await services.database["payment_transactions"].find_one()
    clock.offset = timedelta(minutes=2)

    async def was_put_off() -> bool:
        row = await services.database["payment_transactions"].find_one()
        return row is not None and before is not None and row["check_at"] > before["check_at"]

    async with jobs_running(services):
        await until(was_put_off)
    clock.offset = timedelta(minutes=10)
    async with jobs_running(services):
        await until(lambda: has(kind="payment_received", status="sent"))

    assert await balance(member) == 20


async def test_a_hold_that_nobody_paid_lapses_and_is_told(
    services: Services, sandbox: TelegramStage, clock: MovableClock
) -> None:
    member = await asha(services, sandbox)
    hold = await a_hold(services, member)

    async with jobs_running(services):
        clock.offset = timedelta(minutes=11)
        await until(lambda: has(kind="hold_lapsed", status="sent"))

    assert await status_of(hold) is Status.EXPIRED


async def test_a_clock_that_jumps_ahead_finds_everything_done_that_is_due(
    services: Services, sandbox: TelegramStage, clock: MovableClock
) -> None:
    member = await asha(services, sandbox)
    assert member.member_id is not None
    hold = await a_hold(services, member)
    await services.transact(
        wallets.credit, member_id=member.member_id, tokens=20, source="bonus", key="gift", now=clock(),
        expires_at=clock() + timedelta(days=4),
    )  # fmt: skip
    booking = await services.transact(bookings.confirm, booking_id=hold.id, actor=member, now=clock())

    async with jobs_running(services):
        clock.offset = booking.starts_at + timedelta(minutes=5) - datetime.now(UTC)
        await until(lambda: is_now(booking, Status.ACTIVE))
        clock.offset = timedelta(days=5)
        await until(lambda: is_now(booking, Status.COMPLETED))
        await until(lambda: _has_nothing(member))

    await assert_invariants()


async def _has_nothing(member: Actor) -> bool:
    return await balance(member) == 0


async def test_the_jobs_show_signs_of_life_and_take_leave(services: Services) -> None:
    async with jobs_running(services):
        await until(_is_alive)

    assert await signs_of_life() == []


async def test_a_violated_invariant_is_told_to_the_administrators_once(
    services: Services, sandbox: TelegramStage
) -> None:
    admin = await a_member(services.transact, role=people.Role.ADMIN, now=services.clock())
    assert admin.member_id is not None
    await services.transact(
        wallets.credit, member_id=admin.member_id, tokens=1, source="bonus", key="g", now=services.clock()
    )
    damaged, whole = {"$set": {"token": 2}}, {"$set": {"token": 1}}
    await services.database["wallets"].update_one({}, damaged)
    timetable = Timetable(services=services, bells=[])

    await timetable.check_invariants()
    await timetable.check_invariants()

    assert timetable.violations is not None
    assert timetable.violations > 0
    assert await services.database["notices"].count_documents({"kind": "invariant_violated"}) == 1
    await services.database["wallets"].update_one({}, whole)
    await timetable.check_invariants()
    assert timetable.violations == 0


@pytest.fixture
async def forgetful_mongo(mongo: EmbeddedMongo, client: AsyncMongoClient[Row]) -> AsyncIterator[EmbeddedMongo]:
    """MongoDB, but a transaction whose client was cut off keeps its locks for two seconds instead of sixty."""
    await client.admin.command("setParameter", 1, transactionLifetimeLimitSeconds=2)
    yield mongo
    await client.admin.command("setParameter", 1, transactionLifetimeLimitSeconds=60)


async def test_the_jobs_live_through_an_outage_of_the_database(
    forgetful_mongo: EmbeddedMongo, services: Services, sandbox: TelegramStage, caplog: pytest.LogCaptureFixture
) -> None:
    member = await asha(services, sandbox)
    async with wire_to(forgetful_mongo.port) as wire:
        uri = f"mongodb://127.0.0.1:{wire.port}/?directConnection=true&serverSelectionTimeoutMS=500"
        async with AsyncMongoClient[Row](uri, tz_aware=True) as client:
            apart = replace(
                services, database=client[services.database.name], transact=Transactor(client, seconds_max=2)
            )
            with caplog.at_level(logging.WARNING):
                async with jobs_running(apart):
                    await until(_is_alive)
                    await wire.cut()
                    await asyncio.sleep(4)
                    await told(services, member, "meanwhile")
                    await wire.mend()
                    await until(lambda: has(status="sent"), seconds=25)

    away = [record.getMessage() for record in caplog.records if "is away" in record.getMessage()]
    assert len(away) == len(set(away))  # each part says it once
    assert "ERROR" not in {record.levelname for record in caplog.records}


async def _is_alive() -> bool:
    return [sign.role for sign in await signs_of_life() if sign.is_fresh] == ["jobs"]


async def test_asked_to_end_the_jobs_finish_and_return(services: Services, sandbox: TelegramStage) -> None:
    async with jobs_running(services):
        await asyncio.sleep(0.3)

    assert {task.get_name() for task in asyncio.all_tasks()} & {"bell", "inbox", "outbox", "delivery"} == set()
