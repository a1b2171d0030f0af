"""Writing the audit log."""

from domain.audit.models import AuditEntry
from domain.kernel import AdministrativeEvent, Tx


async def record(tx: Tx, *, event: AdministrativeEvent) -> AuditEntry:
    """Keep an administrative change for ever: who, what, the values before and after, and from where."""
    entry = AuditEntry(
        actor_id=event.actor_id, action=event.name, subject_id=event.subject_id, before=event.before,
        after=event.after, origin=event.origin, occurred_at=event.occurred_at, created_at=event.occurred_at,
        updated_at=event.occurred_at,
    )  # fmt: skip
    await AuditEntry.get_pymongo_collection().insert_one(entry.row())
    return entry
