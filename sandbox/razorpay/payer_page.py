"""The payer's page at a link's `short_url`: look at the payment, pay it, let it fail or leave."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.razorpay import payer_views, purchases, signatures
from sandbox.razorpay.account import OPEN, Account
from sandbox.razorpay.entities import Entity

CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'"
Page = Callable[[Account, Entity, Request], Response]


def routes(account: Account) -> list[Route]:
    """Serve the page and what its buttons do."""
    base = "/razorpay/l/{short}"
    return [
        Route(base, _page(account, _show), methods=["GET"]),
        Route(f"{base}/pay", _page(account, _pay), methods=["POST"]),
        Route(f"{base}/fail", _page(account, _fail), methods=["POST"]),
        Route(f"{base}/leave", _page(account, _leave), methods=["POST"]),
        Route(f"{base}/paid/{{payment_id}}", _page(account, _paid), methods=["GET"]),
        Route(f"{base}/failed", _page(account, _failed), methods=["GET"]),
        Route(f"{base}/left", _page(account, _left), methods=["GET"]),
    ]


def callback_location(account: Account, link: Entity, *, payment_id: str) -> str:
    """Where a payer goes back to after paying, with the signed query; "" when the link has no callback."""
    if not link["callback_url"]:
        return ""
    query = {
        "razorpay_payment_id": payment_id,
        "razorpay_payment_link_id": link["id"],
        "razorpay_payment_link_reference_id": link["reference_id"],
        "razorpay_payment_link_status": link["status"],
        "razorpay_signature": signatures.of_callback(
            link_id=link["id"],
            reference_id=link["reference_id"],
            status=link["status"],
            payment_id=payment_id,
            key_secret=account.world.config.razorpay_key_secret,
        ),
    }
    joint = "&" if urlsplit(link["callback_url"]).query else "?"
    return f"{link['callback_url']}{joint}{urlencode(query)}"


def _page(account: Account, show: Page) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        account.expire_due()
        short = request.path_params["short"]
        link = next((one for one in account.links.values() if one["short_url"].endswith(f"/l/{short}")), None)
        if link is None:
            return _html(payer_views.unknown(), status=404)
        return show(account, link, request)

    return serve


def _html(page: str, *, status: int = 200) -> HTMLResponse:
    headers = {"Content-Security-Policy": CONTENT_POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(page, status, headers)


def _to(link: Entity, rest: str) -> Response:
    return RedirectResponse(urlsplit(link["short_url"]).path + rest, 303)


def _show(account: Account, link: Entity, _request: Request) -> Response:
    merchant = account.world.config.bot_name
    if link["status"] not in OPEN:
        return _html(payer_views.closed(link, merchant))
    account.order_of(link)
    return _html(payer_views.checkout(link, merchant))


def _pay(account: Account, link: Entity, _request: Request) -> Response:
    if link["status"] not in OPEN:
        return _to(link, "")
    payment, _events = purchases.pay(
        account, account.order_of(link), outcome="success", webhooks="normal", amount_minor=None, currency=None
    )
    return _to(link, f"/paid/{payment['id']}")


def _fail(account: Account, link: Entity, _request: Request) -> Response:
    if link["status"] not in OPEN:
        return _to(link, "")
    purchases.pay(
        account, account.order_of(link), outcome="failure", webhooks="normal", amount_minor=None, currency=None
    )
    return _to(link, "/failed")


def _leave(_account: Account, link: Entity, _request: Request) -> Response:
    return _to(link, "/left")


def _paid(account: Account, link: Entity, request: Request) -> Response:
    payment = account.payments.get(request.path_params["payment_id"])
    if payment is None or payment["order_id"] != link.get("order_id") or not payment["captured"]:
        return _to(link, "")
    location = callback_location(account, link, payment_id=payment["id"])
    return _html(payer_views.paid(link, account.world.config.bot_name, payment=payment, return_to=location))


def _failed(account: Account, link: Entity, _request: Request) -> Response:
    return _html(payer_views.failed(link, account.world.config.bot_name))


def _left(account: Account, link: Entity, _request: Request) -> Response:
    return _html(payer_views.left(link, account.world.config.bot_name))
