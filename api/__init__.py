"""The HTTP edge: webhooks are verified and stored, nothing else; `/api/v1` does what chat does, for programs.

Every answer is `{success, data, message, timestamp}`, lists with `pagination`; every refusal is
`{success: false, error: {code, number, message, details}}`. POST needs an `Idempotency-Key`.
"""

from api.application import create
from api.services import RateLimits, Services

__all__ = ["RateLimits", "Services", "create"]
