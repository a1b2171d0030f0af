"""How the bot receives updates."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram.errors import bad_request, too_many_requests
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods.registry import method
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.updates import LIMIT_MAX, Conflict
from sandbox.telegram.webhook import MAX_CONNECTIONS_DEFAULT

SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
CONNECTIONS_MAX = 100


@method("getUpdates")
async def get_updates(messenger: Messenger, parameters: Parameters) -> list[dict[str, Any]]:
    """Wait for updates; the offset confirms those before it."""
    if messenger.webhook.url:
        raise Conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    _remember_allowed(messenger, parameters)
    return await messenger.updates.poll(
        offset=parameters.integer("offset", 0) or 0,
        limit=parameters.integer("limit", LIMIT_MAX) or LIMIT_MAX,
        timeout_seconds=parameters.integer("timeout", 0) or 0,
    )


@method("setWebhook")
async def set_webhook(messenger: Messenger, parameters: Parameters) -> bool:
    """Deliver updates to a URL; http is accepted, as by a local Bot API server."""
    url, secret_token = parameters.text("url"), parameters.text("secret_token")
    if not url:
        return await _stop_webhook(messenger, parameters)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if secret_token and not SECRET_TOKEN.fullmatch(secret_token):
        raise bad_request("secret token contains unallowed characters")
    connections = parameters.integer("max_connections", MAX_CONNECTIONS_DEFAULT) or MAX_CONNECTIONS_DEFAULT
    now = time.monotonic()
    if now - messenger.webhook.set_at < 1:
        raise too_many_requests(1)
    messenger.webhook.set_at = now
    _remember_allowed(messenger, parameters)
    if parameters.boolean("drop_pending_updates"):
        messenger.updates.clear()
    messenger.updates.interrupt(Conflict("terminated by setWebhook request"))
    await messenger.webhook.set(
        url, secret_token=secret_token, max_connections=min(max(connections, 1), CONNECTIONS_MAX)
    )
    messenger.store.changed()
    return True


@method("deleteWebhook")
async def delete_webhook(messenger: Messenger, parameters: Parameters) -> bool:
    """Go back to getUpdates."""
    return await _stop_webhook(messenger, parameters)


async def _stop_webhook(messenger: Messenger, parameters: Parameters) -> bool:
    if parameters.boolean("drop_pending_updates"):
        messenger.updates.clear()
    await messenger.webhook.set("", secret_token="", max_connections=MAX_CONNECTIONS_DEFAULT)
    messenger.store.changed()
    return True


@method("getWebhookInfo")
async def get_webhook_info(messenger: Messenger, _: Parameters) -> dict[str, Any]:
    """The webhook and how it is doing."""
    messenger.updates.expire()
    return messenger.webhook.as_webhook_info()


def _remember_allowed(messenger: Messenger, parameters: Parameters) -> None:
    """`allowed_updates` stays in force until it is given again; an empty list means the default."""
    allowed = parameters.nested("allowed_updates")
    if allowed is None:
        return
    if not isinstance(allowed, list):
        raise bad_request("can't parse allowed updates JSON object")
    messenger.updates.allowed = [str(kind) for kind in allowed] or None
