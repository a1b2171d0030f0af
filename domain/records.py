"""Every stored record of every room: what `kernel.prepare` makes collections and indexes for."""

from domain import (
    audit,
    bookings,
    notifications,
    packs,
    payments,
    people,
    provisioning,
    resources,
    vehicles,
    waitlists,
    wallets,
)
from domain.kernel import Command, Heartbeat, InboxItem, OutboxEvent, Record, Turn

RECORDS: list[type[Record]] = [
    OutboxEvent,
    InboxItem,
    Command,
    Heartbeat,
    Turn,
    *people.RECORDS,
    *wallets.RECORDS,
    *payments.RECORDS,
    *packs.RECORDS,
    *resources.RECORDS,
    *vehicles.RECORDS,
    *bookings.RECORDS,
    *waitlists.RECORDS,
    *provisioning.RECORDS,
    *notifications.RECORDS,
    *audit.RECORDS,
]
