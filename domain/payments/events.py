"""What happened to payments."""

from typing import ClassVar

from beanie import PydanticObjectId

from domain.kernel import Event


class PaymentFailed(Event):
    """A payer's attempt failed; the link may still be paid, and the money may still come."""

    name: ClassVar[str] = "payment.failed"
    payment_id: PydanticObjectId
    member_id: PydanticObjectId
    reference: str
    reason: str | None


class PaymentQuarantined(Event):
    """Money came that does not fit what was asked for; a person must look. `amount` is what came, in minor units."""

    name: ClassVar[str] = "payment.quarantined"
    quarantine_id: PydanticObjectId
    payment_id: PydanticObjectId
    member_id: PydanticObjectId
    reference: str
    reason: str
    gateway: str
    gateway_payment_id: str
    amount: int | None
    currency: str | None
    expected_amount: int
    expected_currency: str
