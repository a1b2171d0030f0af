"""The audit log has every administrative change, once, with who, what, from where, before and after."""

from datetime import UTC, datetime

from domain import audit, people, wallets
from domain.kernel import Database, Transactor
from domain.people import Role
from tests.building import a_member, a_rack
from tests.domain.consequences import consequences

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


async def test_a_change_of_role_is_kept_with_old_and_new_values(database: Database, transact: Transactor) -> None:
    member, office = await a_member(transact), await a_member(transact, role=Role.SUPER_ADMIN)
    assert member.member_id is not None

    await transact(people.promote, member_id=member.member_id, role=Role.STAFF, actor=office, now=NOW)
    await consequences(transact, now=NOW)

    (entry,) = (await audit.recent(page=1, limit=10)).items
    assert (entry.actor_id, entry.subject_id, entry.origin) == (office.member_id, member.member_id, "chat")
    assert (entry.action, entry.before, entry.after) == ("member.role_changed", {"role": "member"}, {"role": "staff"})
    assert entry.occurred_at == NOW


async def test_every_administrative_change_of_any_room_is_there_newest_first(
    database: Database, transact: Transactor
) -> None:
    member, rack = await a_member(transact), await a_rack(transact)
    assert member.member_id is not None
    await transact(
        wallets.adjust, member_id=member.member_id, tokens=5, reason="gift", key="k", actor=people.SYSTEM, now=NOW
    )
    await consequences(transact, now=NOW)

    page = await audit.recent(page=1, limit=2)

    assert page.total == 3
    assert page.items[0].action == "wallet.adjusted"
    assert page.items[0].after["reason"] == "gift"
    assert [entry.action for entry in (await audit.of_subject(rack.id, page=1, limit=5)).items] == ["resource.added"]


async def test_what_members_do_for_themselves_is_not_audited(database: Database, transact: Transactor) -> None:
    await a_member(transact)
    await consequences(transact, now=NOW)

    assert (await audit.recent(page=1, limit=5)).total == 0
