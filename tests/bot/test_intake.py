"""From Telegram into the inbox and out of it."""

import asyncio
import json

import pytest

from bot.intake import lane_of
from domain.kernel import InboxItem, receive
from tests.bot.stage import BotStage


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        ({"update_id": 1, "message": {"from": {"id": 7}, "chat": {"id": -5}}}, "7"),
        ({"update_id": 1, "callback_query": {"id": "9", "from": {"id": 7}}}, "7"),
        ({"update_id": 1, "my_chat_member": {"from": {"id": 7}, "chat": {"id": 7}}}, "7"),
        ({"update_id": 1, "channel_post": {"chat": {"id": -5}}}, "-5"),
        ({"update_id": 1, "something_new": 3}, "1"),
    ],
)
def test_a_lane_is_a_person(update: dict[str, object], lane: str) -> None:
    assert lane_of(update) == lane


async def test_an_update_of_a_kind_nobody_knows_is_put_aside(stage: BotStage) -> None:
    await receive(
        source="telegram", key="9", lane="9", sequence=9, body=json.dumps({"update_id": 9, "brand_new": {"x": 1}}),
        headers={}, now=stage.now(),
    )  # fmt: skip

    for _ in range(200):
        item = await InboxItem.get_pymongo_collection().find_one({"key": "9"})
        assert item is not None
        if item["work_status"] == "done":
            break
        await asyncio.sleep(0.02)
    assert item["work_status"] == "done"


async def test_an_update_whose_worker_died_is_handled_by_the_next(stage: BotStage) -> None:
    asha = await stage.person()
    await stage.stop()
    await stage.sandbox.post(f"/sim/v1/people/{asha.id}/messages", json={"text": "/help"})
    stage.start()
    await asha.sees("You book lab racks here")
    await stage.stop()
    again = {"work_status": "pending", "lease_token": "gone", "done_at": None}
    item = await InboxItem.get_pymongo_collection().find_one_and_update({}, {"$set": again}, sort=[("sequence", -1)])
    assert item is not None

    stage.start()

    helps = 0
    for _ in range(200):
        helps = sum("You book lab racks here" in each.get("text", "") for each in await asha.screens())
        if helps == 2:
            break
        await asyncio.sleep(0.02)
    assert helps == 2


async def test_hundreds_of_people_are_answered_side_by_side(stage: BotStage) -> None:
    people = [await stage.person(is_known=False, first_name=f"P{number}") for number in range(100)]

    await asyncio.gather(
        *(stage.sandbox.post(f"/sim/v1/people/{one.id}/messages", json={"text": "/start"}) for one in people)
    )
    for one in people:
        await one.sees("Which language shall we speak?")

    assert all([len(await one.screens()) == 1 for one in people[::10]])
