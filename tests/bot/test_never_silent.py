"""Nothing meets silence: odd words, old buttons, trouble of our own and of Telegram's."""

import asyncio
import json
import logging
from datetime import UTC, datetime

import pytest

from domain import people, resources
from domain.kernel import InboxItem, Transactor, receive
from tests.bot.stage import BotStage
from tests.people import Person, text_of, words_of


async def test_unknown_words_get_the_menu(stage: BotStage) -> None:
    asha = await stage.person()

    await asha.says("what is this?")
    await asha.sees("I did not understand that.", "[Book a rack]")
    await asha.says("/nonsense")
    await asha.sees("There is no such command.", "[Book a rack]")


async def test_members_get_the_same_answer_to_office_commands_as_to_none(stage: BotStage) -> None:
    asha = await stage.person()

    await asha.says("/nonsense")
    unknown = text_of(await asha.screen())
    for command in ("/admin", "/office", "/racks", "/members"):
        await asha.says(command)
        assert text_of(await asha.screen()) == unknown


async def test_a_button_nobody_knows_is_answered_and_replaced_by_the_menu(stage: BotStage) -> None:
    asha = await stage.person()
    member = await people.by_telegram_id(asha.id)
    assert member is not None
    message = await asha.screen()

    await post_old_button(stage, asha, message["message_id"], "old:button:from:2019")
    await asha.sees("Balance: 0 tokens")

    assert len(await asha.screens()) == 1


async def post_old_button(stage: BotStage, person: Person, message_id: int, data: str) -> None:
    """A tap on a button that an earlier release made, as Telegram would deliver it, later than it may be answered."""
    body = {
        "update_id": 2_000_000_000,
        "callback_query": {
            "id": "1", "from": person.user, "chat_instance": "1", "data": data,
            "message": {
                "message_id": message_id, "date": 1_700_000_000, "chat": {"id": person.id, "type": "private"},
                "text": "old",
            },
        },
    }  # fmt: skip
    await receive(
        source="telegram", key="2000000000", lane=str(person.id), sequence=2_000_000_000, body=json.dumps(body),
        headers={}, now=datetime.now(UTC),
    )  # fmt: skip


async def test_an_old_button_of_ours_still_works_when_it_is_too_late_to_answer(
    stage: BotStage, rack: resources.Resource
) -> None:
    asha = await stage.person()
    message = await asha.screen()

    await post_old_button(stage, asha, message["message_id"], "r:::1")

    await asha.sees("Book a rack", "RACK-01")


async def test_an_error_gets_an_apology_with_a_reference_that_is_in_the_log(
    stage: BotStage, rack: resources.Resource, caplog: pytest.LogCaptureFixture
) -> None:
    asha = await stage.person()
    await stage.database["resources"].update_one({"_id": rack.id}, {"$set": {"slot_minutes": "broken"}})

    with caplog.at_level(logging.ERROR):
        await asha.says("/book")
        screen = await asha.sees("Something went wrong on our side.")

    reference = text_of(screen).splitlines()[1].rpartition(" ")[2]
    assert any(reference in record.getMessage() for record in caplog.records)


async def test_a_disabled_member_is_told_so_and_can_still_look(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    member = await people.by_telegram_id(asha.id)
    assert member is not None
    await transact(people.disable, member_id=member.id, actor=people.SYSTEM, reason="test", now=stage.now())

    await asha.says("/token")

    await asha.sees("Your account is closed for booking and buying.")
    await asha.says("/balance")
    await asha.sees("Balance: 0 tokens")


async def test_blocking_is_remembered_until_they_write_again(stage: BotStage) -> None:
    asha = await stage.person()

    await stage.sandbox.post(f"/sim/v1/people/{asha.id}/block")
    await eventually_blocked(asha, is_blocked=True)
    await stage.sandbox.post(f"/sim/v1/people/{asha.id}/unblock")
    await asha.says("/menu")

    await eventually_blocked(asha, is_blocked=False)


async def eventually_blocked(person: Person, *, is_blocked: bool) -> None:
    for _ in range(200):
        member = await people.by_telegram_id(person.id)
        if member is not None and member.is_blocked is is_blocked:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"is_blocked never became {is_blocked}")


async def test_the_api_token_is_behind_a_spoiler(stage: BotStage) -> None:
    asha = await stage.person()

    await asha.says("/token")

    message = await asha.sees("Your API token")
    kinds = {entity["type"] for entity in message["entities"]}
    assert "spoiler" in kinds
    token = next(word for word in text_of(message).split() if word.startswith("berth_"))
    owner = await people.by_api_token(token)
    assert owner is not None
    assert owner.telegram_id == asha.id


@pytest.mark.parametrize("fault", ["500", "502_html", "drop_response"])
async def test_trouble_at_telegram_is_overcome(stage: BotStage, fault: str) -> None:
    asha = await stage.person()
    scheduled = {"service": "telegram", "route": "sendMessage", "fault": fault, "times": 1}
    await stage.sandbox.post("/sim/v1/faults", json=scheduled)

    await asha.says("/help")

    await asha.sees("You book lab racks here and pay with tokens.")


async def test_every_update_is_completed(stage: BotStage) -> None:
    asha = await stage.person()
    await asha.says("/help")
    await asha.sees("You book lab racks here")

    for _ in range(100):
        waiting = await InboxItem.get_pymongo_collection().count_documents({"work_status": "pending"})
        if not waiting:
            break
        await asyncio.sleep(0.02)

    assert waiting == 0


async def test_what_was_written_while_the_bot_was_away_is_answered_in_order(stage: BotStage) -> None:
    asha = await stage.person()
    await stage.stop()
    for text in ("/help", "/balance", "/settings"):
        await stage.sandbox.post(f"/sim/v1/people/{asha.id}/messages", json={"text": text})

    stage.start()
    await asha.sees("Settings", "Time zone")

    said = [words_of(each).splitlines()[0] for each in (await asha.screens())[-3:]]
    assert said == ["You book lab racks here and pay with tokens.", "Balance: 0 tokens", "Settings"]
