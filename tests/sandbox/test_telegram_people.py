"""`/sim/v1`: what people do and see."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.conftest import a_sandbox
from tests.sandbox.telegram_stage import ASHA, RAVI, TelegramStage, button, inline, png

MENU = inline(
    [button("Book a rack", callback_data="book"), button("Book again", callback_data="again")],
    [
        button("Full", disabled={}),
        button("Docs", url="https://example.org/d"),
        button("Copy", copy_text={"text": "B-1"}),
    ],
)


async def test_there_are_people_at_the_start_and_more_can_be_made(stage: TelegramStage) -> None:
    made = (await stage.sim("POST", "people", {"first_name": "Zoya", "language_code": "hi", "id": 77})).json()
    unnumbered = (await stage.sim("POST", "people", {"first_name": "Ivo"})).json()
    nameless = await stage.sim("POST", "people", {"first_name": " "})
    negative = await stage.sim("POST", "people", {"first_name": "X", "id": -4})

    people = (await stage.sim("GET", "people")).json()

    assert made == {"id": 77, "is_bot": False, "first_name": "Zoya", "language_code": "hi"}
    assert [person["first_name"] for person in people] == ["Asha", "Ravi", "Meera", "Dev", "Zoya", "Ivo"]
    assert unnumbered["id"] > 0
    assert (nameless.status_code, negative.status_code) == (400, 400)


@pytest.mark.parametrize(
    ("choice", "status", "answer"),
    [
        ({"text": "Book a rack"}, 200, "callback_query_id"),
        ({"text": "again"}, 200, "callback_query_id"),
        ({"data": "book"}, 200, "callback_query_id"),
        ({"text": "Book"}, 404, "description"),
        ({"text": "Cancel"}, 404, "description"),
        ({"data": "cancel"}, 404, "description"),
        ({"text": "Full"}, 409, "description"),
        ({"text": "Docs"}, 200, "url"),
        ({"text": "Copy"}, 200, "copied"),
        ({}, 400, "description"),
    ],
)
async def test_taps(stage: TelegramStage, choice: dict[str, Any], status: int, answer: str) -> None:
    await stage.asha_started()
    menu = await stage.call("sendMessage", chat_id=ASHA, text="Menu", reply_markup=MENU)

    tapped = await stage.sim("POST", f"people/{ASHA}/taps", {"message_id": menu["message_id"], **choice})

    assert tapped.status_code == status
    assert tapped.json()[answer]


async def test_a_tap_reaches_the_bot_with_the_message_as_it_is(stage: TelegramStage) -> None:
    await stage.asha_started()
    menu = await stage.call("sendMessage", chat_id=ASHA, text="Menu", reply_markup=MENU)

    tapped = await stage.tap(menu, "again")

    (update,) = await stage.updates()
    query = update["callback_query"]
    assert query["id"] == tapped["callback_query_id"]
    assert (query["data"], query["from"]["id"], query["message"]) == ("again", ASHA, menu)
    assert query["chat_instance"]


async def test_the_chat_shows_the_newest_state(stage: TelegramStage) -> None:
    await stage.write("/start")
    kept = await stage.call("sendMessage", chat_id=ASHA, text="a", reply_markup=MENU)
    gone = await stage.call("sendMessage", chat_id=ASHA, text="b", reply_markup={"keyboard": [["Menu", "Help"]]})
    await stage.call("editMessageText", chat_id=ASHA, message_id=kept["message_id"], text="edited")
    await stage.call("deleteMessage", chat_id=ASHA, message_id=gone["message_id"])
    await stage.call("pinChatMessage", chat_id=ASHA, message_id=kept["message_id"])
    await stage.call("sendChatAction", chat_id=ASHA, action="typing")

    view = await stage.chat()
    later = await stage.chat(after=kept["message_id"])

    texts = [message.get("text") for message in view["messages"]]
    assert texts == ["/start", "edited", None]
    assert "edit_date" in view["messages"][1]
    assert "reply_markup" not in view["messages"][1]
    assert view["reply_keyboard"] == {"keyboard": [[{"text": "Menu"}, {"text": "Help"}]]}
    assert view["pinned_message_id"] == kept["message_id"]
    assert view["chat_action"] == "typing"
    assert [message["message_id"] for message in later["messages"]] == [view["messages"][2]["message_id"]]


async def test_unread_messages_are_counted_until_read(stage: TelegramStage) -> None:
    await stage.write("/start")
    await stage.call("sendMessage", chat_id=ASHA, text="a")
    await stage.call("sendMessage", chat_id=ASHA, text="b")

    unread = (await stage.chat())["unread"]
    await stage.sim("POST", f"people/{ASHA}/read", {})
    overview = (await stage.sim("GET", "overview")).json()

    assert unread == 2
    assert [(person["user"]["first_name"], person["unread"], person["started"]) for person in overview["people"]] == [
        ("Asha", 0, True),
        ("Ravi", 0, False),
        ("Meera", 0, False),
        ("Dev", 0, False),
    ]


async def test_settling_waits_for_the_answer_of_a_slow_bot(stage: TelegramStage) -> None:
    async def slow_bot() -> None:
        (update,) = await stage.updates(timeout=5)
        await asyncio.sleep(0.3)
        await stage.updates(offset=update["update_id"] + 1)
        await stage.call("sendMessage", chat_id=ASHA, text="slowly")

    bot = asyncio.create_task(slow_bot())
    await asyncio.sleep(0.05)
    await stage.write("hello")
    view = await stage.chat(settle_ms=150)
    await bot

    assert [message["text"] for message in view["messages"]] == ["hello", "slowly"]


async def test_settling_does_not_wait_for_a_bot_that_is_away(stage: TelegramStage) -> None:
    await stage.write("hello")
    async with asyncio.timeout(5):
        await stage.chat(settle_ms=100)


async def test_paying_in_stars(stage: TelegramStage) -> None:
    await stage.asha_started()
    order = {"chat_id": ASHA, "title": "Pack", "description": "50 tokens", "payload": "order-1", "currency": "XTR"}
    invoice = await stage.call("sendInvoice", **order, prices=[{"label": "Pack", "amount": 50}])
    refused = await stage.tap(invoice, "Pay")
    await stage.call(
        "answerPreCheckoutQuery",
        pre_checkout_query_id=refused["pre_checkout_query_id"],
        ok=False,
        error_message="Sold out",
    )
    agreed = await stage.tap(invoice, "Pay")
    await stage.call("answerPreCheckoutQuery", pre_checkout_query_id=agreed["pre_checkout_query_id"], ok=True)

    updates = await stage.updates()
    payment = updates[-1]["message"]["successful_payment"]
    again = await stage.refusal(
        "answerPreCheckoutQuery", pre_checkout_query_id=agreed["pre_checkout_query_id"], ok=True
    )

    assert [update.get("pre_checkout_query", {}).get("invoice_payload") for update in updates] == [
        "order-1",
        "order-1",
        None,
    ]
    assert (payment["currency"], payment["total_amount"], payment["invoice_payload"]) == ("XTR", 50, "order-1")
    assert "query is too old" in again
    rupees = await stage.refusal("sendInvoice", **{**order, "currency": "INR"}, prices=[{"label": "x", "amount": 5}])
    assert rupees == "Bad Request: PAYMENT_PROVIDER_INVALID"


async def test_a_refund_in_stars_is_made_once(stage: TelegramStage) -> None:
    await stage.asha_started()
    invoice = await stage.call(
        "sendInvoice", chat_id=ASHA, title="Pack", description="d", payload="p", currency="XTR",
        prices=[{"label": "Pack", "amount": 5}],
    )  # fmt: skip
    tapped = await stage.tap(invoice, "Pay")
    await stage.call("answerPreCheckoutQuery", pre_checkout_query_id=tapped["pre_checkout_query_id"], ok=True)
    charge_id = (await stage.chat())["messages"][-1]["successful_payment"]["telegram_payment_charge_id"]

    await stage.call("refundStarPayment", user_id=ASHA, telegram_payment_charge_id=charge_id)
    again = await stage.refusal("refundStarPayment", user_id=ASHA, telegram_payment_charge_id=charge_id)
    foreign = await stage.refusal("refundStarPayment", user_id=RAVI, telegram_payment_charge_id=charge_id)

    assert (await stage.chat())["messages"][-1]["refunded_payment"]["total_amount"] == 5
    assert (again, foreign) == ("Bad Request: CHARGE_ALREADY_REFUNDED", "Bad Request: CHARGE_NOT_FOUND")


async def test_every_call_is_logged_with_its_answer(stage: TelegramStage) -> None:
    await stage.asha_started()
    sent = await stage.call("sendMessage", chat_id=ASHA, text="[1]", reply_markup=MENU)
    await stage.refusal("editMessageText", chat_id=ASHA, message_id=1, text="x")
    await stage.upload("sendphoto", {"photo": ("a.png", png(10, 10))}, chat_id=ASHA)

    calls = (await stage.sim("GET", "calls")).json()
    sends = (await stage.sim("GET", "calls?method=sendMessage")).json()
    newer = (await stage.sim("GET", f"calls?after={sends[0]['id']}")).json()

    assert [call["method"] for call in calls] == [
        "getUpdates", "getUpdates", "sendMessage", "editMessageText", "sendPhoto",
    ]  # fmt: skip
    assert sends[0]["parameters"] == {"chat_id": ASHA, "text": "[1]", "reply_markup": MENU}
    assert sends[0]["answer"] == {"ok": True, "result": sent}
    assert [call["status"] for call in newer] == [400, 200]
    assert newer[1]["parameters"]["photo"]["file_name"] == "a.png"


async def test_people_chats_files_and_updates_survive_a_restart(stored_stage: TelegramStage) -> None:
    stage = stored_stage
    await stage.write("/start")
    picture = png(10, 10)
    photo = await stage.upload("sendPhoto", {"photo": ("a.png", picture)}, chat_id=ASHA, caption="hi")
    await stage.call("setMyCommands", commands=[{"command": "book", "description": "Book"}])
    await stage.sim("POST", "people", {"first_name": "Zoya", "id": 77})
    await stage.sim("POST", "clock", {"advance_seconds": 3600})
    before = await stage.chat()
    await asyncio.sleep(0.5)

    async with a_sandbox(data_dir=stage.config.data_dir) as again:
        after = await again.chat()
        file_id = photo["result"]["photo"][0]["file_id"]
        file = await again.call("getFile", file_id=file_id)
        content = await again.http.get(f"/file/bot{again.config.bot_token}/{file['file_path']}")
        shown = await again.http.get(f"/sim/v1/files/{file_id}")
        people = (await again.sim("GET", "people")).json()
        (update,) = await again.updates()
        clock = (await again.sim("GET", "clock")).json()

    assert after["messages"] == before["messages"]
    assert after["commands"] == before["commands"] != []
    assert content.content == shown.content == picture
    assert people[-1]["first_name"] == "Zoya"
    assert update["message"]["text"] == "/start"
    assert (clock["offset_seconds"], clock["version"]) == (3600, 1)
