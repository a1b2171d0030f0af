"""Payment gateways: adapters to `domain.payments.Gateway`, opened only by `app.wiring`."""

from app.gateways.razorpay import RazorpayGateway

__all__ = ["RazorpayGateway"]
