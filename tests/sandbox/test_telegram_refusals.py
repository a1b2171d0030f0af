"""What the real service refuses is refused, in its words; each beside the like that is allowed."""

from typing import Any

import pytest

from tests.sandbox.telegram_stage import ASHA, RAVI, TelegramStage, button, inline, png

LONGEST = "é" * 4096
MARKUP_100 = inline(*[[button(f"{row}{column}") for column in "abcdefgh"] for row in range(12)], [button("x")] * 4)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": LONGEST + "x"}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"text": "x", "parse_mode": "Rich"}, "unsupported parse_mode"),
        ({"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, "ENTITY_BOUNDS_INVALID"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply markup JSON object"),
        ({"text": "x", "reply_markup": inline([button("a", callback_data="d" * 65)])}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": inline([{"text": "a"}])}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "reply_markup": inline([{"text": "a", "callback_data": ""}])}, "Text buttons are unallowed"),
        ({"text": "x", "reply_markup": inline([{"callback_data": "a"}])}, 'Field "text" must be of type String'),
        ({"text": "x", "reply_markup": inline([button("a", url="nonsense")])}, "is invalid: Wrong HTTP URL"),
        ({"text": "x", "reply_markup": inline([button("a")] * 9)}, "reply markup is too long"),
        ({"text": "x", "reply_markup": inline(*[[button("a")]] * 101)}, "reply markup is too long"),
        (
            {"text": "x", "reply_markup": inline([button("a", copy_text={"text": "c" * 257})])},
            "BUTTON_COPY_TEXT_INVALID",
        ),
        ({"text": "x", "reply_markup": inline([button("a", callback_data="a", style="pink")])}, "BUTTON_STYLE_INVALID"),
        ({"text": "x", "reply_parameters": {"message_id": 1}}, "message to be replied not found"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "chat_id": -100123}, "chat not found"),
    ],
)
async def test_a_message_that_breaks_a_rule_is_refused(
    stage: TelegramStage, parameters: dict[str, Any], reason: str
) -> None:
    await stage.asha_started()

    refusal = await stage.refusal("sendMessage", **{"chat_id": ASHA, **parameters})

    assert refusal.startswith("Bad Request: ")
    assert reason in refusal
    assert len((await stage.chat())["messages"]) == 1


@pytest.mark.parametrize(
    "parameters",
    [
        {"text": LONGEST},
        {"text": f"<b>{LONGEST}</b>", "parse_mode": "html"},
        {"text": "😀" * 2048},
        {"text": "x", "reply_markup": inline([button("a", callback_data="d" * 64)])},
        {"text": "x", "reply_markup": MARKUP_100},
        {"text": "x", "reply_parameters": {"message_id": 1, "allow_sending_without_reply": True}},
        {"text": "x", "reply_markup": inline([button("a", url="http://127.0.0.1:8081/pay")])},
    ],
)
async def test_a_message_at_the_limit_is_sent(stage: TelegramStage, parameters: dict[str, Any]) -> None:
    await stage.asha_started()

    await stage.call("sendMessage", chat_id=ASHA, **parameters)

    assert len((await stage.chat())["messages"]) == 2


async def test_edits_are_refused_as_by_the_real_service(stage: TelegramStage) -> None:
    written = await stage.write("/start")
    sent = await stage.call("sendMessage", chat_id=ASHA, text="<b>x</b>", parse_mode="HTML", reply_markup=MARKUP_100)
    place = {"chat_id": ASHA, "message_id": sent["message_id"]}

    same = await stage.refusal("editMessageText", **place, text="<b>x</b>", parse_mode="HTML", reply_markup=MARKUP_100)
    missing = await stage.refusal("editMessageText", chat_id=ASHA, message_id=7, text="y")
    unnamed = await stage.refusal("editMessageText", chat_id=ASHA, text="y")
    foreign = await stage.refusal("editMessageText", chat_id=ASHA, message_id=written["message_id"], text="y")
    captionless = await stage.refusal("editMessageCaption", **place, caption="y")
    reply_keys = await stage.refusal("editMessageReplyMarkup", **place, reply_markup={"keyboard": [["Menu"]]})
    formatted = await stage.call("editMessageText", **place, text="x", reply_markup=MARKUP_100)

    assert "message is not modified: specified new message content" in same
    assert missing == "Bad Request: message to edit not found"
    assert unnamed == "Bad Request: message identifier is not specified"
    assert foreign == "Bad Request: message can't be edited"
    assert captionless == "Bad Request: there is no caption in the message to edit"
    assert reply_keys == "Bad Request: inline keyboard expected"
    assert "entities" not in formatted


