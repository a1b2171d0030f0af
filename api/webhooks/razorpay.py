"""Razorpay's events."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, Request

from api.dependencies import Now, ServicesDep
from api.envelope import Answer, Refusal
from domain.kernel import Invalid, Unauthorized, receive

router = APIRouter(tags=["webhooks"])

SIGNATURE = "X-Razorpay-Signature"


class WrongSignature(Unauthorized):
    """The signature does not fit the body under any of our secrets."""

    code = "WRONG_SIGNATURE"
    number = 1002


@router.post(
    "/webhooks/razorpay",
    summary="Take a Razorpay event",
    responses={401: {"model": Refusal}, 400: {"model": Refusal}, 503: {"model": Refusal}},
)
async def razorpay(
    request: Request,
    given: ServicesDep,
    now: Now,
    x_razorpay_signature: Annotated[str | None, Header()] = None,
    x_razorpay_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> Answer[dict[str, bool]]:
    """Verify the signature over the raw body, store the event under its id, and acknowledge.

    Repeated events are acknowledged and stored once; what an event means is decided later, by the jobs.
    """
    body = await request.body()
    if not given.gateway.verify_webhook(body, x_razorpay_signature):
        raise WrongSignature
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Invalid(problem="the body is not UTF-8") from None
    digest = hashlib.sha256(body).hexdigest()
    stored = await receive(
        source="razorpay", key=x_razorpay_event_id or digest, lane=x_razorpay_event_id or digest,
        sequence=int(now.timestamp() * 1_000_000), body=text, headers={}, now=now,
    )  # fmt: skip
    return Answer(data={"stored": stored}, message="Stored." if stored else "Known already.")
