"""Words every room shares: records and tenants, transactions, events, errors, leased work, the time grid, pages.

Nouns: `Record` (a stored thing), `Tx` (one run of a transaction), `Event` (a fact that happened), `Work` (a record that
workers claim by lease), `InboxItem` (what came from outside), `Page` (a bounded list).
Invariants: nothing is written outside `transact` except leased work, the inbox and what a single conditional update
guards; an event is stored with the change it tells of; a completion without a valid lease leaves nothing behind.
Errors: the family in `errors.py`.
"""

from collections.abc import Callable
from datetime import datetime

from domain.kernel.backlog import Backlog, DeadWork, DueRows, Timed, backlog, backlog_of_step, dead_work, revive
from domain.kernel.bell import Bell, ring_on_change, ring_on_insert
from domain.kernel.cells import cells
from domain.kernel.commands import Command, once
from domain.kernel.due import RELEASED, Batch, claim_due, read_batch, release_batch, still_leased
from domain.kernel.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Insufficient,
    Invalid,
    KeyReused,
    LimitReached,
    NotFound,
    Unauthorized,
    Unavailable,
)
from domain.kernel.events import AdministrativeEvent, Event, OutboxEvent, emit
from domain.kernel.heartbeat import Heartbeat, Sign, beat, signs_of_life, stop_beating
from domain.kernel.ids import short_code
from domain.kernel.inbox import InboxItem, claim_lanes, free_lanes, receive
from domain.kernel.leases import (
    WORK_INDEX,
    LeaseLost,
    Work,
    WorkStatus,
    claim,
    claim_ids,
    complete,
    mark,
    put_back,
    renew,
)
from domain.kernel.paging import LIMIT_MAX, Page
from domain.kernel.storage import Database, Record, Row, database, enter_tenant, insert_rows, prepare, tenant
from domain.kernel.transactions import Transact, Transactor, Tx, run_again
from domain.kernel.turns import Turn, give_turns_back, take_turn
from domain.kernel.vault import UnreadableSecret, Vault

Clock = Callable[[], datetime]
"""Where edges get `now` from: the machine's time, or the sandbox's in the demo. The domain never calls it."""

__all__ = [
    "LIMIT_MAX", "RELEASED", "WORK_INDEX", "AdministrativeEvent", "Backlog", "Batch", "Bell", "Clock", "Command",
    "Conflict", "Database", "DeadWork", "DomainError", "DueRows", "Event", "Forbidden", "Heartbeat", "InboxItem",
    "Insufficient", "Invalid", "KeyReused", "LeaseLost", "LimitReached", "NotFound", "OutboxEvent", "Page", "Record",
    "Row", "Sign", "Timed", "Transact", "Transactor", "Turn", "Tx", "Unauthorized", "Unavailable", "UnreadableSecret",
    "Vault", "Work", "WorkStatus", "backlog", "backlog_of_step", "beat", "cells", "claim", "claim_due", "claim_ids",
    "claim_lanes", "complete", "database", "dead_work", "emit", "enter_tenant", "free_lanes", "give_turns_back",
    "insert_rows", "mark", "once", "prepare", "put_back", "read_batch", "receive", "release_batch", "renew", "revive",
    "ring_on_change", "ring_on_insert", "run_again", "short_code", "signs_of_life", "still_leased", "stop_beating",
    "take_turn", "tenant",
]  # fmt: skip
