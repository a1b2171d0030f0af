"""Members, tokens, roles and the audit log from chat."""

import pytest

from domain import people, wallets
from domain.kernel import InboxItem, OutboxEvent, Transactor
from domain.people import Role
from domain.reactions import react
from tests.bot.office import an_administrator, member_of, told_by, with_role
from tests.bot.stage import BotStage
from tests.bot.test_booking import grant
from tests.people import Person, text_of, words_of

pytestmark = pytest.mark.twice


async def looking_at(administrator: Person, name: str) -> None:
    """Find somebody and open them."""
    await administrator.says("/admin")
    await administrator.taps("Find a member")
    await administrator.says(name)
    await administrator.taps(name)


async def test_a_member_is_found_by_name_username_and_id(stage: BotStage) -> None:
    asha = await stage.person(first_name="Asha", username="asha_k")
    await stage.person(first_name="Ravi")
    meera = await an_administrator(stage)

    for text in ("ash", "@ASHA_K", str(asha.id)):
        await meera.says("/admin")
        await meera.taps("Find a member")
        await meera.says(text)

        shown = words_of(await meera.sees("Members like", "Asha (@asha_k)"))
        assert "Ravi" not in shown
    await meera.taps("Asha (@asha_k)")
    await meera.sees("Role: member", "Balance: 0 tokens", "Bookings: 0 upcoming, 0 past", str(asha.id))


async def test_what_people_call_themselves_is_no_markup(stage: BotStage) -> None:
    await stage.person(first_name="<b>Bobby</b> & co")
    meera = await an_administrator(stage)

    await looking_at(meera, "<b>Bobby</b> & co")

    await meera.sees("<b>Bobby</b> & co", "Role: member")


async def test_nobody_found_is_said(stage: BotStage) -> None:
    meera = await an_administrator(stage)
    await meera.says("/admin")
    await meera.taps("Find a member")

    await meera.says("Nobody<i>")

    await meera.sees("Members like “Nobody<i>”", "Nobody is found.")


async def test_tokens_are_granted_with_a_reason(stage: BotStage) -> None:
    asha = await stage.person(first_name="Asha")
    meera = await an_administrator(stage)
    await looking_at(meera, "Asha")

    await meera.taps("Grant tokens")
    await meera.says("a few")
    await meera.sees("Please write a whole number from 1 to 1000000.")
    await meera.says("12")
    await meera.says("Rack was down <yesterday>")
    await meera.sees("Grant Asha 12 tokens?", "Balance: 0 → 12", "Reason: Rack was down <yesterday>")
    await meera.taps("Grant 12 tokens")

    await meera.sees("Granted 12 tokens; the balance is 12.")
    assert (await wallets.of((await member_of(asha)).id)).token == 12
    assert await told_by(meera) == ["wallet.adjusted"]


async def test_a_grant_tapped_twice_is_made_once(stage: BotStage) -> None:
    asha = await stage.person(first_name="Asha")
    meera = await an_administrator(stage)
    await looking_at(meera, "Asha")
    await meera.taps("Grant tokens")
    await meera.says("12")
    await meera.says("Sorry")
    question = await meera.screen()

    await meera.tap(question["message_id"], text="Grant 12 tokens")
    await meera.tap(question["message_id"], text="Grant 12 tokens")

    await meera.sees("This form is no longer open.")
    assert (await wallets.of((await member_of(asha)).id)).token == 12


async def test_an_answer_that_is_handled_again_is_no_second_answer(stage: BotStage) -> None:
    await stage.person(first_name="Asha")
    meera = await an_administrator(stage)
    await looking_at(meera, "Asha")
    await meera.taps("Grant tokens")
    await meera.says("12")

    newest = await InboxItem.get_pymongo_collection().find_one({}, sort=[("sequence", -1)])
    assert newest is not None
    await InboxItem.get_pymongo_collection().update_one(
        {"_id": newest["_id"]}, {"$set": {"work_status": "pending", "done_at": None}}
    )
    await stage.stop()
    stage.start()

    await meera.sees("Why? The member reads it")
    assert "Reason: 12" not in text_of(await meera.screen())


