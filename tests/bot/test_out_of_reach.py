"""Where nobody can or should be answered: groups, and people who blocked us while we were writing."""

import asyncio
import json
from typing import Any

from domain import people
from domain.kernel import Transactor, receive
from tests.bot.stage import TOKEN, BotStage
from tests.people import Person

GROUP = {"id": -100500, "type": "supergroup", "title": "Lab club"}
NUMBER = 9000


async def deliver(stage: BotStage, person: Person, text: str, *, chat: dict[str, Any], number: int = NUMBER) -> None:
    """A message as Telegram would push it from a chat that the sandbox cannot make, handled."""
    entities = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else []
    message = {"message_id": 1, "date": 1_700_000_000, "from": person.user, "chat": chat, "text": text}
    await handled(stage, person, {"message": {**message, "entities": entities}}, number=number)


async def handled(stage: BotStage, person: Person, update: dict[str, Any], *, number: int = NUMBER) -> None:
    """Any update of the person, handled."""
    body = json.dumps({"update_id": number, **update})
    await receive(
        source="telegram", key=str(number), lane=str(person.id), sequence=number, body=body, headers={},
        now=stage.now(),
    )  # fmt: skip
    for _ in range(300):
        row = await stage.database["inbox"].find_one({"key": str(number)})
        if row is not None and row["work_status"] == "done":
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the update is still waiting")


async def said_in_the_group(stage: BotStage) -> list[str]:
    calls: list[Any] = await stage.calls("sendMessage")
    return [call["parameters"]["text"] for call in calls if call["parameters"]["chat_id"] == str(GROUP["id"])]


async def test_in_a_group_a_command_gets_a_pointer_to_the_private_chat(stage: BotStage) -> None:
    asha = await stage.person()

    await deliver(stage, asha, "/book", chat=GROUP)

    assert "https://t.me/berth_demo_bot" in (await said_in_the_group(stage))[0]


async def test_in_a_group_other_words_and_the_offices_commands_are_not_for_us(stage: BotStage) -> None:
    asha = await stage.person()

    for number, text in enumerate(("hello", "B-7F3K9T", "/office", "/nonsense")):
        await deliver(stage, asha, text, chat=GROUP, number=NUMBER + number)

    assert await said_in_the_group(stage) == []


async def test_a_group_that_lets_us_say_nothing_does_not_hold_up_the_private_chat(stage: BotStage) -> None:
    asha = await stage.person()

    await deliver(stage, asha, "/start", chat=GROUP)
    await asha.says("/help")

    await asha.sees("You book lab racks here")


async def test_who_blocked_us_is_noted_at_the_first_refusal(stage: BotStage, transact: Transactor) -> None:
    asha = await stage.person()
    await stage.stop()
    await stage.sandbox.post(f"/sim/v1/people/{asha.id}/block")
    await stage.database["inbox"].delete_many({})  # Telegram's own word of it is lost
    await stage.sandbox.post(f"/bot{TOKEN}/getUpdates", json={"offset": -1})
    await stage.sandbox.post(f"/bot{TOKEN}/getUpdates", json={"offset": 2**40})
    stage.start()

    await deliver(stage, asha, "/help", chat={"id": asha.id, "type": "private", "first_name": "Asha"})

    member = await people.by_telegram_id(asha.id)
    assert member is not None
    assert member.is_blocked


async def test_a_stranger_who_blocks_us_stays_a_stranger(stage: BotStage) -> None:
    ravi = await stage.person(is_known=False)
    user = {"id": 4242, "is_bot": True, "first_name": "Berth"}
    change = {
        "from": ravi.user, "chat": {"id": ravi.id, "type": "private"}, "date": 1_700_000_000,
        "old_chat_member": {"status": "member", "user": user},
        "new_chat_member": {"status": "kicked", "user": user, "until_date": 0},
    }  # fmt: skip

    await handled(stage, ravi, {"my_chat_member": change})

    assert await people.by_telegram_id(ravi.id) is None
