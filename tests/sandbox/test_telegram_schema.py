"""Whatever the sandbox says parses strictly under two libraries that were written by others."""

from typing import Any

import pytest

from tests.sandbox.telegram_schema import check_strictly
from tests.sandbox.telegram_stage import ASHA, TelegramStage, button, inline, png

RICH = (
    "<b>bold <i>both</i></b> <u>u</u> <s>s</s> <tg-spoiler>hidden</tg-spoiler> <code>x</code>\n"
    '<pre><code class="language-python">print()</code></pre>\n<blockquote expandable>long</blockquote>\n'
    '<a href="https://example.org/a">link</a> <a href="tg://user?id=1001">Asha</a> '
    '<tg-time unix="1790000000" format="wDT">Tue</tg-time> <tg-emoji emoji-id="5368324170671202286">👍</tg-emoji> '
    "/book @somebody #tag https://example.org me@example.org"
)
EVERY_BUTTON = inline(
    [button("Call", callback_data="call", style="primary"), button("Off", disabled={}, style="danger")],
    [button("Open", url="https://example.org"), button("Copy", copy_text={"text": "B-7F3K"})],
)
REPLY_KEYBOARD = {
    "keyboard": [[{"text": "Menu"}, {"text": "Book", "style": "success"}]],
    "resize_keyboard": True,
    "is_persistent": True,
}


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("sendMessage", {"text": "plain"}),
        ("sendMessage", {"text": RICH, "parse_mode": "HTML", "reply_markup": EVERY_BUTTON}),
        ("sendMessage", {"text": "keys", "reply_markup": REPLY_KEYBOARD}),
        ("sendMessage", {"text": "gone", "reply_markup": {"remove_keyboard": True}}),
        ("sendMessage", {"text": "say", "reply_markup": {"force_reply": True, "input_field_placeholder": "Name"}}),
        ("sendMessage", {"text": "x", "entities": [{"type": "pre", "offset": 0, "length": 1, "language": "c"}]}),
        ("sendMessage", {"text": "https://example.org", "link_preview_options": {"is_disabled": True}}),
        ("sendMessage", {"text": "x", "protect_content": True, "disable_notification": True}),
    ],
)
async def test_every_message_sent_parses(stage: TelegramStage, method: str, parameters: dict[str, Any]) -> None:
    await stage.asha_started()

    message = await stage.call(method, chat_id=ASHA, **parameters)

    check_strictly("Message", message)


async def test_pictures_documents_and_their_edits_parse(stage: TelegramStage) -> None:
    await stage.asha_started()

    photo = await stage.upload(
        "sendPhoto",
        {"photo": ("day.png", png(20, 10), "image/png")},
        chat_id=ASHA,
        caption="<b>x</b>",
        parse_mode="HTML",
    )
    document = await stage.upload("sendDocument", {"document": ("a.ics", b"BEGIN", "text/calendar")}, chat_id=ASHA)
    place = {"chat_id": ASHA, "message_id": photo["result"]["message_id"]}
    captioned = await stage.call("editMessageCaption", **place, caption="now", reply_markup=EVERY_BUTTON)
    changed = await stage.call(
        "editMessageMedia",
        **place,
        media={"type": "photo", "media": photo["result"]["photo"][-1]["file_id"], "caption": "again"},
    )

    for message in (photo["result"], document["result"], captioned, changed):
        check_strictly("Message", message)
    check_strictly("File", await stage.call("getFile", file_id=document["result"]["document"]["file_id"]))


async def test_replies_pins_and_copies_parse(stage: TelegramStage) -> None:
    await stage.asha_started()
    first = await stage.call("sendMessage", chat_id=ASHA, text="first")

    reply = await stage.call(
        "sendMessage", chat_id=ASHA, text="second", reply_parameters={"message_id": first["message_id"]}
    )
    await stage.call("pinChatMessage", chat_id=ASHA, message_id=first["message_id"])
    copy = await stage.call("copyMessage", chat_id=ASHA, from_chat_id=ASHA, message_id=first["message_id"])

    check_strictly("Message", reply)
    check_strictly("MessageId", copy)
    check_strictly("ChatFullInfo", await stage.call("getChat", chat_id=ASHA))
    for message in (await stage.chat())["messages"]:
        check_strictly("Message", message)


async def test_what_the_bot_is_parses(stage: TelegramStage) -> None:
    await stage.asha_started()
    await stage.call("setMyCommands", commands=[{"command": "book", "description": "Book a rack"}])

    check_strictly("User", await stage.call("getMe"))
    check_strictly("WebhookInfo", await stage.call("getWebhookInfo"))
    check_strictly("BotCommand", (await stage.call("getMyCommands"))[0])
    check_strictly("BotName", await stage.call("getMyName"))
    check_strictly("BotDescription", await stage.call("getMyDescription"))
    check_strictly("BotShortDescription", await stage.call("getMyShortDescription"))
    check_strictly("MenuButtonCommands", await stage.call("getChatMenuButton"), family="MenuButton")
    check_strictly(
        "ChatMemberMember", await stage.call("getChatMember", chat_id=ASHA, user_id=ASHA), family="ChatMember"
    )


async def test_every_kind_of_update_parses(stage: TelegramStage) -> None:
    await stage.write("/start book_RACK-01 and #more at https://example.org")
    menu = await stage.call("sendMessage", chat_id=ASHA, text=RICH, parse_mode="HTML", reply_markup=EVERY_BUTTON)
    await stage.tap(menu, "Call")
    invoice = await stage.call(
        "sendInvoice", chat_id=ASHA, title="Pack", description="50 tokens", payload="p1", currency="XTR",
        prices=[{"label": "Pack", "amount": 50}],
    )  # fmt: skip
    checkout = await stage.tap(invoice, "Pay")
    await stage.call("answerPreCheckoutQuery", pre_checkout_query_id=checkout["pre_checkout_query_id"], ok=True)
    charge_id = (await stage.chat())["messages"][-1]["successful_payment"]["telegram_payment_charge_id"]
    await stage.call("refundStarPayment", user_id=ASHA, telegram_payment_charge_id=charge_id)
    await stage.sim("POST", f"people/{ASHA}/block")
    await stage.sim("POST", f"people/{ASHA}/unblock")

    updates = await stage.updates()

    kinds = [next(name for name in update if name != "update_id") for update in updates]
    assert kinds == [
        "message", "callback_query", "pre_checkout_query", "message", "message", "my_chat_member", "my_chat_member",
    ]  # fmt: skip
    check_strictly("Message", invoice)
    for update in updates:
        check_strictly("Update", update)