async def test_more_than_there_is_cannot_be_taken(stage: BotStage, transact: Transactor) -> None:
    asha = await stage.person(first_name="Asha")
    await grant(transact, asha, 5, stage)
    meera = await an_administrator(stage)
    await looking_at(meera, "Asha")

    await meera.taps("Take tokens")
    await meera.says("6")
    await meera.says("Mistake")
    await meera.taps("Take 6 tokens")
    await meera.sees("They have only 5 tokens.", "[Cancel]")
    await meera.taps("Back")
    await meera.says("5")
    await meera.says("Mistake")
    await meera.taps("Take 5 tokens")

    await meera.sees("Took 5 tokens; the balance is 0.")
    assert (await wallets.of((await member_of(asha)).id)).token == 0


async def test_disabling_says_what_it_means_and_enabling_undoes_it(stage: BotStage) -> None:
    asha = await stage.person(first_name="Asha")
    meera = await an_administrator(stage)
    await looking_at(meera, "Asha")

    await meera.taps("Disable")
    await meera.says("Left cables behind")
    await meera.sees("Disable Asha?", "neither buy nor book", "Reason: Left cables behind")
    await meera.taps("Disable")
    await meera.sees("Asha is disabled.", "[Enable]")
    assert not (await member_of(asha)).is_active
    await meera.taps("Enable")
    await meera.says("Talked about it")
    await meera.taps("Enable")

    await meera.sees("Asha can buy and book again.", "[Disable]")
    assert (await member_of(asha)).is_active
    assert await told_by(meera) == ["member.disabled", "member.enabled"]


async def test_a_promotion_is_confirmed_and_opens_the_office(stage: BotStage) -> None:
    asha = await stage.person(first_name="Asha")
    meera = await an_administrator(stage)
    await looking_at(meera, "Asha")

    await meera.taps("Change the role")
    await meera.taps("staff")
    await meera.sees("Make Asha: staff?", "changes nothing")
    await meera.taps("Yes: staff")
    await meera.sees("Asha is now: staff.")
    await asha.says("/admin")

    await asha.sees("Administration", "[Find a member]")
    assert await told_by(meera) == ["member.role_changed"]


async def test_the_last_chief_administrator_stays(stage: BotStage) -> None:
    meera = await an_administrator(stage)
    await looking_at(meera, "Meera")

    await meera.taps("Change the role")
    await meera.taps("member")
    await meera.taps("Yes: member")

    await meera.sees("Somebody must remain who can make administrators.", "[Menu]")
    assert (await member_of(meera)).role is Role.SUPER_ADMIN


async def test_an_administrator_cannot_touch_the_chief(stage: BotStage) -> None:
    await an_administrator(stage)
    ravi = await with_role(stage, Role.ADMIN, first_name="Ravi")

    await looking_at(ravi, "Meera")

    shown = words_of(await ravi.sees("Role: chief administrator"))
    assert "[Disable]" not in shown
    assert "[Change the role]" not in shown


async def test_recent_changes_tell_who_did_what(stage: BotStage, transact: Transactor) -> None:
    await stage.person(first_name="Asha")
    meera = await an_administrator(stage)
    await looking_at(meera, "Asha")
    await meera.taps("Grant tokens")
    await meera.says("12")
    await meera.says("Sorry")
    await meera.taps("Grant 12 tokens")
    async for row in OutboxEvent.get_pymongo_collection().find({"name": "wallet.adjusted"}):
        await transact(react, OutboxEvent.read(row).event(), stage.now())

    await meera.says("/admin")
    await meera.taps("Recent changes")

    await meera.sees("Recent changes", "Meera · tokens adjusted Asha", "balance: 0 → 12", "reason: Sorry")


async def test_the_office_speaks_hindi(stage: BotStage, transact: Transactor) -> None:
    meera = await an_administrator(stage)
    member = await member_of(meera)
    actor = people.actor_of(member, "chat")
    await transact(people.set_language, actor=actor, language="hi", now=stage.now())

    await meera.says("/admin")

    await meera.sees("प्रशासन")
