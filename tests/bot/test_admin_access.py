"""Who sees that there is an office."""

from domain import people, resources
from domain.kernel import Transactor
from domain.people import Role
from tests.bot.office import an_administrator, member_of, with_role
from tests.bot.stage import BotStage
from tests.people import Person, text_of, words_of


async def answer_to(person: Person, text: str) -> str:
    await person.says(text)
    return words_of(await person.screen())


async def test_a_member_gets_the_answer_to_an_unknown_command(stage: BotStage) -> None:
    asha = await stage.person()

    assert await answer_to(asha, "/admin") == await answer_to(asha, "/nosuchcommand")


async def test_somebody_the_settings_name_is_let_in(stage: BotStage) -> None:
    meera = await an_administrator(stage)

    await meera.says("/admin")

    await meera.sees(
        "Administration", "[Racks]", "[Packs]", "[Venues]", "[Find a member]", "[Today's bookings]", "[Menu]"
    )


async def test_staff_see_the_day_and_members_and_nothing_else(stage: BotStage) -> None:
    ravi = await with_role(stage, Role.STAFF, first_name="Ravi")

    await ravi.says("/admin")

    shown = words_of(await ravi.sees("Administration"))
    assert "[Today's bookings]" in shown
    assert "[Find a member]" in shown
    assert not any(f"[{label}]" in shown for label in ("Racks", "Venues", "Packs", "Recent changes"))


async def test_an_old_office_button_of_a_demoted_person_is_an_unknown_button(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    ravi = await with_role(stage, Role.ADMIN, first_name="Ravi")
    await ravi.says("/admin")
    await ravi.taps("Racks")
    member = await member_of(ravi)
    await transact(people.promote, member_id=member.id, role=Role.MEMBER, actor=people.SYSTEM, now=stage.now())

    await ravi.taps("RACK-01")

    assert "Two-spine fabric" not in text_of(await ravi.screen())
    assert (await ravi.answers())[-1]


async def test_a_form_cannot_be_finished_by_somebody_demoted_meanwhile(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    ravi = await with_role(stage, Role.ADMIN, first_name="Ravi")
    await ravi.says("/admin")
    await ravi.taps("Racks")
    await ravi.taps("RACK-01")
    await ravi.taps("Name")
    member = await member_of(ravi)
    await transact(people.promote, member_id=member.id, role=Role.MEMBER, actor=people.SYSTEM, now=stage.now())

    await ravi.says("Mine now")

    assert (await resources.get(rack.id)).name == rack.name


async def test_a_disabled_administrator_is_outside(stage: BotStage, transact: Transactor) -> None:
    ravi = await with_role(stage, Role.ADMIN, first_name="Ravi")
    member = await member_of(ravi)
    await transact(people.disable, member_id=member.id, actor=people.SYSTEM, reason="left", now=stage.now())

    await ravi.says("/admin")

    assert "Administration" not in words_of(await ravi.screen())
