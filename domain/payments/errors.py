"""What payments say no to."""

from typing import ClassVar

from domain.kernel import NotFound, Unavailable


class PaymentGatewayError(Unavailable):
    """The gateway gave no usable answer; what was asked may have happened. Facts: gateway, status, retry_after."""

    code = "PAYMENT_GATEWAY_ERROR"
    number = 5001
    may_pass: ClassVar[bool] = True
    """Whether the same call may succeed later without anybody changing anything."""


class PaymentNotFound(NotFound):
    """No such payment, or it is somebody else's."""

    code = "PAYMENT_NOT_FOUND"
    number = 5002


class PaymentGatewayMisconfigured(PaymentGatewayError):
    """The gateway does not accept our key; facts: gateway, hint."""

    code = "PAYMENT_GATEWAY_MISCONFIGURED"
    number = 5003
    may_pass = False


class PaymentGatewayRefused(PaymentGatewayError):
    """The gateway understood the call and will not do it; facts: gateway, status, description, field."""

    code = "PAYMENT_GATEWAY_REFUSED"
    number = 5004
    may_pass = False
