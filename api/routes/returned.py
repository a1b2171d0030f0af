"""Where the payer's page sends people back to: a hint to look, never a credit."""

import logging
from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pymongo.errors import PyMongoError

from api.dependencies import ServicesDep
from domain import packs, payments
from domain.kernel import DomainError

router = APIRouter(tags=["payments"])
log = logging.getLogger("berth.api")

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>:root{{color-scheme:light dark}}body{{font:17px/1.5 system-ui,sans-serif;display:grid;place-content:center;
min-height:90vh;margin:0;padding:1.5rem;text-align:center}}
h1{{font-size:1.4rem;margin:0 0 .5rem}}p{{margin:0;opacity:.8}}
</style><main><h1>{title}</h1><p>{text}</p></main></html>"""


def page(title: str, text: str) -> HTMLResponse:
    """A page of two sentences."""
    return HTMLResponse(PAGE.format(title=escape(title), text=escape(text)))


@router.get("/paid", summary="Come back from the payer's page", response_class=HTMLResponse)
async def paid(request: Request, given: ServicesDep) -> HTMLResponse:
    """Ask the gateway what became of the payment, so that the chat knows even if the webhook is late.

    The gateway's signature over the parameters is required before anything is looked up; the credit itself comes from
    what the gateway answers, through the same state machine as the webhook.
    """
    params = dict(request.query_params)
    if not given.gateway.verify_return(params):
        return page("Go back to the chat", "If you have paid, it will be told there within a minute.")
    payment = await payments.by_reference(params.get("razorpay_payment_link_reference_id", ""))
    if payment is None:
        return page("Go back to the chat", "We do not know this payment.")
    try:
        if payment.paid_at is None:  # who reloads the page asks nobody anything
            await packs.reconcile(given.transact, given.gateway, payment_id=payment.id, clock=given.clock)
            payment = await payments.get(payment.id)
    except (DomainError, PyMongoError) as error:
        log.warning("return of payment %s could not be checked now: %r", payment.reference, error)
    if payment.paid_at is None:
        return page("Go back to the chat", "Your payment is being checked. The chat will tell you what became of it.")
    return page("Payment received", "Your tokens are in your wallet. You can go back to the chat.")
