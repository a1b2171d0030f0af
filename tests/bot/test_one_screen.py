"""One answer is one screen: tapped twice, handled again after trouble, or both."""

import asyncio

import pytest

from domain import resources
from domain.kernel import Transactor
from tests.bot.stage import BotStage
from tests.bot.test_booking import choose_tomorrow_at_ten, grant
from tests.people import Person, text_of


async def settled(stage: BotStage) -> None:
    """Wait until every update has been handled."""
    for _ in range(400):
        if not await stage.database["inbox"].count_documents({"work_status": "pending"}):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("an update is still waiting")


async def screens_with(person: Person, words: str) -> int:
    return sum(words in text_of(message) for message in await person.screens())


async def test_a_picture_tapped_thrice_becomes_one_menu(stage: BotStage, rack: resources.Resource) -> None:
    asha = await stage.person()
    await asha.says("/start book_RACK-01")
    await asha.taps("›")
    await asha.taps("15")
    day = await asha.sees("Choose a start – RACK-01")
    before = await asha.screens()
    assert "photo" in day

    await asyncio.gather(*(asha.tap(day["message_id"], text="Menu") for _ in range(3)))
    await settled(stage)

    assert len(await asha.screens()) == len(before)


async def test_a_confirmation_tapped_twice_is_told_once(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    summary = await asha.sees("Confirm – 2 tokens")

    await asyncio.gather(*(asha.tap(summary["message_id"], text="Confirm – 2 tokens") for _ in range(2)))
    await settled(stage)

    assert await screens_with(asha, "Booked: RACK-01") == 1


@pytest.mark.parametrize("fault", ["429", "500", "drop_response"])
async def test_a_spinner_that_cannot_be_stopped_repeats_nothing(
    stage: BotStage, rack: resources.Resource, transact: Transactor, fault: str
) -> None:
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    summary = await asha.sees("Confirm – 2 tokens")
    trouble = {"service": "telegram", "route": "answerCallbackQuery", "fault": fault, "times": 1, "retry_after": 1}
    await stage.sandbox.post("/sim/v1/faults", json=trouble)

    await asha.tap(summary["message_id"], text="Confirm – 2 tokens")
    await asha.sees("Booked: RACK-01")
    await settled(stage)

    assert await screens_with(asha, "Booked: RACK-01") == 1
    assert await stage.database["inbox"].count_documents({"failures": {"$gt": 0}}) == 0


@pytest.mark.parametrize("route", ["editMessageCaption", "editMessageMedia", "deleteMessage", "sendMessage"])
@pytest.mark.parametrize("fault", ["429", "500", "drop_request"])
async def test_a_call_that_failed_is_made_again_and_seen_once(
    stage: BotStage, rack: resources.Resource, transact: Transactor, route: str, fault: str
) -> None:
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    summary = await asha.sees("Confirm – 2 tokens")
    trouble = {"service": "telegram", "route": route, "fault": fault, "times": 1, "retry_after": 1}
    await stage.sandbox.post("/sim/v1/faults", json=trouble)

    await asha.tap(summary["message_id"], text="Back")
    await settled(stage)
    await asha.taps("Menu")
    await settled(stage)

    assert await screens_with(asha, "Balance: 10 tokens") == 1
    assert await screens_with(asha, "Choose") == 0


async def test_a_flood_limit_is_waited_out_and_is_nobodys_fault(stage: BotStage) -> None:
    asha = await stage.person()
    flood = {"service": "telegram", "route": "sendMessage", "fault": "429", "times": 2, "retry_after": 1}
    await stage.sandbox.post("/sim/v1/faults", json=flood)

    await asha.says("/help")
    await asha.sees("You book lab racks here")
    await settled(stage)

    assert await stage.database["inbox"].count_documents({"attempts": 3, "failures": 0}) == 1
