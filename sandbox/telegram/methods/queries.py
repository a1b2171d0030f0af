"""Answering what people asked by a tap."""

from typing import Any

from sandbox.telegram import utf16
from sandbox.telegram.errors import bad_request
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods.registry import method
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.people import complete_payment

CALLBACK_TEXT_MAX = 200
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@method("answerCallbackQuery")
async def answer_callback_query(messenger: Messenger, parameters: Parameters) -> bool:
    """Stop the button's spinner, with a toast, an alert or nothing; once and within 15 seconds."""
    text = parameters.text("text")
    if utf16.length(text) > CALLBACK_TEXT_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = parameters.text("callback_query_id")
    query = messenger.queries.close(query_id)
    if query is None or "pre_checkout" in query.facts:
        raise bad_request(TOO_OLD)
    answer: dict[str, Any] = {
        "callback_query_id": query_id,
        "text": text,
        "show_alert": parameters.boolean("show_alert"),
    }
    if url := parameters.text("url"):
        answer["url"] = url
    chat = messenger.state.chats[query.user_id]
    chat.callback_answers.append(answer)
    messenger.tell("callback_answer", chat, answer=answer)
    return True


@method("answerPreCheckoutQuery")
async def answer_pre_checkout_query(messenger: Messenger, parameters: Parameters) -> bool:
    """Agree to a payment in Stars, which completes it, or refuse with a reason; within 10 seconds."""
    is_ok = parameters.boolean("ok")
    reason = parameters.text("error_message")
    if not is_ok and not reason:
        raise bad_request("error message must be non-empty")
    query = messenger.queries.close(parameters.text("pre_checkout_query_id"))
    if query is None or "pre_checkout" not in query.facts:
        raise bad_request(TOO_OLD)
    chat = messenger.state.chats[query.user_id]
    if is_ok:
        complete_payment(messenger, chat, query.facts)
    else:
        messenger.tell("precheckout_failed", chat, reason=reason)
    return True
