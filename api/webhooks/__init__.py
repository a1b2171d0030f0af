"""Webhooks: verify over the raw bytes, store in the inbox, answer 200. Nothing is decided here.

If the store is down the answer is 503, so that the sender tries again.
"""

from api.webhooks import razorpay, telegram

ROUTERS = (razorpay.router, telegram.router)
