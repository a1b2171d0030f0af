"""Refusals in Razorpay's words and shape."""

from typing import Any

from starlette.responses import JSONResponse, Response

BAD_REQUEST = "BAD_REQUEST_ERROR"
SERVER_ERROR = "SERVER_ERROR"


class Refused(Exception):
    """A call that Razorpay answers by an error."""

    def __init__(self, description: str, *, status: int = 400, field: str | None = None, reason: str = "NA") -> None:
        super().__init__(description)
        self.description = description
        self.status = status
        self.field = field
        self.reason = reason

    def response(self) -> Response:
        """Answer with the error body."""
        return error_response(self.status, BAD_REQUEST, self.description, field=self.field, reason=self.reason)


def error_response(
    status: int, code: str, description: str, *, field: str | None = None, reason: str = "NA"
) -> JSONResponse:
    """Build the error body; `field` is left out when no single field is to blame."""
    error: dict[str, Any] = {
        "code": code,
        "description": description,
        "source": "business" if reason != "NA" else "NA",
        "step": "payment_initiation" if reason != "NA" else "NA",
        "reason": reason,
        "metadata": {},
    }
    if field is not None:
        error["field"] = field
    return JSONResponse({"error": error}, status)


def too_many(_retry_after: int) -> Response:
    """Answer 429; Razorpay documents no header that says when to come back."""
    return error_response(429, BAD_REQUEST, "Request failed. Please try after sometime.")


def server_error() -> Response:
    """Answer 500."""
    words = "We are facing some trouble completing your request at the moment. Please try again shortly."
    return error_response(500, SERVER_ERROR, words)


def unknown_id() -> Refused:
    """Razorpay's answer to an id it does not know: 400, never 404."""
    return Refused("The id provided does not exist", reason="input_validation_failed")
