"""People: what must hold when two act at once."""

import asyncio
from datetime import timedelta

import pytest
from beanie import PydanticObjectId

from domain import audit, people
from domain.kernel import Transactor
from domain.people import Role
from tests.building import LONG_AGO, a_member
from tests.domain.consequences import consequences

LATER = LONG_AGO + timedelta(days=1)

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.twice]


async def test_two_super_administrators_who_demote_each_other_at_once_leave_one(transact: Transactor) -> None:
    one = await a_member(transact, role=Role.SUPER_ADMIN)
    other = await a_member(transact, role=Role.SUPER_ADMIN)

    outcomes = await asyncio.gather(
        *(
            transact(people.promote, member_id=whom.member_id, role=Role.MEMBER, actor=who, now=LATER)
            for who, whom in ((one, other), (other, one))
        ),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LastSuperAdministrator", "Member"]
    assert [member.role for member in await people.administrators(limit=10)] == [Role.SUPER_ADMIN]


async def test_the_last_super_administrator_cannot_be_disabled(transact: Transactor) -> None:
    last = await a_member(transact, role=Role.SUPER_ADMIN)
    other = await a_member(transact, role=Role.SUPER_ADMIN)
    await transact(people.disable, member_id=other.member_id, actor=last, reason="left", now=LONG_AGO)

    with pytest.raises(people.LastSuperAdministrator):
        await transact(people.disable, member_id=last.member_id, actor=last, reason="left", now=LONG_AGO)


async def test_staff_work_at_one_venue_until_they_work_everywhere_again(transact: Transactor) -> None:
    office, desk = await a_member(transact, role=Role.ADMIN), await a_member(transact, role=Role.STAFF)
    here = PydanticObjectId()

    at_one = await transact(
        people.set_staff_venue, member_id=desk.member_id, venue_id=here, actor=office, now=LATER
    )  # fmt: skip
    everywhere = await transact(
        people.set_staff_venue, member_id=desk.member_id, venue_id=None, actor=office, now=LATER
    )  # fmt: skip
    await consequences(transact, now=LATER)

    assert (people.actor_of(at_one, "chat").venue_id, people.actor_of(everywhere, "chat").venue_id) == (here, None)
    kept = (await audit.recent(page=1, limit=10)).items
    assert [(entry.action, entry.actor_id, entry.subject_id, entry.before, entry.after) for entry in kept] == [
        ("member.venue_changed", office.member_id, desk.member_id, {"venue_id": here}, {"venue_id": None}),
        ("member.venue_changed", office.member_id, desk.member_id, {"venue_id": None}, {"venue_id": here}),
    ]


async def test_only_the_office_says_where_staff_work(transact: Transactor) -> None:
    desk, chief = await a_member(transact, role=Role.STAFF), await a_member(transact, role=Role.SUPER_ADMIN)
    office = await a_member(transact, role=Role.ADMIN)

    for whose, by in ((desk, desk), (chief, office)):
        with pytest.raises(people.NotPermitted):
            await transact(
                people.set_staff_venue, member_id=whose.member_id, venue_id=PydanticObjectId(), actor=by, now=LATER
            )  # fmt: skip

    assert (await people.get(chief.member_id or PydanticObjectId())).venue_id is None
