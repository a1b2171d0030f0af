"""The programs' side: /sim/v1/razorpay, for tests and drills."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.razorpay import purchases
from sandbox.razorpay.account import Account
from sandbox.razorpay.entities import Entity
from sandbox.razorpay.errors import Refused
from sandbox.razorpay.events import Event, Subject, missing_for

SIGNATURES = ("right", "wrong", "missing")
REPEAT_MAX = 100

Act = Callable[[Account, Request, dict[str, Any]], Awaitable[Any]]


class Unusable(Exception):
    """A control call that cannot be done."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def routes(account: Account) -> list[Route]:
    """Serve the controls of this account."""
    base = "/sim/v1/razorpay"
    return [
        Route(f"{base}/payments", _serve(account, _list), methods=["GET"]),
        Route(f"{base}/payments/{{id}}/pay", _serve(account, _pay), methods=["POST"]),
        Route(f"{base}/payments/{{id}}/refund", _serve(account, _refund), methods=["POST"]),
        Route(f"{base}/events", _serve(account, _send_event), methods=["POST"]),
        Route(f"{base}/deliveries", _serve(account, _deliveries), methods=["GET"]),
        Route(f"{base}/webhook", _serve(account, _webhook), methods=["GET"]),
        Route(f"{base}/webhook", _serve(account, _set_webhook), methods=["PUT"]),
    ]


