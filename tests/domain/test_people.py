"""People: what must hold when two act at once."""

import asyncio
from datetime import timedelta

import pytest

from domain import people
from domain.kernel import Transactor
from domain.people import Role
from tests.building import LONG_AGO, a_member

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
