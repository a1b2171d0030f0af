"""Telegram's updates, in webhook mode."""

import json
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request

from api.dependencies import Now, ServicesDep
from api.envelope import Answer
from domain.kernel import Invalid, NotFound, Unauthorized, receive

router = APIRouter(tags=["webhooks"])


class WrongSecret(Unauthorized):
    """The secret token is not the one we gave Telegram."""

    code = "WRONG_SECRET_TOKEN"
    number = 1004


def lane_of(update: dict[str, Any]) -> str:
    """Whose update it is: one person's are handled one after the other. The poller in `bot` has the same rule."""
    for part in update.values():
        if isinstance(part, dict):
            person = part.get("from") or part.get("user") or part.get("chat")
            if isinstance(person, dict) and isinstance(person.get("id"), int):
                return str(person["id"])
    return str(update["update_id"])


@router.post("/webhooks/telegram/{bot}", summary="Take a Telegram update")
async def telegram(
    bot: int,
    request: Request,
    given: ServicesDep,
    now: Now,
    x_telegram_bot_api_secret_token: Annotated[str | None, Header()] = None,
) -> Answer[dict[str, bool]]:
    """Store the update under its id and acknowledge; the bot process answers it."""
    if given.telegram_secret is None or bot != given.telegram_bot_id:
        raise NotFound
    presented = (x_telegram_bot_api_secret_token or "").encode()
    if not compare_digest(presented, given.telegram_secret.encode()):
        raise WrongSecret
    text = (await request.body()).decode("utf-8", errors="replace")
    try:
        update = json.loads(text)
        update_id = update["update_id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Invalid(problem="the body is not an update") from None
    if not isinstance(update_id, int) or isinstance(update_id, bool) or not 0 <= update_id < 2**63:
        raise Invalid(problem="update_id is not a number")
    stored = await receive(
        source="telegram",
        key=str(update_id),
        lane=lane_of(update),
        sequence=update_id,
        body=text,
        headers={},
        now=now,
    )
    return Answer(data={"stored": stored})
