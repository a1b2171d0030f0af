"""How the Razorpay SDK's session talks: with time limits, without cookies, and without losing what was answered.

The SDK itself turns every refusal into a text, prints to standard output when the connection fails, and chokes on an
HTML page from a proxy. So the adapter below its session looks at each answer first and raises our own errors.
"""

from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from domain.payments import PaymentGatewayError, PaymentGatewayMisconfigured, PaymentGatewayRefused

GATEWAY = "razorpay"
TIMEOUT_SECONDS = (3.0, 10.0)
"""To connect, and between two pieces of the answer."""
CONNECTIONS_MAX = 16


class Transport(HTTPAdapter):
    """Sends one request once. Raises PaymentGatewayError unless the answer is JSON with a status below 300."""

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, timeout: Any = None, verify: bool | str = True,
        cert: Any = None, proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:  # fmt: skip
        """Send, read the whole answer, and judge it."""
        try:
            response = super().send(
                request, stream=stream, timeout=timeout or TIMEOUT_SECONDS, verify=verify, cert=cert, proxies=proxies
            )
            body = response.content  # read here, so that an answer cut short is caught here
        except requests.RequestException as error:
            raise PaymentGatewayError(gateway=GATEWAY, status=None, reason=type(error).__name__) from error
        judge(response.status_code, response.headers, _json_object(response, body))
        return response


def _json_object(response: requests.Response, body: bytes) -> dict[str, Any] | None:
    try:
        answer = response.json() if body else {}
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def judge(status: int, headers: Mapping[str, str], answer: dict[str, Any] | None) -> None:
    """Raise what an answer means for the caller, unless it is a good one."""
    if status < 300 and answer is not None:
        return
    error = (answer or {}).get("error")
    error = error if isinstance(error, dict) else {}
    description = str(error.get("description") or "")[:300]
    if status == 401 or (status == 400 and description == "Authentication failed"):
        raise PaymentGatewayMisconfigured(
            gateway=GATEWAY, status=status, hint="check RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET"
        )
    if 400 <= status < 500 and status != 429 and answer is not None:
        raise PaymentGatewayRefused(gateway=GATEWAY, status=status, description=description, field=error.get("field"))
    raise PaymentGatewayError(
        gateway=GATEWAY, status=status, description=description, retry_after=headers.get("Retry-After")
    )


def session(*, uses_environment: bool) -> requests.Session:
    """A session that threads can share: pooled connections and no cookies. With `uses_environment` it obeys proxies."""
    made = requests.Session()
    made.trust_env = uses_environment
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    transport = Transport(pool_connections=1, pool_maxsize=CONNECTIONS_MAX, max_retries=0)
    made.mount("https://", transport)
    made.mount("http://", transport)
    return made