def _serve(account: Account, act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        account.expire_due()
        try:
            return JSONResponse(await act(account, request, await _body(request)))
        except Unusable as unusable:
            return JSONResponse({"description": str(unusable)}, unusable.status)
        except Refused as refused:
            return JSONResponse({"description": refused.description}, refused.status)

    return serve


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise Unusable(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Unusable(400, "the body must be an object")
    return body


async def _list(account: Account, _request: Request, _body: dict[str, Any]) -> Any:
    links = [_state_of_link(account, link) for link in account.links.values()]
    orders = [_state_of_order(account, o) for o in account.orders.values() if o["id"] not in account.link_of_order]
    newest_first = sorted([*links, *orders], key=lambda state: state["created_at"], reverse=True)
    return {"payments": newest_first}


async def _pay(account: Account, request: Request, body: dict[str, Any]) -> Any:
    payment, events = purchases.pay(
        account,
        _order(account, request.path_params["id"]),
        outcome=_choice(body, "outcome", purchases.OUTCOMES),
        webhooks=_choice(body, "webhooks", purchases.WEBHOOKS),
        amount_minor=_amount(body),
        currency=body.get("currency"),
    )
    return {"payment_id": payment["id"], "payment": payment, "events": _told(events)}


async def _refund(account: Account, request: Request, body: dict[str, Any]) -> Any:
    payment = _payment(account, request.path_params["id"])
    if payment is None:
        raise Unusable(409, "nothing was paid here, so nothing can be refunded")
    refund, events = purchases.refund(
        account,
        payment,
        amount_minor=_amount(body),
        outcome=_choice(body, "outcome", purchases.REFUND_OUTCOMES),
        webhooks=_choice(body, "webhooks", purchases.WEBHOOKS),
    )
    return {"refund_id": refund["id"], "refund": refund, "events": _told(events)}


async def _send_event(account: Account, _request: Request, body: dict[str, Any]) -> Any:
    name, entity_id = body.get("event"), body.get("id")
    if not (isinstance(name, str) and isinstance(entity_id, str)):
        raise Unusable(400, "event and id are required")
    repeat = body.get("repeat", 1)
    if not (isinstance(repeat, int) and 1 <= repeat <= REPEAT_MAX):
        raise Unusable(400, f"repeat must be between 1 and {REPEAT_MAX}")
    if not account.webhooks.url:
        raise Unusable(409, "no webhook address is set")
    subject = _subject(account, entity_id)
    if missing := missing_for(name, subject):
        raise Unusable(409, f"{name} carries {', '.join(missing)}, which this purchase does not have yet")
    signature = _choice(body, "signature", SIGNATURES)
    event = account.event(name, subject, signature=signature, account_id=body.get("account_id"))
    event.id = str(body.get("event_id", event.id))
    statuses = [await account.webhooks.attempt(event) for _ in range(repeat)]
    return {"event": name, "event_id": event.id, "status_code": statuses[-1], "status_codes": statuses}


async def _deliveries(account: Account, request: Request, _body: dict[str, Any]) -> Any:
    after = request.query_params.get("after", "0")
    if not (after.isascii() and after.isdigit()):
        raise Unusable(400, "after must be a number")
    deliveries = [one for one in account.webhooks.deliveries if one["number"] > int(after)]
    return {"deliveries": deliveries}


async def _webhook(account: Account, _request: Request, _body: dict[str, Any]) -> Any:
    return {"url": account.webhooks.url, "is_enabled": account.webhooks.is_enabled}


async def _set_webhook(account: Account, request: Request, body: dict[str, Any]) -> Any:
    url, secret = body.get("url"), body.get("secret")
    if not isinstance(url, str) or not isinstance(secret, str | None):
        raise Unusable(400, "url is required, and secret is a text")
    account.webhooks.set_address(url=url, secret=secret)
    return await _webhook(account, request, body)


def _choice(body: dict[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = body.get(name, known[0])
    if value not in known:
        raise Unusable(400, f"{name} must be one of {', '.join(known)}")
    return str(value)


def _amount(body: dict[str, Any]) -> int | None:
    value = body.get("amount")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise Unusable(400, "amount must be a positive integer in minor units")
    return value


def _told(events: list[Event]) -> list[Entity]:
    return [{"event": event.name, "event_id": event.id} for event in events]


def _link(account: Account, wanted: str) -> Entity | None:
    fitting = (link for link in account.links.values() if wanted in (link["id"], link["reference_id"]))
    return next(fitting, None)


def _order(account: Account, wanted: str) -> Entity:
    """Find what is to be paid by the id of the link, of the order or of a payment, by reference_id or by receipt."""
    if (link := _link(account, wanted)) is not None:
        return account.order_of(link)
    if wanted in account.payments:
        return account.orders[account.payments[wanted]["order_id"]]
    for order in account.orders.values():
        if wanted in (order["id"], order["receipt"]):
            return order
    raise Unusable(404, f"there is no link, order, payment or reference {wanted}")


def _payment(account: Account, wanted: str) -> Entity | None:
    """Find a payment by its id, or the last one that brought money for what `_order` finds."""
    if wanted in account.payments:
        return account.payments[wanted]
    payments = account.payments_of(_order(account, wanted)["id"])
    return next((one for one in reversed(payments) if one["captured"]), payments[-1] if payments else None)


def _subject(account: Account, wanted: str) -> Subject:
    if wanted in account.refunds:
        refund = account.refunds[wanted]
        return account.subject_of(account.payments[refund["payment_id"]], refund=refund)
    link = _link(account, wanted)
    if link is not None and "order_id" not in link:
        return Subject(link=link)
    payment = _payment(account, wanted)
    if payment is None:
        return Subject(link=link, order=_order(account, wanted))
    refunds = account.refunds_of(payment["id"])
    return account.subject_of(payment, refund=refunds[-1] if refunds else None)


def _state_of_link(account: Account, link: Entity) -> Entity:
    payments = account.payments_of(link.get("order_id", ""))
    shown = ("reference_id", "short_url", "description", "expire_by")
    own = {name: link[name] for name in shown} | {"order_id": link.get("order_id")}
    return {"kind": "payment_link", **_state(link, payments), **own}


def _state_of_order(account: Account, order: Entity) -> Entity:
    return {"kind": "order", **_state(order, account.payments_of(order["id"])), "reference_id": order["receipt"]}


def _state(entity: Entity, payments: list[Entity]) -> Entity:
    shown = ("id", "status", "amount", "amount_paid", "currency", "created_at")
    of_payment = ("id", "status", "amount", "amount_refunded", "currency", "captured", "created_at")
    return {name: entity[name] for name in shown} | {"payments": [{k: p[k] for k in of_payment} for p in payments]}
