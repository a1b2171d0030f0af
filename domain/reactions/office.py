"""Who is told of what the office did to them."""

from datetime import datetime

from domain import notifications
from domain.kernel import AdministrativeEvent, Row, Tx
from domain.notifications import Kind, balance_tokens
from domain.people import MemberDisabledByOffice, MemberEnabled, RoleChanged
from domain.wallets import TokensAdjusted


async def tell_tokens_adjusted(tx: Tx, event: TokensAdjusted, now: datetime) -> None:
    """Somebody granted or took tokens, and why."""
    assert event.subject_id is not None
    facts = {
        "tokens": event.after["tokens"],
        "reason": event.after["reason"],
        "balance_tokens": await balance_tokens(event.subject_id, now=now),
    }
    await _tell_subject(tx, event, Kind.TOKENS_ADJUSTED, facts, now)


async def tell_role_changed(tx: Tx, event: RoleChanged, now: datetime) -> None:
    """What the member may do now."""
    facts = {"role": event.after["role"], "previous_role": event.before["role"]}
    await _tell_subject(tx, event, Kind.ROLE_CHANGED, facts, now)


async def tell_disabled(tx: Tx, event: MemberDisabledByOffice, now: datetime) -> None:
    """The member can only read from now on, and why."""
    await _tell_subject(tx, event, Kind.ACCOUNT_DISABLED, {"reason": event.after["reason"]}, now)


async def tell_enabled(tx: Tx, event: MemberEnabled, now: datetime) -> None:
    """The member can buy and book again."""
    await _tell_subject(tx, event, Kind.ACCOUNT_ENABLED, {"reason": event.after["reason"]}, now)


async def _tell_subject(tx: Tx, event: AdministrativeEvent, kind: Kind, facts: Row, now: datetime) -> None:
    assert event.subject_id is not None
    moment = event.occurred_at.isoformat(timespec="milliseconds")  # the same may happen to the same person again
    await notifications.tell(
        tx, member_id=event.subject_id, kind=kind, facts=facts, now=now,
        dedupe_key=f"{event.name}:{event.subject_id}:{moment}",
    )  # fmt: skip
