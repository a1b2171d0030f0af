"""The audit log: every administrative change, who made it, from where, with the values before and after.

Nouns: `AuditEntry`.
Invariants: an entry is written once per `AdministrativeEvent`, by `domain/reactions`, and never changed or removed.
Errors: none.
"""

from domain.audit.models import RECORDS, AuditEntry
from domain.audit.queries import of_subject, recent
from domain.audit.service import record

__all__ = ["RECORDS", "AuditEntry", "of_subject", "recent", "record"]
