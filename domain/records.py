"""Every stored record of every room: what `kernel.prepare` makes collections and indexes for."""

from domain import audit, bookings, notifications, packs, payments, people, resources, wallets
from domain.kernel import Command, Heartbeat, InboxItem, OutboxEvent, Record

RECORDS: list[type[Record]] = [
    OutboxEvent,
    InboxItem,
    Command,
    Heartbeat,
    *people.RECORDS,
    *wallets.RECORDS,
    *payments.RECORDS,
    *packs.RECORDS,
    *resources.RECORDS,
    *bookings.RECORDS,
    *notifications.RECORDS,
    *audit.RECORDS,
]
