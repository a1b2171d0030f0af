"""What must always hold: run after every test, by the state machines after each step, and in production.

Everything is computed again from what is stored, not by the indexes and counters that should have prevented it. All
checks of one run read one snapshot, so that work going on meanwhile is no violation.
"""

from domain.invariants import books, lines, times
from domain.invariants.violation import Check, Violation
from domain.kernel import database, dead_work

__all__ = ["CHECKS", "Check", "Violation", "violations"]


async def violations(*, limit: int) -> list[Violation]:
    """Every invariant over the current tenant; at most `limit` violations of each. Not inside a transaction."""
    found: list[Violation] = []
    async with database().client.start_session(snapshot=True) as session, session.bind(end_session=False):
        for check in CHECKS:
            found += await check(limit)
    return found


async def no_work_is_dead(limit: int) -> list[Violation]:
    """Nothing was given up."""
    return [
        Violation(name="no_work_is_dead", subject=f"{work.kind} {work.id}", detail=work.failure or "")
        for work in await dead_work(limit=limit)
    ]


CHECKS: tuple[Check, ...] = (
    books.balances_agree,
    books.chains_are_whole,
    times.no_two_overlap,
    times.taken_is_in_cells,
    lines.offers_agree,
    books.bookings_are_paid_for,
    books.debts_agree,
    books.overtime_is_charged,
    books.payments_are_credited_once,
    no_work_is_dead,
)
