"""Berth's business in its own words: rooms, stacked, each entered by its front door (`from domain import bookings`).

Nothing here knows Telegram, HTTP, a schedule or a clock: `tx` and `now` are arguments.
"""