async def test_files_are_refused_as_by_the_real_service(stage: TelegramStage) -> None:
    await stage.asha_started()
    photo = await stage.upload("sendPhoto", {"photo": ("a.png", png(10, 10))}, chat_id=ASHA)
    file_id = photo["result"]["photo"][0]["file_id"]

    text = await stage.upload("sendPhoto", {"photo": ("a.png", b"not a picture")}, chat_id=ASHA)
    flat = await stage.upload("sendPhoto", {"photo": ("a.png", png(400, 10))}, chat_id=ASHA)
    wordy = await stage.refusal("sendPhoto", chat_id=ASHA, photo=file_id, caption="x" * 1025)
    edited = await stage.refusal(
        "editMessageText", chat_id=ASHA, message_id=photo["result"]["message_id"], text="no text here"
    )

    assert text["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    assert flat["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"
    assert wordy == "Bad Request: message caption is too long"
    assert edited == "Bad Request: there is no text in the message to edit"
    assert "of type Photo as Document" in await stage.refusal("sendDocument", chat_id=ASHA, document=file_id)
    assert "wrong file identifier" in await stage.refusal("sendPhoto", chat_id=ASHA, photo="AgAC-unknown")
    assert "there is no photo in the request" in await stage.refusal("sendPhoto", chat_id=ASHA)
    await stage.call("sendPhoto", chat_id=ASHA, photo=file_id, caption="x" * 1024)


async def test_who_never_wrote_or_has_blocked_is_not_written_to(stage: TelegramStage) -> None:
    await stage.asha_started()
    await stage.sim("POST", f"people/{ASHA}/block")

    assert await stage.refusal("sendMessage", chat_id=ASHA, text="x") == "Forbidden: bot was blocked by the user"
    assert "can't initiate conversation" in await stage.refusal("sendMessage", chat_id=RAVI, text="x")
    assert await stage.refusal("sendMessage", chat_id=5, text="x") == "Bad Request: chat not found"
    assert (await stage.sim("POST", f"people/{ASHA}/messages", {"text": "x"})).status_code == 409

    await stage.sim("POST", f"people/{ASHA}/unblock")
    await stage.call("sendMessage", chat_id=ASHA, text="x")


async def test_a_callback_query_is_answered_once(stage: TelegramStage) -> None:
    await stage.asha_started()
    menu = await stage.call("sendMessage", chat_id=ASHA, text="x", reply_markup=inline([button("Go")]))
    query_id = (await stage.tap(menu, "Go"))["callback_query_id"]

    long_winded = await stage.refusal("answerCallbackQuery", callback_query_id=query_id, text="x" * 201)
    first = await stage.call("answerCallbackQuery", callback_query_id=query_id, text="x" * 200)
    second = await stage.refusal("answerCallbackQuery", callback_query_id=query_id)

    assert long_winded == "Bad Request: MESSAGE_TOO_LONG"
    assert first is True
    assert "query is too old and response timeout expired or query ID is invalid" in second


async def test_wrong_tokens_and_methods_are_refused(stage: TelegramStage) -> None:
    wrong = await stage.http.get("/bot1:wrong/getMe")

    assert (wrong.status_code, wrong.json()) == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )
    assert await stage.refusal("sendHologram") == "Not Found: method not found"
    assert (await stage.call("GETME"))["id"] == 4242


async def test_deletions(stage: TelegramStage) -> None:
    written = await stage.write("/start")
    old = await stage.call("sendMessage", chat_id=ASHA, text="old")
    await stage.sim("POST", "clock", {"advance_seconds": 49 * 3600})
    new = await stage.call("sendMessage", chat_id=ASHA, text="new")

    too_old = await stage.refusal("deleteMessage", chat_id=ASHA, message_id=old["message_id"])
    await stage.call("deleteMessage", chat_id=ASHA, message_id=new["message_id"])
    gone = await stage.refusal("deleteMessage", chat_id=ASHA, message_id=new["message_id"])

    assert "message can't be deleted" in too_old
    assert gone == "Bad Request: message to delete not found"
    assert [message["message_id"] for message in (await stage.chat())["messages"]] == [
        written["message_id"],
        old["message_id"],
    ]


async def test_too_many_messages_to_one_chat_are_told_when_to_come_back(stage: TelegramStage) -> None:
    await stage.asha_started()

    answers = [await stage.raw("sendMessage", chat_id=ASHA, text=str(number)) for number in range(70)]

    refused = [answer for answer in answers if not answer["ok"]]
    assert answers[0]["ok"]
    assert refused[0]["error_code"] == 429
    assert refused[0]["parameters"] == {"retry_after": 1}
    assert refused[0]["description"] == "Too Many Requests: retry after 1"
